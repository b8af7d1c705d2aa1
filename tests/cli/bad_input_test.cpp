// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <limits>

#include "program.hpp"
#include "testing/models.hpp"

namespace octune::cli_test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

/// Every mistake a user can make ends in one clear message, the right exit code, and nothing half-written.
class BadInputTest : public ProgramTest {
 protected:
  void SetUp() override { write_model_and_data(); }

  /// The message of a quantization that fails.
  std::string failure(const std::string& arguments, int exit_code, const std::string& before = "") const {
    const Outcome outcome = octune("quantize -o out --progress none --log-level error " + arguments, before);
    EXPECT_EQ(outcome.exit_code, exit_code) << arguments << "\n" << outcome.err;
    EXPECT_EQ(outcome.out, "");
    EXPECT_THAT(outcome.err, StartsWith("error: "));
    EXPECT_THAT(outcome.err, Not(HasSubstr("Exception")));
    EXPECT_THAT(outcome.err, Not(HasSubstr("unexpected"))) << "an error nobody foresaw";
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
    EXPECT_THAT(entries("out"), IsEmpty());
    return outcome.err;
  }

  /// 8 samples of noise with one value replaced.
  void write_samples_with(float value) const {
    std::vector<float> values = octune::testing::normal(8 * 3 * 16 * 16, 1);
    values[5 * 3 * 16 * 16 + 7] = value;
    write_npy("bad.npy", {8, 3, 16, 16}, values);
  }
};

TEST_F(BadInputTest, MissingModel) { EXPECT_THAT(failure("none.onnx --data x.npy", 2), HasSubstr("none.onnx: ")); }

TEST_F(BadInputTest, NoModelAndNoData) {
  EXPECT_EQ(failure("--data x.npy", 2),
            "error: no model given; name a model file, as in 'octune quantize model.onnx'\n");
  EXPECT_EQ(failure("model.xml", 2),
            "error: no calibration data given; name some with --data (a folder of images, .npz, "
            ".npy, or random to try), or statistics with --statistics\n");
}

TEST_F(BadInputTest, CorruptModels) {
  write("corrupt.onnx", "this is no protocol buffer");
  write("empty.onnx", "");
  write("corrupt.xml", "<net name=\"cut");
  write("corrupt.bin", "");
  for (const char* model : {"corrupt.onnx", "empty.onnx", "corrupt.xml"}) {
    EXPECT_THAT(failure(std::string(model) + " --data x.npy", 2), HasSubstr(model));
  }
}

TEST_F(BadInputTest, WeightsThatAreMissingOrTooShort) {
  std::filesystem::remove(path("model.bin"));
  EXPECT_THAT(failure("model.xml --data x.npy", 2), HasSubstr("model"));
  write("model.bin", "short");
  EXPECT_THAT(failure("model.xml --data x.npy", 2), HasSubstr("model"));
}

TEST_F(BadInputTest, UnknownOperation) {
  std::string xml = read("model.xml");
  const std::string known = "type=\"ReduceMean\"";
  ASSERT_NE(xml.find(known), std::string::npos);
  xml.replace(xml.find(known), known.size(), "type=\"Frobnicate\"");
  write("unknown.xml", xml);
  write("unknown.bin", read("model.bin"));
  EXPECT_THAT(failure("unknown.xml --data x.npy", 3), HasSubstr("Frobnicate"));
}

TEST_F(BadInputTest, PyTorchFilesNeedAnExport) {
  write("model.pt", "PK");
  EXPECT_THAT(failure("model.pt --data x.npy", 3), HasSubstr("export"));
}

TEST_F(BadInputTest, UnknownInputName) {
  EXPECT_THAT(failure("model.xml --data y=x.npy", 2), HasSubstr("'y'"));
  EXPECT_EQ(failure("model.xml --data x.npy --shape z[1,3,16,16]", 2),
            "error: --shape: the model has no input 'z'; did you mean 'x'? (known: x)\n");
}

TEST_F(BadInputTest, WrongShapes) {
  EXPECT_EQ(failure("model.xml --data x.npy --shape 1,3,16", 2),
            "error: --shape: [1,3,16] has 3 dimensions, but the input has 4: [1,3,16,16]; give as many\n");
  EXPECT_THAT(failure("model.xml --data x.npy --shape 1,5,16,16", 2),
              HasSubstr("--shape: the model cannot have the shape 1,5,16,16"));
  EXPECT_THAT(failure("model.xml --data x.npy --shape x[1,3", 2), HasSubstr("--shape: 'x[1,3' cannot be read"));
  EXPECT_THAT(failure("model.xml --data x.npy --shape a,b", 2), HasSubstr("--shape: 'a,b' is not a shape"));
}

TEST_F(BadInputTest, DataOfTheWrongRank) {
  write_npy("flat.npy", {8, 768}, octune::testing::normal(8 * 768, 1));
  EXPECT_THAT(failure("model.xml --data flat.npy", 2), HasSubstr("flat.npy"));
}

