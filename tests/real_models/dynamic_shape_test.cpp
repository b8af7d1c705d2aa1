// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <map>
#include <openvino/op/constant.hpp>
#include <openvino/op/fake_quantize.hpp>

#include "comparison.hpp"
#include "graph/normalise.hpp"
#include "infer/runtime.hpp"
#include "models.hpp"
#include "octune/quantize.hpp"
#include "testing/temporary_folder.hpp"
#include "tests/cli/program.hpp"

namespace octune::real_models {
namespace {

using ::testing::HasSubstr;

/// Text lines of two widths in turn.
std::unique_ptr<Dataset> two_widths(std::size_t count, std::size_t first = 0) {
  return dataset(count,
                 [first](std::size_t index) { return text_line(first + index, 48, index % 2 == 0 ? 320 : 192); });
}

/// The upper end of the (first channel's) range of every FakeQuantize.
std::map<std::string, float> ranges_of(const ov::Model& model) {
  std::map<std::string, float> ranges;
  for (const auto& node : model.get_ops()) {
    if (!ov::is_type<ov::op::v0::FakeQuantize>(node)) continue;
    const auto high = ov::as_type_ptr<ov::op::v0::Constant>(node->get_input_node_shared_ptr(2));
    ranges[node->get_friendly_name()] = high->cast_vector<float>().front();
  }
  return ranges;
}

TEST(DynamicShapeTest, AModelThatVariesIsCalibratedWithSamplesOfTwoWidthsAndStillVaries) {
  constexpr std::size_t kSamples = 8;
  const auto original = infer::Runtime().read_model(model_path("pp_ocr_v4_recognition.onnx"));
  ASSERT_TRUE(original->input().get_partial_shape()[3].is_dynamic());
  const QuantizeResult result = quantize(original, *two_widths(kSamples), {.subset_size = kSamples});
  EXPECT_EQ(result.model->input().get_partial_shape(), original->input().get_partial_shape());

  const octune::testing::TemporaryFolder folder;
  infer::save_model(result.model, folder.path(), "int8");
  const auto unseen = two_widths(4, kSamples);
  const auto read_back = infer::Runtime().read_model(folder.path() / "int8.xml");
  EXPECT_TRUE(agree(outputs_of(read_back, *unseen), outputs_of(result.model, *unseen), 1e-6));
  const double sqnr = sqnr_db(outputs_of(before_softmax(read_back), *unseen),
                              outputs_of(before_softmax(graph::normalise(original)), *unseen));
  EXPECT_GE(sqnr, 18);
}

TEST(DynamicShapeTest, RangesDoNotDependOnWhetherTheShapeIsFixed) {
  constexpr std::size_t kSamples = 4;
  const RealModel& model = real_model("orientation");
  const auto dynamic = infer::Runtime().read_model(model_path(model.file));
  const auto from_dynamic = ranges_of(*quantize(dynamic, *samples(model, kSamples), {.subset_size = kSamples}).model);
  const auto from_fixed = ranges_of(*quantize(read(model), *samples(model, kSamples), {.subset_size = kSamples}).model);
  ASSERT_FALSE(from_fixed.empty());
  ASSERT_EQ(from_dynamic.size(), from_fixed.size());
  for (const auto& [name, high] : from_fixed) {
    ASSERT_TRUE(from_dynamic.contains(name)) << name;
    // Another shape, other kernels: sums differ in their last bits.
    EXPECT_NEAR(from_dynamic.at(name), high, 1e-4 * high) << name;
  }
}

class ShapeFlagTest : public cli_test::ProgramTest {
 protected:
  /// The shape of the input of what `octune quantize --shape SHAPE` writes.
  std::string written_shape(const std::string& shape) const {
    const cli_test::Outcome outcome =
        octune("quantize '" + model_path("pp_ocr_orientation.onnx").string() + "' -o out --name net --shape '" + shape +
               "' --data '" + (text_lines() / "calibration").string() +
               "' --resize 48,192 --subset-size 4 --preset performance");
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return infer::Runtime().read_model(path("out/net.xml"))->input().get_partial_shape().to_string();
  }
};

TEST_F(ShapeFlagTest, TheWrittenModelHasTheShapeThatWasAskedFor) {
  EXPECT_EQ(written_shape("1,3,48,192"), "[1,3,48,192]");
  EXPECT_EQ(written_shape("x[1,3,48,?]"), "[1,3,48,?]");
  EXPECT_EQ(written_shape("x[1,3,48,96..320]"), "[1,3,48,96..320]");
}

TEST_F(ShapeFlagTest, AShapeTheNetworkCannotHaveIsAnInputError) {
  const cli_test::Outcome outcome =
      octune("quantize '" + model_path("open_nsfw.onnx").string() + "' -o out --shape 1,225,224,4 --data random:2");
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("--shape: the model cannot have the shape 1,225,224,4"));
  EXPECT_THAT(entries("out"), ::testing::IsEmpty());
}

}  // namespace
}  // namespace octune::real_models
