// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "graph/normalise.hpp"

#include <gmock/gmock.h>

#include <set>

#include "comparison.hpp"
#include "infer/runtime.hpp"
#include "models.hpp"

namespace octune::real_models {
namespace {

std::vector<std::string> names_of(const ov::Model& model) {
  std::vector<std::string> names;
  for (const auto& node : model.get_ordered_ops()) names.push_back(node->get_friendly_name());
  return names;
}

class NormaliseTest : public testing::TestWithParam<RealModel> {};

TEST_P(NormaliseTest, KeepsTheFunction) {
  const auto original = read(GetParam());
  const auto few = samples(GetParam(), 3);
  EXPECT_TRUE(agree(outputs_of(graph::normalise(original), *few), outputs_of(original, *few), 1e-4));
}

TEST_P(NormaliseTest, ASecondTimeFindsNextToNothingToDo) {
  const auto once = graph::normalise(read(GetParam()));
  const auto twice = graph::normalise(once);
  EXPECT_LE(twice->get_ops().size(), once->get_ops().size());
  EXPECT_GE(twice->get_ops().size(), once->get_ops().size() * 95 / 100);
}

TEST_P(NormaliseTest, GivesTheSameUniqueNamesInEveryRun) {
  const auto model = read(GetParam());
  const std::vector<std::string> names = names_of(*graph::normalise(model));
  // The TensorFlow and TFLite readers number some names by a counter of the process: there only one read is compared.
  const bool numbered = GetParam().name == "tensorflow" || GetParam().name == "tflite";
  EXPECT_EQ(names_of(*graph::normalise(numbered ? model : read(GetParam()))), names);
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), names.size());
}

INSTANTIATE_TEST_SUITE_P(RealModels, NormaliseTest, testing::ValuesIn(real_models()),
                         [](const auto& instance) { return instance.param.name; });

TEST(NormaliseIf, KeepsTheFunctionOfBothBranches) {
  // The network for 8 kHz and the one for 16 kHz are the branches of one If.
  const auto original = infer::Runtime().read_model(model_path("silero_vad_op18_ifless.onnx"));
  const auto normal = graph::normalise(original);
  for (const std::int64_t rate : {8000, 16000}) {
    const auto sample = dataset(2, [&](std::size_t index) {
      Sample frame = real_model("silero_frame").sample(index);
      if (rate == 8000) frame["input"] = ov::Tensor(frame["input"], {0, 0}, {1, 288});
      ov::Tensor rate_tensor(ov::element::i64, ov::Shape{});
      *rate_tensor.data<std::int64_t>() = rate;
      frame["sr"] = rate_tensor;
      return frame;
    });
    EXPECT_TRUE(agree(outputs_of(normal, *sample), outputs_of(original, *sample), 1e-4)) << rate;
  }
}

}  // namespace
}  // namespace octune::real_models
