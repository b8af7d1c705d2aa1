// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "octune/plan.hpp"

namespace octune::quantization {

/// The borders of a FakeQuantize, one entry a channel (one entry: per tensor), and its number of levels.
/// Zero is exactly representable: low = -zero_point * scale with an integer zero_point.
struct Range {
  std::vector<float> low;
  std::vector<float> high;
  int levels = 256;
};

/// What the estimators made of the statistics: per channel, or one entry for all.
struct Extent {
  std::vector<double> min;
  std::vector<double> max;  ///< symmetric schemes: the largest magnitude
};

/// The levels of a scheme: the user's, or its defaults for the bits, mode, kind and sign.
struct Levels {
  int low = 0;
  int high = 255;
  int count() const { return high - low + 1; }
};

/// Only the number of the user's levels counts, level_high - level_low + 1, and the data say whether there is a sign:
/// symmetric levels of signed values that do not lie evenly around zero (0..255) are shifted until they do (-128..127),
/// those of values without a sign start at 0. Where only one end is given, the other is the default of its sign.
Levels levels_of(const Scheme& scheme, QuantizerKind kind, bool is_signed);

/// Whether a symmetric range of values down to `lowest` has negative levels: some value is negative, or the user wants
/// such levels.
bool is_signed(const Scheme& scheme, double lowest);

/// The borders of one channel.
struct Borders {
  double low = 0;
  double high = 0;
};

/// [magnitude * low / high, magnitude] for levels low..high: the step is magnitude / high and zero is a level.
Borders symmetric_borders(double magnitude, const Levels& levels);

/// The range around [low, high], low <= 0 <= high, low < high, with zero on one of `levels` levels: one border is moved
/// outward, the one that widens more, so nothing is clipped. If zero would round to the first or last level, that
/// border becomes zero (less than half a step is cut).
Borders asymmetric_borders(double low, double high, int levels);

/// The range of activations. Symmetric: [0, m] if no value is negative (all entries of extent.min >= 0), otherwise
/// [m * level_low / level_high, m], that is a step of m / 127 for 8 bits. Asymmetric: min and max widened to hold zero,
/// then asymmetric_borders(). Degenerate extents get a small width: symmetric m >= max(8e-5, 1 % of the largest
/// channel), asymmetric 8e-4 on both sides.
Range activation_range(const Extent& extent, const Scheme& scheme);

/// The range of weights: no floor, each channel has its own scale; a channel of zeros gets 1. `halved` doubles it,
/// which leaves 7 of 8 bits in use. With scheme.unified_zero_point, asymmetric ranges have one zero point, the rounded
/// mean of the channels' own; the range of each channel is as wide as it takes to clip nothing.
Range weights_range(const Extent& extent, const Scheme& scheme, bool halved);

/// One extent that holds all of them; all have the same number of channels, or one entry for all channels.
Extent merge(std::span<const Extent> extents);

}  // namespace octune::quantization
