// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "base/file.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <stdexcept>

#include "octune/error.hpp"

namespace octune::base {
namespace {

namespace fs = std::filesystem;

class WriteFile : public testing::Test {
 protected:
  WriteFile() { fs::create_directories(folder_); }
  ~WriteFile() override { fs::remove_all(folder_); }

  std::size_t files() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
  }

  const fs::path folder_ = fs::temp_directory_path() / ("octune_write_file_" + std::to_string(::getpid()));
};

TEST_F(WriteFile, PartByPartAndBackToTheBeginning) {
  write_file(folder_ / "a", [](std::ostream& out) {
    out << "____ and more";
    out.seekp(0);
    out << "this";
  });
  EXPECT_EQ(read_file(folder_ / "a"), "this and more");
  write_file(folder_ / "a", "short");
  EXPECT_EQ(read_file(folder_ / "a"), "short");
  EXPECT_EQ(files(), 1u);
}

TEST_F(WriteFile, WhatTheWriterThrowsLeavesTheOldFile) {
  write_file(folder_ / "a", "old");
  EXPECT_THROW(write_file(folder_ / "a",
                          [](std::ostream& out) {
                            out << "new";
                            throw std::runtime_error("no more");
                          }),
               std::runtime_error);
  EXPECT_EQ(read_file(folder_ / "a"), "old");
  EXPECT_EQ(files(), 1u);
}

TEST_F(WriteFile, SaysWhyItFailed) {
  const fs::path path = folder_ / "missing" / "a";
  try {
    write_file(path, [](std::ostream&) { ADD_FAILURE() << "there is nothing to write to"; });
    ADD_FAILURE() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::io);
    EXPECT_EQ(error.what(), path.string() +
                                ": cannot be written (No such file or directory); free some space or "
                                "choose another output folder");
  }
}

}  // namespace
}  // namespace octune::base
