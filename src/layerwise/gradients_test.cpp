// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "layerwise/gradients.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "layerwise/layer_model.hpp"
#include "layerwise/test_problems.hpp"

namespace octune::layerwise {
namespace {

/// The parameters in double, and where they are: roundings are frozen there, so that the loss becomes smooth.
struct Point {
  std::vector<double> integers, log_scales, bias;
  double log_in_scale = 0;
};

Point point_of(const LooseLayer& layer) {
  Point point;
  point.integers.assign(layer.integers.begin(), layer.integers.end());
  point.log_scales.assign(layer.log_scales.begin(), layer.log_scales.end());
  point.bias.assign(layer.bias.begin(), layer.bias.end());
  if (layer.log_in_scale) point.log_in_scale = static_cast<double>(*layer.log_in_scale);
  return point;
}

/// round(at), clamped, and moved on with slope 1 from `at` to `value`; a constant where clamped.
double straight_through(double value, double at, double lowest, double highest) {
  const double nearest = std::nearbyint(at);
  if (nearest < lowest) return lowest;
  if (nearest > highest) return highest;
  return nearest + (value - at);
}

/// The smooth surrogate of the loss around `origin`, by the definition of the layer, sum by sum.
double surrogate(const LayerProblem& problem, const Point& origin, const Point& point, bool rounds_inputs) {
  const AffineQuantizer& quantizer = problem.weights_quantizer;
  const std::size_t k = problem.inputs, channels = problem.channels();
  const std::size_t rows = problem.tuning.inputs.size() / problem.columns();
  double sum = 0;
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t c = 0; c < channels; ++c) {
      const double scale = std::exp(point.log_scales[quantizer.scale.size() == 1 ? 0 : c]);
      double y = point.bias[c];
      for (std::size_t i = 0; i < k; ++i) {
        const std::size_t w = c * k + i;
        const double integer =
            straight_through(point.integers[w], origin.integers[w], quantizer.lowest, quantizer.highest);
        auto x = static_cast<double>(problem.tuning.inputs[r * problem.columns() + c / problem.outputs * k + i]);
        if (rounds_inputs) {
          const AffineQuantizer& input = *problem.input_quantizer;
          const double s = std::exp(point.log_in_scale), s0 = std::exp(origin.log_in_scale);
          const double z = input.zero_point[0];
          x = (straight_through(x / s + z, x / s0 + z, input.lowest, input.highest) - z) * s;
        }
        y += x * (integer - quantizer.zero_point_at(c)) * scale;
      }
      const double error = y - static_cast<double>(problem.tuning.targets[r * channels + c]);
      sum += error * error;
    }
  }
  return sum / static_cast<double>(rows * channels);
}

struct Case {
  const char* name;
  TestShape shape;
};

class GradientsTest : public testing::TestWithParam<Case> {};

/// Central differences in double of one parameter at a time.
void expect_derivatives(const std::vector<float>& found, std::vector<double> Point::*member, const Point& origin,
                        const std::function<double(const Point&)>& loss, const std::string& what) {
  double largest = 0;
  std::vector<double> expected;
  for (std::size_t i = 0; i < found.size(); ++i) {
    constexpr double kStep = 1e-5;
    Point above = origin, below = origin;
    (above.*member)[i] += kStep;
    (below.*member)[i] -= kStep;
    expected.push_back((loss(above) - loss(below)) / (2 * kStep));
    largest = std::max(largest, std::abs(expected.back()));
  }
  EXPECT_GT(largest, 1e-4) << what;
  for (std::size_t i = 0; i < found.size(); ++i)
    EXPECT_NEAR(static_cast<double>(found[i]), expected[i], 1e-4 * largest) << what << " " << i;
}

TEST_P(GradientsTest, match_finite_differences) {
  LayerProblem problem = test_problem(GetParam().shape);
  LooseLayer layer = loosened(problem, unchanged(problem));
  base::RandomStream random(3);
  // Away from halves, where rounding jumps, and some beyond the limits.
  for (float& integer : layer.integers) integer = std::rint(integer) + uniform(random, -0.4, 0.4);
  layer.integers[0] = static_cast<float>(problem.weights_quantizer.highest) + 1.7F;
  layer.integers[1] = static_cast<float>(problem.weights_quantizer.lowest) - 0.8F;

  const bool rounds_inputs = layer.log_in_scale.has_value();
  ASSERT_EQ(rounds_inputs, GetParam().shape.tunes_input_range);
  const Point origin = point_of(layer);
  const auto loss = [&](const Point& point) { return surrogate(problem, origin, point, rounds_inputs); };
  const LossAndGradients found = loss_and_gradients(problem, layer, problem.tuning.inputs, problem.tuning.targets, 1);

  EXPECT_NEAR(found.loss, loss(origin), 1e-5 * found.loss);
  expect_derivatives(found.gradients.integers, &Point::integers, origin, loss, "integer");
  expect_derivatives(found.gradients.log_scales, &Point::log_scales, origin, loss, "log scale");
  expect_derivatives(found.gradients.bias, &Point::bias, origin, loss, "bias");
  EXPECT_EQ(found.gradients.integers[0], 0);
  EXPECT_EQ(found.gradients.integers[1], 0);
  if (!rounds_inputs) return;
  constexpr double kStep = 1e-6;
  Point above = origin, below = origin;
  above.log_in_scale += kStep;
  below.log_in_scale -= kStep;
  const double expected = (loss(above) - loss(below)) / (2 * kStep);
  EXPECT_NEAR(static_cast<double>(*found.gradients.log_in_scale), expected, 1e-3 * std::abs(expected));
}

