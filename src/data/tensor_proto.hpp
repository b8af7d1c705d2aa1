// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "data/bytes.hpp"
#include "data/npy.hpp"

namespace octune::data {

/// A tensor of an ONNX file "input_0.pb".
struct NamedArray {
  std::string name;  ///< of the graph's input or output; may be empty
  NpyArray array;    ///< its first axis is the tensor's, not one of samples
};

/// Reads a TensorProto (onnx.proto): numbers in raw_data or in the lists of their type. Error{input} naming the file
/// if it is damaged, holds another message, or has strings, complex numbers, bfloat16 or data in another file.
NamedArray read_tensor_proto(const std::filesystem::path& path);
/// The same of a file's content; `where` names it in messages.
NamedArray parse_tensor_proto(const Bytes& file, const std::string& where);

/// The files input_0.pb, input_1.pb, ... of a folder, in this order, up to the first that is missing.
std::vector<std::filesystem::path> input_tensors(const std::filesystem::path& folder);

/// The folders test_data_set_0, test_data_set_1, ... in `folder`, sorted by their numbers; `folder` itself if it is
/// one. Empty if there are none.
std::vector<std::filesystem::path> test_data_sets(const std::filesystem::path& folder);

}  // namespace octune::data
