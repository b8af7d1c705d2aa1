// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "layerwise/tune_layers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <numeric>

#include "graph/queries.hpp"
#include "layerwise/test_nets.hpp"
#include "layerwise/tunable_layer.hpp"
#include "octune/error.hpp"
#include "octune/layerwise.hpp"
#include "testing/temporary_folder.hpp"

namespace octune::layerwise {
namespace {

using ::testing::AllOf;
using ::testing::Each;

constexpr int kLevels = 7;  // four bits: rounding hurts

LayerwiseOptions few_rows() {
  LayerwiseOptions options;
  options.rows = 600;
  options.held_out = 0.5;  // of few samples a quarter would be too few to tell a fall from noise
  options.steps = 60;
  options.max_bytes = std::uint64_t{1} << 20;
  return options;
}

std::vector<TunedLayer> tuned(const std::shared_ptr<ov::Model>& model, const LayerwiseOptions& options, int threads = 1,
                              Observer* observer = nullptr) {
  return tune_layers(model, small_net(0), *dataset(samples_of_net(16)), options, threads, observer);
}

/// All constants of a model, so that two can be compared bit by bit.
std::vector<std::vector<float>> constants_of(const ov::Model& model) {
  std::vector<std::vector<float>> all;
  for (const auto& node : model.get_ordered_ops()) {
    if (const auto constant = ov::as_type_ptr<ops::Constant>(node)) all.push_back(constant->cast_vector<float>());
  }
  return all;
}

/// Mean squared difference of the outputs of two models on samples that no test tunes on.
double distance(const std::shared_ptr<ov::Model>& a, const std::shared_ptr<ov::Model>& b) {
  const infer::Runtime runtime;
  ov::InferRequest first = runtime.compile(a, {.threads = 1}).create_infer_request();
  ov::InferRequest second = runtime.compile(b, {.threads = 1}).create_infer_request();
  double sum = 0;
  const std::vector<Sample> samples = samples_of_net(40);
  for (std::size_t i = 20; i < samples.size(); ++i) {
    for (ov::InferRequest* request : {&first, &second}) {
      request->set_input_tensor(samples[i].at("x"));
      request->infer();
    }
    const ov::Tensor x = first.get_output_tensor(), y = second.get_output_tensor();
    for (std::size_t k = 0; k < x.get_size(); ++k) sum += std::pow(double{x.data<float>()[k]} - y.data<float>()[k], 2);
  }
  return sum;
}

/// Asks to stop once so many layers are done.
class StopAfter : public Observer {
 public:
  explicit StopAfter(std::size_t layers) : layers_(layers) {}
  void progress(std::string_view stage, std::size_t done, std::size_t) override {
    if (stage == "layerwise tuning") done_ = done;
  }
  void message(Severity, std::string_view text) override { messages.emplace_back(text); }
  bool should_stop() const override { return done_ >= layers_; }
  std::vector<std::string> messages;