TEST_F(BadInputTest, DataOfTheWrongType) {
  write_raw_npy("text.npy", "<U1", {2, 3, 16, 16}, std::string(std::size_t{2} * 3 * 16 * 16 * 4, 'a'));
  EXPECT_THAT(failure("model.xml --data text.npy", 2), HasSubstr("text.npy"));
}

TEST_F(BadInputTest, EmptyAndMissingDataFolders) {
  std::filesystem::create_directories(path("empty"));
  EXPECT_THAT(failure("model.xml --data empty", 2), HasSubstr("empty: the folder holds no images"));
  EXPECT_THAT(failure("model.xml --data nowhere", 2), HasSubstr("nowhere"));
}

TEST_F(BadInputTest, AnImageThatDoesNotDecode) {
  write_images("images", 3);
  write("images/img1.png", "no image");
  EXPECT_THAT(failure("model.xml --data images", 2), HasSubstr("img1.png"));
}

TEST_F(BadInputTest, NotANumberInTheData) {
  for (const float value : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    write_samples_with(value);
    EXPECT_THAT(failure("model.xml --data bad.npy", 2), HasSubstr("bad.npy[5]"));
  }
}

TEST_F(BadInputTest, AnActivationThatOverflows) {
  write_samples_with(3e38F);
  EXPECT_THAT(failure("model.xml --data bad.npy", 2), HasSubstr("'")) << "the tensor is named";
}

TEST_F(BadInputTest, LabelsThatDoNotMatch) {
  write_npy("few.npy", {3}, {0, 1, 2});
  const std::string message = failure("model.xml --data x.npy --labels few.npy --metric accuracy@top1", 2);
  EXPECT_THAT(message, HasSubstr("few.npy"));
  EXPECT_THAT(message, HasSubstr("3"));
  EXPECT_THAT(message, HasSubstr("8"));
  EXPECT_THAT(failure("model.xml --data x.npy --labels none.txt --metric accuracy@top1", 2), HasSubstr("none.txt"));
}

TEST_F(BadInputTest, AnIgnoredScopeThatMatchesNothing) {
  EXPECT_THAT(failure("model.xml --data x.npy --ignored-names conv9", 2), HasSubstr("conv9"));
  EXPECT_THAT(failure("model.xml --data x.npy --ignored-patterns '('", 2), HasSubstr("("));
}

TEST_F(BadInputTest, NothingLeftToQuantize) {
  EXPECT_THAT(failure("model.xml --data x.npy --ignored-patterns '.*'", 3), HasSubstr("nothing would be quantized"));
}

TEST_F(BadInputTest, AnOutputFolderThatCannotBeMade) {
  write("file", "");
  const Outcome outcome =
      octune("quantize model.xml --preset performance -o file/out --data x.npy --progress none --log-level error");
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("file/out: the output folder cannot be made"));
}

TEST_F(BadInputTest, AnOutputFolderWithoutPermission) {
  if (::geteuid() == 0) GTEST_SKIP() << "permissions do not bind root";
  std::filesystem::create_directories(path("locked"));
  std::filesystem::permissions(path("locked"), std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  const Outcome outcome =
      octune("quantize model.xml --preset performance -o locked --data x.npy --progress none --log-level error");
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("locked: the output folder is not writable"));
}

TEST_F(BadInputTest, TheInputModelIsNeverOverwritten) {
  const std::string before = read("model.xml");
  const Outcome outcome =
      octune("quantize model.xml --preset performance -o . --data x.npy --progress none --log-level error");
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_EQ(outcome.err,
            "error: ./model.xml: is the input model and would be overwritten; choose another folder with -o or another "
            "name with --name\n");
  EXPECT_EQ(read("model.xml"), before);
}

TEST_F(BadInputTest, AFullDiskLeavesNothingHalfWritten) {
  // A limit on file sizes fails writes as a full disk does, without one.
  const std::string message = failure("model.xml --data x.npy", 2, "ulimit -f 2;");
  EXPECT_THAT(message, HasSubstr("cannot be written"));
}

TEST_F(BadInputTest, AFullDiskKeepsTheOlderModel) {
  ASSERT_EQ(octune("quantize model.xml --preset performance -o old --data x.npy").exit_code, 0);
  const std::string xml = read("old/model.xml");
  const std::string bin = read("old/model.bin");
  EXPECT_EQ(octune("quantize model.xml -o old --data x.npy --preset mixed", "ulimit -f 2;").exit_code, 2);
  EXPECT_EQ(read("old/model.xml"), xml);
  EXPECT_EQ(read("old/model.bin"), bin);
  EXPECT_EQ(entries("old").size(), 4u);
}

TEST_F(BadInputTest, ALogFileThatCannotBeWritten) {
  write("file", "");
  EXPECT_THAT(failure("model.xml --data x.npy --log-file file/log.txt", 2),
              HasSubstr("--log-file file/log.txt: cannot be written"));
}

}  // namespace
}  // namespace octune::cli_test
