// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "config/compression.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "octune/error.hpp"

namespace octune::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

RunConfig parse(const std::string& text) {
  RunConfig config = parse_run_config(text, "c.json");
  complete(config);
  return config;
}

/// Of a file with these algorithms.
RunConfig pipeline(const std::string& algorithms) {
  return parse(R"({"compression": {"algorithms": [)" + algorithms + "]}}");
}

std::vector<std::string> problems(const std::string& text, ErrorKind kind = ErrorKind::input) {
  std::vector<std::string> lines;
  try {
    parse(text);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    std::istringstream in(error.what());
    for (std::string line; std::getline(in, line);) lines.push_back(line.substr(std::string("c.json:").size()));
  }
  return lines;
}

std::vector<std::string> pipeline_problems(const std::string& algorithms, ErrorKind kind = ErrorKind::input) {
  return problems(R"({"compression": {"algorithms": [)" + algorithms + "]}}", kind);
}

std::string default_quantization(const std::string& params) {
  return R"({"name": "DefaultQuantization", "params": {)" + params + "}}";
}

std::vector<std::string> warnings(const RunConfig& config) {
  std::vector<std::string> texts;
  for (const Note& note : config.notes) {
    if (note.severity == Severity::warning) texts.push_back(note.text);
  }
  return texts;
}

TEST(Pipeline, DefaultQuantizationIsAllParts) {
  const RunConfig config = pipeline(R"({"name": "DefaultQuantization"})");
  EXPECT_TRUE(config.quantize.plan.channel_alignment);
  EXPECT_EQ(config.quantize.plan.bias_correction, BiasCorrectionMethod::fast);
  EXPECT_THAT(config.algorithms, ElementsAre("DefaultQuantization"));
}

TEST(Pipeline, OfNamedPartsOnlyTheseRun) {
  const std::string alignment = R"({"name": "ActivationChannelAlignment"},)";
  const std::string ranges = R"({"name": "MinMaxQuantization"})";
  EXPECT_TRUE(pipeline(alignment + ranges).quantize.plan.channel_alignment);
  EXPECT_EQ(pipeline(alignment + ranges).quantize.plan.bias_correction, BiasCorrectionMethod::none);
  EXPECT_FALSE(pipeline(ranges).quantize.plan.channel_alignment);
  const RunConfig fast = pipeline(ranges + R"(, {"name": "FastBiasCorrection"})");
  EXPECT_EQ(fast.quantize.plan.bias_correction, BiasCorrectionMethod::fast);
  EXPECT_THAT(fast.algorithms, ElementsAre("MinMaxQuantization", "FastBiasCorrection"));
  EXPECT_EQ(pipeline(alignment + ranges + R"(, {"name": "BiasCorrection"})").quantize.plan.bias_correction,
            BiasCorrectionMethod::sequential);
}

TEST(Pipeline, PresetIsThatOfTheQuantization) {
  const PlanOptions plan = pipeline(R"({"name": "MinMaxQuantization", "params": {"preset": "asymmetric"}},
                                       {"name": "FastBiasCorrection", "params": {"preset": "mixed"}})")
                               .quantize.plan;
  EXPECT_EQ(plan.preset, Preset::accuracy);
  EXPECT_EQ(pipeline(R"({"name": "DefaultQuantization"})").quantize.plan.preset, Preset::performance);
}

TEST(Pipeline, EachPartLeavesItsOwnScopeAlone) {
  const PlanOptions plan = pipeline(R"({"name": "ActivationChannelAlignment", "params": {"ignored": {"scope": "a"}}},
                  {"name": "MinMaxQuantization", "params": {"ignored": {"scope": "b"}}},
                  {"name": "BiasCorrection", "params": {"ignored": {"operations": [{"type": "C"}]}, "threshold": 7}})")
                               .quantize.plan;
  EXPECT_THAT(plan.not_aligned.names, ElementsAre("a"));
  EXPECT_TRUE(plan.not_aligned.validate);
  EXPECT_THAT(plan.ignored.names, ElementsAre("b"));
  EXPECT_THAT(plan.not_corrected.names, IsEmpty());
  ASSERT_EQ(plan.not_corrected.types.size(), 1u);
  EXPECT_EQ(plan.not_corrected.types[0].type, "C");
  EXPECT_EQ(plan.bias_correction_threshold, 7);
}

TEST(Pipeline, WhatDefaultQuantizationIgnoresIsNotAlignedEither) {
  const PlanOptions plan =
      pipeline(default_quantization(R"("ignored": {"scope": ["a", ["b", ["c"]], "b"]})")).quantize.plan;
  EXPECT_THAT(plan.ignored.names, ElementsAre("a", "b", "c"));
  EXPECT_THAT(plan.not_aligned.names, ElementsAre("a", "b", "c"));
  EXPECT_FALSE(plan.not_aligned.validate) << "a name that matches nothing is reported once";
}

