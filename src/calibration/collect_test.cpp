// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "calibration/collect.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <openvino/opsets/opset13.hpp>

#include "calibration/test_nets.hpp"
#include "octune/error.hpp"

namespace octune::calibration {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Statistics run(const std::shared_ptr<const ov::Model>& model, const std::vector<StatisticRequest>& requests,
               const Dataset& data, int threads = 2, Observer* observer = nullptr) {
  const infer::Runtime runtime;
  std::map<std::string, double> timings;
  const Statistics statistics = collect(runtime, model, requests, data, choose_samples(data.size(), 0, false, 0),
                                        {.threads = threads}, timings, observer);
  EXPECT_GT(timings.at("compile"), 0);
  EXPECT_GT(timings.at("calibrate"), 0);
  EXPECT_EQ(statistics.samples(), data.size());
  return statistics;
}

std::string refusal(const std::shared_ptr<const ov::Model>& model, const std::vector<StatisticRequest>& requests,
                    const Dataset& data, ErrorKind kind = ErrorKind::input) {
  const infer::Runtime runtime;
  std::map<std::string, double> timings;
  try {
    collect(runtime, model, requests, data, choose_samples(data.size(), 0, false, 0), {.threads = 2}, timings, nullptr);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind);
    return error.what();
  }
  return "no error";
}

/// The definition, one element at a time.
std::vector<float> naive(const ov::Tensor& tensor, const StatisticRequest& request) {
  const ov::Shape shape = tensor.get_shape();
  std::size_t channels = 1, inner = tensor.get_size();
  if (request.channel_axis) {
    channels = shape[*request.channel_axis];
    inner = 1;
    for (std::size_t axis = *request.channel_axis + 1; axis < shape.size(); ++axis) inner *= shape[axis];
  }
  std::vector<std::vector<float>> values(channels);
  for (std::size_t i = 0; i < tensor.get_size(); ++i) {
    float value = tensor.data<float>()[i];
    if (request.reduction == Reduction::abs_quantile) value = std::fabs(value);
    values[i / inner % channels].push_back(value);
  }
  std::vector<float> row;
  for (auto& channel : values) {
    std::sort(channel.begin(), channel.end());
    if (request.reduction == Reduction::min) row.push_back(channel.front());
    if (request.reduction == Reduction::max) row.push_back(channel.back());
    if (request.reduction == Reduction::mean) {
      double sum = 0;
      for (const float value : channel) sum += value;
      row.push_back(static_cast<float>(sum / static_cast<double>(channel.size())));
    }
    if (request.reduction == Reduction::quantile || request.reduction == Reduction::abs_quantile) {
      const double position = request.probability * static_cast<double>(channel.size() - 1);
      const auto low = static_cast<std::size_t>(std::floor(position));
      const std::size_t high = std::min(low + 1, channel.size() - 1);
      row.push_back(
          static_cast<float>(channel[low] + (position - static_cast<double>(low)) * (channel[high] - channel[low])));
    }
  }
  return row;
}

std::vector<StatisticRequest> all_requests() {
  std::vector<StatisticRequest> requests;
  for (const char* tensor : {"x", "conv", "relu", "scaled", "transposed", "fc"}) {
    for (const Reduction reduction : {Reduction::min, Reduction::max, Reduction::mean}) {
      for (const std::optional<std::size_t> axis :
           {std::optional<std::size_t>(), std::optional<std::size_t>(1), std::optional<std::size_t>(3)}) {
        requests.push_back({{tensor, 0}, reduction, 0, axis});
      }
    }
    for (const double q : {0.0, 0.001, 0.3, 0.9999, 1.0}) {
      requests.push_back({{tensor, 0}, Reduction::quantile, q, kWhole});
      requests.push_back({{tensor, 0}, Reduction::abs_quantile, q, 1});
    }
  }
  return requests;
}