 private:
  std::size_t layers_;
  std::size_t done_ = 0;
};

TEST(TuneLayers, BringsEveryLayerAndTheOutputsCloserToTheFloatModel) {
  const auto model = small_net(kLevels);
  const std::vector<TunedLayer> layers = tuned(model, few_rows());
  ASSERT_EQ(layers.size(), 3u);
  EXPECT_EQ(layers[0].name, "conv1");
  EXPECT_EQ(layers[1].name, "conv2");
  EXPECT_EQ(layers[2].name, "fc");
  for (const TunedLayer& layer : layers) {
    EXPECT_LE(layer.loss_after, layer.loss_before) << layer.name;
    EXPECT_LT(layer.loss_after, layer.loss_untuned) << layer.name;
    EXPECT_GT(layer.target_power, layer.loss_untuned) << layer.name;
    EXPECT_LE(layer.bytes, few_rows().max_bytes) << layer.name;
    EXPECT_EQ(layer.kept, layer.reason.empty()) << layer.name;
  }
  EXPECT_TRUE(layers[0].kept);
  EXPECT_EQ(layers[0].rows, 600u);
  EXPECT_EQ(layers[2].rows, 16u) << "one position a sample";
  // Nothing was tuned in front of the first layer: what the optimisation sees is what the runtime computes.
  EXPECT_NEAR(layers[0].loss_before, layers[0].loss_untuned, 1e-4 * layers[0].loss_untuned);
  EXPECT_LT(distance(model, small_net(0)), 0.8 * distance(small_net(kLevels), small_net(0)));
}

TEST(TuneLayers, GivesTheSameForAnyNumberOfThreads) {
  const auto one = small_net(kLevels), four = small_net(kLevels);
  tuned(one, few_rows(), 1);
  tuned(four, few_rows(), 4);
  EXPECT_EQ(constants_of(*one), constants_of(*four));
}

TEST(TuneLayers, KeepsZeroExactAndIntegersInRange) {
  const auto model = small_net(kLevels);
  tuned(model, few_rows());
  for (const auto& node : model->get_ordered_ops()) {
    if (const auto fq = ov::as_type_ptr<ops::FakeQuantize>(node)) {
      const float low = graph::constant_of(fq->input_value(1))->cast_vector<float>()[0];
      const float high = graph::constant_of(fq->input_value(2))->cast_vector<float>()[0];
      const double zero = -low / ((double{high} - low) / 255);
      EXPECT_NEAR(zero, std::round(zero), 1e-4) << fq->get_friendly_name();
    }
    if (const auto constant = ov::as_type_ptr<ops::Constant>(node);
        constant && constant->get_element_type() == ov::element::i8) {
      EXPECT_THAT(constant->cast_vector<int>(), Each(AllOf(::testing::Ge(-kLevels), ::testing::Le(kLevels))));
    }
  }
}

TEST(TuneLayers, GoesOnWhereItWasInterrupted) {
  const testing::TemporaryFolder folder;
  LayerwiseOptions options = few_rows();
  options.unfinished = folder.path() / "layerwise.octl";
  const auto whole = small_net(kLevels), parts = small_net(kLevels);
  tuned(whole, options);
  EXPECT_FALSE(std::filesystem::exists(*options.unfinished)) << "nothing is left to be done";

  StopAfter stop(1);
  try {
    tuned(parts, options, 1, &stop);
    FAIL() << "not interrupted";
  } catch (const Interrupted& interruption) {
    EXPECT_EQ(interruption.what(), "interrupted; 1 of 3 tuned layers are kept in " + options.unfinished->string() +
                                       "; the same command goes on");
  }
  const auto again = small_net(kLevels);
  StopAfter never(100);
  const std::vector<TunedLayer> layers = tuned(again, options, 1, &never);
  EXPECT_THAT(never.messages, ::testing::Contains(options.unfinished->string() + ": 1 of 3 layers are tuned already"));
  EXPECT_TRUE(layers[0].resumed);
  EXPECT_FALSE(layers[1].resumed);
  EXPECT_EQ(constants_of(*again), constants_of(*whole));
  EXPECT_FALSE(std::filesystem::exists(*options.unfinished));
}

TEST(TuneLayers, StartsAnewWhereTheFileIsOfAnotherRun) {
  const testing::TemporaryFolder folder;
  LayerwiseOptions options = few_rows();
  options.unfinished = folder.path() / "layerwise.octl";
  StopAfter stop(1), never(100);
  EXPECT_THROW(tuned(small_net(kLevels), options, 1, &stop), Interrupted);
  options.seed = 1;
  const auto layers = tuned(small_net(kLevels), options, 1, &never);
  EXPECT_FALSE(layers[0].resumed);
  EXPECT_THAT(never.messages,
              ::testing::Contains(options.unfinished->string() + ": is of another run; the layers are tuned anew"));
}

TEST(TuneLayers, SaysWhatIsLeftAlone) {
  // Both layers read the same integers.
  const auto net = [](int levels) {
    const auto x = named("x", std::make_shared<ops::Parameter>(ov::element::f32, ov::Shape{1, 6}));
    x->output(0).set_names({"x"});
    const auto weights = weights_of({6, 6}, 1, levels);
    const auto first = named("first", std::make_shared<ops::MatMul>(x, weights, false, true));
    const auto second = named("second", std::make_shared<ops::MatMul>(first, weights, false, true));
    return std::make_shared<ov::Model>(ov::OutputVector{second}, ov::ParameterVector{x});
  };
  const auto found = find_layers(*net(kLevels), *net(0));
  ASSERT_EQ(found.size(), 2u);
  for (const FoundLayer& layer : found) {
    EXPECT_FALSE(layer.tunable);
    EXPECT_EQ(layer.reason, "other layers read the same weights");
  }
}

std::string problem(const LayerwiseOptions& options, std::size_t samples = 4) {
  try {
    tune_layers(small_net(kLevels), small_net(0), *dataset(samples_of_net(samples)), options);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::input);
    return error.what();
  }
  return {};
}

TEST(TuneLayers, RefusesWhatItCannotUse) {
  LayerwiseOptions options;
  options.rows = 1;
  options.weights_lr = -1;
  EXPECT_EQ(problem(options),
            "layer-wise tuning: the number of rows is 1; give 2 or more; the learning rate of weights "
            "is -1; give 0 or more");
  options = {};
  options.held_out = 1;
  EXPECT_EQ(problem(options),
            "layer-wise tuning: the share of samples held out is 1; give a number above 0 and below 1");
  EXPECT_EQ(problem({}, 1),
            "layer-wise tuning: there is 1 sample only; it needs two at least, one to tune with and one to judge by");
  const auto x = named("x", std::make_shared<ops::Parameter>(ov::element::f32, ov::Shape{1, 3, 12, 12}));
  const auto other = std::make_shared<ov::Model>(ov::OutputVector{x}, ov::ParameterVector{x});
  try {
    tune_layers(small_net(kLevels), other, *dataset(samples_of_net(4)));
    FAIL() << "another float model is accepted";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(),
                 "layer-wise tuning: the float model has no Convolution 'conv1'; give the one that the "
                 "quantized model was made of");
  }
}

