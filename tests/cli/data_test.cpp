// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "program.hpp"
#include "testing/models.hpp"

namespace octune::cli_test {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class DataTest : public ProgramTest {
 protected:
  void SetUp() override { write_model_and_data(); }
};

TEST_F(DataTest, PreviewShowsValuesLabelsAndFormula) {
  const Outcome text = octune("data preview model.xml --data x.npy --labels y.npy --mean 1 --scale 2 --progress none");
  ASSERT_EQ(text.exit_code, 0) << text.err;
  EXPECT_THAT(text.out, AllOf(HasSubstr("samples: 8, of which 8 were read\n"),
                              HasSubstr("fed as: (value - [1]) / [2]\n"), HasSubstr("input x: f32 [1,3,16,16], min -"),
                              HasSubstr("labels: 8 of 8 samples, 8 different: "), HasSubstr("\n  x.npy[3]  3\n")));
  const json document = octune("data preview model.xml --data x.npy --samples 3 --progress none --json").json();
  EXPECT_EQ(document["command"], "data preview");
  EXPECT_EQ(document["samples"], json({{"used", 3}, {"available", 8}}));
  EXPECT_EQ(document["inputs"][0]["shapes"], json({{1, 3, 16, 16}}));
  EXPECT_EQ(document["inputs"][0]["non_finite"], 0);
  EXPECT_LT(document["inputs"][0]["min"].get<double>(), document["inputs"][0]["mean"].get<double>());
  EXPECT_FALSE(document.contains("labels"));
}

TEST_F(DataTest, PreviewDrawsWhatTheModelSees) {
  write_images("images/cat", 3);
  write_images("images/dog", 2);
  const Outcome outcome = octune(
      "data preview model.xml --data images --labels folders --crop 0.5 --norm 0.017 --mean 128 -o sheet.png --json "
      "--progress none");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const json document = outcome.json();
  EXPECT_EQ(document["formula"], "(pixel - [128]) * [0.017], RGB, NCHW, stretched to 32x32, centre 16x16 cut out");
  EXPECT_EQ(document["sheet"], json({{"file", "sheet.png"}, {"samples", 5}, {"stretched", false}}));
  EXPECT_EQ(document["labels"]["histogram"],
            json({{{"label", "cat"}, {"count", 3}}, {{"label", "dog"}, {"count", 2}}}));
  EXPECT_EQ(read("sheet.png").substr(1, 3), "PNG");
}

// Labels belong to the validation samples.
TEST_F(DataTest, PreviewOfBothSetsSaysWhatTheyShare) {
  write("v.npy", read("x.npy"));
  const Outcome outcome =
      octune("data preview model.xml --data x.npy --val-data v.npy --labels y.npy --samples 2 --progress none");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("samples: v.npy, 8, of which 2 were read\n"),
                                 HasSubstr("overlap of --data and --val-data: 8 of 8 samples looked at\n")));
}

TEST_F(DataTest, PreviewSaysWhatItLacks) {
  EXPECT_EQ(octune("data").err, "error: octune data: nothing to do; write octune data preview MODEL --data SPEC\n");
  EXPECT_EQ(octune("data preveiw model.xml").err,
            "error: octune data: unknown action 'preveiw'; did you mean 'preview'? (known: preview)\n");
  EXPECT_EQ(octune("data preview model.xml").err, "error: no data given; name some with --data\n");
  EXPECT_EQ(octune("data preview model.xml --data x.npy -o sheet.gif").err,
            "error: sheet.gif: its name does not say which kind of image to write; let it end in .png or .jpg\n");
  EXPECT_EQ(octune("data preview model.xml --data random:2 --progress none").err,
            "warning: the data are random: they show nothing of real data\n");
  write("t.csv", "1,2\n");
  EXPECT_THAT(octune("data preview model.xml --data t.csv").err, HasSubstr("t.csv: its rows"));
}

TEST_F(DataTest, OptionsOfPreprocessingThatContradict) {
  const auto error = [&](const std::string& options) {
    const Outcome outcome = octune("data preview model.xml --data x.npy --progress none " + options);
    EXPECT_EQ(outcome.exit_code, 2) << options;
    return outcome.err;
  };
  EXPECT_EQ(
      error("--scale 2 --norm 0.5"),
      "error: scale and norm: both are given; give scale, which is divided by, or norm, which is multiplied by\n");
  EXPECT_EQ(error("--mean 'y[1]'"), "error: mean: the model has no input 'y'; did you mean 'x'? (known: x)\n");
  EXPECT_EQ(error("--crop x"),
            "error: --crop: 'x' is no crop; write height,width (224,224), one number for both, or the "
            "part of the image (0.875)\n");
  EXPECT_THAT(error("--interp bilinear"), HasSubstr("--interp: unknown value 'bilinear'; did you mean 'linear'? "
                                                    "(known: linear, cubic, area, nearest, pillow_nearest"));
  EXPECT_THAT(error("--sample-rate fast"), HasSubstr("--sample-rate: 'fast' is not a whole number"));
}

// A factor on the command line takes the place of the file's, whichever way either is given.
TEST_F(DataTest, OptionsTakeThePlaceOfTheFile) {
  write("c.json",
        R"({"model": {"model": "model.xml"}, "engine": {"data": "x.npy", "scale": 2, "mean": {"x": [1, 2, 3]}}})");
  const auto formula = [&](const std::string& options) {
    return octune("data preview -c c.json --json --progress none " + options).json()["formula"];
  };
  EXPECT_EQ(formula(""), "x: (value - [1, 2, 3]) / [2]");
  EXPECT_EQ(formula("--norm 0.5"), "x: (value - [1, 2, 3]) * [0.5]");
  EXPECT_EQ(formula("--mean 7 --norm 'x[0.25]'"), "x: (value - [7]) * [0.25]");
}

TEST_F(DataTest, RawFilesFeedQuantization) {
  write("x.bin", read("x.npy").substr(read("x.npy").size() - 8 * 3 * 16 * 16 * 4));
  const Outcome outcome =
      octune("quantize model.xml --preset performance -o out --data x.bin:f32[8,3,16,16] --progress none --json");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(outcome.json()["samples"]["available"], 8);
  EXPECT_THAT(octune("quantize model.xml --preset performance -o out2 --data x.bin:f32[9,3,16,16] --progress none").err,
              HasSubstr("x.bin: has 24576 bytes, f32[9,3,16,16] needs 27648;"));
}

}  // namespace
}  // namespace octune::cli_test
