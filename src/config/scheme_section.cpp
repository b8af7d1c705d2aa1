// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "config/scheme_section.hpp"

#include <fmt/format.h>

#include <array>

#include "base/names.hpp"

namespace octune::config {
namespace {

constexpr double kOutlierProb = 1e-4;

/// What to read in place of a type that cannot be of this border, which POT's documents show all the same.
EstimatorType usable(EstimatorType type, bool upper) {
  if (upper) return type == EstimatorType::min ? EstimatorType::max : type;
  if (type == EstimatorType::max || type == EstimatorType::abs_max) return EstimatorType::min;
  return type == EstimatorType::abs_quantile ? EstimatorType::quantile : type;
}

bool searches(std::optional<EstimatorPreset> preset) {
  return preset && *preset != EstimatorPreset::standard && *preset != EstimatorPreset::quantile;
}

/// `key` is "min" or "max".
BorderOverride read_border(Section section, const std::string& key, QuantizerKind kind, RunConfig& config) {
  BorderOverride border;
  const bool upper = key == "max";
  if (const auto type = section.choice<EstimatorType>("type")) {
    border.type = usable(*type, upper);
    if (border.type != *type) {
      config.notes.push_back(
          {Severity::warning, fmt::format("{}: {} '{}' is read as '{}': it estimates the {} border",
                                          section.where("type"), section.label("type"), base::name_of(*type),
                                          base::name_of(*border.type), upper ? "upper" : "lower")});
    }
  }
  border.aggregator = section.choice<Aggregator>("aggregator");
  if (border.aggregator && kind == QuantizerKind::weights) {
    border.aggregator.reset();
    config.notes.push_back(
        {Severity::debug, fmt::format("{}: {} has no effect: weights are no samples, there is nothing to aggregate",
                                      section.where("aggregator"), section.label("aggregator"))});
  }
  if (const auto probability = section.number("outlier_prob")) {
    if (*probability >= 0 && *probability < 0.5) {
      border.outlier_prob = probability;
    } else {
      section.problem("outlier_prob", fmt::format("{} is {}; it has to be at least 0 and below 0.5",
                                                  section.label("outlier_prob"), *probability));
    }
  }
  border.granularity = section.choice<Granularity>("granularity");
  border.clipping_value = section.number("clipping_value");
  section.finish();
  return border;
}

/// What the reference says of a border that is given without these keys. A preset's type is left to the preset.
void fill_border(BorderOverride& border, EstimatorType type, QuantizerKind kind,
                 const std::optional<EstimatorPreset>& preset) {
  if (!border.type && !preset) border.type = type;
  if (!border.aggregator && kind == QuantizerKind::activation) border.aggregator = Aggregator::mean;
  if (!border.outlier_prob) border.outlier_prob = kOutlierProb;
}

RangeEstimatorOverride read_range_estimator(Section section, QuantizerKind kind, RunConfig& config) {
  RangeEstimatorOverride range;
  range.preset = section.choice<EstimatorPreset>("preset");
  const auto min = section.section("min");
  const auto max = section.section("max");
  if (min) range.min = read_border(*min, "min", kind, config);
  if (max) range.max = read_border(*max, "max", kind, config);
  section.finish();
  const auto fixes_estimator = [](const BorderOverride& border) {
    return border.type || border.aggregator || border.outlier_prob;
  };
  if (searches(range.preset) && (fixes_estimator(range.min) || fixes_estimator(range.max))) {
    config.notes.push_back(
        {Severity::warning,
         fmt::format("{}: the preset '{}' has no effect: 'min' and 'max' name estimators, which rule",
                     section.where("preset"), base::name_of(*range.preset))});
    range.preset.reset();
  }
  if (min) fill_border(range.min, EstimatorType::min, kind, range.preset);
  if (max) fill_border(range.max, EstimatorType::max, kind, range.preset);
  return range;
}

std::optional<int> read_bits(Section& section) {
  const auto bits = section.integer("bits", INT32_MIN, INT32_MAX);
  if (!bits) return std::nullopt;
  if ((*bits >= 2 && *bits <= 8) || *bits == 16) return static_cast<int>(*bits);
  section.problem("bits", fmt::format("{} is {}; it has to be 2 to 8, or 16 for devices that have it",
                                      section.label("bits"), *bits));
  return std::nullopt;
}

void read_scheme(Section section, QuantizerKind kind, SchemeOverride& scheme, RunConfig& config) {
  config.sections[kind] = section.where("");
  scheme.bits = read_bits(section);
  scheme.mode = section.choice<Mode>("mode");
  scheme.granularity = section.choice<Granularity>("granularity");
  if (const auto level = section.integer("level_low", -32768, 65535)) scheme.level_low = static_cast<int>(*level);
  if (const auto level = section.integer("level_high", -32768, 65535)) scheme.level_high = static_cast<int>(*level);
  if (scheme.level_low && scheme.level_high && *scheme.level_low >= *scheme.level_high) {
    section.problem("level_low", fmt::format("{} is {}, level_high is {}; level_low has to be the lower one",
                                             section.label("level_low"), *scheme.level_low, *scheme.level_high));
  }
  if (const auto estimator = section.section("range_estimator"))
    scheme.range_estimator = read_range_estimator(*estimator, kind, config);
  section.finish();
}

/// The ends of the levels that are not given. Without any, only symmetric weights get theirs: whether activations have
/// a sign is seen in the data, and the levels of asymmetric weights are those of an unsigned range anyway.
void fill_levels(SchemeOverride& scheme, QuantizerKind kind) {
  const int half = 1 << (*scheme.bits - 1);
  if (!scheme.level_low && !scheme.level_high && (kind == QuantizerKind::activation || scheme.mode == Mode::asymmetric))
    return;
  const bool is_signed = scheme.level_low ? *scheme.level_low < 0 : scheme.level_high.value_or(half - 1) < half;
  if (!scheme.level_low) scheme.level_low = is_signed ? -half : 0;
  if (!scheme.level_high) scheme.level_high = is_signed ? half - 1 : 2 * half - 1;
}

}  // namespace

void read_schemes(Section& params, RunConfig& config) {
  PlanOptions& plan = config.quantize.plan;
  const std::array<std::pair<QuantizerKind, SchemeOverride*>, 2> kinds{
      {{QuantizerKind::weights, &plan.weights}, {QuantizerKind::activation, &plan.activations}}};
  // An estimator given for the algorithm as a whole holds for both; those of the sections replace it.
  if (const auto estimator = params.section("range_estimator")) {
    plan.activations.range_estimator = read_range_estimator(*estimator, QuantizerKind::activation, config);
    plan.weights.range_estimator = plan.activations.range_estimator;
    plan.weights.range_estimator.min.aggregator.reset();
    plan.weights.range_estimator.max.aggregator.reset();
  }
  for (const auto& [kind, scheme] : kinds) {
    const std::string key = kind == QuantizerKind::weights ? "weights" : "activations";
    if (const auto section = params.section(key)) read_scheme(*section, kind, *scheme, config);
  }
}

void complete(RunConfig& config) {
  PlanOptions& plan = config.quantize.plan;
  for (const auto& [kind, place] : config.sections) {
    const bool weights = kind == QuantizerKind::weights;
    SchemeOverride& scheme = weights ? plan.weights : plan.activations;
    if (!scheme.bits) scheme.bits = 8;
    if (!scheme.mode) {
      const Preset preset = plan.preset.value_or(Preset::performance);
      const bool asymmetric = weights ? preset == Preset::accuracy : preset != Preset::performance;
      scheme.mode = asymmetric ? Mode::asymmetric : Mode::symmetric;
    }
    if (!scheme.granularity) {
      scheme.granularity = Granularity::per_tensor;
      if (weights) {
        config.notes.push_back(
            {Severity::warning,
             fmt::format("{}: 'weights' names no granularity, so all weights of a layer share one range, as the "
                         "reference says; write \"granularity\": \"perchannel\" to keep more accuracy",
                         place)});
      }
    }
    fill_levels(scheme, kind);
  }
  // Nothing that DefaultQuantization leaves out is rescaled either. validate: the scope is checked once, as `ignored`.
  if (config.algorithms == std::vector<std::string>{"DefaultQuantization"}) {
    plan.not_aligned = plan.ignored;
    plan.not_aligned.validate = false;
  }
}

}  // namespace octune::config