INSTANTIATE_TEST_SUITE_P(
    layers, GradientsTest,
    testing::Values(Case{"dense", {}}, Case{"dense_per_tensor", {.per_channel = false}},
                    Case{"dense_zero_points", {.zero_points = true}},
                    Case{"dense_per_tensor_zero_point", {.per_channel = false, .zero_points = true}},
                    Case{"dense_input_range", {.tunes_input_range = true}},
                    Case{"grouped", {.groups = 3, .inputs = 4, .outputs = 2}},
                    Case{"grouped_input_range",
                         {.groups = 3, .inputs = 4, .outputs = 2, .zero_points = true, .tunes_input_range = true}},
                    Case{"depthwise", {.groups = 5, .inputs = 9, .outputs = 1}},
                    Case{"depthwise_per_tensor",
                         {.groups = 5, .inputs = 9, .outputs = 1, .per_channel = false, .tunes_input_range = true}}),
    [](const auto& instance) { return std::string(instance.param.name); });

/// Scales and biases do not pass a rounding: the loss itself, roundings and all, has these derivatives.
TEST(Gradients, of_scales_and_biases_are_those_of_the_loss_itself) {
  const LayerProblem problem = test_problem({.zero_points = true});
  const LooseLayer layer = loosened(problem, unchanged(problem));
  const std::vector<float> inputs = rounded_inputs(problem, problem.input_quantizer, problem.tuning.inputs, 1);
  const Gradients found = loss_and_gradients(problem, layer, inputs, problem.tuning.targets, 1).gradients;
  const auto loss_with = [&](const std::function<void(LayerSolution&)>& change) {
    LayerSolution changed = unchanged(problem);
    change(changed);
    return loss_of(problem, changed, problem.tuning, 1);
  };
  constexpr float kStep = 1.0F / 128;
  for (std::size_t c = 0; c < problem.channels(); ++c) {
    const auto by_bias = [&](float step) { return loss_with([&](LayerSolution& s) { s.bias[c] += step; }); };
    EXPECT_NEAR(static_cast<double>(found.bias[c]), (by_bias(kStep) - by_bias(-kStep)) / (2 * double{kStep}), 1e-4);
    const auto by_scale = [&](float step) {
      return loss_with([&](LayerSolution& s) { s.weights_quantizer.scale[c] *= 1 + step; });
    };
    EXPECT_NEAR(static_cast<double>(found.log_scales[c]), (by_scale(kStep) - by_scale(-kStep)) / (2 * double{kStep}),
                1e-4);
  }
}

TEST(Gradients, loose_and_solid_are_inverse) {
  const LayerProblem problem = test_problem({.zero_points = true, .tunes_input_range = true});
  const LayerSolution back = solidified(problem, loosened(problem, unchanged(problem)));
  EXPECT_EQ(back.integers, problem.integers);
  EXPECT_EQ(back.bias, problem.bias);
  for (std::size_t c = 0; c < problem.channels(); ++c)
    EXPECT_FLOAT_EQ(back.weights_quantizer.scale[c], problem.weights_quantizer.scale[c]);
  EXPECT_FLOAT_EQ(back.input_quantizer->scale[0], problem.input_quantizer->scale[0]);
}

TEST(Gradients, solid_integers_stay_within_the_limits_and_scales_positive) {
  const LayerProblem problem = test_problem({});
  LooseLayer layer = loosened(problem, unchanged(problem));
  layer.integers[0] = 1e9F;
  layer.integers[1] = -1e9F;
  layer.log_scales[0] = -1e6F;
  const LayerSolution solid = solidified(problem, layer);
  EXPECT_EQ(solid.integers[0], 7);
  EXPECT_EQ(solid.integers[1], -7);
  EXPECT_GT(solid.weights_quantizer.scale[0], 0);
}

}  // namespace
}  // namespace octune::layerwise
