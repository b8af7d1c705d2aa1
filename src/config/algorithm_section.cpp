// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "config/algorithm_section.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "config/ignored_section.hpp"
#include "config/layerwise_section.hpp"
#include "config/scheme_section.hpp"
#include "config/tuning_section.hpp"

namespace octune::config {
namespace {

/// What every algorithm of a pipeline accepts; what it ignores is added to `ignored`.
void read_common(Section& params, IgnoredScope& ignored, RunConfig& config) {
  QuantizeOptions& options = config.quantize;
  if (const auto size = params.integer("stat_subset_size", 1, INT64_MAX)) {
    const auto wanted = static_cast<std::size_t>(*size);
    if (options.subset_size != 0 && options.subset_size != wanted) {
      config.notes.push_back(
          {Severity::warning,
           fmt::format("{}: one pass serves all algorithms, so the larger stat_subset_size is used for each",
                       params.where("stat_subset_size"))});
    }
    options.subset_size = std::max(options.subset_size, wanted);
  }
  if (params.integer("stat_batch_size", 1, INT64_MAX))
    without_effect(params, "stat_batch_size", "samples are run one by one", Severity::debug, config);
  if (params.flag("inplace_statistics")) {
    without_effect(params, "inplace_statistics", "minima, maxima and means are always reduced inside the graph",
                   Severity::debug, config);
  }
  if (const auto shuffle = params.flag("shuffle_data")) options.shuffle = *shuffle;
  if (const auto seed = params.integer("seed", 0, INT64_MAX)) options.seed = static_cast<std::uint64_t>(*seed);
  if (const auto type = read_model_type(params)) options.plan.model_type = *type;
  if (const auto scope = params.section("ignored")) read_ignored(*scope, ignored);
}

void read_quantization(Section& params, RunConfig& config) {
  PlanOptions& plan = config.quantize.plan;
  read_common(params, plan.ignored, config);
  if (const auto preset = params.text("preset"))
    params.parsed("preset", [&] {
      if (is_auto_preset(*preset)) {
        plan.preset.reset();
        config.choose.emplace();
      } else {
        plan.preset = parse_preset(*preset, params.label("preset"));
      }
    });
  read_schemes(params, config);
  if (const auto fix = params.one_of("saturation_fix", {"first_layer", "all", "no"}))
    plan.overflow_fix = *fix == "all" ? OverflowFix::all : *fix == "no" ? OverflowFix::off : OverflowFix::first_layer;
}

void read_correction_threshold(Section& params, RunConfig& config) {
  if (const auto threshold = params.number("threshold", 0, std::numeric_limits<double>::max()))
    config.quantize.plan.bias_correction_threshold = threshold;
  if (params.flag("apply_for_all_nodes")) {
    without_effect(params, "apply_for_all_nodes", "every linear layer whose error falls is corrected", Severity::debug,
                   config);
  }
}

void read_alignment(Section& params, RunConfig& config) {
  read_common(params, config.quantize.plan.not_aligned, config);
  without_effect(params, "preset", "MinMaxQuantization's counts", Severity::debug, config);
}

void read_correction(Section& params, RunConfig& config) {
  read_common(params, config.quantize.plan.not_corrected, config);
  read_correction_threshold(params, config);
  without_effect(params, "preset", "MinMaxQuantization's counts", Severity::debug, config);
}

void read_default_quantization(Section& params, RunConfig& config) {
  PlanOptions& plan = config.quantize.plan;
  read_quantization(params, config);
  read_correction_threshold(params, config);
  plan.bias_correction =
      params.flag("use_fast_bias").value_or(true) ? BiasCorrectionMethod::fast : BiasCorrectionMethod::sequential;
  read_layerwise(params, config);
  if (params.has("layerwise_configs")) {
    params.problem("layerwise_configs", "schemes of single layers are not available in this version; remove the key",
                   ErrorKind::unsupported);
  }
}

void read_tunable_quantization(Section& params, RunConfig& config) {
  read_quantization(params, config);
  read_tuning_scope(params);
}

void read_accuracy_aware(Section& params, RunConfig& config) {
  read_default_quantization(params, config);
  read_accuracy_control(params);
}

constexpr std::array<Algorithm, 7> kAlgorithms{{
    {"DefaultQuantization", Stage::whole, true, read_default_quantization},
    {"ActivationChannelAlignment", Stage::alignment, true, read_alignment},
    {"MinMaxQuantization", Stage::ranges, true, read_quantization},
    {"FastBiasCorrection", Stage::correction, true, read_correction},
    {"BiasCorrection", Stage::correction, true, read_correction},
    {"TunableQuantization", Stage::ranges, false, read_tunable_quantization},
    {"AccuracyAwareQuantization", Stage::whole, false, read_accuracy_aware},
}};

}  // namespace

const Algorithm* find_algorithm(std::string_view name) {
  const auto* const found = std::find_if(kAlgorithms.begin(), kAlgorithms.end(),
                                         [&](const Algorithm& algorithm) { return algorithm.name == name; });
  return found == kAlgorithms.end() ? nullptr : found;
}

std::vector<std::string> available_algorithms() {
  std::vector<std::string> names;
  for (const Algorithm& algorithm : kAlgorithms) {
    if (algorithm.available) names.emplace_back(algorithm.name);
  }
  return names;
}

std::optional<ModelType> read_model_type(Section& section) {
  std::optional<ModelType> result;
  for (const char* key : {"model_type", "model type"}) {
    const auto text = section.text(key);
    if (!text) continue;
    section.parsed(key, [&] {
      const ModelType type = parse_model_type(*text, section.label(key));
      if (result && *result != type)
        section.problem(key, "'model_type' and 'model type' say different things; remove one of them");
      result = type;
    });
  }
  return result;
}

void without_effect(Section& section, const std::string& key, std::string_view why, Severity severity,
                    RunConfig& config) {
  if (section.has(key)) {
    config.notes.push_back(
        {severity, fmt::format("{}: {} has no effect: {}", section.where(key), section.label(key), why)});
  }
}

}  // namespace octune::config
