// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <cmath>
#include <numeric>
#include <openvino/op/constant.hpp>
#include <openvino/op/multiply.hpp>

#include "calibration/collect.hpp"
#include "graph/normalise.hpp"
#include "graph/queries.hpp"
#include "infer/runtime.hpp"
#include "models.hpp"
#include "quantize/channel_alignment.hpp"
#include "quantize/estimate.hpp"
#include "quantize/plan_normalised.hpp"
#include "quantize/smooth_quant.hpp"

// Two stages in one pass: what channel alignment and SmoothQuant make of the statistics is what a second pass over the
// transformed model collects.
namespace octune::real_models {
namespace {

using quantization::required_statistics;

constexpr std::size_t kSamples = 12;
constexpr double kTolerance = 1e-5;

Statistics collect(const RealModel& model, const std::shared_ptr<ov::Model>& normal,
                   const std::vector<StatisticRequest>& requests) {
  std::vector<std::size_t> indices(kSamples);
  std::iota(indices.begin(), indices.end(), 0);
  std::map<std::string, double> timings;
  return calibration::collect(infer::Runtime(), normal, requests, *samples(model, kSamples), indices, {}, timings,
                              nullptr);
}

double magnitude(const Series& series) {
  double largest = 1e-30;
  for (const float value : series.lowest) largest = std::max<double>(largest, std::abs(value));
  for (const float value : series.highest) largest = std::max<double>(largest, std::abs(value));
  return largest;
}

/// The largest value that the statistics know of each tensor. That a mean is far smaller only says that values cancel.
std::map<TensorRef, double> largest_values(const Statistics& statistics) {
  std::map<TensorRef, double> result;
  for (const auto& [request, series] : statistics.series())
    result[request.tensor] = std::max(result[request.tensor], magnitude(series));
  return result;
}

/// The largest difference between two series: of rows, extremes and means.
double largest_difference(const Series& a, const Series& b) {
  EXPECT_EQ(a.samples, b.samples);
  EXPECT_EQ(a.channels, b.channels);
  double largest = 0;
  const auto compare = [&](const auto& first, const auto& second, double divisor) {
    ASSERT_EQ(first.size(), second.size());
    for (std::size_t i = 0; i < first.size(); ++i)
      largest = std::max(largest, std::abs(static_cast<double>(first[i]) - second[i]) / divisor);
  };
  compare(a.rows.read(), b.rows.read(), 1);
  compare(a.lowest, b.lowest, 1);
  compare(a.highest, b.highest, 1);
  compare(a.sum, b.sum, kSamples);
  return largest;
}

void expect_same_ranges(const Plan& plan, const Statistics& derived, const Plan& plan_of_collected,
                        const Statistics& collected) {
  const auto a = quantization::activation_ranges(plan, derived);
  const auto b = quantization::activation_ranges(plan_of_collected, collected);
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    ASSERT_EQ(a[i].low.size(), b[i].low.size());
    for (std::size_t c = 0; c < a[i].low.size(); ++c) {
      const double width = static_cast<double>(b[i].high[c]) - b[i].low[c];
      EXPECT_NEAR(a[i].low[c], b[i].low[c], kTolerance * width) << plan.quantizers[i].name;
      EXPECT_NEAR(a[i].high[c], b[i].high[c], kTolerance * width) << plan.quantizers[i].name;
    }
  }
}

class AlignedStatisticsTest : public testing::TestWithParam<std::string> {};

TEST_P(AlignedStatisticsTest, AreWhatASecondPassCollects) {
  const RealModel& model = real_model(GetParam());
  const auto normal = graph::normalise(read(model));
  const Plan plan = quantization::plan_normalised(*normal, PlanOptions());
  const std::vector<StatisticRequest> requests = required_statistics(plan);
  const Statistics before = collect(model, normal, requests);
  Statistics derived = before;
  const auto aligned = normal->clone();
  const auto left_alone = quantization::align_channels(aligned, plan, derived);
  ASSERT_GT(plan.aligned_pairs.size(), left_alone.size()) << "no pair is aligned";
  const Statistics collected = collect(model, aligned, requests);
  const auto largest_value = largest_values(collected);
  double changed = 0;
  for (const StatisticRequest& request : requests) {
    const double difference =
        largest_difference(derived.at(request), collected.at(request)) / largest_value.at(request.tensor);
    EXPECT_LE(difference, kTolerance) << request.text();
    changed = std::max(
        changed, largest_difference(before.at(request), collected.at(request)) / largest_value.at(request.tensor));
  }
  EXPECT_GT(changed, 0.1) << "alignment left the statistics as they were";
  expect_same_ranges(plan, derived, plan, collected);
}

INSTANTIATE_TEST_SUITE_P(RealModels, AlignedStatisticsTest, testing::Values("orientation", "detection"),
                         [](const auto& instance) { return instance.param; });

/// Divides the tensor of a smoothed input before its readers, as apply() does; the operation that does it.
std::shared_ptr<ov::Node> divide(const std::shared_ptr<ov::Model>& model, const SmoothedInput& input,
                                 const Quantizer& quantizer, const quantization::Smoothing& smoothing) {
  const auto nodes = graph::nodes_by_name(*model);
  const auto output = nodes.at(input.tensor.node)->output(input.tensor.port);
  ov::Shape shape(static_cast<std::size_t>(output.get_partial_shape().rank().get_length()), 1);
  shape[smoothing.channel_axis] = smoothing.factors.size();
  std::vector<float> inverse;
  for (const double factor : smoothing.factors) inverse.push_back(static_cast<float>(1 / factor));
  const auto constant = ov::op::v0::Constant::create(ov::element::f32, shape, inverse);
  const auto node = std::make_shared<ov::op::v1::Multiply>(output, constant);
  node->set_friendly_name(quantizer.name + "/smoothed");
  for (const EdgeRef& edge : quantizer.consumers) nodes.at(edge.node)->input(edge.port).replace_source_output(node);
  return node;
}

TEST(SmoothedStatistics, AreWhatASecondPassCollects) {
  const RealModel& model = real_model("recognition");
  const auto normal = graph::normalise(read(model));
  PlanOptions options;
  options.model_type = ModelType::transformer;
  const Plan plan = quantization::plan_normalised(*normal, options);
  const std::vector<StatisticRequest> requests = required_statistics(plan);
  Statistics derived = collect(model, normal, requests);
  const auto smoothed = normal->clone();
  const auto smoothings = quantization::smooth_inputs(smoothed, plan, derived, 0);
  ASSERT_FALSE(smoothings.empty()) << "no input is smoothed";
  // In the model that is collected from for real, the smoothed tensor is another one.
  std::map<TensorRef, TensorRef> divided;
  Plan plan_of_smoothed = plan;
  for (const SmoothedInput& input : plan.smoothed_inputs) {
    const auto smoothing = smoothings.find(input.quantizer);
    if (smoothing == smoothings.end()) continue;
    const auto quantizer = std::ranges::find(plan_of_smoothed.quantizers, input.quantizer, &Quantizer::name);
    ASSERT_NE(quantizer, plan_of_smoothed.quantizers.end());
    const auto node = divide(smoothed, input, *quantizer, smoothing->second);
    divided[input.tensor] = quantizer->tensor = {node->get_friendly_name(), 0};
  }
  const auto in_smoothed = [&](StatisticRequest request) {
    if (const auto found = divided.find(request.tensor); found != divided.end()) request.tensor = found->second;
    return request;
  };
  std::vector<StatisticRequest> requests_of_smoothed;
  for (const StatisticRequest& request : requests) requests_of_smoothed.push_back(in_smoothed(request));
  const Statistics collected = collect(model, smoothed, requests_of_smoothed);
  const auto largest_value = largest_values(collected);
  for (const StatisticRequest& request : requests) {
    const double difference = largest_difference(derived.at(request), collected.at(in_smoothed(request))) /
                              largest_value.at(in_smoothed(request).tensor);
    EXPECT_LE(difference, kTolerance) << request.text();
  }
  expect_same_ranges(plan, derived, plan_of_smoothed, collected);
}

}  // namespace
}  // namespace octune::real_models
