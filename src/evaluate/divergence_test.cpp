// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/divergence.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <limits>
#include <numeric>
#include <openvino/opsets/opset13.hpp>

#include "evaluate/test_values.hpp"
#include "infer/runtime.hpp"

namespace octune::evaluate {
namespace {

namespace ops = ov::opset13;

/// x[1,3] -> x * factor + offset, or the softmax of that.
enum class Last { linear, softmax };
ov::CompiledModel net(const std::vector<float>& offset, Last last, float factor = 1) {
  const auto x = std::make_shared<ops::Parameter>(ov::element::f32, ov::Shape{1, 3});
  x->set_friendly_name("x");
  x->get_output_tensor(0).set_names({"x"});
  std::shared_ptr<ov::Node> y =
      std::make_shared<ops::Multiply>(x, ops::Constant::create(ov::element::f32, {1}, {factor}));
  y = std::make_shared<ops::Add>(y, ops::Constant::create(ov::element::f32, {1, 3}, offset));
  if (last == Last::softmax) y = std::make_shared<ops::Softmax>(y, 1);
  const auto model = std::make_shared<ov::Model>(ov::OutputVector{y}, ov::ParameterVector{x});
  return infer::Runtime().compile(model, {.threads = 1});
}

std::unique_ptr<Dataset> rows(const std::vector<std::vector<float>>& values) {
  std::vector<Sample> samples;
  for (const auto& row : values) samples.push_back({{"x", floats({1, 3}, row)}});
  return dataset(std::move(samples));
}

std::vector<double> softmax(const std::vector<double>& x) {
  double sum = 0;
  std::vector<double> y;
  for (const double value : x) sum += std::exp(value);
  for (const double value : x) y.push_back(std::exp(value) / sum);
  return y;
}

TEST(DivergenceJudge, DistributionsAreComparedByKullbackAndLeibler) {
  const auto data = rows({{1, 0, 0}, {0, 2, 1}});
  DivergenceJudge judge(net({0, 0, 0}, Last::softmax), *data, {0, 1}, nullptr);
  const Divergence found = judge.of(net({0.5F, 0, -1}, Last::softmax), nullptr);
  double expected[2] = {0, 0};
  const std::vector<std::vector<double>> x{{1, 0, 0}, {0, 2, 1}};
  for (std::size_t i = 0; i < 2; ++i) {
    const auto p = softmax(x[i]);
    const auto q = softmax({x[i][0] + 0.5, x[i][1], x[i][2] - 1});
    for (std::size_t k = 0; k < 3; ++k) expected[i] += p[k] * std::log(p[k] / q[k]);
  }
  EXPECT_NEAR(found.mean, (expected[0] + expected[1]) / 2, 1e-6);
  EXPECT_NEAR(found.worst, std::max(expected[0], expected[1]), 1e-6);
}

TEST(DivergenceJudge, OtherOutputsByTheirErrorOverTheMeanEnergy) {
  const auto data = rows({{3, 0, 4}, {0, 1, 0}});
  DivergenceJudge judge(net({0, 0, 0}, Last::linear), *data, {0, 1}, nullptr);
  const Divergence found = judge.of(net({0, 0.5F, 0}, Last::linear), nullptr);
  EXPECT_NEAR(found.mean, 0.25 / 13, 1e-6);  // energies 25 and 1: the mean is 13
  EXPECT_NEAR(judge.of(net({0, 0, 0}, Last::linear), nullptr).mean, 0, 1e-9);
}

TEST(DivergenceJudge, RowsThatHappenToAddUpToOneInOneSampleAreNoDistribution) {
  const auto data = rows({{0.2F, 0.3F, 0.5F}, {2, 1, 0}});
  DivergenceJudge judge(net({0, 0, 0}, Last::linear), *data, {0, 1}, nullptr);
  const double energy = (0.04 + 0.09 + 0.25 + 5) / 2;
  EXPECT_NEAR(judge.of(net({0.1F, 0, 0}, Last::linear), nullptr).mean, 0.01 / energy, 1e-6);
}

TEST(DivergenceJudge, NotFiniteIsInfinitelyFar) {
  const auto data = rows({{1, 1, 1}});
  DivergenceJudge judge(net({0, 0, 0}, Last::linear), *data, {0}, nullptr);
  const float huge = std::numeric_limits<float>::max();
  EXPECT_TRUE(std::isinf(judge.of(net({huge, 0, 0}, Last::linear, huge), nullptr).mean));
}

/// Counts samples that are read.
class CountedRows : public Dataset {
 public:
  explicit CountedRows(const Dataset& rows) : rows_(rows) {}
  std::size_t size() const override { return rows_.size(); }
  Sample sample(std::size_t index) const override {
    ++read_;
    return rows_.sample(index);
  }
  int read() const { return read_; }

 private:
  const Dataset& rows_;
  mutable std::atomic<int> read_{0};
};

TEST(DivergenceJudge, StopsAsSoonAsTheBoundIsExceededForSure) {
  std::vector<std::vector<float>> values(40, {1, 0, 0});
  values.back() = {30, 0, 0};  // Multiplying changes this one most.
  const auto data = rows(values);
  const CountedRows counted(*data);
  std::vector<std::size_t> all(values.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  DivergenceJudge judge(net({0, 0, 0}, Last::linear), counted, all, nullptr);
  const ov::CompiledModel off = net({0, 0, 0}, Last::linear, 1.5F);
  const Divergence whole = judge.of(off, nullptr);
  EXPECT_NEAR(whole.mean, 0.25, 1e-6);
  EXPECT_NEAR(judge.if_within(0.26, off, nullptr)->mean, whole.mean, 1e-12);
  const int before = counted.read();
  EXPECT_FALSE(judge.if_within(0.2, off, nullptr));
  // The worst sample alone decides; a few more are decoded ahead.
  EXPECT_LT(counted.read() - before, 10);
}

TEST(DivergenceOf, TheWorstTenthIsRoundedUp) {
  std::vector<double> values(21, 0.0);
  values[3] = 1;
  values[8] = 2;
  values[20] = 3;
  const Divergence found = divergence_of(values);
  EXPECT_DOUBLE_EQ(found.mean, 6.0 / 21);
  EXPECT_DOUBLE_EQ(found.worst, 2);  // of the three worst
}

}  // namespace
}  // namespace octune::evaluate