/// Compares with the tensors themselves, taken as outputs.
void expect_naive(const std::shared_ptr<ov::Model>& model, const Tensors& data, const Statistics& statistics,
                  const std::vector<StatisticRequest>& requests) {
  const infer::Runtime runtime;
  for (const StatisticRequest& request : requests) {
    const Series& series = statistics.at(request);
    ASSERT_EQ(series.samples, data.size());
    const std::vector<float> rows = series.rows.read();
    if (request.reduction == Reduction::mean) {
      EXPECT_TRUE(rows.empty());
    } else {
      ASSERT_EQ(rows.size(), data.size() * series.channels);
    }
    const auto clone = model->clone();
    for (const auto& node : clone->get_ordered_ops()) {
      if (node->get_friendly_name() == request.tensor.node)
        clone->add_results({std::make_shared<ov::op::v0::Result>(node->output(0))});
    }
    auto compiled = runtime.compile(clone, {.threads = 1});
    auto inference = compiled.create_infer_request();
    std::vector<double> sum(series.channels, 0);
    for (std::size_t i = 0; i < data.size(); ++i) {
      inference.set_input_tensor(0, data.samples[i]);
      inference.infer();
      std::vector<float> expected = naive(inference.get_output_tensor(1), request);
      if (request.tensor.node == "relu" && request.reduction == Reduction::min) expected.assign(expected.size(), 0);
      ASSERT_EQ(series.channels, expected.size()) << request.text();
      for (std::size_t c = 0; c < expected.size(); ++c) {
        sum[c] += expected[c];
        if (rows.empty()) continue;
        ASSERT_NEAR(rows[i * series.channels + c], expected[c], 1e-5)
            << request.text() << " sample " << i << " channel " << c;
      }
    }
    for (std::size_t c = 0; c < sum.size(); ++c)
      EXPECT_NEAR(series.sum[c], sum[c], 1e-4) << request.text() << " channel " << c;
  }
}

TEST(Collect, EveryStatisticIsWhatItsDefinitionSays) {
  const auto model = small_net({1, 3, 8, 6});
  const Tensors data = noise_samples(5, {1, 3, 8, 6});
  const std::vector<StatisticRequest> requests = all_requests();
  expect_naive(model, data, run(model, requests, data), requests);
}

/// The values of `tensor` over all samples, by channel of `axis`.
std::vector<std::vector<float>> values_of(const std::shared_ptr<ov::Model>& model, const Tensors& data,
                                          const std::string& tensor, std::optional<std::size_t> axis) {
  const auto clone = model->clone();
  for (const auto& node : clone->get_ordered_ops()) {
    if (node->get_friendly_name() == tensor)
      clone->add_results({std::make_shared<ov::op::v0::Result>(node->output(0))});
  }
  auto compiled = infer::Runtime().compile(clone, {.threads = 1});
  auto inference = compiled.create_infer_request();
  std::vector<std::vector<float>> result;
  for (const ov::Tensor& sample : data.samples) {
    inference.set_input_tensor(0, sample);
    inference.infer();
    const ov::Tensor output = inference.get_output_tensor(1);
    const ov::Shape shape = output.get_shape();
    result.resize(axis ? shape[*axis] : 1);
    std::size_t inner = 1;
    for (std::size_t i = axis ? *axis + 1 : shape.size(); i < shape.size(); ++i) inner *= shape[i];
    if (!axis) inner = output.get_size();
    for (std::size_t i = 0; i < output.get_size(); ++i) {
      result[i / inner % result.size()].push_back(output.data<float>()[i]);
    }
  }
  return result;
}

void expect_same(const ValueHistogram& a, const ValueHistogram& b, const std::string& what) {
  EXPECT_EQ(a.count(), b.count()) << what;
  EXPECT_EQ(a.lowest(), b.lowest()) << what;
  EXPECT_EQ(a.highest(), b.highest()) << what;
  EXPECT_EQ(a.zeros(), b.zeros()) << what;  // of whatever sign: that depends on how operations are fused
  const std::vector<double> left = a.equal_bins(200, -4, 4), right = b.equal_bins(200, -4, 4);
  for (std::size_t bin = 0; bin < left.size(); ++bin) EXPECT_NEAR(left[bin], right[bin], 1e-9) << what;
}

