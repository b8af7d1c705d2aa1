// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "calibration/range_spread.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "base/quantile.hpp"

namespace octune::calibration {
namespace {

constexpr double kShare = 0.2;  // of the tensors that decide
constexpr double kNormalQuantile = 1.959964;
constexpr std::size_t kFewestSamples = 10;
constexpr std::size_t kFewestTensors = 5;

double student_quantile(double v) {
  const double z = kNormalQuantile;
  return z + (std::pow(z, 3) + z) / (4 * v) + (5 * std::pow(z, 5) + 16 * std::pow(z, 3) + 3 * z) / (96 * v * v) +
         (3 * std::pow(z, 7) + 19 * std::pow(z, 5) + 17 * std::pow(z, 3) - 15 * z) / (384 * v * v * v);
}

/// What tells the borders of one tensor.
struct Borders {
  const StatisticRequest* low_request = nullptr;
  const StatisticRequest* high_request = nullptr;
  const Series* low = nullptr;
  const Series* high = nullptr;
};

/// Extremes before quantiles, the whole tensor before channels: these rows are short.
bool is_better(const StatisticRequest& request, const StatisticRequest* than) {
  if (than == nullptr) return true;
  const auto rank = [](const StatisticRequest& of) {
    const bool extreme = of.reduction == Reduction::min || of.reduction == Reduction::max;
    return (extreme ? 0 : 2) + (of.channel_axis ? 1 : 0);
  };
  return rank(request) < rank(*than);
}

std::map<TensorRef, Borders> borders_of(const Statistics& statistics) {
  std::map<TensorRef, Borders> all;
  for (const auto& [request, series] : statistics.series()) {
    if (series.samples == 0 || series.keeps != Series::Keeps::rows) continue;
    const bool is_quantile = request.reduction == Reduction::quantile;
    const bool is_low = request.reduction == Reduction::min || (is_quantile && request.probability < 0.5);
    const bool is_high = request.reduction == Reduction::max || request.reduction == Reduction::abs_quantile ||
                         (is_quantile && request.probability >= 0.5);
    Borders& borders = all[request.tensor];
    if (is_low && is_better(request, borders.low_request)) {
      borders.low_request = &request;
      borders.low = &series;
    }
    if (is_high && is_better(request, borders.high_request)) {
      borders.high_request = &request;
      borders.high = &series;
    }
  }
  return all;
}

/// Adds to `widths` how far each row reaches beyond zero: upwards (sign 1) or downwards (-1).
bool add_reach(const Series* series, float sign, std::vector<float>& widths) {
  if (series == nullptr) return true;
  const std::vector<float> rows = series->rows.read();
  const std::size_t count = rows.size() / series->channels;
  if (widths.empty()) widths.assign(count, 0.0F);
  if (widths.size() != count) return false;
  for (std::size_t row = 0; row < count; ++row) {
    float reach = 0;
    for (std::size_t i = row * series->channels; i < (row + 1) * series->channels; ++i) {
      reach = std::max(reach, sign * rows[i]);
    }
    widths[row] += reach;
  }
  return true;
}

/// One a row; none if the rows of the two borders are of different samples.
std::vector<float> widths_of(const Borders& borders) {
  std::vector<float> widths;
  if (borders.low && borders.high && borders.low->samples != borders.high->samples) return {};
  if (!add_reach(borders.high, 1.0F, widths) || !add_reach(borders.low, -1.0F, widths)) return {};
  return widths;
}

double mean_of(std::span<const float> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double deviation_of(std::span<const float> values, double mean) {
  double squares = 0;
  for (const float value : values) squares += (value - mean) * (value - mean);
  return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

std::size_t rounded_up(double count) {
  const double digit = std::pow(10.0, std::max(0.0, std::floor(std::log10(count)) - 1));
  return static_cast<std::size_t>(std::ceil(count / digit) * digit);
}

}  // namespace

std::vector<TensorWidths> range_widths(const Statistics& statistics) {
  std::vector<TensorWidths> tensors;
  for (const auto& [tensor, borders] : borders_of(statistics)) {
    if (borders.low == nullptr && borders.high == nullptr) continue;
    TensorWidths widths{widths_of(borders), (borders.high ? borders.high : borders.low)->samples, false};
    if (widths.widths.empty()) continue;
    widths.by_sample = statistics.sequence_length() == 1 && widths.widths.size() == statistics.samples();
    tensors.push_back(std::move(widths));
  }
  return tensors;
}

RangeMoves range_moves(std::span<const TensorWidths> tensors, double distinct, const std::set<std::size_t>& left_out) {
  RangeMoves result;
  for (const TensorWidths& tensor : tensors) {
    std::vector<float> widths = tensor.widths;
    std::size_t samples = tensor.samples;
    if (tensor.by_sample) {
      for (auto position = left_out.rbegin(); position != left_out.rend(); ++position) {
        if (*position < widths.size()) widths.erase(widths.begin() + static_cast<std::ptrdiff_t>(*position));
      }
      samples = widths.size();
    }
    const double independent = static_cast<double>(samples) * distinct;
    result.samples = std::max(result.samples, independent);
    if (widths.size() < 2 || independent < 2) continue;
    const double mean = mean_of(widths);
    if (mean <= 0) continue;
    const double error = deviation_of(widths, mean) / std::sqrt(independent);
    result.moves.push_back(student_quantile(independent - 1) * error / mean);
  }
  std::sort(result.moves.begin(), result.moves.end(), std::greater<>());
  return result;
}

double typical_move(const RangeMoves& moves) {
  if (moves.moves.empty()) return 0;
  const auto deciding = static_cast<std::size_t>(std::ceil(kShare * static_cast<double>(moves.moves.size())));
  return moves.moves[deciding - 1];
}

std::size_t samples_for(const RangeMoves& moves, double limit) {
  if (moves.moves.empty()) return 0;
  const double move = typical_move(moves), student = student_quantile(moves.samples - 1);
  // Student's quantile is that of the larger number, which is looked for; each step comes nearer to it.
  double wanted = moves.samples;
  for (int step = 0; step < 20; ++step) {
    wanted = moves.samples * std::pow(move / limit * student_quantile(wanted - 1) / student, 2);
    wanted = std::max(wanted, 2.0);
  }
  return rounded_up(wanted);
}

std::vector<FarSample> far_samples(std::span<const TensorWidths> tensors, double limit) {
  std::vector<std::vector<float>> ratios;  // by sample, of each tensor
  for (const TensorWidths& tensor : tensors) {
    if (!tensor.by_sample || tensor.samples < kFewestSamples) continue;
    std::vector<float> reordered = tensor.widths;
    const auto median = static_cast<float>(base::quantile(reordered, 0.5));
    if (median <= 0) continue;
    ratios.resize(tensor.widths.size());
    for (std::size_t i = 0; i < ratios.size(); ++i) ratios[i].push_back(tensor.widths[i] / median);
  }
  std::vector<FarSample> far;
  for (std::size_t i = 0; i < ratios.size(); ++i) {
    if (ratios[i].size() < kFewestTensors) return {};
    const double ratio = base::quantile(ratios[i], 0.5);
    if (ratio > limit) far.push_back({i, ratio});
  }
  std::stable_sort(far.begin(), far.end(), [](const FarSample& a, const FarSample& b) { return a.ratio > b.ratio; });
  return far;
}

}  // namespace octune::calibration
