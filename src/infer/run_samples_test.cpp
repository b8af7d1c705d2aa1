// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "infer/run_samples.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <openvino/opsets/opset13.hpp>

#include "infer/finite.hpp"
#include "infer/runtime.hpp"
#include "octune/error.hpp"

namespace octune::infer {
namespace {

namespace ops = ov::opset13;
using testing::ElementsAre;
using Ports = std::vector<ov::Output<const ov::Node>>;

std::shared_ptr<ops::Parameter> parameter(const std::string& name, ov::element::Type type,
                                          const ov::PartialShape& shape) {
  auto node = std::make_shared<ops::Parameter>(type, shape);
  node->set_friendly_name(name);
  node->get_output_tensor(0).set_names({name});
  return node;
}

/// y = x + 1 and, to have several inputs, z = ids.
std::shared_ptr<ov::Model> model_of(const std::vector<std::shared_ptr<ops::Parameter>>& inputs) {
  ov::OutputVector outputs;
  for (const auto& input : inputs) {
    const auto one = ops::Constant::create(input->get_element_type(), {}, {1});
    outputs.push_back(std::make_shared<ops::Add>(input, one));
  }
  return std::make_shared<ov::Model>(outputs, ov::ParameterVector(inputs.begin(), inputs.end()), "plus_one");
}

template <class T>
ov::Tensor tensor(const ov::Shape& shape, std::vector<T> values) {
  ov::Tensor result(ov::element::from<T>(), shape);
  std::copy(values.begin(), values.end(), result.data<T>());
  return result;
}

Sample fit(const std::shared_ptr<const ov::Model>& model, const Sample& sample) {
  const Ports inputs = model->inputs();
  return fit_sample(sample, "a.png", inputs);
}

std::string refusal(const std::shared_ptr<const ov::Model>& model, const Sample& sample) {
  try {
    fit(model, sample);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::input);
    return error.what();
  }
  return "no error";
}

TEST(FitSample, ARowOfTheInputsRankIsSharedAndOneOfOneLessGetsALeadingOne) {
  const auto model = model_of({parameter("x", ov::element::f32, {1, 2, 3})});
  const ov::Tensor full = tensor<float>({1, 2, 3}, {1, 2, 3, 4, 5, 6});
  EXPECT_EQ(fit(model, {{"x", full}}).at("x").data(), full.data());
  const ov::Tensor row = tensor<float>({2, 3}, {1, 2, 3, 4, 5, 6});
  const Sample fitted = fit(model, {{"x", row}});
  EXPECT_EQ(fitted.at("x").get_shape(), (ov::Shape{1, 2, 3}));
  EXPECT_EQ(fitted.at("x").data(), row.data());
  EXPECT_EQ(row.get_shape(), (ov::Shape{2, 3}));
}

TEST(FitSample, OtherShapesAreRefused) {
  const auto model = model_of({parameter("x", ov::element::f32, {1, 2, -1})});
  EXPECT_EQ(fit(model, {{"x", tensor<float>({2, 1}, {1, 2})}}).at("x").get_shape(), (ov::Shape{1, 2, 1}));
  EXPECT_EQ(
      refusal(model, {{"x", tensor<float>({1, 3, 1}, {1, 2, 3})}}),
      "a.png: input 'x' has the shape [1,2,?] but [1,3,1] was given; the rank must be the same or one lower and fixed "
      "sizes must match");
  EXPECT_THAT(refusal(model, {{"x", tensor<float>({2}, {1, 2})}}), testing::HasSubstr("but [2] was given"));
}

TEST(FitSample, NamesAreChecked) {
  const auto model =
      model_of({parameter("image", ov::element::f32, {1, 1}), parameter("ids", ov::element::i32, {1, 1})});
  const ov::Tensor x = tensor<float>({1, 1}, {1});
  const ov::Tensor ids = tensor<int>({1, 1}, {1});
  EXPECT_EQ(refusal(model, {{"imge", x}, {"ids", ids}}),
            "a.png: the model has no input 'imge'; did you mean 'image'? (known: image, ids)");
  EXPECT_EQ(refusal(model, {{"image", x}}), "a.png: input 'ids' is missing; the model needs image, ids");
  EXPECT_EQ(fit(model_of({parameter("image", ov::element::f32, {1, 1})}), {{"", x}}).count("image"), 1u);
}

TEST(FitSample, ElementTypesAreConvertedWhereTheKindAllowsIt) {
  const auto ints = model_of({parameter("x", ov::element::i32, {1, 2})});
  EXPECT_EQ(fit(ints, {{"x", tensor<std::int64_t>({1, 2}, {-7, 7})}}).at("x").data<int>()[0], -7);
  EXPECT_EQ(fit(ints, {{"x", tensor<std::uint8_t>({1, 2}, {255, 7})}}).at("x").data<int>()[0], 255);
  EXPECT_EQ(refusal(ints, {{"x", tensor<std::int64_t>({1, 2}, {1, 3000000000})}}),
            "a.png: input 'x' is of type i32 and does not hold all of the given values of type i64; check the data");
  EXPECT_EQ(refusal(ints, {{"x", tensor<float>({1, 2}, {1, 2})}}),
            "a.png: input 'x' is of type i32 but f32 was given; convert the data to integers");
  const auto bytes = model_of({parameter("x", ov::element::u8, {1, 1})});
  EXPECT_THAT(refusal(bytes, {{"x", tensor<int>({1, 1}, {-1})}}), testing::HasSubstr("does not hold all"));
  const auto floats = model_of({parameter("x", ov::element::f32, {1, 1})});
  EXPECT_EQ(fit(floats, {{"x", tensor<std::uint8_t>({1, 1}, {200})}}).at("x").data<float>()[0], 200.0F);
  EXPECT_EQ(fit(floats, {{"x", tensor<double>({1, 1}, {0.5})}}).at("x").data<float>()[0], 0.5F);
  const auto halves = model_of({parameter("x", ov::element::f16, {1, 1})});
  EXPECT_EQ(static_cast<float>(fit(halves, {{"x", tensor<float>({1, 1}, {0.5F})}}).at("x").data<ov::float16>()[0]),
            0.5F);
}

TEST(FitSample, NanAndInfinityAreRefusedAlsoWhenTheyAriseInTheConversion) {
  const auto model = model_of({parameter("x", ov::element::f32, {1, 2})});
  const float nan = std::nanf("");
  EXPECT_EQ(refusal(model, {{"x", tensor<float>({1, 2}, {1, nan})}}),
            "a.png: input 'x' holds NaN; clean the data or leave the sample out");
  EXPECT_EQ(refusal(model, {{"x", tensor<double>({1, 2}, {1, 1e300})}}),
            "a.png: input 'x' holds infinity; clean the data or leave the sample out");
}

template <class T>
void expect_found_everywhere() {
  std::vector<T> values(37, T(1.0F));
  const auto check = [&] {
    ov::Tensor t(ov::element::from<T>(), {values.size()}, values.data());
    return finiteness(t);
  };
  EXPECT_EQ(check(), Finiteness::finite);
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (const float bad :
         {std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity(), std::nanf("")}) {
      values[i] = T(bad);
      EXPECT_EQ(check(), std::isnan(bad) ? Finiteness::nan : Finiteness::infinity) << i << ' ' << bad;
      values[i] = std::numeric_limits<T>::lowest();
      EXPECT_EQ(check(), Finiteness::finite);
    }
  }
}

