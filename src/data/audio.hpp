// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <openvino/runtime/tensor.hpp>
#include <optional>
#include <string>
#include <vector>

#include "data/open.hpp"

namespace octune::data {

/// True for names that end in .wav or .flac, in any case.
bool is_audio_name(const std::filesystem::path& path);

/// Turns sound files into one model input of rank 1 to 3, whose axes but the one of time have length 1. Several
/// channels are averaged; a value is in [-1, 1], as the file's full scale is; mean, scale and norm follow. An input of
/// open length takes the whole file, one of fixed length its beginning, filled up with zeros. Immutable, thread-safe.
class AudioReader {
 public:
  /// Error{input} when the input takes no sound: the message says what it would have to be.
  AudioReader(const InputInfo& input, const Preprocess& preprocess);

  /// Error{input} naming the file if it does not decode, is empty, or has another rate than the preprocessing's.
  ov::Tensor read(const std::filesystem::path& path) const;

  /// Everything that decides what becomes of the values of a file: "audio to f32 [1,16000], mono, cut or padded".
  std::string preprocessing() const;

  /// The length that every file is brought to; none: each its own.
  std::optional<std::size_t> length() const { return length_; }

 private:
  std::vector<float> samples(const std::filesystem::path& path) const;

  InputInfo input_;
  Preprocess preprocess_;
  std::size_t time_axis_ = 0;
  std::optional<std::size_t> length_;
};

}  // namespace octune::data
