// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <fstream>
#include <openvino/opsets/opset13.hpp>

#include "base/file.hpp"
#include "infer/runtime.hpp"
#include "octune/error.hpp"

namespace octune::infer {
namespace {

namespace fs = std::filesystem;
namespace ops = ov::opset13;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

/// y = x * weights, 1x64 values.
std::shared_ptr<ov::Model> multiply_model(float weight) {
  auto x = std::make_shared<ops::Parameter>(ov::element::f32, ov::PartialShape{1, 64});
  x->set_friendly_name("x");
  x->get_output_tensor(0).set_names({"x"});
  auto w = ops::Constant::create(ov::element::f32, {64, 64}, std::vector<float>(64 * 64, weight));
  auto y = std::make_shared<ops::MatMul>(x, w);
  y->set_friendly_name("y");
  return std::make_shared<ov::Model>(ov::OutputVector{y}, ov::ParameterVector{x}, "multiply");
}

std::string first_weight(const fs::path& bin) { return base::read_file(bin).substr(0, 4); }

class ModelFile : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() /
              ("octune_model_file_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path write(const std::string& name, const std::string& content) const {
    std::ofstream(folder_ / name, std::ios::binary) << content;
    return folder_ / name;
  }

  std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (const auto& entry : fs::directory_iterator(folder_)) found.push_back(entry.path().filename().string());
    return found;
  }

  /// The message with the folder cut out; nothing may reach standard error meanwhile.
  std::string refusal(const fs::path& path, ErrorKind kind) const {
    testing::internal::CaptureStderr();
    std::string message = "no error";
    try {
      runtime_.read_model(path);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), kind) << error.what();
      message = error.what();
    }
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "") << path;
    const std::string prefix = folder_.string() + "/";
    for (std::size_t at = message.find(prefix); at != std::string::npos; at = message.find(prefix))
      message.erase(at, prefix.size());
    return message;
  }

  Runtime runtime_;
  fs::path folder_;
};

TEST_F(ModelFile, SavedModelsAreReadBackWithTheirWeightsInF32) {
  infer::save_model(multiply_model(1.25F), folder_ / "new", "net");
  EXPECT_EQ(fs::file_size(folder_ / "new" / "net.bin"), 64 * 64 * 4u);
  const auto model = runtime_.read_model(folder_ / "new" / "net.xml");
  EXPECT_EQ(model->get_friendly_name(), "multiply");
  EXPECT_EQ(model->output().get_shape(), (ov::Shape{1, 64}));
}

TEST_F(ModelFile, SavingReplacesBothFilesAndLeavesNothingElse) {
  infer::save_model(multiply_model(1), folder_, "net");
  const std::string before = first_weight(folder_ / "net.bin");
  infer::save_model(multiply_model(2), folder_, "net");
  EXPECT_NE(first_weight(folder_ / "net.bin"), before);
  EXPECT_THAT(names(), UnorderedElementsAre("net.xml", "net.bin"));
}

TEST_F(ModelFile, TheInputModelIsNotOverwritten) {
  infer::save_model(multiply_model(1), folder_, "net");
  const auto model = runtime_.read_model(folder_ / "net.xml");
  for (const fs::path& input : {folder_ / "net.xml", folder_ / "." / "net.xml"}) {
    try {
      infer::save_model(model, folder_, "net", input);
      FAIL();
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::input);
      EXPECT_EQ(std::string(error.what()),
                (folder_ / "net.xml").string() +
                    ": is the input model, which may be in use; choose another output folder or name");
    }
  }
  infer::save_model(model, folder_, "other", folder_ / "net.xml");
  EXPECT_TRUE(fs::exists(folder_ / "other.xml"));
}

// Files that may not grow stand for a full disk: the writer is stopped in the weights, in the graph and in its last
// flush. Whatever happens, the old pair or the new pair lies there, complete.
TEST_F(ModelFile, AFullDiskLeavesTheOldModelAndNoTemporaryFiles) {
  infer::save_model(multiply_model(1), folder_, "net");
  const std::string old_bin = base::read_file(folder_ / "net.bin"), old_xml = base::read_file(folder_ / "net.xml");
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit unlimited{};
  getrlimit(RLIMIT_FSIZE, &unlimited);
  int refused = 0;
  for (const rlim_t limit : {rlim_t{0}, rlim_t{100}, rlim_t{old_xml.size() - 1}, rlim_t{old_bin.size() - 1}}) {
    rlimit small = unlimited;
    small.rlim_cur = limit;
    setrlimit(RLIMIT_FSIZE, &small);
    std::string message;
    try {
      infer::save_model(multiply_model(2), folder_, "net");
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::io);
      message = error.what();
      ++refused;
    }
    setrlimit(RLIMIT_FSIZE, &unlimited);
    EXPECT_EQ(message, (folder_ / "net.xml").string() +
                           ": cannot be written (File too large); free some space or choose another output folder")
        << "limit " << limit;
    EXPECT_EQ(base::read_file(folder_ / "net.bin"), old_bin);
    EXPECT_EQ(base::read_file(folder_ / "net.xml"), old_xml);
    EXPECT_THAT(names(), UnorderedElementsAre("net.xml", "net.bin"));
  }
  EXPECT_EQ(refused, 4);
  std::signal(SIGXFSZ, SIG_DFL);
}