// Which rows there are depends on the values: on their signs, which rounding changes.
TEST(TuneLayers, LeavesALayerAloneWhoseShapeDependsOnValues) {
  const auto net = [](int levels) {
    const auto x = named("x", std::make_shared<ops::Parameter>(ov::element::f32, ov::Shape{1, 6}));
    x->output(0).set_names({"x"});
    NodePtr y = named("first", std::make_shared<ops::MatMul>(x, weights_of({40, 6}, 1, levels), false, true));
    const auto limit = ops::Constant::create(ov::element::f32, {}, {0.3F});
    const auto where = std::make_shared<ops::NonZero>(std::make_shared<ops::Greater>(y, limit), ov::element::i64);
    const auto order = ops::Constant::create(ov::element::i64, {2}, {1, 0});
    y = std::make_shared<ops::Convert>(std::make_shared<ops::Transpose>(where, order), ov::element::f32);
    y = named("second", std::make_shared<ops::MatMul>(y, weights_of({3, 2}, 2, levels), false, true));
    return std::make_shared<ov::Model>(ov::OutputVector{y}, ov::ParameterVector{x});
  };
  std::vector<Sample> samples;
  for (std::size_t i = 0; i < 16; ++i) {
    ov::Tensor tensor(ov::element::f32, {1, 6});
    const auto values = testing::normal(6, 90 + i);
    std::copy(values.begin(), values.end(), tensor.data<float>());
    samples.push_back({{"x", tensor}});
  }
  const auto layers = tune_layers(net(2), net(0), *dataset(samples), few_rows());
  ASSERT_EQ(layers.size(), 2u);
  EXPECT_EQ(layers[0].rows, 16u);
  EXPECT_FALSE(layers[1].kept);
  EXPECT_EQ(layers[1].reason, "its shape depends on values");
  EXPECT_EQ(layers[1].rows, 0u);
}

