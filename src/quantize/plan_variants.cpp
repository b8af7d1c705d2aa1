// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/plan_variants.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/names.hpp"
#include "octune/error.hpp"
#include "quantize/plan_normalised.hpp"
#include "quantize/plan_queries.hpp"

namespace octune::quantization {
namespace {

struct Variant {
  std::string name;
  std::string summary;
  PlanOptions options;
};

std::vector<Variant> variants_of(const PlanOptions& user) {
  std::vector<Variant> variants;
  const auto add = [&](std::string name, std::string summary, Preset preset, auto change) {
    if (user.preset && *user.preset != preset) return;
    PlanOptions options = user;
    options.preset = preset;
    change(options);
    variants.push_back({std::move(name), std::move(summary), std::move(options)});
  };
  const auto nothing = [](PlanOptions&) {};
  const auto light = [](PlanOptions& options) { options.light_operations = LightOperations::floating; };
  const auto transformer = [](PlanOptions& options) { options.model_type = ModelType::transformer; };
  add("performance", "symmetric activations and weights", Preset::performance, nothing);
  add("performance_light", "performance, light operations in floating point", Preset::performance, light);
  add("mixed", "asymmetric activations, symmetric weights", Preset::mixed, nothing);
  add("mixed_light", "mixed, light operations in floating point", Preset::mixed, light);
  if (user.model_type == ModelType::automatic)
    add("mixed_transformer", "mixed, by the rules for transformers", Preset::mixed, transformer);
  add("accuracy", "asymmetric activations and weights", Preset::accuracy, nothing);
  return variants;
}

/// Whether both lead to the same model.
bool same(const Plan& a, const Plan& b) {
  const auto equal = [](const Quantizer& x, const Quantizer& y) {
    return x.name == y.name && x.scheme == y.scheme && x.estimator == y.estimator && x.consumers == y.consumers &&
           x.channel_axes == y.channel_axes && x.halved == y.halved && x.group == y.group;
  };
  return a.bias_correction == b.bias_correction && a.aligned_pairs.size() == b.aligned_pairs.size() &&
         a.smoothed_inputs.size() == b.smoothed_inputs.size() &&
         std::equal(a.quantizers.begin(), a.quantizers.end(), b.quantizers.begin(), b.quantizers.end(), equal);
}

/// How many operations the target computes with integers.
std::size_t computed_in_integers(const Plan& plan) {
  return static_cast<std::size_t>(
      std::count_if(plan.operations.begin(), plan.operations.end(), [](const PlannedOperation& operation) {
        return operation.quantized && operation.execution != Execution::floating;
      }));
}

}  // namespace

std::vector<PlanVariant> plan_variants(const ov::Model& model, const PlanOptions& options,
                                       std::vector<std::string>& notes) {
  std::vector<PlanVariant> variants;
  for (const Variant& variant : variants_of(options)) {
    PlanVariant made{variant.name, variant.summary, variant.options, plan_normalised(model, variant.options)};
    if (!quantizes_something(made.plan)) {
      notes.push_back(fmt::format("{}: quantizes nothing", variant.name));
      continue;
    }
    // Where much less is computed with integers than under another plan, FakeQuantize costs more than is gained.
    const std::size_t most = variants.empty() ? 0 : computed_in_integers(variants.front().plan);
    if (2 * computed_in_integers(made.plan) < most) {
      notes.push_back(fmt::format("{}: {} would compute it in floating point", variant.name, made.plan.target));
      continue;
    }
    const auto twin = std::find_if(variants.begin(), variants.end(),
                                   [&](const PlanVariant& other) { return same(other.plan, made.plan); });
    if (twin != variants.end()) {
      notes.push_back(fmt::format("{}: the same plan as {}", variant.name, twin->name));
      continue;
    }
    variants.push_back(std::move(made));
  }
  return variants;
}

std::vector<PlanVariant> thorough_variants(const ov::Model& model, std::span<const PlanVariant> variants) {
  std::vector<PlanVariant> thorough;
  for (const PlanVariant& variant : variants) {
    const bool is_plain = variant.name == "performance" || variant.name == "mixed";
    if (!is_plain || variant.plan.bias_correction != BiasCorrectionMethod::fast) continue;
    PlanVariant other = variant;
    other.name += "_sequential";
    other.summary += "; biases corrected layer by layer (sequential)";
    other.options.bias_correction = BiasCorrectionMethod::sequential;
    other.plan = plan_normalised(model, other.options);
    thorough.push_back(std::move(other));
  }
  return thorough;
}

}  // namespace octune::quantization
