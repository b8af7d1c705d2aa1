// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/alignment_error.hpp"

#include <cmath>
#include <numbers>

#include "quantize/weights.hpp"
#include "quantize/weights_extent.hpp"

namespace octune::quantization {
namespace {

/// What rounding adds to each weight.
std::vector<double> rounding_errors(const FloatWeights& weights, const Quantizer* quantizer) {
  std::vector<double> errors(weights.values.size(), 0);
  if (!quantizer) return errors;
  const Extent extent = weights_extent(weights.values, weights.shape, *quantizer);
  const std::vector<float> rounded = quantize_weights(weights.values, weights.shape, *quantizer, extent).dequantized();
  for (std::size_t i = 0; i < errors.size(); ++i) errors[i] = static_cast<double>(rounded[i]) - weights.values[i];
  return errors;
}

/// Of each output channel of the producer: power of the errors over power of the weights.
std::vector<double> noise_to_signal(const QuantizedPair& pair) {
  const std::vector<double> errors = rounding_errors(pair.producer, pair.producer_quantizer);
  const std::vector<std::size_t> channel = channel_of_element(pair.producer.shape, pair.producer_channel_axes);
  std::vector<double> noise(pair.between.mean.size(), 0);
  std::vector<double> signal(noise.size(), 0);
  for (std::size_t i = 0; i < errors.size(); ++i) {
    noise[channel[i]] += errors[i] * errors[i];
    signal[channel[i]] += static_cast<double>(pair.producer.values[i]) * pair.producer.values[i];
  }
  for (std::size_t c = 0; c < noise.size(); ++c) noise[c] = signal[c] > 0 ? noise[c] / signal[c] : 0;
  return noise;
}

double normal_tail(double z) { return 0.5 * std::erfc(z / std::numbers::sqrt2); }

/// The mean of (x - border)^2 over the x beyond a border that lies z deviations above the mean of a normal
/// distribution.
double squared_excess(double z, double deviation) {
  const double density = std::exp(-z * z / 2) / std::sqrt(2 * std::numbers::pi);
  return deviation * deviation * std::max(0.0, (1 + z * z) * normal_tail(z) - z * density);
}

double clipping_error(const ChannelMoments& moments, std::size_t channel, const Range& range) {
  const double mean = moments.mean[channel];
  const double deviation = moments.deviation[channel];
  if (deviation <= 0) return 0;
  return squared_excess((range.high.front() - mean) / deviation, deviation) +
         squared_excess((mean - range.low.front()) / deviation, deviation);
}

}  // namespace

double normal_quantile(double tail) {
  double low = 0;
  double high = 40;
  while (high - low > 1e-9) {
    const double middle = (low + high) / 2;
    (normal_tail(middle) > tail ? low : high) = middle;
  }
  return low;
}

double expected_output_error(const QuantizedPair& pair) {
  const std::size_t outputs = pair.consumer.shape[0];
  const std::size_t inputs = pair.consumer.shape[1];
  const std::size_t taps = pair.consumer.values.size() / (outputs * inputs);
  const std::vector<double> errors = rounding_errors(pair.consumer, pair.consumer_quantizer);
  const std::vector<double> ratio = noise_to_signal(pair);
  const double step = (static_cast<double>(pair.range.high.front()) - pair.range.low.front()) / (pair.range.levels - 1);
  double total = 0;
  for (std::size_t output = 0; output < outputs; ++output) {
    double shift = 0;
    for (std::size_t input = 0; input < inputs; ++input) {
      const double variance = pair.between.deviation[input] * pair.between.deviation[input];
      const double noise = step * step / 12 + clipping_error(pair.between, input, pair.range) + ratio[input] * variance;
      const std::size_t first = (output * inputs + input) * taps;
      for (std::size_t i = first; i < first + taps; ++i) {
        const double weight = pair.consumer.values[i];
        total += weight * weight * noise + errors[i] * errors[i] * variance;
        shift += errors[i] * pair.between.mean[input];
      }
    }
    if (!pair.bias_corrected) total += shift * shift;
  }
  return total;
}

}  // namespace octune::quantization
