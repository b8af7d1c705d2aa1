// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "layerwise/error_feedback.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace octune::layerwise {
namespace {

/// Columns whose errors are fed to each other one by one; those of later columns come by a matrix product.
constexpr std::size_t kBlock = 64;

int nearest(float value, const ChannelQuantizer& quantizer) {
  const float integer = std::rint(value / quantizer.scale) + static_cast<float>(quantizer.zero_point);
  const auto lowest = static_cast<float>(quantizer.lowest), highest = static_cast<float>(quantizer.highest);
  // In this order NaN becomes an integer, too.
  return static_cast<int>(integer > lowest ? std::min(integer, highest) : lowest);
}

float value_of(int integer, const ChannelQuantizer& quantizer) {
  return static_cast<float>(integer - quantizer.zero_point) * quantizer.scale;
}

}  // namespace

void round_with_feedback(const ConstMatrix& lower, const ConstMatrix& wanted,
                         std::span<const ChannelQuantizer> quantizers, std::span<std::int16_t> integers) {
  const std::size_t channels = wanted.rows, columns = wanted.columns;
  std::vector<float> errors(channels * columns), fed(channels * kBlock), block(kBlock * kBlock);
  for (std::size_t end = columns; end > 0;) {
    const std::size_t size = (end - 1) % kBlock + 1, first = end - size;
    // fed[r][k] = sum over the columns j behind the block of errors[r][j] * L[j][k]
    std::fill(fed.begin(), fed.end(), 0.0F);
    if (end < columns) {
      const ConstMatrix behind{errors.data() + end, channels, columns - end, columns};
      const ConstMatrix factor{lower.data + end * lower.stride + first, columns - end, size, lower.stride};
      multiply(behind, factor, Matrix{fed.data(), channels, size, kBlock}, 1);
    }
    // L of the block, transposed: one column of L is read per column rounded.
    for (std::size_t j = 0; j < size; ++j) {
      for (std::size_t k = 0; k <= j; ++k) block[k * kBlock + j] = lower.data[(first + j) * lower.stride + first + k];
    }
    for (std::size_t r = 0; r < channels; ++r) {
      float* error = errors.data() + r * columns + first;
      for (std::size_t k = size; k-- > 0;) {
        const float* factor = block.data() + k * kBlock;
        float sum = fed[r * kBlock + k];
        for (std::size_t j = k + 1; j < size; ++j) sum += error[j] * factor[j];
        const float target = wanted.data[r * wanted.stride + first + k];
        const int integer = nearest(target - sum / factor[k], quantizers[r]);
        integers[r * columns + first + k] = static_cast<std::int16_t>(integer);
        error[k] = value_of(integer, quantizers[r]) - target;
      }
    }
    end = first;
  }
}

float best_scale(std::span<const float> wanted, std::span<const float> importance, const ChannelQuantizer& quantizer) {
  const auto above = static_cast<float>(quantizer.highest - quantizer.zero_point);
  const auto below = static_cast<float>(quantizer.zero_point - quantizer.lowest);
  float largest = 0;
  for (const float w : wanted) {
    const float room = w > 0 ? above : below;
    if (room > 0) largest = std::max(largest, std::abs(w) / room);
  }
  ChannelQuantizer tried = quantizer;
  const auto cost = [&](float scale) {
    tried.scale = scale;
    double sum = 0;
    for (std::size_t k = 0; k < wanted.size(); ++k) {
      const double error =
          static_cast<double>(value_of(nearest(wanted[k], tried), tried)) - static_cast<double>(wanted[k]);
      sum += static_cast<double>(importance[k]) * error * error;
    }
    return sum;
  };
  float best = quantizer.scale;
  double least = cost(best);
  for (const float factor : std::array{1.0F, 0.95F, 0.9F, 0.85F, 0.8F, 0.75F, 0.7F}) {
    const float scale = largest * factor;
    if (!(scale >= quantizer.scale * 1e-3F) || !std::isfinite(scale)) continue;
    const double found = cost(scale);
    if (found < least) {
      least = found;
      best = scale;
    }
  }
  return best;
}

}  // namespace octune::layerwise
