// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "data/sample_reader.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/assert.hpp"
#include "base/hash.hpp"
#include "data/array_input.hpp"
#include "data/audio.hpp"
#include "data/bytes.hpp"
#include "data/image.hpp"
#include "data/npy.hpp"
#include "data/tensor_proto.hpp"
#include "octune/error.hpp"

namespace octune::data {
namespace fs = std::filesystem;
namespace {

FileKind known_kind(const fs::path& path) {
  const std::optional<FileKind> kind = file_kind(path);
  if (!kind) {
    throw Error(ErrorKind::input,
                fmt::format("{}: holds no sample; give an image, .wav, .flac, .npy or .npz", path.string()));
  }
  return *kind;
}

/// The arrays of a folder test_data_set_N in the order of the inputs: by name if its files have the names of all
/// inputs, otherwise in the order of the files.
std::vector<NpyArray> arrays_of_test_data(const fs::path& folder, const std::vector<InputInfo>& inputs) {
  std::vector<NamedArray> tensors;
  for (const fs::path& file : input_tensors(folder)) tensors.push_back(read_tensor_proto(file));
  std::vector<NpyArray> arrays;
  for (const InputInfo& input : inputs) {
    const auto found =
        std::find_if(tensors.begin(), tensors.end(), [&](const NamedArray& named) { return named.name == input.name; });
    if (found != tensors.end()) arrays.push_back(found->array);
  }
  if (arrays.size() == inputs.size()) return arrays;
  if (tensors.size() != inputs.size()) {
    throw Error(ErrorKind::input, fmt::format("{}: has {} files input_N.pb, the model has {} inputs ({}); give one for "
                                              "each, in their order or with their names",
                                              folder.string(), tensors.size(), inputs.size(), quoted_names(inputs)));
  }
  arrays.clear();
  for (NamedArray& tensor : tensors) arrays.push_back(std::move(tensor.array));
  return arrays;
}

}  // namespace

std::optional<FileKind> file_kind(const fs::path& path) {
  if (is_image_name(path)) return FileKind::image;
  if (is_audio_name(path)) return FileKind::audio;
  const fs::path extension = path.extension();
  if (extension == ".npy" || extension == ".npz") return FileKind::array;
  if (extension == ".bin") return FileKind::raw;
  if (path.filename().string().starts_with("test_data_set_") || path_exists(path / "input_0.pb"))
    return FileKind::tensors;
  return std::nullopt;
}

SampleReader::SampleReader(std::vector<InputInfo> inputs, const Preprocess& preprocess, std::optional<RawForm> raw)
    : inputs_(std::move(inputs)), preprocess_(preprocess), raw_(std::move(raw)) {}

void SampleReader::check(const fs::path& path) const {
  const FileKind kind = known_kind(path);
  const bool one_input_only = kind != FileKind::tensors && path.extension() != ".npz";
  if (one_input_only && inputs_.size() != 1) {
    const char* what = kind == FileKind::image ? "image" : kind == FileKind::audio ? "sound" : "array";
    throw Error(ErrorKind::input, fmt::format("{}: one {} cannot feed {} inputs ({}); give .npz files with these keys",
                                              path.string(), what, inputs_.size(), quoted_names(inputs_)));
  }
  switch (kind) {
    case FileKind::image:
      ImageReader(inputs_.front(), preprocess_);
      break;
    case FileKind::audio:
      AudioReader(inputs_.front(), preprocess_);
      break;
    case FileKind::raw:
      if (!raw_) {
        throw Error(ErrorKind::input, fmt::format("{}: does not say what it holds; give {}:f32[3,224,224], or the same "
                                                  "behind the folder of such files",
                                                  path.string(), path.string()));
      }
      [[fallthrough]];
    case FileKind::array:
    case FileKind::tensors:
      read(path);
      break;
  }
}

Sample SampleReader::read(const fs::path& path) const {
  std::vector<NpyArray> arrays;
  switch (known_kind(path)) {
    case FileKind::image:
    case FileKind::audio:
      return {{inputs_.front().name, read(path, 0)}};
    case FileKind::raw:
      OCTUNE_ASSERT(raw_.has_value(), "a raw file of an unknown form");
      arrays.push_back(open_raw(path, *raw_));
      break;
    case FileKind::array:
      if (path.extension() == ".npz") {
        arrays = arrays_of(NpzFile(path), inputs_);
      } else {
        arrays.push_back(NpyArray::open(path));
      }
      break;
    case FileKind::tensors:
      arrays = arrays_of_test_data(path, inputs_);
      break;
  }
  Sample sample;
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    sample.emplace(inputs_[i].name, ArrayInput(inputs_[i], arrays[i].as_single_row(), preprocess_).tensor(0));
  }
  return sample;
}

ov::Tensor SampleReader::read(const fs::path& path, std::size_t input) const {
  const InputInfo& info = inputs_[input];
  switch (known_kind(path)) {
    case FileKind::image:
      return ImageReader(info, preprocess_).read(path);
    case FileKind::audio:
      return AudioReader(info, preprocess_).read(path);
    case FileKind::array: {
      const NpyArray array = path.extension() == ".npz" ? NpzFile(path).array(info.name) : NpyArray::open(path);
      return ArrayInput(info, array.as_single_row(), preprocess_).tensor(0);
    }
    default:
      throw Error(
          ErrorKind::input,
          fmt::format("{}: cannot feed one input by name; give an image, .wav, .flac, .npy or .npz", path.string()));
  }
}

Framing SampleReader::framing(Size image, std::size_t input) const {
  return ImageReader(inputs_[input], preprocess_).framing(image);
}

std::uint64_t SampleReader::fingerprint(const fs::path& path) const {
  base::Hash hash;
  switch (known_kind(path)) {
    case FileKind::image:
      hash.add(std::string_view("image"));
      break;
    case FileKind::audio:
      hash.add(std::string_view("audio"));
      break;
    case FileKind::array:
      hash.add(std::string_view("array"));
      break;
    case FileKind::raw:
      hash.add(std::string_view("raw")).add(raw_ ? text_of(*raw_) : std::string());
      break;
    case FileKind::tensors:
      hash.add(std::string_view("tensors"));
      for (const fs::path& file : input_tensors(path)) hash.add(Bytes::map(file).view());
      return hash.number();
  }
  return hash.add(Bytes::map(path).view()).number();
}

std::string SampleReader::preprocessing(FileKind kind, std::size_t input) const {
  if (kind == FileKind::image) return ImageReader(inputs_[input], preprocess_).preprocessing();
  if (kind == FileKind::audio) return AudioReader(inputs_[input], preprocess_).preprocessing();
  return array_preprocessing(preprocess_);
}

}  // namespace octune::data