TEST(Pipeline, ImpossibleOnesAreOneProblem) {
  EXPECT_THAT(pipeline_problems(R"({"name": "DefaultQuantisation"})"),
              ElementsAre("1:42: unknown algorithm 'DefaultQuantisation'; did you mean 'DefaultQuantization'? (known: "
                          "DefaultQuantization, ActivationChannelAlignment, MinMaxQuantization, FastBiasCorrection, "
                          "BiasCorrection)"));
  const std::string nothing =
      "1:32: no algorithm of the list quantizes; add MinMaxQuantization or name DefaultQuantization";
  EXPECT_THAT(pipeline_problems(R"({"name": "FastBiasCorrection"})"), ElementsAre(nothing));
  EXPECT_THAT(pipeline_problems(""), ElementsAre(nothing));
  const std::string order =
      "; the order is ActivationChannelAlignment, MinMaxQuantization, then FastBiasCorrection or "
      "BiasCorrection, each once";
  EXPECT_THAT(pipeline_problems(R"({"name": "FastBiasCorrection"}, {"name": "MinMaxQuantization"})"),
              ElementsAre("1:32: 'MinMaxQuantization' cannot come behind 'FastBiasCorrection'" + order));
  EXPECT_THAT(pipeline_problems(R"({"name": "MinMaxQuantization"}, {"name": "ActivationChannelAlignment"})"),
              ElementsAre("1:32: 'ActivationChannelAlignment' cannot come behind 'MinMaxQuantization'" + order));
  EXPECT_THAT(pipeline_problems(R"({"name": "MinMaxQuantization"}, {"name": "MinMaxQuantization"})"),
              ElementsAre("1:32: 'MinMaxQuantization' cannot come behind 'MinMaxQuantization'" + order));
  EXPECT_THAT(pipeline_problems(
                  R"({"name": "MinMaxQuantization"}, {"name": "FastBiasCorrection"}, {"name": "BiasCorrection"})"),
              ElementsAre("1:32: biases are corrected once; name FastBiasCorrection or BiasCorrection"));
  EXPECT_THAT(pipeline_problems(R"({"name": "DefaultQuantization"}, {"name": "FastBiasCorrection"})"),
              ElementsAre("1:32: DefaultQuantization is the whole pipeline already; name it alone or name its parts"));
  EXPECT_THAT(pipeline_problems(R"({"params": {}})"),
              ElementsAre("1:33: compression.algorithms[0] has no 'name'; name the algorithm"));
}

TEST(Params, BiasCorrectionIsChosenByUseFastBias) {
  EXPECT_EQ(pipeline(default_quantization(R"("use_fast_bias": false)")).quantize.plan.bias_correction,
            BiasCorrectionMethod::sequential);
  const PlanOptions plan = pipeline(default_quantization(R"("use_fast_bias": true, "threshold": 2.5)")).quantize.plan;
  EXPECT_EQ(plan.bias_correction, BiasCorrectionMethod::fast);
  EXPECT_EQ(plan.bias_correction_threshold, 2.5);
  EXPECT_EQ(pipeline(default_quantization("")).quantize.plan.bias_correction_threshold, std::nullopt);
}

TEST(Params, SamplesAreTheWholeSetUnlessANumberIsGiven) {
  EXPECT_EQ(pipeline(default_quantization("")).quantize.subset_size, 0u);
  const RunConfig config = pipeline(R"({"name": "MinMaxQuantization", "params": {"stat_subset_size": 10}},
      {"name": "FastBiasCorrection", "params": {"stat_subset_size": 20, "shuffle_data": true, "seed": 4}})");
  EXPECT_EQ(config.quantize.subset_size, 20u);
  EXPECT_TRUE(config.quantize.shuffle);
  EXPECT_EQ(config.quantize.seed, 4u);
  EXPECT_THAT(warnings(config), ElementsAre(HasSubstr("one pass serves all algorithms, so the larger")));
}

TEST(Params, ModelTypeIsReadInEverySpellingAndPlace) {
  EXPECT_EQ(parse(R"({"compression": {"model_type": "Transformer", "algorithms": [{"name": "DefaultQuantization"}]}})")
                .quantize.plan.model_type,
            ModelType::transformer);
  EXPECT_EQ(parse(R"({"compression": {"model type": "None", "algorithms": [{"name": "DefaultQuantization"}]}})")
                .quantize.plan.model_type,
            ModelType::none);
  EXPECT_EQ(pipeline(default_quantization(R"("model type": "TRANSFORMER")")).quantize.plan.model_type,
            ModelType::transformer);
  EXPECT_EQ(pipeline(default_quantization("")).quantize.plan.model_type, ModelType::automatic);
  EXPECT_THAT(pipeline_problems(default_quantization(R"("model type": "None", "model_type": "transformer")")),
              ElementsAre("1:90: 'model_type' and 'model type' say different things; remove one of them"));
}

