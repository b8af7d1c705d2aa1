// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "config/run_config.hpp"
#include "octune/error.hpp"

namespace octune::config {

/// A folder with the files that configurations name; all but the configurations are empty.
class AccuracyChecker : public testing::Test {
 protected:
  AccuracyChecker()
      : folder_(std::filesystem::temp_directory_path() / fmt::format("octune_checker_test_{}", ::getpid())) {
    std::filesystem::remove_all(folder_);
    for (const char* name : {"images", "JPEGImages", "Annotations", "SegmentationClass"})
      std::filesystem::create_directories(folder_ / name);
    for (const char* name : {"val.txt", "instances.json", "chars.txt"}) std::ofstream(folder_ / name) << "x";
  }
  ~AccuracyChecker() override { std::filesystem::remove_all(folder_); }
  AccuracyChecker(const AccuracyChecker&) = delete;
  AccuracyChecker& operator=(const AccuracyChecker&) = delete;

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  void write(const std::string& name, const std::string& text) const { std::ofstream(folder_ / name) << text; }

  RunConfig read(const std::string& yaml) const {
    write("ac.yml", yaml);
    return parse_run_config(R"({"engine": {"config": "ac.yml"}})", folder_ / "pot.json");
  }

  /// Classification with these steps.
  RunConfig preprocessed(const std::string& steps, const std::string& dataset_keys = "") const {
    return read("models:\n- name: m\n  launchers:\n  - {framework: openvino}\n  datasets:\n  - name: d\n" +
                dataset_keys + "    data_source: images\n    preprocessing:\n" + steps);
  }

  /// The lines of the error, without the folder.
  std::vector<std::string> lines_of(const std::string& text) const {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) {
      const std::string folder = folder_.string() + "/";
      for (std::size_t at = line.find(folder); at != std::string::npos; at = line.find(folder))
        line.erase(at, folder.size());
      lines.push_back(line);
    }
    return lines;
  }
  template <class Read>
  std::vector<std::string> problems(Read read_file) const {
    try {
      read_file();
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::input) << error.what();
      return lines_of(error.what());
    }
    return {};
  }
  std::vector<std::string> step_problems(const std::string& steps) const {
    return problems([&] { preprocessed(steps); });
  }

  std::filesystem::path folder_;
};

}  // namespace octune::config
