// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <string>

#include "layerwise/layer_model.hpp"
#include "layerwise/layer_problem.hpp"
#include "layerwise/test_problems.hpp"
#include "octune/error.hpp"

namespace octune::layerwise {
namespace {

LayerwiseOptions options_of(LayerwiseMethod method) {
  LayerwiseOptions options;
  options.method = method;
  options.batch_size = 32;
  return options;
}

LayerSolution solved(const LayerProblem& problem, LayerwiseMethod method = LayerwiseMethod::finetune, int threads = 1) {
  return solve(problem, options_of(method), 5, threads);
}

/// The loss by its definition: every output of its own, in double.
double naive_loss(const LayerProblem& problem, const LayerSolution& layer, const Rows& rows) {
  const std::size_t k = problem.inputs, channels = problem.channels();
  double sum = 0;
  for (std::size_t i = 0; i < rows.targets.size(); ++i) {
    const std::size_t r = i / channels, c = i % channels;
    double y = layer.bias[c];
    for (std::size_t j = 0; j < k; ++j) {
      const std::size_t column = c / problem.outputs * k + j;
      float x = rows.inputs[r * problem.columns() + column];
      if (layer.input_quantizer) {
        const AffineQuantizer& q = *layer.input_quantizer;
        const float integer = std::nearbyint(x / q.scale_at(column)) + static_cast<float>(q.zero_point_at(column));
        const int clamped = std::clamp(static_cast<int>(integer), q.lowest, q.highest);
        x = static_cast<float>(clamped - q.zero_point_at(column)) * q.scale_at(column);
      }
      y += static_cast<double>(x) * static_cast<double>(layer.weights_quantizer.scale_at(c)) *
           (layer.integers[c * k + j] - layer.weights_quantizer.zero_point_at(c));
    }
    const double error = y - static_cast<double>(rows.targets[i]);
    sum += error * error;
  }
  return sum / static_cast<double>(rows.targets.size());
}

struct Case {
  const char* name;
  TestShape shape;
};

class SolveTest : public testing::TestWithParam<Case> {};

TEST_P(SolveTest, lowers_the_error_on_rows_held_out) {
  const LayerProblem problem = test_problem(GetParam().shape);
  for (const LayerwiseMethod method : {LayerwiseMethod::least_squares, LayerwiseMethod::finetune}) {
    const LayerSolution solution = solved(problem, method);
    ASSERT_TRUE(solution.improved);
    EXPECT_LT(solution.loss_after, 0.7 * solution.loss_before);
    EXPECT_NEAR(solution.loss_before, naive_loss(problem, unchanged(problem), problem.held_out),
                1e-4 * solution.loss_before);
    EXPECT_NEAR(solution.loss_after, naive_loss(problem, solution, problem.held_out), 1e-4 * solution.loss_before);

    const AffineQuantizer& before = problem.weights_quantizer;
    const AffineQuantizer& after = solution.weights_quantizer;
    for (const int integer : solution.integers) {
      EXPECT_GE(integer, before.lowest);
      EXPECT_LE(integer, before.highest);
    }
    ASSERT_EQ(after.scale.size(), before.scale.size());
    for (const float scale : after.scale) EXPECT_GT(scale, 0);
    EXPECT_EQ(after.zero_point, before.zero_point);
    EXPECT_EQ(solution.input_quantizer.has_value(), problem.input_quantizer.has_value());
    if (problem.input_quantizer) {
      EXPECT_EQ(solution.input_quantizer->zero_point, problem.input_quantizer->zero_point);
      if (!problem.tunes_input_range) {
        EXPECT_EQ(solution.input_quantizer->scale, problem.input_quantizer->scale);
      }
    }
  }
}

TEST_P(SolveTest, is_the_same_for_any_number_of_threads) {
  const LayerProblem problem = test_problem(GetParam().shape);
  const LayerSolution one = solved(problem), three = solved(problem, LayerwiseMethod::finetune, 3);
  EXPECT_EQ(one.integers, three.integers);
  EXPECT_EQ(one.bias, three.bias);
  EXPECT_EQ(one.weights_quantizer.scale, three.weights_quantizer.scale);
  EXPECT_EQ(one.loss_after, three.loss_after);
}

INSTANTIATE_TEST_SUITE_P(
    layers, SolveTest,
    testing::Values(Case{"dense", {}}, Case{"dense_float_inputs", {.float_inputs = true}},
                    Case{"dense_per_tensor", {.per_channel = false}}, Case{"dense_zero_points", {.zero_points = true}},
                    Case{"dense_input_range", {.tunes_input_range = true}},
                    Case{"dense_larger_than_a_block", {.inputs = 150, .outputs = 40, .rows = 400}},
                    Case{"grouped", {.groups = 3, .inputs = 4, .outputs = 2}},
                    Case{"depthwise", {.groups = 5, .inputs = 9, .outputs = 1, .tunes_input_range = true}}),
    [](const auto& instance) { return std::string(instance.param.name); });

TEST(Solve, finds_a_range_of_inputs_that_cuts_less_off) {
  LayerProblem problem = test_problem({.tunes_input_range = true, .disturbance = 0});
  problem.input_quantizer->scale[0] = 0.05F;  // -0.25..0.75 of -1..1.7
  problem.weights_quantizer.scale.assign(problem.channels(), 1e-3F);
  problem.weights_quantizer.lowest = -1000;
  problem.weights_quantizer.highest = 1000;
  const LayerSolution solution = solved(problem);
  EXPECT_GT(solution.input_quantizer->scale[0], 0.08F);
  EXPECT_LT(solution.input_quantizer->scale[0], 0.15F);
}

TEST(Solve, descent_goes_on_from_least_squares) {
  const LayerProblem problem = test_problem({.rows = 1000, .tunes_input_range = true});
  EXPECT_LE(solved(problem, LayerwiseMethod::finetune).loss_after,
            solved(problem, LayerwiseMethod::least_squares).loss_after);
}

TEST(Solve, input_scales_may_differ_by_column) {
  LayerProblem problem = test_problem({.groups = 2, .inputs = 3, .outputs = 2});
  problem.input_quantizer->scale = {0.1F, 0.1F, 0.1F, 0.05F, 0.05F, 0.2F};
  const LayerSolution solution = solved(problem);
  EXPECT_TRUE(solution.improved);
  EXPECT_NEAR(solution.loss_after, naive_loss(problem, solution, problem.held_out), 1e-5);
}

void expect_unchanged(const LayerSolution& solution, const LayerProblem& problem) {
  EXPECT_FALSE(solution.improved);
  EXPECT_EQ(solution.integers, problem.integers);
  EXPECT_EQ(solution.bias, problem.bias);
  EXPECT_EQ(solution.weights_quantizer.scale, problem.weights_quantizer.scale);
  EXPECT_EQ(solution.loss_after, solution.loss_before);
}

TEST(Solve, leaves_a_layer_without_error_alone) {
  LayerProblem problem = test_problem({});
  for (Rows* rows : {&problem.tuning, &problem.held_out}) {
    const std::vector<float> inputs = rounded_inputs(problem, problem.input_quantizer, rows->inputs, 1);
    rows->targets =
        outputs(problem, inputs, dequantized(problem, problem.integers, problem.weights_quantizer), problem.bias, 1);
  }
  const LayerSolution solution = solved(problem);
  expect_unchanged(solution, problem);
  EXPECT_EQ(solution.loss_before, 0);
}

TEST(Solve, leaves_a_layer_alone_whose_rows_held_out_get_worse) {
  LayerProblem problem = test_problem({});
  for (float& target : problem.tuning.targets) target = 10 - target;
  expect_unchanged(solved(problem), problem);
}

TEST(Solve, few_rows_and_constant_inputs_are_no_trouble) {
  LayerProblem few = test_problem({.inputs = 40, .rows = 1});
  EXPECT_NO_THROW(solved(few));
  few = test_problem({.inputs = 40, .rows = 12});
  EXPECT_NO_THROW(solved(few));
  LayerProblem constant = test_problem({});
  for (Rows* rows : {&constant.tuning, &constant.held_out}) {
    std::fill(rows->inputs.begin(), rows->inputs.end(), 0.5F);
    for (float& target : rows->targets) target = 3;
  }
  const LayerSolution solution = solved(constant);
  EXPECT_EQ(solution.integers, constant.integers);
  EXPECT_LT(solution.loss_after, 1e-9);  // the bias does it
}

TEST(Solve, numbers_whose_squares_are_too_large_change_nothing) {
  LayerProblem problem = test_problem({.float_inputs = true});
  for (Rows* rows : {&problem.tuning, &problem.held_out}) {
    for (float& input : rows->inputs) input *= 1e25F;
  }
  const LayerSolution solution = solved(problem);
  for (const int integer : solution.integers) {
    EXPECT_GE(integer, -7);
    EXPECT_LE(integer, 7);
  }
}

TEST(Solve, too_few_rows_and_too_many_inputs_change_bias_and_range_only) {
  LayerProblem problem = test_problem({.rows = 31});
  EXPECT_EQ(reason_for_fixed_weights(problem), "there are fewer than 32 rows to tune on");
  for (float& target : problem.tuning.targets) target += 3;
  for (float& target : problem.held_out.targets) target += 3;
  for (const LayerwiseMethod method : {LayerwiseMethod::least_squares, LayerwiseMethod::finetune}) {
    const LayerSolution solution = solved(problem, method);
    EXPECT_TRUE(solution.improved);
    EXPECT_EQ(solution.integers, problem.integers);
    EXPECT_EQ(solution.weights_quantizer.scale, problem.weights_quantizer.scale);
    EXPECT_NE(solution.bias, problem.bias);
  }
  EXPECT_EQ(reason_for_fixed_weights(test_problem({.rows = 32})), "");
  EXPECT_EQ(reason_for_fixed_weights(test_problem({.inputs = 8192, .outputs = 1, .rows = 32})), "");
  EXPECT_EQ(reason_for_fixed_weights(test_problem({.inputs = 8193, .outputs = 1, .rows = 32})),
            "it has more than 8192 inputs");
}

// 120 rows are less than two for each of 80 inputs, but those depend on one another: a ridge takes what there is.
TEST(Solve, fewer_rows_than_twice_the_inputs_still_tune_weights) {
  LayerProblem problem = test_problem({.inputs = 80, .rows = 120, .disturbance = 0});
  for (Rows* rows : {&problem.tuning, &problem.held_out}) {
    base::RandomStream random(rows == &problem.tuning ? 1 : 2);
    const std::size_t channels = problem.channels();
    for (std::size_t r = 0; r < 120; ++r) {
      const float common = uniform(random, -0.3, 1);
      for (std::size_t i = 0; i < 80; ++i) rows->inputs[r * 80 + i] = common + uniform(random, -0.1, 0.1);
      for (std::size_t c = 0; c < channels; ++c) rows->targets[r * channels + c] = 9 * common;
    }
  }
  for (const LayerwiseMethod method : {LayerwiseMethod::least_squares, LayerwiseMethod::finetune}) {
    const LayerSolution solution = solved(problem, method);
    EXPECT_TRUE(solution.improved);
    EXPECT_NE(solution.integers, problem.integers);
    EXPECT_LT(solution.loss_after, 0.2 * solution.loss_before);
  }
}

TEST(Solve, weights_without_a_sign_stay_so) {
  LayerProblem problem = test_problem({.disturbance = 0.1});
  problem.weights_quantizer.lowest = 0;  // u4 without a zero point: nothing below zero can be said
  problem.weights_quantizer.highest = 15;
  problem.weights_quantizer.scale.assign(problem.channels(), 0.06F);
  for (std::size_t i = 0; i < problem.weights.size(); ++i) {
    const float from = problem.weights[i];
    problem.weights[i] = std::abs(from);
    problem.integers[i] = static_cast<std::int16_t>(std::lround(problem.weights[i] / 0.06F));
  }
  for (Rows* rows : {&problem.tuning, &problem.held_out}) {
    std::vector<float> weights = problem.weights;
    for (float& weight : weights) weight *= 0.8F;
    rows->targets = outputs(problem, rows->inputs, weights, problem.bias, 1);
  }
  for (const LayerwiseMethod method : {LayerwiseMethod::least_squares, LayerwiseMethod::finetune}) {
    const LayerSolution solution = solved(problem, method);
    EXPECT_TRUE(solution.improved);
    EXPECT_LT(solution.loss_after, 0.5 * solution.loss_before);
    EXPECT_THAT(solution.integers, testing::Each(testing::AllOf(testing::Ge(0), testing::Le(15))));
  }
}

// Each product has more than kWorthThreads multiplications, the rows are several blocks, groups are one or more.
TEST(Solve, large_layers_are_the_same_for_any_number_of_threads) {
  for (const TestShape& shape : {TestShape{.inputs = 192, .outputs = 160, .rows = 700, .tunes_input_range = true},
                                 TestShape{.groups = 2, .inputs = 96, .outputs = 80, .rows = 1400}}) {
    const LayerProblem problem = test_problem(shape);
    ASSERT_GT(shape.rows * shape.groups * shape.inputs * shape.outputs, std::size_t{1} << 23);
    LayerwiseOptions options = options_of(LayerwiseMethod::finetune);
    options.steps = 20;
    options.batch_size = 512;
    const LayerSolution one = solve(problem, options, 5, 1), two = solve(problem, options, 5, 2);
    EXPECT_TRUE(one.improved);
    EXPECT_EQ(one.integers, two.integers);
    EXPECT_EQ(one.bias, two.bias);
    EXPECT_EQ(one.weights_quantizer.scale, two.weights_quantizer.scale);
    EXPECT_EQ(one.input_quantizer->scale, two.input_quantizer->scale);
    EXPECT_EQ(one.loss_after, two.loss_after);
  }
}

// With float inputs that never change there is no factor of H, and nothing to find a scale by.
TEST(Solve, without_a_factor_scales_stay_with_their_integers) {
  LayerProblem problem = test_problem({.rows = 60, .float_inputs = true});
  for (Rows* rows : {&problem.tuning, &problem.held_out}) {
    std::fill(rows->inputs.begin(), rows->inputs.end(), 0.25F);
    std::fill(rows->targets.begin(), rows->targets.end(), 2.F);
  }
  const LayerSolution solution = solved(problem, LayerwiseMethod::least_squares);
  EXPECT_TRUE(solution.improved);
  EXPECT_EQ(solution.integers, problem.integers);
  EXPECT_EQ(solution.weights_quantizer.scale, problem.weights_quantizer.scale);
}

TEST(Solve, a_fall_within_the_noise_of_samples_does_not_count) {
  LayerProblem problem = test_problem({});
  EXPECT_TRUE(solved(problem).improved);
  // One sample gets better and the others a little worse: the mean falls, but says nothing.
  const std::size_t channels = problem.channels();
  for (std::size_t r = 0; r < 200; ++r) problem.held_out.samples.push_back(r / 20);
  EXPECT_TRUE(solved(problem).improved);
  const LayerSolution there = solved(problem);
  const std::vector<float> inputs = rounded_inputs(problem, problem.input_quantizer, problem.held_out.inputs, 1);
  const std::vector<float> now =
      outputs(problem, inputs, dequantized(problem, problem.integers, problem.weights_quantizer), problem.bias, 1);
  for (std::size_t i = 20 * channels; i < now.size(); ++i) problem.held_out.targets[i] = now[i];
  for (std::size_t i = 0; i < 20 * channels; ++i) problem.held_out.targets[i] = 20 * there.bias[i % channels] - now[i];
  EXPECT_FALSE(solved(problem, LayerwiseMethod::least_squares).improved);
}

std::string error_of(const LayerProblem& problem) {
  try {
    solved(problem);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::input);
    return error.what();
  }
  return "no error";
}

TEST(Solve, refuses_what_makes_no_sense) {
  const auto message = [](const std::function<void(LayerProblem&)>& spoil) {
    LayerProblem problem = test_problem({});
    spoil(problem);
    return error_of(problem);
  };
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN(), kInfinity = std::numeric_limits<float>::infinity();
  EXPECT_EQ(message([&](LayerProblem& p) { p.tuning.inputs[3] = kNan; }),
            "layer-wise tuning: a number among the inputs to tune on is not finite; check the model and the samples");
  EXPECT_EQ(message([&](LayerProblem& p) { p.held_out.targets[0] = kInfinity; }),
            "layer-wise tuning: a number among the targets held out is not finite; check the model and the samples");
  EXPECT_EQ(message([&](LayerProblem& p) { p.weights[0] = kNan; }),
            "layer-wise tuning: a number among the weights is not finite; check the model and the samples");
  EXPECT_EQ(message([](LayerProblem& p) { p.tuning = {}; }),
            "layer-wise tuning: no inputs to tune on; at least one row is needed");
  EXPECT_EQ(message([](LayerProblem& p) { p.held_out = {}; }),
            "layer-wise tuning: no inputs held out; at least one row is needed");
  EXPECT_EQ(message([](LayerProblem& p) { p.tuning.inputs.pop_back(); }),
            "layer-wise tuning: 1199 inputs to tune on given; a row has 6");
  EXPECT_EQ(message([](LayerProblem& p) { p.tuning.targets.pop_back(); }),
            "layer-wise tuning: 799 targets to tune on given; the layer needs 800");
  EXPECT_EQ(message([](LayerProblem& p) { p.bias.clear(); }), "layer-wise tuning: 0 biases given; the layer needs 4");
  EXPECT_EQ(message([](LayerProblem& p) { p.groups = 0; }),
            "layer-wise tuning: a layer of 0 groups, 6 inputs and 4 outputs; each has to be at least 1");
  EXPECT_EQ(message([](LayerProblem& p) { p.weights_quantizer.scale[1] = 0; }),
            "layer-wise tuning: a scale of the weights is 0; it has to be positive");
  EXPECT_EQ(message([](LayerProblem& p) { p.weights_quantizer.scale.pop_back(); }),
            "layer-wise tuning: the weights have 3 scales and 0 zero points; allowed: 1 or 4");
  EXPECT_EQ(message([](LayerProblem& p) { p.integers[2] = 9; }),
            "layer-wise tuning: an integer of the weights is 9; allowed: -7..7");
  EXPECT_EQ(message([](LayerProblem& p) { p.input_quantizer->highest = 0; }),
            "layer-wise tuning: the inputs have integers 0..0; at least two are needed");
}

}  // namespace
}  // namespace octune::layerwise