TEST(Params, AttributesMayBeListsNumbersAndFlags) {
  const PlanOptions plan = pipeline(default_quantization(R"("ignored": {"operations": [
      {"type": "Interpolate", "attributes": {"mode": ["linear", "cubic"], "antialias": false, "group": 1.0}},
      {"type": "Softmax"}]})"))
                               .quantize.plan;
  ASSERT_EQ(plan.ignored.types.size(), 2u);
  EXPECT_THAT(plan.ignored.types[0].attributes.at("mode"), ElementsAre("linear", "cubic"));
  EXPECT_THAT(plan.ignored.types[0].attributes.at("antialias"), ElementsAre("false"));
  EXPECT_THAT(plan.ignored.types[0].attributes.at("group"), ElementsAre("1"));
}

TEST(Params, SaturationFixKeepsPotsNames) {
  EXPECT_EQ(pipeline(default_quantization(R"("saturation_fix": "no")")).quantize.plan.overflow_fix, OverflowFix::off);
  EXPECT_EQ(pipeline(default_quantization(R"("saturation_fix": "all")")).quantize.plan.overflow_fix, OverflowFix::all);
  EXPECT_EQ(pipeline(default_quantization(R"("saturation_fix": "first_layer")")).quantize.plan.overflow_fix,
            OverflowFix::first_layer);
  EXPECT_EQ(pipeline(default_quantization("")).quantize.plan.overflow_fix, OverflowFix::automatic);
  EXPECT_THAT(pipeline_problems(default_quantization(R"("saturation_fix": "off")")),
              ElementsAre("1:94: compression.algorithms[0].params.saturation_fix: unknown value 'off'; (known: "
                          "first_layer, all, no)"));
}

TEST(Params, WhatChangesNothingIsRead) {
  const RunConfig config = pipeline(default_quantization(
      R"("stat_batch_size": 4, "inplace_statistics": false, "apply_for_all_nodes": true, "num_samples_for_tuning": 9)"));
  EXPECT_EQ(config.notes.size(), 4u);
  EXPECT_THAT(warnings(config), IsEmpty());
  EXPECT_THAT(pipeline_problems(default_quantization(R"("stat_batch_size": 0)")),
              ElementsAre(HasSubstr("stat_batch_size is 0; it has to be a whole number of at least 1")));
}

TEST(Params, OfLayerwiseTuning) {
  const RunConfig off = pipeline(default_quantization(R"("use_layerwise_tuning": false, "layerwise_rows": 100)"));
  EXPECT_FALSE(off.quantize.layerwise);
  ASSERT_TRUE(off.layerwise_off) << "the command line may switch it on";
  EXPECT_EQ(off.layerwise_off->rows, 100u);
  const RunConfig plain = pipeline(default_quantization(R"("use_layerwise_tuning": true)"));
  ASSERT_TRUE(plain.quantize.layerwise);
  EXPECT_EQ(plain.quantize.layerwise->steps, LayerwiseOptions().steps);
  EXPECT_THAT(warnings(plain), IsEmpty());

  const RunConfig config = pipeline(default_quantization(
      R"("use_layerwise_tuning": true, "calibration_indices_pool": 50, "num_samples_for_tuning": 90, "batch_size": 20,
         "optimizer": "adam", "loss": "l2", "layerwise_memory": "8M", "layerwise_held_out": 0.5,
         "layerwise_weights_lr": 0.25, "weights_lr": 1e-5)"));
  const LayerwiseOptions& options = *config.quantize.layerwise;
  EXPECT_EQ(options.samples, 50u);
  EXPECT_EQ(options.steps, 5u) << "90 samples in batches of 20";
  EXPECT_EQ(options.max_bytes, std::uint64_t{8} << 20);
  EXPECT_EQ(options.held_out, 0.5);
  EXPECT_EQ(options.weights_lr, 0.25);
  EXPECT_THAT(warnings(config),
              ElementsAre(HasSubstr("weights_lr has no effect: rates are relative here; see 'layerwise_weights_lr'")));
  EXPECT_THAT(pipeline_problems(default_quantization(R"("use_layerwise_tuning": true, "optimizer": "SGD")"),
                                ErrorKind::unsupported),
              ElementsAre("1:119: the optimizer 'SGD' is not available; there is 'Adam' only"));
}

TEST(Params, WhatThisVersionLacksIsUnsupported) {
  EXPECT_THAT(pipeline_problems(default_quantization(R"("layerwise_configs": [])"), ErrorKind::unsupported),
              ElementsAre(HasSubstr("schemes of single layers are not available in this version")));
}

constexpr const char* kTunable = R"({"name": "ActivationChannelAlignment"},
    {"name": "TunableQuantization", "params": {
      "preset": "mixed", "tuning_scope": ["bits", "mode", "granularity", "layer", "range_estimator"],
      "estimator_tuning_scope": ["preset", "type", "aggregator", "outlier_prob"], "outlier_prob_choices": [1e-3, 1e-4]}},
    {"name": "FastBiasCorrection"})";

