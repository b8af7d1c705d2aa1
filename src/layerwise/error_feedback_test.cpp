// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "layerwise/error_feedback.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "layerwise/cholesky.hpp"
#include "layerwise/test_problems.hpp"

namespace octune::layerwise {
namespace {

/// One channel's weights and an H with strong dependence between columns.
struct Task {
  std::size_t columns;
  std::vector<float> h, factor, wanted;
};

Task task_of(std::size_t columns, double low = -1, double high = 1) {
  base::RandomStream random(columns);
  Task task{columns, std::vector<float>(columns * columns), {}, {}};
  const std::size_t rows = 2 * columns;
  std::vector<float> x;
  for (std::size_t r = 0; r < rows; ++r) {
    const float common = uniform(random, -1, 1);
    for (std::size_t k = 0; k < columns; ++k) x.push_back(common + uniform(random, -0.3, 0.3));
  }
  const ConstMatrix matrix(x.data(), rows, columns, columns);
  multiply(transposed(matrix), matrix, Matrix{task.h.data(), columns, columns, columns}, 1);
  task.factor = task.h;
  EXPECT_TRUE(cholesky(Matrix{task.factor.data(), columns, columns, columns}, 1));
  for (std::size_t k = 0; k < columns; ++k) task.wanted.push_back(uniform(random, low, high));
  return task;
}

std::vector<std::int16_t> rounded_with_feedback(const Task& task, const ChannelQuantizer& quantizer) {
  std::vector<std::int16_t> integers(task.columns);
  round_with_feedback(ConstMatrix(task.factor.data(), task.columns, task.columns, task.columns),
                      ConstMatrix(task.wanted.data(), 1, task.columns, task.columns), std::span(&quantizer, 1),
                      integers);
  return integers;
}

std::int16_t nearest(double value, const ChannelQuantizer& quantizer) {
  const double integer = std::nearbyint(value / static_cast<double>(quantizer.scale)) + quantizer.zero_point;
  return static_cast<std::int16_t>(
      std::clamp(integer, static_cast<double>(quantizer.lowest), static_cast<double>(quantizer.highest)));
}

double value_of(int integer, const ChannelQuantizer& quantizer) {
  return (integer - quantizer.zero_point) * static_cast<double>(quantizer.scale);
}

/// (v - w) * H * (v - w)^T.
double cost(const Task& task, const ChannelQuantizer& quantizer, const std::vector<std::int16_t>& integers) {
  double sum = 0;
  const auto error = [&](std::size_t k) {
    return value_of(integers[k], quantizer) - static_cast<double>(task.wanted[k]);
  };
  for (std::size_t i = 0; i < task.columns; ++i) {
    for (std::size_t j = 0; j < task.columns; ++j)
      sum += error(i) * error(j) * static_cast<double>(task.h[i * task.columns + j]);
  }
  return sum;
}

/// Where column k should lie, given the errors of the columns behind it, if it and those before it were free: the
/// minimum of the quadratic form over them, by Gauss-Seidel on its normal equations. No factor is involved.
double conditional_optimum(const Task& task, const std::vector<double>& errors, std::size_t k) {
  std::vector<double> e = errors;
  const auto h = [&](std::size_t i, std::size_t j) { return static_cast<double>(task.h[i * task.columns + j]); };
  for (int sweep = 0; sweep < 20000; ++sweep) {
    for (std::size_t i = 0; i <= k; ++i) {
      double sum = 0;
      for (std::size_t j = 0; j < task.columns; ++j) sum += j == i ? 0 : h(i, j) * e[j];
      e[i] = -sum / h(i, i);
    }
  }
  return static_cast<double>(task.wanted[k]) + e[k];
}

TEST(ErrorFeedback, rounds_each_column_to_where_the_others_could_make_up_for_it) {
  const Task task = task_of(8);
  const ChannelQuantizer quantizer{.scale = 0.21F, .zero_point = 1, .lowest = -8, .highest = 7};
  std::vector<std::int16_t> expected(task.columns);
  std::vector<double> errors(task.columns);
  for (std::size_t k = task.columns; k-- > 0;) {
    expected[k] = nearest(conditional_optimum(task, errors, k), quantizer);
    errors[k] = value_of(expected[k], quantizer) - static_cast<double>(task.wanted[k]);
  }
  EXPECT_EQ(rounded_with_feedback(task, quantizer), expected);
}

TEST(ErrorFeedback, costs_less_than_plain_rounding) {
  const ChannelQuantizer quantizer{.scale = 0.2F, .lowest = -7, .highest = 7};
  for (const std::size_t columns : {16UL, 64UL, 65UL, 200UL}) {  // within and beyond a block
    const Task task = task_of(columns);
    std::vector<std::int16_t> plain;
    for (const float w : task.wanted) plain.push_back(nearest(static_cast<double>(w), quantizer));
    EXPECT_LT(cost(task, quantizer, rounded_with_feedback(task, quantizer)), 0.7 * cost(task, quantizer, plain))
        << columns;
  }
}

TEST(ErrorFeedback, stays_within_the_integers) {
  const Task task = task_of(100, -3, 3);
  const ChannelQuantizer quantizer{.scale = 0.2F, .zero_point = 2, .lowest = -3, .highest = 4};
  const std::vector<std::int16_t> integers = rounded_with_feedback(task, quantizer);
  EXPECT_EQ(*std::min_element(integers.begin(), integers.end()), -3);
  EXPECT_EQ(*std::max_element(integers.begin(), integers.end()), 4);
}

TEST(ErrorFeedback, several_channels_do_not_touch_each_other) {
  const Task task = task_of(70);
  const std::vector<ChannelQuantizer> quantizers{{.scale = 0.2F}, {.scale = 0.03F, .lowest = -5, .highest = 5}};
  std::vector<float> wanted = task.wanted;
  wanted.insert(wanted.end(), task.wanted.begin(), task.wanted.end());
  std::vector<std::int16_t> both(2 * task.columns);
  round_with_feedback(ConstMatrix(task.factor.data(), task.columns, task.columns, task.columns),
                      ConstMatrix(wanted.data(), 2, task.columns, task.columns), quantizers, both);
  std::vector<std::int16_t> one_by_one = rounded_with_feedback(task, quantizers[0]);
  const std::vector<std::int16_t> second = rounded_with_feedback(task, quantizers[1]);
  one_by_one.insert(one_by_one.end(), second.begin(), second.end());
  EXPECT_EQ(both, one_by_one);
}

TEST(BestScale, grows_when_weights_would_be_cut_off) {
  const ChannelQuantizer quantizer{.scale = 0.01F, .lowest = -127, .highest = 127};
  const std::vector<float> wanted{2.54F, 1.27F, -0.4F}, importance{1, 1, 1};
  EXPECT_FLOAT_EQ(best_scale(wanted, importance, quantizer), 0.02F);
}

TEST(BestScale, cuts_off_what_does_not_matter) {
  const ChannelQuantizer quantizer{.scale = 1, .lowest = -3, .highest = 3};
  std::vector<float> wanted{3.0F}, importance{0.0F};  // the largest weight is never used
  for (int i = 0; i < 20; ++i) {
    wanted.push_back(0.7F * static_cast<float>(i % 7 - 3));
    importance.push_back(1);
  }
  EXPECT_FLOAT_EQ(best_scale(wanted, importance, quantizer), 0.7F);
}

TEST(BestScale, stays_for_weights_of_zero) {
  const ChannelQuantizer quantizer{.scale = 1};
  const std::vector<float> wanted{0, 0}, importance{1, 1};
  EXPECT_EQ(best_scale(wanted, importance, quantizer), 1);
}

}  // namespace
}  // namespace octune::layerwise
