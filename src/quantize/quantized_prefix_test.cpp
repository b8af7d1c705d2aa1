// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/quantized_prefix.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <openvino/opsets/opset13.hpp>

#include "octune/error.hpp"
#include "quantize/test_runs.hpp"
#include "testing/models.hpp"

namespace octune::quantization {
namespace {

namespace op = ov::opset13;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using NodePtr = std::shared_ptr<ov::Node>;

NodePtr linear(const NodePtr& x, const std::string& name, std::uint64_t seed) {
  const auto weights = op::Constant::create(ov::element::f32, {8, 8}, testing::normal(64, seed, 0, 0.3F));
  const auto node = std::make_shared<op::MatMul>(x, weights);
  node->set_friendly_name(name);
  return node;
}

NodePtr named(const NodePtr& node, const std::string& name) {
  node->set_friendly_name(name);
  return node;
}

/// x -> a -> relu -> FakeQuantize "fq" -> b -> "sum" with relu -> c and d
struct Residual {
  std::shared_ptr<ov::Model> model;
  std::set<std::string> layers{"a", "b", "c", "d"};

  Residual() {
    const auto x = std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{1, 4, 8});
    x->set_friendly_name("x");
    x->output(0).set_names({"x"});
    const auto relu = named(std::make_shared<op::Relu>(linear(x, "a", 1)), "relu");
    const auto low = op::Constant::create(ov::element::f32, {}, {0.F});
    const auto high = op::Constant::create(ov::element::f32, {}, {3.F});
    const auto fq = named(std::make_shared<op::FakeQuantize>(relu, low, high, low, high, 256), "fq");
    const auto sum = named(std::make_shared<op::Add>(linear(fq, "b", 2), relu), "sum");
    model =
        std::make_shared<ov::Model>(ov::OutputVector{linear(sum, "c", 3), linear(sum, "d", 4)}, ov::ParameterVector{x});
  }
  std::size_t depth(const std::string& name) const {
    return layerwise::layer_depths(*model, layers).at(graph::nodes_by_name(*model).at(name).get());
  }
};

TEST(LayerDepths, CountTheLayersOnTheLongestPath) {
  const Residual net;
  EXPECT_EQ(net.depth("x"), 0u);
  EXPECT_EQ(net.depth("a"), 1u);
  EXPECT_EQ(net.depth("fq"), 1u);
  EXPECT_EQ(net.depth("b"), 2u);
  EXPECT_EQ(net.depth("sum"), 2u);
  EXPECT_EQ(net.depth("c"), 3u);
  EXPECT_EQ(net.depth("d"), 3u);
}

TEST(Frontier, HoldsWhatTheRestReadsInFrontOfFakeQuantize) {
  const Residual net;
  EXPECT_THAT(layerwise::frontier(*net.model, net.layers, 1), IsEmpty()) << "inputs of the model are not remembered";
  EXPECT_THAT(layerwise::frontier(*net.model, net.layers, 2), ElementsAre(TensorRef{"relu", 0}));
  EXPECT_THAT(layerwise::frontier(*net.model, net.layers, 3), IsEmpty()) << "no layer follows";
}

/// Means of the inputs of every layer, depth by depth.
std::vector<std::vector<float>> all_means(const Residual& net, const Dataset& data, int threads, std::size_t limit,
                                          std::size_t& remembered) {
  const infer::Runtime runtime;
  QuantizedPrefix prefix(runtime, data, {0, 2, 3}, threads, limit);
  std::vector<std::vector<float>> means;
  for (std::size_t depth = 1; depth <= 3; ++depth) {
    const std::vector<QuantizedPrefix::Channels> wanted{{{depth == 1 ? "x" : depth == 2 ? "fq" : "sum", 0}, 2}};
    means.push_back(
        prefix.means(*net.model, wanted, layerwise::frontier(*net.model, net.layers, depth), nullptr).at(0));
    remembered = std::max(remembered, prefix.remembered_bytes());
  }
  return means;
}

TEST(QuantizedPrefix, RememberedTensorsChangeNothing) {
  const Residual net;
  const auto samples = samples_for(*net.model, 4);
  const auto data = dataset(samples);
  std::size_t with = 0, without = 0;
  const auto means = all_means(net, *data, 1, QuantizedPrefix::kMemoryLimit, with);
  EXPECT_EQ(all_means(net, *data, 2, 0, without), means);
  EXPECT_EQ(with, 3 * 4 * 8 * sizeof(float)) << "one tensor of 4 x 8 for each of three samples";
  EXPECT_EQ(without, 0u);
  // Against the mean of what the whole model gives.
  const auto nodes = graph::nodes_by_name(*net.model);
  const StatisticRequest request{{"sum", 0}, Reduction::mean, 0, 2};
  const Statistics statistics = collect(net.model, {request}, {samples[0], samples[2], samples[3]});
  for (std::size_t c = 0; c < 8; ++c) {
    EXPECT_NEAR(means[2][c] + means[2][8 + c] + means[2][16 + c], statistics.at(request).sum[c], 1e-4);
  }
}

// An infinite attention mask, say: it cannot be fed again.
TEST(QuantizedPrefix, InfinitiesAreComputedAgain) {
  const auto x = std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{1, 4, 8});
  x->output(0).set_names({"x"});
  const auto zero = op::Constant::create(ov::element::f32, {}, {0.F});
  const auto mask = named(std::make_shared<op::Divide>(op::Constant::create(ov::element::f32, {}, {-1.F}),
                                                       std::make_shared<op::Multiply>(x, zero)),
                          "mask");
  const auto a = linear(x, "a", 1);
  const auto low = op::Constant::create(ov::element::f32, {}, {-1.F});
  const auto b = linear(std::make_shared<op::Maximum>(std::make_shared<op::Add>(a, mask), low), "b", 2);
  const auto c = linear(std::make_shared<op::Maximum>(std::make_shared<op::Add>(b, mask), low), "c", 3);
  const auto model = std::make_shared<ov::Model>(ov::OutputVector{c}, ov::ParameterVector{x});
  const std::set<std::string> layers{"a", "b", "c"};
  const auto data = dataset(samples_for(*model, 3));
  const infer::Runtime runtime;
  QuantizedPrefix prefix(runtime, *data, {0, 1, 2}, 1);
  for (const std::string name : {"a", "b", "c"}) {
    const auto node = graph::nodes_by_name(*model).at(name);
    const std::vector<QuantizedPrefix::Channels> wanted{{graph::ref(node->input_value(0)), 2}};
    const auto depth = layerwise::layer_depths(*model, layers).at(node.get());
    const auto rows = prefix.means(*model, wanted, layerwise::frontier(*model, layers, depth), nullptr).at(0);
    EXPECT_EQ(rows.size(), 24u);
    if (name == "c") {
      EXPECT_EQ(rows[0], -1);
    }
  }
}

}  // namespace
}  // namespace octune::quantization