TEST_F(ModelFile, MissingAndEmptyFilesAndFoldersAreReported) {
  EXPECT_EQ(refusal(folder_ / "none.onnx", ErrorKind::input),
            "none.onnx: no such model file (No such file or directory); check the path");
  EXPECT_EQ(refusal(write("empty.onnx", ""), ErrorKind::input),
            "empty.onnx: the file is empty; export or copy it again");
  fs::create_directories(folder_ / "sub");
  EXPECT_THAT(
      refusal(folder_ / "sub", ErrorKind::input),
      HasSubstr("sub: is a folder without a TensorFlow saved_model.pb; allowed are OpenVINO IR (.xml with .bin)"));
  EXPECT_THAT(refusal(write("net.txt", "hello"), ErrorKind::unsupported),
              HasSubstr("net.txt: is of an unknown model format '.txt'; allowed are "));
}

TEST_F(ModelFile, DamagedFilesAreRefusedWithoutNoise) {
  const std::string garbage = "\x93\xff\x01garbage\x07\xfe";
  EXPECT_EQ(refusal(write("a.onnx", garbage), ErrorKind::input),
            "a.onnx: is not a valid ONNX file, or is damaged; export or copy it again");
  EXPECT_EQ(refusal(write("a.xml", "<net>broken"), ErrorKind::input),
            "a.xml: is not a valid OpenVINO IR file, or is damaged; export or copy it again");
  EXPECT_EQ(refusal(write("b.xml", "<html></html>"), ErrorKind::input),
            "b.xml: is not a valid OpenVINO IR file, or is damaged; export or copy it again");
  EXPECT_EQ(refusal(write("a.tflite", garbage), ErrorKind::input),
            "a.tflite: is not a valid TensorFlow Lite file, or is damaged; export or copy it again");
  EXPECT_EQ(refusal(write("a.pb", garbage), ErrorKind::input),
            "a.pb: is not a valid TensorFlow file, or is damaged; export or copy it again");
  EXPECT_THAT(refusal(write("a.pdmodel", garbage), ErrorKind::input), HasSubstr("a.pdmodel: "));
}

TEST_F(ModelFile, DamagedIrIsRefused) {
  infer::save_model(multiply_model(1), folder_, "net");
  const std::string xml = base::read_file(folder_ / "net.xml"), bin = base::read_file(folder_ / "net.bin");
  write("cut.xml", xml.substr(0, xml.size() / 2));
  write("cut.bin", bin);
  EXPECT_THAT(refusal(folder_ / "cut.xml", ErrorKind::input), HasSubstr("cut.xml: cannot be read as a model ("));
  write("bare.xml", xml);
  EXPECT_EQ(refusal(folder_ / "bare.xml", ErrorKind::input),
            "bare.xml: its weights 'bare.bin' are missing; keep both files in one folder");
  write("short.xml", xml);
  write("short.bin", bin.substr(0, bin.size() / 2));
  EXPECT_EQ(refusal(folder_ / "short.xml", ErrorKind::input),
            "short.xml: cannot be read as a model (Incorrect weights in bin file!); export or copy it again");
}

TEST_F(ModelFile, UnknownOperationsAreNamed) {
  infer::save_model(multiply_model(1), folder_, "net");
  std::string xml = base::read_file(folder_ / "net.xml");
  xml.replace(xml.find("MatMul"), 6, "MatMil");
  write("odd.xml", xml);
  fs::copy_file(folder_ / "net.bin", folder_ / "odd.bin");
  EXPECT_EQ(refusal(folder_ / "odd.xml", ErrorKind::unsupported),
            "odd.xml: holds operations that OpenVINO " + runtime_.version() +
                " does not know: MatMil; replace them or export with other settings");
}

TEST_F(ModelFile, PyTorchFilesAreRefusedWithTheCommandThatExportsThem) {
  EXPECT_EQ(
      refusal(write("net.pt", "PK"), ErrorKind::unsupported),
      "net.pt: PyTorch files cannot be read; export the model first: python -c \"import torch, openvino as ov; model = "
      "torch.load('net.pt', weights_only=False).eval(); ov.save_model(ov.convert_model(model, "
      "example_input=torch.zeros(1, 3, 224, 224)), 'net.xml', compress_to_fp16=False)\" (an example_input of the shape "
      "of "
      "your model's input)");
  EXPECT_THAT(refusal(write("net.pth", "PK"), ErrorKind::unsupported), HasSubstr("ov.convert_model"));
}

}  // namespace
}  // namespace octune::infer
