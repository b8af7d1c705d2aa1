// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/fast_bias_correction.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "graph/queries.hpp"
#include "quantize/mean_response.hpp"

namespace octune::quantization {

SplitMeans lost_by_weights(const ov::Node& node, std::span<const float> weights, std::span<const float> quantized,
                           const ov::Shape& shape, const Series& mean) {
  OCTUNE_ASSERT(weights.size() == quantized.size(), "weights of another size");
  std::vector<float> difference(weights.begin(), weights.end());
  for (std::size_t i = 0; i < difference.size(); ++i) difference[i] -= quantized[i];
  const MeanResponse response(node, difference, shape);
  const SplitMeans means = split_means(mean);
  SplitMeans lost;
  lost.all = response(means.all);
  if (!means.even.empty()) {
    lost.even = response(means.even);
    lost.odd = response(means.odd);
  }
  return lost;
}

bool fast_correction_harms(const ov::Node& node, const Plan& plan) {
  if (graph::operation_type(node) != "DepthwiseConvolution") return false;
  return std::any_of(plan.quantizers.begin(), plan.quantizers.end(), [&](const Quantizer& quantizer) {
    return quantizer.kind == QuantizerKind::activation && quantizer.scheme.mode == Mode::symmetric &&
           std::find(quantizer.operations.begin(), quantizer.operations.end(), node.get_friendly_name()) !=
               quantizer.operations.end();
  });
}

}  // namespace octune::quantization
