// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "config/compression.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/suggest.hpp"
#include "config/algorithm_section.hpp"

namespace octune::config {
namespace {

/// The parts of a pipeline may be left out, but not come twice or in another order: what is wrong, or nothing.
std::string problem_of(const std::vector<const Algorithm*>& pipeline) {
  const auto has = [&](Stage stage) {
    return std::any_of(pipeline.begin(), pipeline.end(), [&](const Algorithm* part) { return part->stage == stage; });
  };
  if (has(Stage::whole)) {
    const auto whole = std::find_if(pipeline.begin(), pipeline.end(),
                                    [](const Algorithm* part) { return part->stage == Stage::whole; });
    return pipeline.size() == 1
               ? ""
               : fmt::format("{} is the whole pipeline already; name it alone or name its parts", (*whole)->name);
  }
  if (!has(Stage::ranges))
    return "no algorithm of the list quantizes; add MinMaxQuantization or name DefaultQuantization";
  if (std::count_if(pipeline.begin(), pipeline.end(),
                    [](const Algorithm* part) { return part->stage == Stage::correction; }) > 1)
    return "biases are corrected once; name FastBiasCorrection or BiasCorrection";
  for (std::size_t i = 1; i < pipeline.size(); ++i) {
    if (pipeline[i]->stage > pipeline[i - 1]->stage) continue;
    return fmt::format(
        "'{}' cannot come behind '{}'; the order is ActivationChannelAlignment, MinMaxQuantization, then "
        "FastBiasCorrection or BiasCorrection, each once",
        pipeline[i]->name, pipeline[i - 1]->name);
  }
  return "";
}

/// Reads one algorithm; null, and a problem, if there is none of its name.
const Algorithm* read_algorithm(Section algorithm, RunConfig& config) {
  const auto name = algorithm.text("name");
  if (!algorithm.has("name")) algorithm.problem("", algorithm.label("") + " has no 'name'; name the algorithm");
  auto params = algorithm.section("params");
  algorithm.finish();
  if (!name) return nullptr;
  const Algorithm* known = find_algorithm(*name);
  if (!known) {
    algorithm.problem(
        "name", fmt::format("unknown algorithm '{}'; {}", *name, base::did_you_mean(*name, available_algorithms())));
    return nullptr;
  }
  if (!known->available) {
    algorithm.problem("name",
                      fmt::format("tuning by '{}' is not available in this version; use DefaultQuantization", *name),
                      ErrorKind::unsupported);
  }
  if (params) {
    known->read(*params, config);
    params->finish();
  }
  return known;
}

void read_target(Section& compression, PlanOptions& plan) {
  const auto device = compression.text("target_device");
  if (!device) return;
  if (device->ends_with(".json")) {
    plan.target_device = *compression.path("target_device");
  } else {
    plan.target_device = *device;
  }
  compression.parsed("target_device", [&] {
    plan.target_device = parse_target(plan.target_device, compression.label("target_device"));
  });
}

/// What the parts that are not named would do is not done.
void use_only(const std::vector<const Algorithm*>& pipeline, RunConfig& config) {
  config.algorithms.clear();
  PlanOptions& plan = config.quantize.plan;
  plan.channel_alignment = false;
  plan.smooth_quant = false;
  BiasCorrectionMethod method = BiasCorrectionMethod::none;
  for (const Algorithm* part : pipeline) {
    config.algorithms.emplace_back(part->name);
    plan.channel_alignment = plan.channel_alignment || part->stage == Stage::alignment || part->stage == Stage::whole;
    plan.smooth_quant = plan.smooth_quant || part->stage == Stage::whole;
    if (part->stage == Stage::whole) method = plan.bias_correction;
    if (part->name == "FastBiasCorrection") method = BiasCorrectionMethod::fast;
    if (part->name == "BiasCorrection") method = BiasCorrectionMethod::sequential;
  }
  plan.bias_correction = method;
}

}  // namespace

bool read_compression(Section& compression, RunConfig& config) {
  PlanOptions& plan = config.quantize.plan;
  plan.preset = Preset::performance;  // POT's default, whatever the model
  config.quantize.subset_size = 0;    // POT's default: all samples
  read_target(compression, plan);
  if (const auto type = read_model_type(compression)) plan.model_type = *type;
  if (compression.flag("inplace_statistics")) {
    without_effect(compression, "inplace_statistics", "minima, maxima and means are always reduced inside the graph",
                   Severity::debug, config);
  }
  if (compression.flag("dump_intermediate_model")) {
    without_effect(compression, "dump_intermediate_model", "there is no intermediate model", Severity::debug, config);
  }
  if (!compression.has("algorithms")) {
    compression.problem("", "compression has no 'algorithms'; list at least DefaultQuantization");
  }
  bool tuning = false;
  if (const auto algorithms = compression.sections("algorithms")) {
    std::vector<const Algorithm*> pipeline;
    for (const Section& section : *algorithms) {
      const Algorithm* algorithm = read_algorithm(section, config);
      if (!algorithm) continue;
      pipeline.push_back(algorithm);
      tuning = tuning || !algorithm->available;
    }
    if (pipeline.size() == algorithms->size()) {
      if (const std::string problem = problem_of(pipeline); !problem.empty())
        compression.problem("algorithms", problem);
      use_only(pipeline, config);
    }
  }
  compression.finish();
  return tuning;
}

}  // namespace octune::config
