// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <openvino/core/model.hpp>
#include <vector>

#include "octune/options.hpp"
#include "octune/plan.hpp"
#include "octune/quantize.hpp"
#include "octune/statistics.hpp"

namespace octune::quantization {

/// ActivationChannelAlignment (POT): pairs of a producer (a convolution of any kind with constant weights, perhaps with
/// its bias) and a quantized Convolution with stride 1, no dilation and no padding that is its only consumer, nothing
/// in between. The tensor between them may have any per-channel shift and scale, as long as the consumer undoes them.
/// Tensors whose range is estimated by quantiles or by a search are left out: those of the aligned tensor cannot be
/// derived. So are pairs of which `not_aligned` names an operation.
std::vector<AlignedPair> find_aligned_pairs(const ov::Model& model, const Plan& plan,
                                            const IgnoredScope& not_aligned = {});

/// Aligns the channels of every pair of the plan for which it pays, in `model` (its weights and biases are replaced),
/// and transforms the statistics of the tensor between them to what a second pass over the data would collect.
///
/// With lo, hi the medians over the samples of the 1e-4 and 1 - 1e-4 quantiles of channel c: shift mu = (lo + hi) / 2
/// (only if both operations have a bias), scale s = (hi - lo) / median(hi - lo), clipped to [1e-2, 1e2]. The producer's
/// weights and bias become W/s and (b - mu)/s, the consumer's W*s and b + W mu. A pair is left alone when
/// expected_output_error(), with its weights really quantized and the tensor's real range, would not fall. Returns the
/// pairs left alone.
std::vector<LeftAlone> align_channels(const std::shared_ptr<ov::Model>& model, const Plan& plan,
                                      Statistics& statistics);

/// What align_channels() reads.
std::vector<StatisticRequest> alignment_requests(const AlignedPair& pair);

}  // namespace octune::quantization
