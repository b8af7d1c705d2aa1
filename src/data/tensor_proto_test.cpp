// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "data/tensor_proto.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "data/bytes.hpp"
#include "data/npy_header.hpp"
#include "data/test_files.hpp"

namespace octune::data {
namespace {

using test::error_of;
using test::from_hex;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kAdvice = "; write it with onnx.numpy_helper.from_array";

Bytes bytes_of(const std::string& content) {
  const auto* begin = reinterpret_cast<const std::byte*>(content.data());
  return Bytes::own({begin, begin + content.size()});
}

/// The error that such a file makes; "" if it is read.
std::string message(const std::string& content) {
  return error_of([&] { parse_tensor_proto(bytes_of(content), "x.pb"); });
}

// Files and values: the onnx package, written by tests/oracles/tensor_protos.py.
TEST(TensorProto, IsReadAsOnnxWritesIt) {
  const test::TemporaryFolder folder;
  for (const std::string& line : test::fixture_lines("tensor_protos.txt")) {
    std::istringstream fields(line);
    std::string what, name, type, shape, values, file;
    fields >> what >> name >> type >> shape >> values >> file;
    if (file.empty()) std::swap(values, file);  // a tensor without values
    const NamedArray tensor = read_tensor_proto(folder.write("x.pb", from_hex(file)));
    EXPECT_EQ(tensor.name, name == "-" ? "" : name);
    std::vector<std::size_t> lengths;
    std::istringstream parts(shape == "-" ? "" : shape);
    for (std::string part; std::getline(parts, part, 'x');) lengths.push_back(std::stoul(part));
    EXPECT_EQ(tensor.array.shape(), lengths) << line;
    // The same values as a .npy say what they are.
    const NpyArray expected = NpyArray::parse(bytes_of(test::npy(type, lengths, from_hex(values))), "expected");
    EXPECT_EQ(tensor.array.as_single_row().row_text(0), expected.as_single_row().row_text(0)) << what << " " << type;
  }
}

TEST(TensorProto, WhatIsNoTensorSaysSo) {
  const std::string where = "x.pb: ";
  const std::string no_tensor = where + "is no ONNX tensor or is damaged (";
  EXPECT_EQ(message(""), no_tensor + "it has no data type)" + kAdvice);
  EXPECT_EQ(message("\x0a\x05"), no_tensor + "it ends early)" + kAdvice);
  EXPECT_EQ(message("\x0b"), no_tensor + "wire type 3)" + kAdvice);
  EXPECT_EQ(message(std::string(11, '\xff')), no_tensor + "an integer is too long)" + kAdvice);
  EXPECT_EQ(message("\x08\x02\x10\x01\x4a\x04"
                    "abcd"),
            no_tensor + "f32[2] needs 8 bytes, 4 are there)" + kAdvice);
  EXPECT_EQ(message("\x08\x02\x10\x08"), where +
                                             "values of ONNX data type 8 cannot be fed; give floating-point numbers "
                                             "of 16, 32 or 64 bits, integers or booleans");
  EXPECT_EQ(message("\x08\x02\x10\x01\x70\x01"), where + "its values lie in another file; write them into this one");
  EXPECT_THAT(message(from_hex("08ffffffffffffffff7f08ffffffffffffffff7f1001")), HasSubstr("its shape is too large"));
}

// Whatever a byte is changed to, the file is read or refused.
TEST(TensorProto, NoDamagedByteDoesHarm) {
  for (const std::string& line : test::fixture_lines("tensor_protos.txt")) {
    const std::string content = from_hex(line.substr(line.rfind(' ') + 1));
    for (std::size_t at = 0; at < content.size(); ++at) {
      message(content.substr(0, at));
      for (int value = 0; value < 256; ++value) {
        std::string damaged = content;
        damaged[at] = static_cast<char>(value);
        message(damaged);
      }
    }
  }
}

TEST(TestDataSets, AreSortedByNumber) {
  const test::TemporaryFolder folder;
  for (const char* name : {"test_data_set_10", "test_data_set_2", "test_data_set_x", "other"}) {
    folder.write(std::string(name) + "/input_0.pb", "");
  }
  EXPECT_THAT(test_data_sets(folder.text()), ElementsAre(folder / "test_data_set_2", folder / "test_data_set_10"));
  EXPECT_THAT(test_data_sets(folder / "test_data_set_2"), ElementsAre(folder / "test_data_set_2"));
  EXPECT_TRUE(test_data_sets(folder / "none").empty());
}

}  // namespace
}  // namespace octune::data
