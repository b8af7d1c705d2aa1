// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "config/tuning_section.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace octune::config {
namespace {

constexpr double kUnlimited = std::numeric_limits<double>::max();

void read_metrics(Section& section) {
  for (Section& metric : section.sections("metrics").value_or(std::vector<Section>{})) {
    metric.text("name");
    metric.text("type");
    metric.number("baseline_value");
    metric.finish();
  }
}

void read_benchmark(Section benchmark) {
  benchmark.flag("performance_count");
  for (const char* key : {"batch_size", "nthreads", "nstreams", "nireq", "niter", "duration_seconds"})
    benchmark.integer(key, 0, INT64_MAX);
  benchmark.one_of("api_type", {"async", "sync"});
  benchmark.text("cpu_bind_thread");
  benchmark.text("benchmark_app_dir");
  benchmark.finish();
}

void read_multinode(Section multinode) {
  multinode.one_of("type", {"server", "client"});
  multinode.one_of("mode", {"master", "peer"});
  for (const char* key : {"name", "server_addr", "tag"}) multinode.text(key);
  multinode.integer("time_limit", 0, INT64_MAX);
  multinode.finish();
}

void read_tpe(Section params) {
  params.integer("max_trials", 1, INT64_MAX);
  if (!params.has("max_trials"))
    params.problem("", fmt::format("{} has no 'max_trials'; say how many trials to make", params.label("")));
  params.number("max_minutes", 0, kUnlimited);
  params.flag("stop_on_target");
  params.integer("eval_subset_size", 1, INT64_MAX);
  params.one_of("trials_load_method", {"cold_start", "warm_start", "fine_tune", "eval"});
  for (const char* key :
       {"accuracy_loss", "latency_reduce", "accuracy_weight", "latency_weight", "quantization_ratio_weight"})
    params.number(key, 0, kUnlimited);
  params.number("expected_quantization_ratio", 0, 1);
  params.flag("anneal");
  params.flag("debug");
  read_metrics(params);
  if (const auto benchmark = params.section("benchmark")) read_benchmark(*benchmark);
  if (const auto multinode = params.section("multinode")) read_multinode(*multinode);
  params.finish();
}

}  // namespace

void read_tuning_scope(Section& params) {
  params.each_of("tuning_scope", {"bits", "mode", "granularity", "layer", "range_estimator"});
  params.each_of("estimator_tuning_scope", {"preset", "type", "aggregator", "outlier_prob"});
  if (const auto choices = params.numbers("outlier_prob_choices")) {
    for (const double choice : *choices) {
      if (choice >= 0 && choice < 0.5) continue;
      params.problem("outlier_prob_choices", fmt::format("{} holds {}; each has to be at least 0 and below 0.5",
                                                         params.label("outlier_prob_choices"), choice));
    }
  }
}

void read_accuracy_control(Section& params) {
  params.integer("ranking_subset_size", 1, INT64_MAX);
  params.integer("max_iter_num", 1, INT64_MAX);
  params.number("maximal_drop", 0, kUnlimited);
  params.one_of("drop_type", {"absolute", "relative"});
  params.one_of("base_algorithm", {"DefaultQuantization"});
  params.number("metric_subset_ratio", 0, 1);
  params.number("annotation_conf_threshold", 0, 1);
  for (const char* key :
       {"use_prev_if_drop_increase", "annotation_free", "convert_to_mixed_preset", "tune_hyperparams"})
    params.flag(key);
  read_metrics(params);
}

void read_optimizer(Section& optimizer) {
  if (!optimizer.one_of("name", {"Tpe"}) && !optimizer.has("name"))
    optimizer.problem("", fmt::format("{} has no 'name'; the one there is is Tpe", optimizer.label("")));
  if (const auto params = optimizer.section("params")) {
    read_tpe(*params);
  } else if (!optimizer.has("params")) {
    optimizer.problem("", fmt::format("{} has no 'params'; give at least 'max_trials'", optimizer.label("")));
  }
  optimizer.finish();
}

}  // namespace octune::config
