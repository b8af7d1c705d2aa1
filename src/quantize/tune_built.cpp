// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/tune_built.hpp"

#include "base/measure.hpp"
#include "layerwise/tune_layers.hpp"
#include "quantize/apply.hpp"

namespace octune::quantization {

void tune_built(Run& run, const Statistics& statistics, const Dataset& data, const std::vector<std::size_t>& indices,
                QuantizeResult& result) {
  if (!run.options.layerwise) return;
  const base::ScopedTiming timing(run.timings_s, "layerwise");
  const auto reference = rescaled(run.normal, result.plan, statistics, run.options.threads);
  result.tuned_layers = layerwise::tune({run.runtime, result.model, *reference, data, indices, *run.options.layerwise,
                                         run.options.threads, run.observer});
  result.model->validate_nodes_and_infer_types();
}

}  // namespace octune::quantization