constexpr const char* kOptimizer = R"("optimizer": {"name": "Tpe", "params": {
    "max_trials": 200, "max_minutes": 0, "stop_on_target": true, "eval_subset_size": 300,
    "trials_load_method": "cold_start", "accuracy_loss": 0.1, "latency_reduce": 1.5, "accuracy_weight": 1.0,
    "latency_weight": 1.0, "quantization_ratio_weight": 1.0, "expected_quantization_ratio": 0.5, "anneal": false,
    "debug": false, "metrics": [{"name": "accuracy", "type": "accuracy", "baseline_value": 0.72}],
    "benchmark": {"performance_count": false, "batch_size": 0, "nthreads": 4, "nstreams": 0, "nireq": 0,
                  "api_type": "async", "niter": 4, "duration_seconds": 30, "cpu_bind_thread": "YES",
                  "benchmark_app_dir": "bin"},
    "multinode": {"name": "a", "type": "server", "server_addr": "10.0.0.1:27017", "tag": "t", "mode": "master",
                  "time_limit": 3600}}})";

TEST(Tuning, IsOneProblemHoweverMuchTheFileSaysOfIt) {
  const std::vector<std::string> expected{
      "2:14: tuning by 'TunableQuantization' is not available in this version; use DefaultQuantization"};
  EXPECT_EQ(pipeline_problems(kTunable, ErrorKind::unsupported), expected);
  EXPECT_EQ(problems(std::string(R"({"compression": {"algorithms": [)") + kTunable + "]}, " + kOptimizer + "}",
                     ErrorKind::unsupported),
            expected);
  EXPECT_THAT(problems(std::string("{") + kOptimizer + "}", ErrorKind::unsupported),
              ElementsAre("1:15: tuning is not available in this version; remove the section 'optimizer'"));
  EXPECT_THAT(pipeline_problems(R"({"name": "AccuracyAwareQuantization", "params": {
        "preset": "mixed", "ranking_subset_size": 300, "max_iter_num": 9, "maximal_drop": 0.01, "drop_type": "relative",
        "use_prev_if_drop_increase": true, "base_algorithm": "DefaultQuantization", "annotation_free": false,
        "metrics": [{"name": "accuracy", "baseline_value": 0.7}], "metric_subset_ratio": 0.5, "tune_hyperparams": true,
        "annotation_conf_threshold": 0.6, "convert_to_mixed_preset": false, "use_fast_bias": false}})",
                                ErrorKind::unsupported),
              ElementsAre(HasSubstr("tuning by 'AccuracyAwareQuantization' is not available in this version")));
}

TEST(Tuning, MistakesInItAreReportedBesides) {
  EXPECT_THAT(
      pipeline_problems(R"({"name": "TunableQuantization", "params": {
        "tuning_scope": ["bits", "layers"], "outlier_prob_choices": [0.7], "tuning_scop": []}})"),
      ElementsAre("1:42: tuning by 'TunableQuantization' is not available in this version; use DefaultQuantization",
                  "2:25: compression.algorithms[0].params.tuning_scope: unknown value 'layers'; did you mean 'layer'? "
                  "(known: bits, mode, granularity, layer, range_estimator)",
                  "2:69: compression.algorithms[0].params.outlier_prob_choices holds 0.7; each has to be at least 0 "
                  "and below 0.5",
                  HasSubstr("unknown key 'tuning_scop' in compression.algorithms[0].params; did you mean "
                            "'tuning_scope'?")));
  EXPECT_THAT(problems(R"({"optimizer": {"name": "Tpe", "params": {"trials_load_method": "warm"}}})"),
              ElementsAre("1:41: optimizer.params has no 'max_trials'; say how many trials to make",
                          "1:64: optimizer.params.trials_load_method: unknown value 'warm'; (known: cold_start, "
                          "warm_start, fine_tune, eval)",
                          "1:15: tuning is not available in this version; remove the section 'optimizer'"));
  EXPECT_THAT(problems(R"({"optimizer": {"name": "Random"}})"),
              ElementsAre("1:24: optimizer.name: unknown value 'Random'; (known: Tpe)",
                          "1:15: optimizer has no 'params'; give at least 'max_trials'",
                          "1:15: tuning is not available in this version; remove the section 'optimizer'"));
}

}  // namespace
}  // namespace octune::config
