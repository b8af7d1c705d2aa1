// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/channel_alignment.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <openvino/opsets/opset13.hpp>
#include <random>

#include "graph/normalise.hpp"
#include "octune/quantize.hpp"
#include "quantize/alignment_error.hpp"
#include "quantize/estimate.hpp"
#include "quantize/test_runs.hpp"
#include "testing/models.hpp"

namespace octune::quantization {
namespace {

namespace op = ov::opset13;
using NodePtr = std::shared_ptr<ov::Node>;

/// Two pointwise convolutions with biases.
struct Pair {
  static constexpr std::size_t kChannels = 16;
  std::vector<float> first = testing::normal(kChannels * kChannels, 1);  // [outputs][inputs]
  std::vector<float> first_bias = testing::normal(kChannels, 3);
  std::vector<float> second = testing::normal(kChannels * kChannels, 2);
  std::vector<float> second_bias = testing::normal(kChannels, 4);

  std::shared_ptr<ov::Model> model() const {
    const auto x = std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{1, kChannels, 6, 6});
    x->set_friendly_name("x");
    x->output(0).set_names({"x"});
    const auto conv = [](const NodePtr& input, const std::vector<float>& values, const std::vector<float>& bias,
                         const std::string& name) -> NodePtr {
      const auto weights = op::Constant::create(ov::element::f32, {kChannels, kChannels, 1, 1}, values);
      const auto node = std::make_shared<op::Convolution>(input, weights, ov::Strides{1, 1}, ov::CoordinateDiff{0, 0},
                                                          ov::CoordinateDiff{0, 0}, ov::Strides{1, 1});
      node->set_friendly_name(name);
      return std::make_shared<op::Add>(node, op::Constant::create(ov::element::f32, {1, kChannels, 1, 1}, bias));
    };
    const auto last = conv(conv(x, first, first_bias, "first"), second, second_bias, "second");
    return std::make_shared<ov::Model>(ov::OutputVector{last}, ov::ParameterVector{x});
  }

  /// One output channel of the first convolution times `of_first`, its weights in the second times `of_second`.
  void scale_channel(std::size_t channel, float of_first, float of_second) {
    for (std::size_t i = 0; i < kChannels; ++i) {
      first[channel * kChannels + i] *= of_first;
      second[i * kChannels + channel] *= of_second;
    }
    first_bias[channel] *= of_first;
  }
};

/// One channel is far wider than the others, and the second convolution gives it little weight.
Pair wide_channel() {
  Pair pair;
  pair.scale_channel(0, 50, 0.02F);
  return pair;
}

/// The wide channel has the largest weights in the second convolution as well. Aligned, they are larger still, and the
/// step of their row is too coarse for the weights of all other channels.
Pair wide_channel_of_large_weight() {
  Pair pair;
  pair.scale_channel(0, 10, 10);
  return pair;
}

Pair random_pair(std::uint64_t seed) {
  std::mt19937_64 engine(seed);
  std::normal_distribution<float> logarithm(0, 1);
  Pair pair;
  pair.first = testing::normal(pair.first.size(), seed);
  pair.second = testing::normal(pair.second.size(), seed + 1000);
  for (std::size_t c = 0; c < Pair::kChannels; ++c)
    pair.scale_channel(c, std::exp(logarithm(engine)), std::exp(logarithm(engine)));
  return pair;
}

/// The pair as POT would align it whatever comes of it: a plain computation of the equations.
Pair aligned_by_hand(const Pair& pair, const std::vector<Sample>& samples) {
  const auto model = pair.model();
  const NodePtr tensor =
      graph::nodes_by_name(*model).at("first")->output(0).get_target_inputs().begin()->get_node()->shared_from_this();
  std::vector<std::vector<double>> low(Pair::kChannels), high(Pair::kChannels);
  const auto between = std::make_shared<ov::Model>(ov::OutputVector{tensor}, model->get_parameters());
  for (const Sample& sample : samples) {
    const std::vector<float> values = run(between, {sample});
    for (std::size_t c = 0; c < Pair::kChannels; ++c) {
      const auto begin = values.begin() + static_cast<std::ptrdiff_t>(c * 36);
      std::vector<float> sorted(begin, begin + 36);
      std::sort(sorted.begin(), sorted.end());
      low[c].push_back(sorted[0] + (sorted[1] - sorted[0]) * 35 * 1e-4);
      high[c].push_back(sorted[35] - (sorted[35] - sorted[34]) * 35 * 1e-4);
    }
  }
  const auto median = [](std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return (values[(values.size() - 1) / 2] + values[values.size() / 2]) / 2;
  };
  std::vector<double> widths, centres;
  for (std::size_t c = 0; c < Pair::kChannels; ++c) {
    widths.push_back(median(high[c]) - median(low[c]));
    centres.push_back((median(high[c]) + median(low[c])) / 2);
  }
  Pair aligned = pair;
  for (std::size_t c = 0; c < Pair::kChannels; ++c) {
    const double scale = std::clamp(widths[c] / median(widths), 1e-2, 1e2);
    for (std::size_t o = 0; o < Pair::kChannels; ++o)
      aligned.second_bias[o] += static_cast<float>(pair.second[o * Pair::kChannels + c] * centres[c]);
    aligned.first_bias[c] -= static_cast<float>(centres[c]);
    aligned.scale_channel(c, static_cast<float>(1 / scale), static_cast<float>(scale));
  }
  return aligned;
}

/// Ranges that clip nothing, so that few samples are enough to measure the error.
PlanOptions without_clipping() {
  PlanOptions options;
  options.activations.range_estimator.min.aggregator = Aggregator::min;
  options.activations.range_estimator.max.aggregator = Aggregator::max;
  return options;
}

/// The squared error at the output when quantized without alignment.
double output_error(const Pair& pair, const std::vector<float>& reference, const std::vector<Sample>& samples) {
  QuantizeOptions options{.plan = without_clipping()};
  options.plan.channel_alignment = false;
  const auto values = run(octune::quantize(pair.model(), *dataset(samples), options).model, samples);
  double error = 0;
  for (std::size_t i = 0; i < values.size(); ++i) error += (values[i] - reference[i]) * (values[i] - reference[i]);
  return error;
}

/// Whether quantize() aligned the pair.
bool is_aligned(const Pair& pair, const std::vector<Sample>& samples) {
  const QuantizeResult result = octune::quantize(pair.model(), *dataset(samples), {.plan = without_clipping()});
  EXPECT_EQ(result.aligned_pairs + result.unaligned_pairs.size(), 1u);
  return result.aligned_pairs == 1;
}

// The decision is made from statistics; here both models are run.
TEST(ChannelAlignment, IsKeptWhereTheOutputErrorFallsAndOnlyThere) {
  const auto ratio_of = [](const Pair& pair, const std::vector<Sample>& samples) {
    const auto reference = run(pair.model(), samples);
    return output_error(aligned_by_hand(pair, samples), reference, samples) / output_error(pair, reference, samples);
  };
  const Pair helped = wide_channel();
  const auto samples = samples_for(*helped.model(), 60);
  EXPECT_LT(ratio_of(helped, samples), 0.5);
  EXPECT_TRUE(is_aligned(helped, samples));

  const Pair harmed = wide_channel_of_large_weight();
  EXPECT_GT(ratio_of(harmed, samples), 1.05);
  EXPECT_FALSE(is_aligned(harmed, samples));
}

TEST(NormalQuantile, IsTheInverseOfTheTail) {
  EXPECT_NEAR(normal_quantile(0.158655254), 1, 1e-6);
  EXPECT_NEAR(normal_quantile(1e-4), 3.719016485, 1e-6);
}

TEST(ChannelAlignment, LeavesFloatOutputsUnchanged) {
  std::size_t aligned_pairs = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto model = graph::normalise(random_pair(seed).model());
    const Plan plan = plan_quantization(model);
    ASSERT_EQ(plan.aligned_pairs.size(), 1u);
    const auto samples = samples_for(*model, 12);
    Statistics statistics = collect(model, required_statistics(plan), samples);
    const auto aligned = model->clone();
    aligned_pairs += align_channels(aligned, plan, statistics).empty() ? 1 : 0;
    const auto before = run(model, samples);
    const auto after = run(aligned, samples);
    const float largest = std::abs(
        *std::max_element(before.begin(), before.end(), [](float a, float b) { return std::abs(a) < std::abs(b); }));
    for (std::size_t i = 0; i < before.size(); ++i) EXPECT_NEAR(after[i], before[i], 1e-5 * largest) << "seed " << seed;
  }
  EXPECT_GT(aligned_pairs, 5u);
}

