// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/bias.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/assert.hpp"
#include "graph/bias.hpp"
#include "graph/queries.hpp"

namespace octune::quantization {
namespace {

double product(const std::vector<double>& a, const std::vector<double>& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

/// Whether the shift of each half lowers the squared error of the other; true where there are no halves.
bool generalises(const SplitMeans& lost) {
  return 4 * product(lost.even, lost.odd) >= product(lost.even, lost.even) + product(lost.odd, lost.odd);
}

/// The largest correction as a multiple of the bias; 0 if the bias gives no measure.
double largest_ratio(const std::vector<float>& bias, const std::vector<double>& shift) {
  const double power = std::inner_product(bias.begin(), bias.end(), bias.begin(), 0.0);
  const double typical = std::sqrt(power / static_cast<double>(bias.size()));
  if (typical == 0) return 0;
  double largest = 0;
  for (std::size_t c = 0; c < bias.size(); ++c) {
    largest = std::max(largest, std::abs(shift[c]) / std::max(static_cast<double>(std::abs(bias[c])), typical));
  }
  return largest;
}

}  // namespace

std::optional<std::vector<float>> bias_values(const ov::Node& node) {
  return graph::bias_values(node, graph::output_channel_axis(node).value());
}

void set_bias(const std::shared_ptr<ov::Node>& node, const std::vector<float>& values) {
  graph::set_bias(node, graph::output_channel_axis(*node).value(), values);
}

SplitMeans split_means(std::span<const float> rows, std::size_t channels) {
  OCTUNE_ASSERT(channels > 0 && !rows.empty() && rows.size() % channels == 0, "rows that are no multiple of channels");
  const std::size_t samples = rows.size() / channels;
  SplitMeans means;
  means.even.assign(channels, 0);
  means.odd.assign(channels, 0);
  for (std::size_t i = 0; i < rows.size(); ++i)
    (i / channels % 2 == 0 ? means.even : means.odd)[i % channels] += rows[i];
  for (std::size_t c = 0; c < channels; ++c) {
    means.all.push_back((means.even[c] + means.odd[c]) / static_cast<double>(samples));
    means.even[c] /= static_cast<double>((samples + 1) / 2);
    means.odd[c] /= static_cast<double>(std::max<std::size_t>(samples / 2, 1));
  }
  if (samples < 2) {
    means.even.clear();
    means.odd.clear();
  }
  return means;
}

SplitMeans split_means(const Series& means) {
  OCTUNE_ASSERT(means.samples > 0 && means.keeps == Series::Keeps::halves, "no means of halves");
  const std::size_t even = (means.samples + 1) / 2;
  const std::size_t odd = means.samples / 2;
  SplitMeans split;
  for (std::size_t c = 0; c < means.channels; ++c) {
    split.all.push_back(means.sum[c] / static_cast<double>(means.samples));
    if (odd == 0) continue;
    split.even.push_back(means.even_sum[c] / static_cast<double>(even));
    split.odd.push_back((means.sum[c] - means.even_sum[c]) / static_cast<double>(odd));
  }
  return split;
}

std::string correct_bias(const std::shared_ptr<ov::Node>& node, const SplitMeans& lost,
                         std::optional<double> threshold) {
  if (!std::all_of(lost.all.begin(), lost.all.end(), [](double value) { return std::isfinite(value); }))
    return "the shift is not finite";
  if (!generalises(lost)) return "the shift of one half of the samples does not lower the error of the other half";
  std::vector<float> bias = bias_values(*node).value_or(std::vector<float>(lost.all.size(), 0.F));
  if (const double ratio = largest_ratio(bias, lost.all); threshold && ratio > *threshold) {
    return fmt::format("the correction is {:.3g} times the bias, the threshold is {:.3g}", ratio, *threshold);
  }
  for (std::size_t c = 0; c < bias.size(); ++c) bias[c] = static_cast<float>(bias[c] + lost.all[c]);
  set_bias(node, bias);
  return {};
}

}  // namespace octune::quantization
