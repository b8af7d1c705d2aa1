// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "config/compression.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "target/capability.hpp"

namespace octune::config {
namespace {

constexpr std::string_view kDefaultQuantization = "DefaultQuantization";
constexpr std::string_view kChannelAlignment = "ActivationChannelAlignment";
constexpr std::string_view kMinMax = "MinMaxQuantization";
constexpr std::string_view kFastBiasCorrection = "FastBiasCorrection";

/// POT's algorithms that search for a configuration.
constexpr std::array<std::string_view, 2> kTuning{"TunableQuantization", "AccuracyAwareQuantization"};

void without_effect(Section& section, const std::string& key, std::string_view why, Severity severity,
                    RunConfig& config) {
  if (section.has(key)) {
    config.notes.push_back(
        {severity, fmt::format("{}: {} has no effect: {}", section.where(key), section.label(key), why)});
  }
}

std::optional<ModelType> model_type(Section& section) {
  std::optional<ModelType> result;
  for (const char* key : {"model_type", "model type"}) {
    const auto text = section.text(key);
    if (!text) continue;
    try {
      result = parse_model_type(*text, section.label(key));
    } catch (const Error& error) {
      section.problem(key, error.what());
    }
  }
  return result;
}

std::optional<double> share(Section& section, const std::string& key) {
  const auto value = section.number(key);
  if (value && !(*value >= 0 && *value < 0.5)) {
    section.problem(key, fmt::format("{} is {}; it has to be at least 0 and below 0.5", section.label(key), *value));
    return std::nullopt;
  }
  return value;
}

BorderOverride border(Section section) {
  BorderOverride estimator;
  estimator.type = section.choice<EstimatorType>("type");
  estimator.aggregator = section.choice<Aggregator>("aggregator");
  estimator.outlier_prob = share(section, "outlier_prob");
  estimator.granularity = section.choice<Granularity>("granularity");
  estimator.clipping_value = section.number("clipping_value");
  section.finish();
  return estimator;
}

void read_range_estimator(Section section, SchemeOverride& scheme) {
  RangeEstimatorOverride& range = scheme.range_estimator;
  range.preset = section.choice<EstimatorPreset>("preset");
  if (const auto min = section.section("min")) range.min = border(*min);
  if (const auto max = section.section("max")) range.max = border(*max);
  section.finish();
}

void read_scheme(Section section, SchemeOverride& scheme) {
  if (const auto bits = section.integer("bits", 2, 16)) scheme.bits = static_cast<int>(*bits);
  if (const auto mode = section.choice<Mode>("mode")) scheme.mode = mode;
  if (const auto granularity = section.choice<Granularity>("granularity")) scheme.granularity = granularity;
  if (const auto level = section.integer("level_low", -32768, 65535)) scheme.level_low = static_cast<int>(*level);
  if (const auto level = section.integer("level_high", -32768, 65535)) scheme.level_high = static_cast<int>(*level);
  if (scheme.level_low && scheme.level_high && *scheme.level_low >= *scheme.level_high) {
    section.problem("level_low", fmt::format("{} is {}, level_high is {}; level_low has to be the lower one",
                                             section.label("level_low"), *scheme.level_low, *scheme.level_high));
  }
  if (const auto estimator = section.section("range_estimator")) read_range_estimator(*estimator, scheme);
  section.finish();
}

void read_ignored(Section section, IgnoredScope& ignored) {
  if (section.flag("skip_model").value_or(false)) {
    section.problem("skip_model", fmt::format("{} is true, so that nothing would be quantized; remove it",
                                              section.label("skip_model")));
  }
  for (const std::string& name : section.texts("scope").value_or(std::vector<std::string>{})) {
    if (std::find(ignored.names.begin(), ignored.names.end(), name) == ignored.names.end())
      ignored.names.push_back(name);
  }
  for (Section operation : section.sections("operations").value_or(std::vector<Section>{})) {
    IgnoredType type;
    if (const auto name = operation.text("type")) {
      type.type = *name;
    } else if (!operation.has("type")) {
      operation.problem("", fmt::format("{} has no 'type'; name the type of operation to ignore", operation.label("")));
    }
    for (auto& [name, values] : operation.pairs("attributes")) type.attributes[name] = std::move(values);
    operation.finish();
    const auto same = [&](const IgnoredType& other) {
      return other.type == type.type && other.attributes == type.attributes;
    };
    if (!type.type.empty() && std::none_of(ignored.types.begin(), ignored.types.end(), same)) {
      ignored.types.push_back(std::move(type));
    }
  }
  section.finish();
}

/// What every algorithm of a pipeline accepts.
void read_common(Section& params, RunConfig& config) {
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
  without_effect(params, "stat_batch_size", "samples are run one by one", Severity::debug, config);
  without_effect(params, "inplace_statistics", "minima, maxima and means are always reduced inside the graph",
                 Severity::debug, config);
  if (const auto shuffle = params.flag("shuffle_data")) options.shuffle = *shuffle;
  if (const auto seed = params.integer("seed", 0, INT64_MAX)) options.seed = static_cast<std::uint64_t>(*seed);
  if (const auto type = model_type(params)) options.plan.model_type = *type;
  if (const auto ignored = params.section("ignored")) read_ignored(*ignored, options.plan.ignored);
}

void read_quantization(Section& params, PlanOptions& plan) {
  if (const auto preset = params.text("preset")) {
    try {
      plan.preset = parse_preset(*preset, params.label("preset"));
    } catch (const Error& error) {
      params.problem("preset", error.what());
    }
  }
  // An estimator given for the algorithm as a whole holds for both; the sections below override it.
  if (const auto estimator = params.section("range_estimator")) {
    SchemeOverride both;
    read_range_estimator(*estimator, both);
    for (SchemeOverride* scheme : {&plan.weights, &plan.activations}) {
      scheme->range_estimator = both.range_estimator;
    }
  }
  if (const auto weights = params.section("weights")) read_scheme(*weights, plan.weights);
  if (const auto activations = params.section("activations")) read_scheme(*activations, plan.activations);
  if (const auto fix = params.text("saturation_fix")) {
    const std::vector<std::string> known{"first_layer", "all", "no"};
    if (std::find(known.begin(), known.end(), *fix) == known.end()) {
      params.problem("saturation_fix", fmt::format("{}: unknown value '{}'; {}", params.label("saturation_fix"), *fix,
                                                   base::did_you_mean(*fix, known)));
    }
    plan.overflow_fix = *fix == "all" ? OverflowFix::all : *fix == "no" ? OverflowFix::off : OverflowFix::first_layer;
  }
}

void read_bias_correction(Section& params, RunConfig& config) {
  without_effect(params, "threshold", "every finite correction is applied", Severity::warning, config);
  without_effect(params, "apply_for_all_nodes", "every linear layer is corrected", Severity::warning, config);
}

void read_default_quantization(Section& params, RunConfig& config) {
  read_quantization(params, config.quantize.plan);
  read_bias_correction(params, config);
  if (!params.flag("use_fast_bias").value_or(true)) {
    config.notes.push_back(
        {Severity::warning, fmt::format("{}: the slower BiasCorrection is not available in this version; "
                                        "FastBiasCorrection is used",
                                        params.where("use_fast_bias"))});
  }
  if (params.flag("use_layerwise_tuning").value_or(false)) {
    params.problem("use_layerwise_tuning", "layer-wise tuning is not available in this version; set it to false",
                   ErrorKind::unsupported);
  }
}

/// The parts of a pipeline may be left out, but not come in another order.
void check_order(const std::vector<std::string>& names, Section& compression) {
  const std::vector<std::string> pipeline{std::string(kChannelAlignment), std::string(kMinMax),
                                          std::string(kFastBiasCorrection)};
  if (std::find(names.begin(), names.end(), kDefaultQuantization) != names.end()) {
    if (names.size() > 1) {
      compression.problem("algorithms",
                          "DefaultQuantization is the whole pipeline already; name it alone or name its parts");
    }
    return;
  }
  if (std::find(names.begin(), names.end(), kMinMax) == names.end()) {
    compression.problem("algorithms",
                        "no algorithm of the list quantizes; add MinMaxQuantization or name "
                        "DefaultQuantization");
    return;
  }
  std::size_t last = 0;
  for (const std::string& name : names) {
    const auto place =
        static_cast<std::size_t>(std::find(pipeline.begin(), pipeline.end(), name) - pipeline.begin()) + 1;
    if (place <= last) {
      compression.problem("algorithms",
                          "the algorithms cannot run in this order; the order is "
                          "ActivationChannelAlignment, MinMaxQuantization, FastBiasCorrection");
      return;
    }
    last = place;
  }
}

/// Reads one algorithm; the name if it is one that is available.
std::optional<std::string> read_algorithm(Section algorithm, RunConfig& config) {
  const auto name = algorithm.text("name");
  if (!algorithm.has("name")) algorithm.problem("", algorithm.label("") + " has no 'name'; name the algorithm");
  auto params = algorithm.section("params");
  algorithm.finish();
  if (!name) return std::nullopt;

  const std::vector<std::string> known{std::string(kDefaultQuantization), std::string(kChannelAlignment),
                                       std::string(kMinMax), std::string(kFastBiasCorrection)};
  if (std::find(kTuning.begin(), kTuning.end(), *name) != kTuning.end()) {
    algorithm.problem("name",
                      fmt::format("tuning by '{}' is not available in this version; use DefaultQuantization", *name),
                      ErrorKind::unsupported);
    return std::nullopt;
  }
  if (std::find(known.begin(), known.end(), *name) == known.end()) {
    algorithm.problem("name", fmt::format("unknown algorithm '{}'; {}", *name, base::did_you_mean(*name, known)));
    return std::nullopt;
  }
  if (!params) return name;

  read_common(*params, config);
  if (*name == kDefaultQuantization) {
    read_default_quantization(*params, config);
  } else if (*name == kMinMax) {
    read_quantization(*params, config.quantize.plan);
  } else {
    without_effect(*params, "preset", "MinMaxQuantization's counts", Severity::debug, config);
    if (*name == kFastBiasCorrection) read_bias_correction(*params, config);
  }
  params->finish();
  return name;
}

}  // namespace

void read_compression(Section& compression, RunConfig& config) {
  config.quantize.plan.preset = Preset::performance;  // POT's default, whatever the model
  PlanOptions& plan = config.quantize.plan;
  if (const auto device = compression.path("target_device"); device && device->ends_with(".json")) {
    plan.target_device = *device;
  } else if (const auto name = compression.text("target_device")) {
    try {
      plan.target_device = target::find_table(*name).name();
    } catch (const Error& error) {
      compression.problem("target_device", error.what());
    }
  }
  if (const auto type = model_type(compression)) plan.model_type = *type;
  without_effect(compression, "inplace_statistics", "minima, maxima and means are always reduced inside the graph",
                 Severity::debug, config);
  without_effect(compression, "dump_intermediate_model", "there is no intermediate model", Severity::debug, config);

  config.quantize.subset_size = 0;
  if (!compression.has("algorithms")) {
    compression.problem("", "compression has no 'algorithms'; list at least DefaultQuantization");
  }
  std::vector<std::string> names;
  if (const auto algorithms = compression.sections("algorithms")) {
    for (const Section& algorithm : *algorithms) {
      if (auto name = read_algorithm(algorithm, config)) names.push_back(std::move(*name));
    }
    if (names.size() == algorithms->size()) check_order(names, compression);
  }
  const auto listed = [&](std::string_view name) { return std::find(names.begin(), names.end(), name) != names.end(); };
  if (!listed(kDefaultQuantization)) {
    plan.channel_alignment = listed(kChannelAlignment);
    plan.bias_correction = listed(kFastBiasCorrection) ? BiasCorrectionMethod::fast : BiasCorrectionMethod::none;
  }
  compression.finish();
}

}  // namespace octune::config