// What alignment makes of the statistics is what a second pass over the aligned model collects.
TEST(ChannelAlignment, TransformsTheStatisticsExactly) {
  const auto model = graph::normalise(wide_channel().model());
  const Plan plan = plan_quantization(model);
  const auto samples = samples_for(*model, 12);
  const auto requests = required_statistics(plan);
  Statistics derived = collect(model, requests, samples);
  const auto aligned = model->clone();
  align_channels(aligned, plan, derived);
  const Statistics collected = collect(aligned, requests, samples);
  for (const StatisticRequest& request : requests) {
    const Series& a = derived.at(request);
    const Series& b = collected.at(request);
    const std::vector<float> derived_rows = a.rows.read();
    const std::vector<float> collected_rows = b.rows.read();
    ASSERT_EQ(derived_rows.size(), collected_rows.size());
    for (std::size_t i = 0; i < derived_rows.size(); ++i)
      EXPECT_NEAR(derived_rows[i], collected_rows[i], 1e-4 * (1 + std::abs(collected_rows[i]))) << request.text();
    for (std::size_t c = 0; c < a.channels; ++c)
      EXPECT_NEAR(a.sum[c], b.sum[c], 1e-3 * (1 + std::abs(b.sum[c]))) << request.text();
  }
}

TEST(ChannelAlignment, NeedsExplicitPadding) {
  const auto model = wide_channel().model();
  for (const auto& node : model->get_ops()) {
    if (auto conv = ov::as_type_ptr<op::Convolution>(node)) conv->set_auto_pad(ov::op::PadType::SAME_UPPER);
  }
  EXPECT_TRUE(plan_quantization(model).aligned_pairs.empty());
}

TEST(ChannelAlignment, LeavesNamedOperationsAlone) {
  for (const char* name : {"first", "second"}) {
    PlanOptions options;
    options.not_aligned.names = {name};
    EXPECT_TRUE(plan_quantization(wide_channel().model(), options).aligned_pairs.empty());
  }
}

TEST(ChannelAlignment, LowersTheErrorOfTheQuantizedModel) {
  const auto model = wide_channel().model();
  const auto samples = samples_for(*model, 12);
  const auto data = dataset(samples);
  const auto error = [&](bool aligned) {
    QuantizeOptions options;
    options.plan.channel_alignment = aligned;
    return signal_to_noise_db(run(model, samples), run(octune::quantize(model, *data, options).model, samples));
  };
  EXPECT_GT(error(true), error(false) + 3);
}

}  // namespace
}  // namespace octune::quantization