TEST(Finite, EveryPlaceAndTypeIsSeen) {
  expect_found_everywhere<float>();
  expect_found_everywhere<double>();
  expect_found_everywhere<ov::float16>();
  expect_found_everywhere<ov::bfloat16>();
}

/// Sample i holds the number i; `bad` has another shape.
class Numbers : public Dataset {
 public:
  explicit Numbers(std::size_t size, std::size_t bad = ~std::size_t{0}) : size_(size), bad_(bad) {}
  std::size_t size() const override { return size_; }
  Sample sample(std::size_t index) const override {
    if (index == bad_) return {{"x", tensor<float>({1, 7}, std::vector<float>(7))}};
    return {{"x", tensor<float>({1, 2}, {static_cast<float>(index), 0})}};
  }
  std::string name(std::size_t index) const override { return "n" + std::to_string(index); }

 private:
  std::size_t size_, bad_;
};

class Recorder : public Observer {
 public:
  void progress(std::string_view stage, std::size_t done, std::size_t total) override {
    EXPECT_EQ(stage, "stage");
    EXPECT_EQ(total, 5u);
    seen.push_back(done);
  }
  bool should_stop() const override { return seen.size() > stop_after; }

  std::vector<std::size_t> seen;
  std::size_t stop_after = 1000;
};

class RunSamples : public testing::TestWithParam<int> {
 protected:
  ov::CompiledModel compiled() const {
    return runtime_.compile(model_of({parameter("x", ov::element::f32, {1, 2})}),
                            {.threads = 2, .streams = GetParam()});
  }
  Runtime runtime_;
};

TEST_P(RunSamples, ResultsComeInTheOrderOfTheIndices) {
  const std::vector<std::size_t> indices{4, 0, 9, 9, 2};
  std::vector<float> values;
  Recorder recorder;
  run_samples(compiled(), Numbers(10), indices, "stage", &recorder,
              [&](std::size_t position, ov::InferRequest& request) {
                EXPECT_EQ(position, values.size());
                values.push_back(request.get_output_tensor(0).data<float>()[0]);
              });
  EXPECT_THAT(values, ElementsAre(5, 1, 10, 10, 3));
  EXPECT_THAT(recorder.seen, ElementsAre(0, 1, 2, 3, 4, 5));
}

