// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "data/audio.hpp"

#include <fmt/format.h>
#include <sndfile.h>

#include <algorithm>
#include <cctype>
#include <memory>

#include "data/bytes.hpp"
#include "data/element.hpp"
#include "data/normalization.hpp"
#include "octune/error.hpp"

namespace octune::data {
namespace fs = std::filesystem;
namespace {

using SoundFile = std::unique_ptr<SNDFILE, decltype(&sf_close)>;

[[noreturn]] void takes_no_sound(const InputInfo& input) {
  throw Error(
      ErrorKind::input,
      fmt::format("input '{}': sound cannot be fed to '{}' {}; it wants floating point and one axis of time, as "
                  "[N], [1,N] or [1,1,N]; give arrays (.npy or .npz)",
                  input.name, input.type.to_string(), input.shape.to_string()));
}

/// The only axis that is not of length 1; the last one if there is none. None if there are several.
std::optional<std::size_t> find_time_axis(const ov::PartialShape& shape) {
  if (shape.rank().is_dynamic() || shape.size() < 1 || shape.size() > 3) return std::nullopt;
  // An open first axis of several is the batch.
  const auto is_one = [&](std::size_t axis) {
    return shape[axis] == 1 || (axis == 0 && shape.size() > 1 && shape[axis].compatible(1));
  };
  std::optional<std::size_t> found;
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    if (is_one(axis)) continue;
    if (found) return std::nullopt;
    found = axis;
  }
  return found ? found : shape.size() - 1;
}

}  // namespace

bool is_audio_name(const fs::path& path) {
  std::string extension = path.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return extension == ".wav" || extension == ".flac";
}

AudioReader::AudioReader(const InputInfo& input, const Preprocess& preprocess)
    : input_(input), preprocess_(for_input(preprocess, input.name)) {
  const std::optional<std::size_t> axis = find_time_axis(input.shape);
  if (!axis || !input.type.is_real()) takes_no_sound(input);
  visit_element(input.type, input.name, [](auto) {});
  time_axis_ = *axis;
  if (input.shape[time_axis_].is_static()) length_ = static_cast<std::size_t>(input.shape[time_axis_].get_length());
  if (preprocess_.mean.size() > 1 || preprocess_.scale.size() > 1 || preprocess_.norm.size() > 1) {
    throw Error(ErrorKind::input,
                fmt::format("input '{}': sound has one channel; give one value of mean, scale or norm", input.name));
  }
}

std::vector<float> AudioReader::samples(const fs::path& path) const {
  if (!path_exists(path)) {
    throw Error(ErrorKind::input, fmt::format("{}: does not exist; check the path", path.string()));
  }
  SF_INFO info{};
  const SoundFile file(sf_open(path.c_str(), SFM_READ, &info), sf_close);
  if (!file) {
    std::string reason = sf_strerror(nullptr);
    if (!reason.empty() && reason.back() == '.') reason.pop_back();
    throw Error(ErrorKind::input,
                fmt::format("{}: does not decode as sound ({}); remove it or write it again", path.string(), reason));
  }
  if (preprocess_.sample_rate && *preprocess_.sample_rate != info.samplerate) {
    throw Error(ErrorKind::input,
                fmt::format("{}: has {} samples a second, --sample-rate wants {}; convert the file, octune does not",
                            path.string(), info.samplerate, *preprocess_.sample_rate));
  }
  const auto channels = static_cast<std::size_t>(info.channels);
  std::vector<float> mono;
  constexpr std::size_t kFrames = 16384;
  std::vector<float> frames(kFrames * channels);
  while (!length_ || mono.size() < *length_) {
    const std::size_t wanted = length_ ? std::min(kFrames, *length_ - mono.size()) : kFrames;
    const auto count =
        static_cast<std::size_t>(sf_readf_float(file.get(), frames.data(), static_cast<sf_count_t>(wanted)));
    for (std::size_t i = 0; i < count; ++i) {
      float sum = 0;
      for (std::size_t c = 0; c < channels; ++c) sum += frames[i * channels + c];
      mono.push_back(sum / static_cast<float>(channels));
    }
    if (count < wanted) break;
  }
  if (sf_error(file.get()) != SF_ERR_NO_ERROR) {
    throw Error(ErrorKind::input,
                fmt::format("{}: the sound is cut off or damaged; remove it or write it again", path.string()));
  }
  if (mono.empty()) {
    throw Error(ErrorKind::input, fmt::format("{}: holds no sound; remove it", path.string()));
  }
  return mono;
}

ov::Tensor AudioReader::read(const fs::path& path) const {
  std::vector<float> values = samples(path);
  values.resize(length_.value_or(values.size()), 0.0F);
  ov::Shape shape(input_.shape.size(), 1);
  shape[time_axis_] = values.size();
  if (!input_.shape.compatible(ov::PartialShape(shape))) {
    throw Error(ErrorKind::input, fmt::format("{}: has {} values, input '{}' wants {}; give others, or --shape",
                                              path.string(), values.size(), input_.name, input_.shape.to_string()));
  }
  Normalization(preprocess_, {input_.name, ov::PartialShape(shape), input_.type}).apply(values.data());
  ov::Tensor tensor(input_.type, shape);
  visit_element(input_.type, input_.name, [&]<class T>(T) {
    T* out = static_cast<T*>(tensor.data());
    for (std::size_t i = 0; i < values.size(); ++i) out[i] = static_cast<T>(values[i]);
  });
  return tensor;
}

std::string AudioReader::preprocessing() const {
  std::string text = fmt::format("audio to {} {}, mono, {}", input_.type.get_type_name(), input_.shape.to_string(),
                                 length_ ? "cut or padded" : "whole");
  const std::string normalization = normalization_text(preprocess_);
  if (!normalization.empty()) text += ", " + normalization;
  return text;
}

}  // namespace octune::data
