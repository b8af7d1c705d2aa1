// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "octune/quantize.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "comparison.hpp"
#include "graph/normalise.hpp"
#include "infer/runtime.hpp"
#include "models.hpp"
#include "octune/error.hpp"
#include "testing/temporary_folder.hpp"

namespace octune::real_models {
namespace {

constexpr std::size_t kCalibration = 8;

class QuantizeTest : public ::testing::TestWithParam<RealModel> {};

TEST_P(QuantizeTest, WhatIsWrittenComputesWhatWasMadeAndResemblesTheFloatModel) {
  const auto original = read(GetParam());
  const QuantizeResult result = quantize(original, *samples(GetParam(), kCalibration), {.subset_size = kCalibration});
  EXPECT_EQ(result.samples_used, kCalibration);

  const octune::testing::TemporaryFolder folder;
  infer::save_model(result.model, folder.path(), "int8");
  const auto read_back = infer::Runtime().read_model(folder.path() / "int8.xml");
  const auto unseen = samples(GetParam(), 4, kCalibration);
  const auto outputs = outputs_of(result.model, *unseen);
  EXPECT_TRUE(agree(outputs_of(read_back, *unseen), outputs, 1e-6));
  const double sqnr = sqnr_db(outputs_of(before_softmax(result.model), *unseen),
                              outputs_of(before_softmax(graph::normalise(original)), *unseen));
  RecordProperty("sqnr_db", std::to_string(sqnr));
  EXPECT_GE(sqnr, GetParam().least_sqnr_db);
}

TEST_P(QuantizeTest, PlannedConvolutionsAndMatMulsRunInIntegers) {
  const QuantizeResult result = quantize(read(GetParam()), *samples(GetParam(), 1), {.subset_size = 1});
  std::size_t layers = 0;
  for (const ExecutedOperation& operation : result.executed) {
    if (operation.type.find("Convolution") == std::string::npos && operation.type != "MatMul") continue;
    ++layers;
    EXPECT_TRUE(operation.planned_integer);
    EXPECT_EQ(operation.precision, "i8") << operation.type << " " << operation.name;
  }
  EXPECT_GT(layers, 0u);
  EXPECT_THAT(result.warnings, ::testing::Not(::testing::Contains(::testing::HasSubstr("run in floating point"))));
}

INSTANTIATE_TEST_SUITE_P(RealModels, QuantizeTest, ::testing::ValuesIn(real_models()),
                         [](const auto& instance) { return instance.param.name; });

class SizeTest : public ::testing::TestWithParam<std::string> {};

TEST_P(SizeTest, WeightsTakeAboutAQuarter) {
  const RealModel& model = real_model(GetParam());
  const auto original = read(model);
  const octune::testing::TemporaryFolder folder;
  infer::save_model(graph::normalise(original), folder.path(), "float");
  infer::save_model(quantize(original, *samples(model, 1), {.subset_size = 1}).model, folder.path(), "int8");
  const auto bytes = [&](const char* name) {
    return static_cast<double>(std::filesystem::file_size(folder.path() / name));
  };
  EXPECT_GT(bytes("int8.bin"), 0.2 * bytes("float.bin"));
  EXPECT_LT(bytes("int8.bin"), 0.35 * bytes("float.bin"));
}

INSTANTIATE_TEST_SUITE_P(ModelsOfManyWeights, SizeTest, ::testing::Values("recognition", "resnet50_thin"),
                         [](const auto& instance) { return instance.param; });

TEST(QuantizeIf, AModelThatIsAllInsideAnIfIsQuantizedWhereSamplesWent) {
  const auto model = infer::Runtime().read_model(model_path("silero_vad_op18_ifless.onnx"));
  const auto sixteen_kilohertz = dataset(4, [](std::size_t index) {
    ov::Tensor input(ov::element::f32, {1, 576});
    for (std::size_t i = 0; i < 576; ++i)
      input.data<float>()[i] = 0.3F * std::sin(0.01F * static_cast<float>(i * (index + 1)));
    ov::Tensor state(ov::element::f32, {2, 1, 128});
    for (std::size_t i = 0; i < state.get_size(); ++i)
      state.data<float>()[i] = 0.5F * std::cos(static_cast<float>(i + index));
    ov::Tensor rate(ov::element::i64, {});
    rate.data<std::int64_t>()[0] = 16000;
    return Sample{{"input", input}, {"state", state}, {"sr", rate}};
  });
  const QuantizeResult result = quantize(model, *sixteen_kilohertz);
  std::size_t taken = 0;
  for (const PlannedOperation& operation : result.plan.operations) {
    const bool other = operation.name.find("|else|") != std::string::npos;
    taken += operation.quantized ? 1 : 0;
    EXPECT_FALSE(other && operation.quantized) << operation.name;
  }
  EXPECT_GE(taken, 8u);
  EXPECT_THAT(result.warnings,
              ::testing::Contains(::testing::HasSubstr("no calibration sample entered the sub-graph")));
  const auto outputs = outputs_of(result.model, *sixteen_kilohertz);
  EXPECT_GE(sqnr_db(outputs, outputs_of(graph::normalise(model), *sixteen_kilohertz)), 10);
}

}  // namespace
}  // namespace octune::real_models
