// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <openvino/opsets/opset13.hpp>
#include <set>
#include <string>

#include "infer/runtime.hpp"
#include "octune/quantize.hpp"
#include "testing/models.hpp"

/// Plans of other bits than 8, written, read back and computed, against fake quantization and a network written here.
namespace octune::quantization {
namespace {

namespace op = ov::opset13;

constexpr std::size_t kSide = 8, kIn = 3, kMiddle = 6, kOut = 5;
constexpr std::size_t kPixels = kSide * kSide;

/// A network of one convolution (3x3, padded), one depthwise convolution (3x3, padded) and one product with the means
/// of the channels, ReLU between them, as arrays.
struct Network {
  std::vector<float> plain = testing::normal(kMiddle * kIn * 9, 1, 0, 0.3F);
  std::vector<float> depthwise = testing::normal(kMiddle * 9, 2, 0, 0.3F);
  std::vector<float> product = testing::normal(kOut * kMiddle, 3, 0, 0.3F);
};

std::shared_ptr<ov::Model> as_model(const Network& network) {
  const auto x = std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{1, kIn, kSide, kSide});
  x->set_friendly_name("x");
  x->output(0).set_names({"x"});
  const ov::Strides one{1, 1};
  const ov::CoordinateDiff same{1, 1};
  const auto constant = [](const ov::Shape& shape, const std::vector<float>& values) {
    return op::Constant::create(ov::element::f32, shape, values);
  };
  const auto plain =
      std::make_shared<op::Convolution>(x, constant({kMiddle, kIn, 3, 3}, network.plain), one, same, same, one);
  plain->set_friendly_name("plain");
  const auto depthwise = std::make_shared<op::GroupConvolution>(
      std::make_shared<op::Relu>(plain), constant({kMiddle, 1, 1, 3, 3}, network.depthwise), one, same, same, one);
  depthwise->set_friendly_name("depthwise");
  const auto flat = std::make_shared<op::Reshape>(std::make_shared<op::Relu>(depthwise),
                                                  op::Constant::create(ov::element::i64, {2}, {6, 64}), false);
  const auto rows = std::make_shared<op::Transpose>(flat, op::Constant::create(ov::element::i64, {2}, {1, 0}));
  const auto product = std::make_shared<op::MatMul>(rows, constant({kOut, kMiddle}, network.product), false, true);
  product->set_friendly_name("product");
  return std::make_shared<ov::Model>(ov::OutputVector{product}, ov::ParameterVector{x});
}

using Values = std::vector<double>;

/// Row by row of channels: `channels` blocks of equal size.
Values block(const Values& values, std::size_t channels, std::size_t channel) {
  const std::size_t size = values.size() / channels;
  return {values.begin() + static_cast<std::ptrdiff_t>(channel * size),
          values.begin() + static_cast<std::ptrdiff_t>((channel + 1) * size)};
}

double largest(const Values& values) {
  double most = 0;
  for (const double value : values) most = std::max(most, std::abs(value));
  return most;
}

/// The nearest of the levels lowest..highest times step.
Values rounded(const Values& values, double step, double lowest, double highest) {
  Values result;
  for (const double value : values) result.push_back(std::clamp(std::nearbyint(value / step), lowest, highest) * step);
  return result;
}

/// Symmetric weights, each of the `channels` first-axis channels with a step of its own, or one for all.
Values fake_weights(const std::vector<float>& weights, std::size_t channels, int bits) {
  const double top = (1 << (bits - 1)) - 1;
  const Values values(weights.begin(), weights.end());
  Values result;
  for (std::size_t c = 0; c < channels; ++c) {
    const Values part = block(values, channels, c);
    const Values quantized = rounded(part, largest(part) / top, -top, top);
    result.insert(result.end(), quantized.begin(), quantized.end());
  }
  return result;
}

/// Symmetric activations within +-magnitude; values that are never negative use all levels above zero.
Values fake_activations(const Values& values, double magnitude, bool has_sign, int bits) {
  const double half = 1 << (bits - 1);
  return has_sign ? rounded(values, magnitude / (half - 1), -half, half - 1)
                  : rounded(values, magnitude / (2 * half - 1), 0, 2 * half - 1);
}

Values relu(Values values) {
  for (double& value : values) value = std::max(value, 0.0);
  return values;
}

/// 3x3, stride 1, padded by 1: output channel o reads the inputs from first(o) on.
Values convolve(const Values& x, const Values& weights, std::size_t outputs, std::size_t inputs, bool depthwise) {
  Values result(outputs * kPixels);
  for (std::size_t o = 0; o < outputs; ++o) {
    for (std::size_t i = 0; i < inputs; ++i) {
      const std::size_t source = depthwise ? o : i;
      for (int row = 0; row < static_cast<int>(kSide); ++row) {
        for (int column = 0; column < static_cast<int>(kSide); ++column) {
          for (int tap = 0; tap < 9; ++tap) {
            const int y = row + tap / 3 - 1, z = column + tap % 3 - 1;
            if (y < 0 || z < 0 || y >= static_cast<int>(kSide) || z >= static_cast<int>(kSide)) continue;
            result[o * kPixels + static_cast<std::size_t>(row) * kSide + static_cast<std::size_t>(column)] +=
                weights[(o * inputs + i) * 9 + static_cast<std::size_t>(tap)] *
                x[source * kPixels + static_cast<std::size_t>(y) * kSide + static_cast<std::size_t>(z)];
          }
        }
      }
    }
  }
  return result;
}

/// [pixels, channels] * [outputs, channels]^T from channel-major x.
Values multiply(const Values& x, const Values& weights) {
  Values result(kPixels * kOut);
  for (std::size_t pixel = 0; pixel < kPixels; ++pixel) {
    for (std::size_t o = 0; o < kOut; ++o) {
      for (std::size_t c = 0; c < kMiddle; ++c)
        result[pixel * kOut + o] += x[c * kPixels + pixel] * weights[o * kMiddle + c];
    }
  }
  return result;
}

struct Case {
  std::string device;
  int weight_bits;
  int activation_bits;
  int plain_bits = weight_bits;     ///< of the convolutions' weights
  bool one_step_for_plain = false;  ///< their weights have one step for all channels
  std::string stored;               ///< types of the stored weights
};

void PrintTo(const Case& test, std::ostream* out) {
  *out << test.device << ' ' << test.weight_bits << ' ' << test.activation_bits;
}

/// The largest magnitude over the samples that each layer's input had, per channel where wanted.
struct Extremes {
  double x = 0;
  Values depthwise = Values(kMiddle);
  double product = 0;
};

Values naive(const Values& x, const Network& network, const Case& test, const Extremes& extremes) {
  const auto weights = [&](const std::vector<float>& values, std::size_t channels, bool plain) {
    return fake_weights(values, plain && test.one_step_for_plain ? 1 : channels,
                        plain ? test.plain_bits : test.weight_bits);
  };
  const Values first = relu(convolve(fake_activations(x, extremes.x, true, test.activation_bits),
                                     weights(network.plain, kMiddle, true), kMiddle, kIn, false));
  Values between;
  for (std::size_t c = 0; c < kMiddle; ++c) {
    const Values part = fake_activations(block(first, kMiddle, c), extremes.depthwise[c], false, test.activation_bits);
    between.insert(between.end(), part.begin(), part.end());
  }
  const Values second = relu(convolve(between, weights(network.depthwise, kMiddle, true), kMiddle, 1, true));
  return multiply(fake_activations(second, extremes.product, false, test.activation_bits),
                  weights(network.product, kOut, false));
}

Extremes extremes_of(const std::vector<Values>& samples, const Network& network, bool per_channel) {
  Extremes extremes;
  for (const Values& x : samples) {
    extremes.x = std::max(extremes.x, largest(x));
    const Values first = relu(convolve(x, {network.plain.begin(), network.plain.end()}, kMiddle, kIn, false));
    for (std::size_t c = 0; c < kMiddle; ++c) {
      const double magnitude = largest(per_channel ? block(first, kMiddle, c) : first);
      extremes.depthwise[c] = std::max(extremes.depthwise[c], magnitude);
    }
    const Values second = relu(convolve(first, {network.depthwise.begin(), network.depthwise.end()}, kMiddle, 1, true));
    extremes.product = std::max(extremes.product, largest(second));
  }
  return extremes;
}

class FewOrManyBits : public ::testing::TestWithParam<Case> {};

TEST_P(FewOrManyBits, SurviveTheFileAndComputeWhatFakeQuantizationDoes) {
  const Case& test = GetParam();
  const Network network;
  std::vector<Values> inputs;
  std::vector<Sample> samples;
  for (std::uint64_t i = 0; i < 3; ++i) {
    const std::vector<float> values = testing::normal(kIn * kPixels, 40 + i);
    ov::Tensor tensor(ov::element::f32, {1, kIn, kSide, kSide});
    std::copy(values.begin(), values.end(), tensor.data<float>());
    samples.push_back({{"x", tensor}});
    inputs.emplace_back(values.begin(), values.end());
  }
  QuantizeOptions options{.subset_size = 3};
  options.plan = {.target_device = test.device,
                  .overflow_fix = OverflowFix::off,
                  .channel_alignment = false,
                  .bias_correction = BiasCorrectionMethod::none};
  if (test.device != "GNA") {
    options.plan.weights.bits = test.weight_bits;
    options.plan.activations.bits = test.activation_bits;
  }
  // Nothing of the samples is to be cut off: the CPU runtime leaves out a FakeQuantize of 65,536 levels, borders and
  // all.
  options.plan.activations.range_estimator.max.aggregator = Aggregator::max;
  const QuantizeResult result = octune::quantize(as_model(network), *dataset(samples), options);

  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / fmt::format("octune_few_bits_{}", ::getpid());
  std::filesystem::create_directories(folder);
  infer::save_model(result.model, folder, "model");
  const infer::Runtime runtime;
  const auto model = runtime.read_model(folder / "model.xml");
  std::set<std::string> stored;
  for (const auto& node : model->get_ops()) {
    const auto type = node->get_output_element_type(0);
    if (ov::is_type<op::Constant>(node) && type.is_integral_number() && node->get_output_shape(0).size() >= 2)
      stored.insert(type.get_type_name());
  }
  EXPECT_EQ(fmt::format("{}", fmt::join(stored, " ")), test.stored);

  ov::InferRequest request = runtime.compile(model).create_infer_request();
  const bool per_channel = test.device != "GNA";
  const Extremes extremes = extremes_of(inputs, network, per_channel);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    request.set_tensor("x", samples[i].at("x"));
    request.infer();
    const ov::Tensor computed = request.get_output_tensor(0);
    const Values expected = naive(inputs[i], network, test, extremes);
    ASSERT_EQ(computed.get_size(), expected.size());
    const double range = largest(expected);
    ASSERT_GT(range, 0.01);
    for (std::size_t k = 0; k < expected.size(); ++k)
      ASSERT_NEAR(computed.data<const float>()[k], expected[k], 2e-4 * range) << "sample " << i << ", element " << k;
  }
  std::filesystem::remove_all(folder);
}

INSTANTIATE_TEST_SUITE_P(Devices, FewOrManyBits,
                         ::testing::Values(Case{"CPU", 4, 8, 4, false, "i8"}, Case{"CPU", 4, 4, 4, false, "i8"},
                                           Case{"CPU", 2, 8, 2, false, "i8"}, Case{"CPU", 6, 5, 6, false, "i8"},
                                           Case{"NPU", 4, 8, 4, false, "i4"}, Case{"NPU", 2, 8, 2, false, "i4"},
                                           Case{"NPU", 16, 16, 16, false, "i16"}, Case{"CPU", 16, 8, 16, false, "i16"},
                                           Case{"GNA", 8, 16, 16, true, "i16 i8"}),
                         [](const auto& instance) {
                           return fmt::format("{}_W{}A{}", instance.param.device, instance.param.weight_bits,
                                              instance.param.activation_bits);
                         });

}  // namespace
}  // namespace octune::quantization
