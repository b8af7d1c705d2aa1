// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <openvino/runtime/tensor.hpp>
#include <optional>
#include <string>
#include <vector>

#include "data/framing.hpp"
#include "data/open.hpp"
#include "data/source_spec.hpp"

namespace octune::data {

/// What a file that holds one sample is, by its name; `tensors` is a folder test_data_set_N.
enum class FileKind { image, audio, array, raw, tensors };
std::optional<FileKind> file_kind(const std::filesystem::path& path);

/// Reads files of one sample each. Immutable and thread-safe.
class SampleReader {
 public:
  /// `raw` is the form of .bin files.
  SampleReader(std::vector<InputInfo> inputs, const Preprocess& preprocess, std::optional<RawForm> raw);

  const std::vector<InputInfo>& inputs() const { return inputs_; }
  const Preprocess& preprocess() const { return preprocess_; }

  /// Error{input} if such a file cannot feed the inputs: too many of them, a wrong shape or type, missing keys. Images
  /// and sounds are not decoded.
  void check(const std::filesystem::path& path) const;

  /// A file's tensors for all inputs. Error{input} naming the file if it does not decode or does not fit.
  Sample read(const std::filesystem::path& path) const;

  /// The same for one input that the file is named for: an image, a sound, .npy, or .npz with a key of its name.
  ov::Tensor read(const std::filesystem::path& path, std::size_t input) const;

  /// How an image of this size comes into the input.
  Framing framing(Size image, std::size_t input = 0) const;

  /// What decides the content of a sample.
  std::uint64_t fingerprint(const std::filesystem::path& path) const;

  /// How samples are made of files of this kind, and of which input.
  std::string preprocessing(FileKind kind, std::size_t input = 0) const;

 private:
  std::vector<InputInfo> inputs_;
  Preprocess preprocess_;
  std::optional<RawForm> raw_;
};

}  // namespace octune::data