TEST_P(RunSamples, NoSamplesIsNoError) {
  run_samples(compiled(), Numbers(10), {}, "stage", nullptr, [](std::size_t, ov::InferRequest&) { FAIL(); });
}

TEST_P(RunSamples, ASampleThatDoesNotFitIsNamed) {
  std::vector<std::size_t> indices(5);
  std::iota(indices.begin(), indices.end(), 0);
  try {
    run_samples(compiled(), Numbers(5, 3), indices, "stage", nullptr, [](std::size_t, ov::InferRequest&) {});
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), testing::StartsWith("n3: input 'x' has the shape [1,2] but [1,7] was given"));
  }
}

TEST_P(RunSamples, AnExceptionOfTheHandlerArrivesUnchanged) {
  const std::vector<std::size_t> indices{0, 1, 2, 3, 4};
  EXPECT_THROW(run_samples(compiled(), Numbers(5), indices, "stage", nullptr,
                           [](std::size_t position, ov::InferRequest&) {
                             if (position == 2) throw std::out_of_range("two");
                           }),
               std::out_of_range);
}

TEST_P(RunSamples, TheObserverStopsIt) {
  const std::vector<std::size_t> indices{0, 1, 2, 3, 4};
  Recorder recorder;
  recorder.stop_after = 1;
  EXPECT_THROW(run_samples(compiled(), Numbers(5), indices, "stage", &recorder, [](std::size_t, ov::InferRequest&) {}),
               Interrupted);
}

// Every sample is independent of the one before, also for a network with memory.
TEST_P(RunSamples, StateStartsAnewForEverySample) {
  const auto x = parameter("x", ov::element::f32, {1, 2});
  const auto variable = std::make_shared<ov::op::util::Variable>(
      ov::op::util::VariableInfo{ov::PartialShape{1, 2}, ov::element::f32, "memory"});
  const auto initial = ops::Constant::create(ov::element::f32, {1, 2}, {100.0F, 0.0F});
  const auto read = std::make_shared<ops::ReadValue>(initial, variable);
  const auto sum = std::make_shared<ops::Add>(read, x);
  const auto assign = std::make_shared<ops::Assign>(sum, variable);
  const auto model = std::make_shared<ov::Model>(ov::ResultVector{std::make_shared<ov::op::v0::Result>(sum)},
                                                 ov::SinkVector{assign}, ov::ParameterVector{x});
  const auto stateful = runtime_.compile(model, {.threads = 2, .streams = GetParam()});
  const std::vector<std::size_t> indices{1, 2, 3, 4, 5, 6};
  std::vector<float> values;
  run_samples(stateful, Numbers(10), indices, "stage", nullptr, [&](std::size_t, ov::InferRequest& request) {
    values.push_back(request.get_output_tensor(0).data<float>()[0]);
  });
  EXPECT_THAT(values, ElementsAre(101, 102, 103, 104, 105, 106));
}

/// x[1,?] -> running sum of ReduceSum(x), from 100; as a dataset of sequences of `length`.
class Sequences final : public Dataset {
 public:
  Sequences(std::size_t size, std::size_t length) : size_(size), length_(length) {}
  std::size_t size() const override { return size_; }
  std::size_t sequence_length() const override { return length_; }
  Sample sample(std::size_t index) const override {
    return {{"x", tensor<float>({1, 1}, {static_cast<float>(index)})}};
  }

 private:
  std::size_t size_, length_;
};

std::shared_ptr<ov::Model> running_sum(const ov::PartialShape& shape) {
  const auto x = parameter("x", ov::element::f32, shape);
  const auto variable = std::make_shared<ov::op::util::Variable>(
      ov::op::util::VariableInfo{ov::PartialShape{1}, ov::element::f32, "memory"});
  const auto read = std::make_shared<ops::ReadValue>(ops::Constant::create(ov::element::f32, {1}, {100.0F}), variable);
  const auto axis = ops::Constant::create(ov::element::i64, {1}, {1});
  const auto sum = std::make_shared<ops::Add>(read, std::make_shared<ops::ReduceSum>(x, axis, false));
  const auto assign = std::make_shared<ops::Assign>(sum, variable);
  return std::make_shared<ov::Model>(ov::ResultVector{std::make_shared<ov::op::v0::Result>(sum)},
                                     ov::SinkVector{assign}, ov::ParameterVector{x});
}