TEST(TuneLayers, TakesUnnamedOperationsAndNamesThatAnInsertedBiasWouldTake) {
  const auto net = [](int levels) {
    const auto model = small_net(levels);
    for (const auto& node : model->get_ordered_ops()) {
      if (node->get_friendly_name() == "relu1") node->set_friendly_name("conv2/bias");
    }
    // Operations without a name behind the first layer, and one whose name is made up.
    const auto nodes = graph::nodes_by_name(*model);
    const auto targets = nodes.at("bias1")->output(0).get_target_inputs();
    const auto twice = std::make_shared<ops::Abs>(std::make_shared<ops::Abs>(nodes.at("bias1")));
    for (auto target : targets) target.replace_source_output(twice);
    return model;
  };
  const auto model = net(kLevels);
  const auto layers = tune_layers(model, net(0), *dataset(samples_of_net(16)), few_rows());
  EXPECT_EQ(layers.size(), 3u);
  std::set<std::string> names;
  for (const auto& node : model->get_ops()) EXPECT_TRUE(names.insert(node->get_friendly_name()).second);
  EXPECT_TRUE(layers[1].kept);
  EXPECT_THAT(names, ::testing::IsSupersetOf({"conv2/bias", "conv2/bias_2"}));
}

TEST(TuneLayers, LeavesALayerAloneThatReadsInfinity) {
  const auto net = [](int levels) {
    const auto x = named("x", std::make_shared<ops::Parameter>(ov::element::f32, ov::Shape{1, 6}));
    x->output(0).set_names({"x"});
    const auto first = named("first", std::make_shared<ops::MatMul>(x, weights_of({6, 6}, 1, levels), false, true));
    const auto zero = ops::Constant::create(ov::element::f32, {}, {0.F});
    const auto log = std::make_shared<ops::Log>(std::make_shared<ops::Multiply>(first, zero));
    const auto second = named("second", std::make_shared<ops::MatMul>(log, weights_of({6, 6}, 2, levels), false, true));
    return std::make_shared<ov::Model>(ov::OutputVector{first, second}, ov::ParameterVector{x});
  };
  std::vector<Sample> samples;
  for (std::size_t i = 0; i < 8; ++i) {
    ov::Tensor tensor(ov::element::f32, {1, 6});
    std::fill_n(tensor.data<float>(), 6, static_cast<float>(i + 1));
    samples.push_back({{"x", tensor}});
  }
  const auto layers = tune_layers(net(kLevels), net(0), *dataset(samples), few_rows());
  ASSERT_EQ(layers.size(), 2u);
  EXPECT_EQ(layers[1].reason, "what it reads or gives is not finite");
}

TEST(FindLayers, TakesRowsBehindARangeThatDoesNotMeetZero) {
  const auto net = [](float low, float high, bool integer) {
    const auto x = named("x", std::make_shared<ops::Parameter>(ov::element::f32, ov::Shape{1, 6}));
    const auto y =
        named("fc", std::make_shared<ops::MatMul>(quantized("fq", x, low, high, integer),
                                                  weights_of({4, 6}, 1, integer ? kLevels : 0), false, true));
    return std::make_shared<ov::Model>(ov::OutputVector{y}, ov::ParameterVector{x});
  };
  const auto own_range = [&](float low, float high) {
    return find_layers(*net(low, high, true), *net(low, high, false)).at(0).tunable->input_quantizer != nullptr;
  };
  EXPECT_TRUE(own_range(0, 6));
  EXPECT_TRUE(own_range(-128, 127));
  EXPECT_FALSE(own_range(0.5F, 2));
  EXPECT_FALSE(own_range(-1, 1));
}

TEST(Totals, AreMediansOfTheLayersThatWereTried) {
  std::vector<TunedLayer> layers(4);
  for (std::size_t i = 0; i < 3; ++i) {
    layers[i].rows = 10;
    layers[i].target_power = 2;
    layers[i].loss_untuned = static_cast<double>(i + 1);
    layers[i].loss_after = static_cast<double>(i) / 2;
    layers[i].kept = i != 1;
    layers[i].bytes = i;
  }
  const Totals sums = totals(layers);
  EXPECT_EQ(sums.tried, 3u);
  EXPECT_EQ(sums.kept, 2u);
  EXPECT_EQ(sums.median_before, 1);
  EXPECT_EQ(sums.median_after, 0.25);
  EXPECT_EQ(sums.most_bytes, 2u);
}

}  // namespace
}  // namespace octune::layerwise