TEST(Collect, HistogramsHoldEveryValueOfEverySample) {
  const auto model = small_net({-1, 3, -1, 6});
  Tensors data;
  for (const std::size_t height : {8u, 8u, 5u, 8u}) data.add({1, 3, height, 6}, noise(18 * height, height));
  std::vector<StatisticRequest> requests;
  for (const char* tensor : {"x", "relu", "scaled", "transposed"}) {
    for (const auto axis : {kWhole, std::optional<std::size_t>(std::string(tensor) == "transposed" ? 3 : 1)}) {
      requests.push_back({{tensor, 0}, Reduction::histogram, 0, axis});
    }
  }
  // Other statistics of the same tensors stay what they are.
  requests.push_back({{"scaled", 0}, Reduction::quantile, 0.5, kWhole});
  for (const int threads : {1, 3}) {
    const Statistics statistics = run(model, requests, data, threads);
    for (const StatisticRequest& request : requests) {
      if (request.reduction != Reduction::histogram) continue;
      const auto values = values_of(model, data, request.tensor.node, request.channel_axis);
      const std::vector<ValueHistogram>& histograms = statistics.histograms(request);
      ASSERT_EQ(histograms.size(), values.size()) << request.text();
      for (std::size_t c = 0; c < values.size(); ++c) {
        ValueHistogram expected;
        expected.add(values[c]);
        expect_same(histograms[c], expected, request.text() + " channel " + std::to_string(c));
      }
    }
    EXPECT_EQ(statistics.series().size(), 1u);
  }
}

TEST(Collect, RunningValuesCoverAllSamples) {
  const auto model = small_net({1, 3, 8, 6});
  const Tensors data = noise_samples(7, {1, 3, 8, 6});
  const StatisticRequest request{{"conv", 0}, Reduction::max, 0, 1};
  const Statistics statistics = run(model, {request}, data);
  const Series& series = statistics.at(request);
  const std::vector<float> rows = series.rows.read();
  for (std::size_t c = 0; c < 4; ++c) {
    float low = rows[c], high = low;
    double sum = 0;
    for (std::size_t i = 0; i < 7; ++i) {
      low = std::min(low, rows[i * 4 + c]);
      high = std::max(high, rows[i * 4 + c]);
      sum += rows[i * 4 + c];
    }
    EXPECT_EQ(series.lowest[c], low);
    EXPECT_EQ(series.highest[c], high);
    EXPECT_EQ(series.sum[c], sum);
  }
}

TEST(Collect, TheNumberOfThreadsDoesNotMatter) {
  const auto model = small_net({1, 3, 64, 48});
  const Tensors data = noise_samples(9, {1, 3, 64, 48});
  const Statistics one = run(model, all_requests(), data, 1);
  EXPECT_TRUE(identical(one, run(model, all_requests(), data, 2)));
  EXPECT_TRUE(identical(one, run(model, all_requests(), data, 5)));
}

TEST(Collect, DynamicShapesMayChangeFromSampleToSample) {
  const auto model = small_net({-1, 3, -1, -1});
  Tensors data;
  for (const std::size_t height : {8u, 8u, 5u, 8u, 9u, 8u}) data.add({1, 3, height, 6}, noise(18 * height, height));
  const std::vector<StatisticRequest> requests = all_requests();
  std::vector<StatisticRequest> fixed_channels;
  for (const auto& request : requests) {
    const bool channels_last = request.tensor.node == "transposed" || request.tensor.node == "fc";
    if (!request.channel_axis || *request.channel_axis == (channels_last ? 3u : 1u)) fixed_channels.push_back(request);
  }
  const Statistics statistics = run(model, fixed_channels, data);
  expect_naive(model, data, statistics, fixed_channels);
  EXPECT_TRUE(identical(statistics, run(model, fixed_channels, data, 1)));
}

