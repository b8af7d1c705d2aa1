// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/regression.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/assert.hpp"
#include "evaluate/label_values.hpp"
#include "evaluate/ranks.hpp"
#include "evaluate/values.hpp"
#include "octune/error.hpp"

namespace octune::evaluate {
namespace {

ov::Shape without_ones(ov::Shape shape) {
  shape.erase(std::remove(shape.begin(), shape.end(), std::size_t{1}), shape.end());
  return shape;
}

/// As many values of the output as of the label.
struct Pairs {
  std::vector<double> x;
  std::vector<double> y;
};

Pairs pairs_of(const Outputs& outputs, const Label& label, std::string_view where) {
  OCTUNE_ASSERT(!outputs.empty(), "numbers of a model without outputs");
  const ov::Tensor& output = outputs.front();
  Pairs pairs{to_doubles(output), label_numbers(label, where)};
  const bool same_shape = !label.values || without_ones(label.values.get_shape()) == without_ones(output.get_shape());
  if (pairs.x.size() != pairs.y.size() || !same_shape) {
    const std::string of_label =
        label.values ? "the shape " + label.values.get_shape().to_string() : fmt::format("{} numbers", pairs.y.size());
    throw Error(ErrorKind::input, fmt::format("{}: the output has the shape {} but the label {}; one number for each "
                                              "value of the output is needed, in its order",
                                              where, output.get_shape().to_string(), of_label));
  }
  return pairs;
}

/// The mean of an error over a sample's values.
class MeanError : public Metric {
 public:
  using Metric::score;
  bool higher_is_better() const override { return false; }

  Score score(const Outputs& outputs, const Label& label) const override {
    const Pairs pairs = pairs_of(outputs, label, metric_place(name()));
    double sum = 0;
    for (std::size_t i = 0; i < pairs.x.size(); ++i) sum += error(pairs.x[i], pairs.y[i]);
    return {sum / static_cast<double>(pairs.x.size())};
  }

 protected:
  virtual double error(double x, double y) const = 0;
};

class MeanSquaredError : public MeanError {
 public:
  std::string name() const override { return "mse"; }

 protected:
  double error(double x, double y) const override { return (x - y) * (x - y); }
};

class RootMeanSquaredError final : public MeanSquaredError {
 public:
  using Metric::value;
  std::string name() const override { return "rmse"; }
  Aggregation aggregation() const override { return Aggregation::sums; }
  double value(const Score& sum, std::size_t samples) const override {
    return std::sqrt(MeanSquaredError::value(sum, samples));
  }
};

class MeanAbsoluteError final : public MeanError {
 public:
  std::string name() const override { return "mae"; }

 protected:
  double error(double x, double y) const override { return std::abs(x - y); }
};

class MeanAbsolutePercentageError final : public MeanError {
 public:
  std::string name() const override { return "mape"; }

 protected:
  double error(double x, double y) const override {
    if (y == 0) {
      throw Error(ErrorKind::input, fmt::format("{}: the label holds 0, to which no error is relative; take mae, or "
                                                "labels without zeros",
                                                metric_place(name())));
    }
    return std::abs(x - y) / std::abs(y);
  }
};

/// The correlation of n pairs from their moments; 0 if one side is constant.
double correlation(double n, double x, double y, double xx, double yy, double xy) {
  const double of_x = n * xx - x * x;
  const double of_y = n * yy - y * y;
  // What is left of a constant after rounding: differences below the precision of the sums.
  constexpr double kNothing = 1e-14;
  if (of_x <= kNothing * n * xx || of_y <= kNothing * n * yy) return 0;
  return std::clamp((n * xy - x * y) / (std::sqrt(of_x) * std::sqrt(of_y)), -1.0, 1.0);
}

class Pearson final : public Metric {
 public:
  using Metric::score;
  using Metric::value;
  std::string name() const override { return "pearson"; }
  Aggregation aggregation() const override { return Aggregation::sums; }

  /// {n, sum x, sum y, sum x^2, sum y^2, sum xy}. Single-precision outputs have lost more to rounding, where their mean
  /// is large beside their spread, than these sums in double precision lose.
  Score score(const Outputs& outputs, const Label& label) const override {
    const Pairs pairs = pairs_of(outputs, label, metric_place(name()));
    Score moments(6);
    moments[0] = static_cast<double>(pairs.x.size());
    for (std::size_t i = 0; i < pairs.x.size(); ++i) {
      moments[1] += pairs.x[i];
      moments[2] += pairs.y[i];
      moments[3] += pairs.x[i] * pairs.x[i];
      moments[4] += pairs.y[i] * pairs.y[i];
      moments[5] += pairs.x[i] * pairs.y[i];
    }
    return moments;
  }

  double value(const Score& sum, std::size_t samples) const override {
    return samples == 0 ? 0.0 : correlation(sum[0], sum[1], sum[2], sum[3], sum[4], sum[5]);
  }
};

class Spearman final : public Metric {
 public:
  using Metric::score;
  using Metric::value;
  std::string name() const override { return "spearman"; }
  Aggregation aggregation() const override { return Aggregation::corpus; }

  /// {x, y, x, y, ...}
  Score score(const Outputs& outputs, const Label& label) const override {
    const Pairs pairs = pairs_of(outputs, label, metric_place(name()));
    Score score;
    score.reserve(2 * pairs.x.size());
    for (std::size_t i = 0; i < pairs.x.size(); ++i) {
      score.push_back(pairs.x[i]);
      score.push_back(pairs.y[i]);
    }
    return score;
  }

  double value(std::span<const Score> scores) const override {
    std::vector<double> x, y;
    for (const Score& score : scores) {
      for (std::size_t i = 0; i + 1 < score.size(); i += 2) {
        x.push_back(score[i]);
        y.push_back(score[i + 1]);
      }
    }
    const std::vector<double> rank_x = average_ranks(x);
    const std::vector<double> rank_y = average_ranks(y);
    // Around the mean rank: the sums stay small.
    const auto n = static_cast<double>(x.size());
    const double mean = (n + 1) / 2;
    double xx = 0, yy = 0, xy = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      xx += (rank_x[i] - mean) * (rank_x[i] - mean);
      yy += (rank_y[i] - mean) * (rank_y[i] - mean);
      xy += (rank_x[i] - mean) * (rank_y[i] - mean);
    }
    return correlation(n, 0, 0, xx, yy, xy);
  }
};

}  // namespace

std::unique_ptr<Metric> make_mse() { return std::make_unique<MeanSquaredError>(); }
std::unique_ptr<Metric> make_mae() { return std::make_unique<MeanAbsoluteError>(); }
std::unique_ptr<Metric> make_rmse() { return std::make_unique<RootMeanSquaredError>(); }
std::unique_ptr<Metric> make_mape() { return std::make_unique<MeanAbsolutePercentageError>(); }
std::unique_ptr<Metric> make_pearson() { return std::make_unique<Pearson>(); }
std::unique_ptr<Metric> make_spearman() { return std::make_unique<Spearman>(); }

}  // namespace octune::evaluate
