// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace octune::cli_test {

/// What one call of the program left.
struct Outcome {
  int exit_code = -1;
  std::string out;
  std::string err;

  nlohmann::json json() const { return nlohmann::json::parse(out); }
};

/// A folder of its own for each test, a small convolutional network in it, and the program.
class ProgramTest : public ::testing::Test {
 protected:
  ProgramTest();
  ~ProgramTest() override;

  /// Runs "octune <arguments>" in the folder, words separated by spaces as in a shell; `before` comes in front, as
  /// "ulimit -f 8;" would.
  Outcome octune(const std::string& arguments, const std::string& before = "") const;

  std::filesystem::path path(const std::string& name) const { return folder_ / name; }
  void write(const std::string& name, const std::string& content) const;
  std::string read(const std::string& name) const;
  /// Names of the files and folders in `name`, sorted; empty if there is no such folder.
  std::vector<std::string> entries(const std::string& name) const;

  /// An array file of floats: "a.npy".
  void write_npy(const std::string& name, const std::vector<std::size_t>& shape,
                 const std::vector<float>& values) const;
  /// An array file with any element type, as numpy spells it ("<i8", "<U3").
  void write_raw_npy(const std::string& name, const std::string& type, const std::vector<std::size_t>& shape,
                     const std::string& bytes) const;
  /// `count` images of 16 x 16 noise: img0.png, img1.png, ...
  void write_images(const std::string& folder, int count) const;

  /// "model.xml" and "model.bin": x[1,3,16,16] -> 10 logits; "x.npy": 8 samples for it; "y.npy": 8 labels.
  void write_model_and_data() const;

 private:
  std::filesystem::path folder_;
};

}  // namespace octune::cli_test