TEST(Collect, ChannelsOfUnknownNumberAreTakenFromTheInference) {
  const auto x = parameter({-1, -1});
  const auto y = named("y", std::make_shared<ops::Sigmoid>(x));
  const auto model = model_of({y}, x);
  Tensors data;
  data.add({1, 2}, {0, 1}).add({3, 2}, {1, 2, 3, 4, 5, 6});
  const StatisticRequest max{{"x", 0}, Reduction::max, 0, 1}, min{{"y", 0}, Reduction::min, 0, 1};
  const Statistics statistics = run(model, {max, min}, data);
  EXPECT_THAT(statistics.at(max).rows.read(), ElementsAre(0, 1, 5, 6));
}

TEST(Collect, IntegerTensorsAreCollectedAsNumbers) {
  const auto x = parameter({1, 3}, ov::element::i64);
  const auto y = named("y", std::make_shared<ops::Multiply>(x, ops::Constant::create(ov::element::i64, {}, {-3})));
  const auto model = model_of({y}, x);
  Tensors data;
  data.samples.emplace_back(ov::element::i64, ov::Shape{1, 3});
  const std::vector<std::int64_t> values{4, -5, 6};
  std::copy(values.begin(), values.end(), data.samples.back().data<std::int64_t>());
  const StatisticRequest min{{"y", 0}, Reduction::min, 0, kWhole}, mean{{"y", 0}, Reduction::mean, 0, kWhole},
      median{{"y", 0}, Reduction::quantile, 0.5, kWhole};
  const Statistics statistics = run(model, {min, mean, median}, data);
  EXPECT_THAT(statistics.at(min).rows.read(), ElementsAre(-18));
  EXPECT_THAT(statistics.at(mean).sum, ElementsAre(-5));
  EXPECT_THAT(statistics.at(mean).sum, ElementsAre(-5));
  EXPECT_THAT(statistics.at(median).rows.read(), ElementsAre(-12));
}

TEST(Collect, TheMinimumOfWhatCannotBeNegativeIsZero) {
  const auto x = parameter({1, 4});
  const auto y = named("y", std::make_shared<ops::Exp>(x));
  const auto shape = ops::Constant::create(ov::element::i64, {2}, {2, 2});
  const auto z = named("z", std::make_shared<ops::Reshape>(y, shape, false));
  const auto model = model_of({z}, x);
  const StatisticRequest whole{{"z", 0}, Reduction::min, 0, kWhole}, channels{{"z", 0}, Reduction::min, 0, 1},
      max{{"z", 0}, Reduction::max, 0, kWhole};
  Tensors data;
  data.add({1, 4}, {1, 1, 1, 1});
  const Statistics statistics = run(model, {whole, channels, max}, data);
  EXPECT_THAT(statistics.at(whole).rows.read(), ElementsAre(0));
  EXPECT_THAT(statistics.at(channels).rows.read(), ElementsAre(0, 0));
  EXPECT_NEAR(statistics.at(max).rows.read()[0], std::exp(1.0F), 1e-5);
}

TEST(Collect, OnlyTheOriginalModelsOutputsAreNeededWhenNothingIsAsked) {
  const auto model = small_net({1, 3, 4, 4});
  EXPECT_TRUE(run(model, {}, noise_samples(2, {1, 3, 4, 4})).series().empty());
  EXPECT_EQ(model->outputs().size(), 1u);
}

