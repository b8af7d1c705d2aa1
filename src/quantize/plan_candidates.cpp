// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "graph/normalise.hpp"
#include "octune/choose.hpp"
#include "octune/error.hpp"
#include "quantize/plan_variants.hpp"
#include "quantize/requantize.hpp"

namespace octune {

PlanCandidates plan_candidates(const std::shared_ptr<const ov::Model>& model, const PlanOptions& options) {
  if (!model) throw Error(ErrorKind::input, "model: there is none; read one first");
  const quantization::FloatModel source = quantization::floating_point_model(model, options.already_quantized);
  PlanCandidates candidates;
  candidates.warnings = source.warnings;
  const std::shared_ptr<ov::Model> normal = graph::normalise(source.model);
  for (quantization::PlanVariant& variant : quantization::plan_variants(*normal, options, candidates.left_out)) {
    for (const std::string& warning : variant.plan.warnings) {
      if (std::find(candidates.warnings.begin(), candidates.warnings.end(), warning) == candidates.warnings.end())
        candidates.warnings.push_back(warning);
    }
    candidates.plans.push_back({std::move(variant.name), std::move(variant.summary), std::move(variant.plan)});
  }
  return candidates;
}

}  // namespace octune
