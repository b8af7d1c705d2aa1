// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "comparison.hpp"
#include "infer/runtime.hpp"
#include "models.hpp"
#include "tests/cli/program.hpp"

namespace octune::real_models {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(ModelsTest, AMissingModelIsAnErrorThatSaysHowToGetIt) {
  try {
    model_path("none.onnx");
    FAIL();
  } catch (const std::exception& error) {
    EXPECT_THAT(error.what(), HasSubstr("none.onnx: missing; run scripts/setup, which fetches the models"));
  }
}

TEST(FormatsTest, OneNetworkInTwoFormatsComputesTheSame) {
  const RealModel &paddle = real_model("paddle"), &onnx = real_model("orientation");
  const auto few = samples(onnx, 3);
  EXPECT_TRUE(agree(outputs_of(read(paddle), *few), outputs_of(read(onnx), *few), 1e-3));
}

class FormatsProgramTest : public cli_test::ProgramTest, public testing::WithParamInterface<std::string> {};

TEST_P(FormatsProgramTest, IsPlannedFromTheCommandLine) {
  const cli_test::Outcome outcome = octune("plan '" + model_path(GetParam()).string() + "'");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("W8 sym/channel"), HasSubstr(" quantized; ")));
  EXPECT_THAT(outcome.err, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(RealModels, FormatsProgramTest,
                         testing::Values("basic_pitch", "basic_pitch.tflite", "pp_ocr_orientation.pdmodel",
                                         "silero_vad.onnx"));

using ForeignFormatTest = cli_test::ProgramTest;

TEST_F(ForeignFormatTest, APyTorchFileEndsWithThreeAndTheCommandThatExportsIt) {
  write("net.pt", "PK\x03\x04 anything");
  const cli_test::Outcome outcome = octune("quantize net.pt -o out --data random:2");
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_THAT(outcome.err,
              AllOf(HasSubstr("net.pt: PyTorch files cannot be read; export the model first: python -c"),
                    HasSubstr("torch.load('net.pt'"), HasSubstr("ov.convert_model"), HasSubstr("'net.xml'")));
  EXPECT_THAT(entries("out"), IsEmpty());
}

}  // namespace
}  // namespace octune::real_models