TEST(Collect, UnknownTensorsAndAxesAreDefects) {
  const auto model = small_net({1, 3, 4, 4});
  const Tensors data = noise_samples(1, {1, 3, 4, 4});
  EXPECT_EQ(refusal(model, {{{"cnv", 0}, Reduction::max, 0, kWhole}}, data, ErrorKind::internal),
            "calibration: tensor 'cnv' is not in the model");
  EXPECT_EQ(refusal(model, {{{"conv", 1}, Reduction::max, 0, kWhole}}, data, ErrorKind::internal),
            "calibration: tensor 'conv:1' is not in the model");
  EXPECT_EQ(refusal(model, {{{"conv", 0}, Reduction::max, 0, 4}}, data, ErrorKind::internal),
            "calibration: tensor 'conv' has no axis 4");
  EXPECT_THROW(Statistics().at({{"conv", 0}, Reduction::max, 0, kWhole}), Error);
}

/// x -> "log" -> times 0.5 "half" -> + 1 "sum"
std::shared_ptr<ov::Model> log_net() {
  const auto x = parameter({1, 4});
  const auto log = named("log", std::make_shared<ops::Log>(x));
  const auto half =
      named("half", std::make_shared<ops::Multiply>(log, ops::Constant::create(ov::element::f32, {}, {0.5F})));
  const auto sum = named("sum", std::make_shared<ops::Add>(half, ops::Constant::create(ov::element::f32, {}, {1.0F})));
  return model_of({sum}, x);
}

TEST(Collect, TheFirstTensorWithNanOrInfinityIsNamed) {
  Tensors nan = noise_samples(0, {1, 4});
  nan.add({1, 4}, {1, 2, 3, 4}).add({1, 4}, {1, -1, 1, 1});
  const std::string expected =
      "tensor 'log' holds NaN for sample 's1.png'; leave the sample out or check the model there";
  EXPECT_EQ(refusal(log_net(), {}, nan), expected);
  EXPECT_EQ(refusal(log_net(), {{{"half", 0}, Reduction::mean, 0, kWhole}}, nan), expected);
  EXPECT_EQ(refusal(log_net(), {{{"half", 0}, Reduction::quantile, 0.5, kWhole}}, nan), expected);
  EXPECT_EQ(refusal(log_net(), {{{"half", 0}, Reduction::histogram, 0, 1}}, nan), expected);
  Tensors infinity;
  infinity.add({1, 4}, {1, 0, 1, 1});
  EXPECT_EQ(refusal(log_net(), {{{"half", 0}, Reduction::min, 0, kWhole}}, infinity),
            "tensor 'log' holds infinity for sample 's0.png'; leave the sample out or check the model there");
}

TEST(Collect, AConstantWithNanIsNamed) {
  const auto x = parameter({1, 2});
  const auto weights =
      named("weights", ops::Constant::create(ov::element::f32, {2}, {1.0F, std::numeric_limits<float>::quiet_NaN()}));
  const auto model = model_of({named("y", std::make_shared<ops::Multiply>(x, weights))}, x);
  EXPECT_EQ(refusal(model, {}, noise_samples(1, {1, 2})),
            "the model's constant 'weights' holds NaN; give a model without it, no data would change that");
}

TEST(Collect, NoSamplesAreRefusedAndTheObserverIsAsked) {
  EXPECT_EQ(refusal(log_net(), {}, Tensors()), "calibration: there are no samples; at least one is needed");
  class Watcher : public Observer {
   public:
    void progress(std::string_view stage, std::size_t done, std::size_t total) override {
      EXPECT_EQ(stage, "calibration");
      EXPECT_EQ(total, 3u);
      last = done;
    }
    std::size_t last = 99;
  } watcher;
  run(small_net({1, 3, 4, 4}), {}, noise_samples(3, {1, 3, 4, 4}), 2, &watcher);
  EXPECT_EQ(watcher.last, 3u);
}

TEST(StatisticRequest, ReadsAsASentence) {
  EXPECT_EQ((StatisticRequest{{"conv1", 1}, Reduction::max, 0, 1}.text()),
            "max of tensor 'conv1:1' per channel of axis 1");
  EXPECT_EQ((StatisticRequest{{"conv1", 0}, Reduction::quantile, 0.9999, kWhole}.text()),
            "quantile(0.9999) of tensor 'conv1'");
}

}  // namespace
}  // namespace octune::calibration
