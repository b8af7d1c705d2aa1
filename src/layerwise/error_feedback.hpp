// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "layerwise/products.hpp"

namespace octune::layerwise {

/// How the weights of one channel are rounded.
struct ChannelQuantizer {
  float scale = 1;
  int zero_point = 0, lowest = -127, highest = 127;
};

/// Rounds wanted weights w, [R][K], one row a channel, to values v = (integer - zero_point) * scale so that
/// (v - w) * H * (v - w)^T becomes small, H = L * L^T: from the last column to the first, each is rounded to where the
/// error of those before it is made up for best (Babai's nearest plane, 1986; GPTQ, Frantar et al. 2022, is the same in
/// the other order). Integers stay within lowest..highest; what that cuts off is made up for like any other error.
/// `quantizers` has R entries, `integers` room for R * K.
void round_with_feedback(const ConstMatrix& lower, const ConstMatrix& wanted,
                         std::span<const ChannelQuantizer> quantizers, std::span<std::int16_t> integers);

/// The scale under which plain rounding of `wanted` within the integers' range costs least, the squared error of column
/// k counting importance[k] times: the quantizer's own, the smallest that cuts nothing off, or a little less.
float best_scale(std::span<const float> wanted, std::span<const float> importance, const ChannelQuantizer& quantizer);

}  // namespace octune::layerwise