TEST_P(RunSamples, StateIsCarriedOverASequence) {
  const auto stateful = runtime_.compile(running_sum({1, 1}), {.threads = 2, .streams = GetParam()});
  const auto sums = [&](std::size_t length, const std::vector<std::size_t>& indices) {
    std::vector<float> values;
    run_samples(stateful, Sequences(10, length), indices, "stage", nullptr,
                [&](std::size_t position, ov::InferRequest& request) {
                  EXPECT_EQ(position, values.size());
                  values.push_back(request.get_output_tensor(0).data<float>()[0]);
                });
    return values;
  };
  EXPECT_THAT(sums(4, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}), ElementsAre(100, 101, 103, 106, 104, 109, 115, 122, 108, 117));
  EXPECT_THAT(sums(4, {8, 9, 0, 1, 2, 3}), ElementsAre(108, 117, 100, 101, 103, 106));
  EXPECT_THAT(sums(4, {0, 2, 3}), ElementsAre(100, 102, 105)) << "a gap starts anew";
  EXPECT_THAT(sums(1, {0, 1, 2, 3}), ElementsAre(100, 101, 102, 103));
}

TEST_P(RunSamples, AnotherCompiledFormTakesTheStateOver) {
  std::vector<ov::CompiledModel> forms{runtime_.compile(running_sum({1, 1}), {.threads = 1}),
                                       runtime_.compile(running_sum({1, -1}), {.threads = 1})};
  const Ports inputs = forms[1].inputs();
  std::size_t call = 0;
  std::vector<float> values;
  const std::vector<std::size_t> indices{1, 2, 3, 4, 5};
  run_samples(
      [&](const Sample&) -> ov::CompiledModel& { return forms[call++ % 2]; }, inputs, 4, Sequences(10, 10), indices,
      "stage", nullptr,
      [&](std::size_t, ov::InferRequest& request) { values.push_back(request.get_output_tensor(0).data<float>()[0]); });
  EXPECT_THAT(values, ElementsAre(101, 103, 106, 110, 115));
}

INSTANTIATE_TEST_SUITE_P(Streams, RunSamples, testing::Values(1, 2));

TEST(Runtime, OptionsReachTheRuntime) {
  const Runtime runtime;
  const auto model = model_of({parameter("x", ov::element::f32, {1, 2})});
  const auto one = runtime.compile(model, {.threads = 1, .streams = 1});
  EXPECT_EQ(one.get_property(ov::hint::inference_precision), ov::element::f32);
  EXPECT_EQ(one.get_property(ov::num_streams).num, 1);
  EXPECT_EQ(one.get_property(ov::inference_num_threads), 1);
  const auto automatic = runtime.compile(model, {.precision = Precision::automatic, .threads = 1});
  EXPECT_EQ(automatic.get_property(ov::hint::inference_precision) == ov::element::bf16, cpu_features().bf16);
  EXPECT_FALSE(runtime.device_name().empty());
  EXPECT_THAT(runtime.version(), testing::StartsWith("20"));
}

TEST(Runtime, OperationsOfTheCompiledModelKeepTheirOriginalNames) {
  const Runtime runtime;
  const auto x = parameter("x", ov::element::f32, {1, 8, 16, 16});
  const auto w = ops::Constant::create(ov::element::f32, {8, 8, 3, 3}, std::vector<float>(8 * 8 * 9, 0.1F));
  const auto conv = std::make_shared<ops::Convolution>(x, w, ov::Strides{1, 1}, ov::CoordinateDiff{1, 1},
                                                       ov::CoordinateDiff{1, 1}, ov::Strides{1, 1});
  conv->set_friendly_name("conv");
  const auto relu = std::make_shared<ops::Relu>(conv);
  relu->set_friendly_name("relu");
  const auto model = std::make_shared<ov::Model>(ov::OutputVector{relu}, ov::ParameterVector{x});
  const auto operations = runtime_operations(runtime.compile(model));
  const auto found = std::find_if(operations.begin(), operations.end(),
                                  [](const auto& operation) { return operation.layer_type == "Convolution"; });
  ASSERT_NE(found, operations.end());
  EXPECT_EQ(found->precision, "f32");
  EXPECT_THAT(found->original_names, testing::UnorderedElementsAre("conv", "relu"));
}

TEST(CpuFeatures, AreReadFromTheFlagsOfTheFirstCore) {
  const auto features = parse_cpu_features(
      "processor : 0\nmodel name\t: x\nflags\t\t: fpu avx2 avx512f avx512_vnni avx512_bf16\nbugs : y\n");
  EXPECT_TRUE(features.avx2 && features.avx512 && features.vnni && features.bf16);
  EXPECT_FALSE(features.amx_int8);
  EXPECT_TRUE(parse_cpu_features("a : 0\nflags : avx2 avx_vnni\n").vnni);
  EXPECT_FALSE(parse_cpu_features("a : 0\nflags : avx2\nvnni : avx_vnni\n").vnni);
  EXPECT_FALSE(parse_cpu_features("processor : 0\nFeatures : asimd\n").avx2);
}

}  // namespace
}  // namespace octune::infer
