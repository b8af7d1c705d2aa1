// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "data/file_dataset.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <system_error>

#include "base/assert.hpp"
#include "base/file.hpp"
#include "base/hash.hpp"
#include "data/array_input.hpp"
#include "data/bytes.hpp"
#include "data/image.hpp"
#include "data/npy.hpp"
#include "octune/error.hpp"

namespace octune::data {
namespace fs = std::filesystem;
namespace {

bool is_array_name(const fs::path& path) { return path.extension() == ".npy" || path.extension() == ".npz"; }

class FileDataset final : public Dataset {
 public:
  FileDataset(std::vector<SampleFile> files, std::vector<InputInfo> inputs, Preprocess preprocess)
      : files_(std::move(files)), inputs_(std::move(inputs)), preprocess_(std::move(preprocess)) {
    if (std::any_of(files_.begin(), files_.end(), [](const SampleFile& file) { return is_image_name(file.path); })) {
      image_reader_.emplace(inputs_.front(), preprocess_);
    }
    // The first array stands for all: keys, types and shapes that do not fit are reported before any work begins.
    const auto first =
        std::find_if(files_.begin(), files_.end(), [](const SampleFile& file) { return !is_image_name(file.path); });
    has_arrays_ = first != files_.end();
    if (has_arrays_) array_inputs(first->path);
  }

  std::size_t size() const override { return files_.size(); }
  std::string name(std::size_t index) const override { return files_.at(index).name; }

  Sample sample(std::size_t index) const override {
    OCTUNE_ASSERT(index < size(), "a sample outside the data set");
    const fs::path& path = files_[index].path;
    if (is_image_name(path)) return {{inputs_.front().name, image_reader_->read(path)}};
    Sample sample;
    for (const ArrayInput& input : array_inputs(path)) sample.emplace(input.name(), input.tensor(0));
    return sample;
  }

  std::optional<std::uint64_t> source_fingerprint(std::size_t index) const override {
    const fs::path& path = files_.at(index).path;
    const Bytes content = Bytes::map(path);
    base::Hash hash;
    hash.add(std::string_view(is_image_name(path) ? "image" : "array")).add(content.view());
    return hash.number();
  }

  std::string preprocessing() const override {
    std::vector<std::string> parts;
    if (image_reader_) parts.push_back(image_reader_->preprocessing());
    if (has_arrays_) parts.push_back(array_preprocessing(preprocess_));
    std::erase(parts, "");
    return fmt::format("{}", fmt::join(parts, "; "));
  }

 private:
  std::vector<ArrayInput> array_inputs(const fs::path& path) const {
    std::vector<NpyArray> arrays;
    if (path.extension() == ".npz") {
      arrays = arrays_of(NpzFile(path), inputs_);
    } else {
      arrays.push_back(NpyArray::open(path));
    }
    std::vector<ArrayInput> bound;
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      bound.emplace_back(inputs_[i], arrays[i].as_single_row(), preprocess_);
    }
    return bound;
  }

  std::vector<SampleFile> files_;
  std::vector<InputInfo> inputs_;
  Preprocess preprocess_;
  std::optional<ImageReader> image_reader_;
  bool has_arrays_ = false;
};

bool is_blank(char c) { return c == ' ' || c == '\t'; }

/// The path that a list's line begins with, if it exists.
std::optional<std::string> existing_path(const fs::path& folder, const std::string& line) {
  std::string path = line;
  while (!path.empty()) {
    std::error_code ignored;  // too long a line is no path
    if (fs::is_regular_file(folder / path, ignored)) return path;
    const auto blank = std::find_if(path.rbegin(), path.rend(), is_blank);
    path.erase(blank.base() == path.begin() ? 0 : static_cast<std::size_t>(blank.base() - path.begin()) - 1);
    while (!path.empty() && is_blank(path.back())) path.pop_back();
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::string> text_lines(const std::string& text) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  std::vector<std::string> lines;
  std::size_t begin = text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    std::string line = text.substr(begin, end - begin);
    line.erase(line.find_last_not_of(" \t\r") + 1);
    lines.push_back(std::move(line));
    begin = end + 1;
  }
  return lines;
}

std::vector<SampleFile> list_folder(const fs::path& folder) {
  std::vector<SampleFile> images;
  std::vector<SampleFile> arrays;
  std::error_code error;
  fs::recursive_directory_iterator entry(folder, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    const fs::path& path = entry->path();
    const bool hidden = path.filename().string().starts_with('.');
    std::error_code unreadable;
    if (hidden) {
      if (entry->is_directory(unreadable)) entry.disable_recursion_pending();
      continue;
    }
    if (!entry->is_regular_file(unreadable)) continue;
    if (is_image_name(path)) images.push_back({path, path.lexically_relative(folder).generic_string()});
    if (is_array_name(path)) arrays.push_back({path, path.lexically_relative(folder).generic_string()});
  }
  if (error) {
    throw Error(ErrorKind::io,
                fmt::format("{}: cannot be listed ({}); check its permissions", folder.string(), error.message()));
  }
  std::vector<SampleFile>& files = images.empty() ? arrays : images;
  if (files.empty()) {
    throw Error(ErrorKind::input,
                fmt::format("{}: the folder holds no images (jpg, jpeg, png, bmp, webp, tif, tiff) and no "
                            ".npy or .npz; give another",
                            folder.string()));
  }
  std::sort(files.begin(), files.end(), [](const SampleFile& a, const SampleFile& b) { return a.name < b.name; });
  return files;
}

std::vector<SampleFile> read_list(const fs::path& list) {
  const std::string text = base::read_file(list);
  if (text.find('\0') != std::string::npos) {
    throw Error(
        ErrorKind::input,
        fmt::format("{}: is no data set; give a folder, an image, .npy, .npz or a text list of paths", list.string()));
  }
  std::vector<SampleFile> files;
  const std::vector<std::string> lines = text_lines(text);
  std::size_t missing = 0;
  std::string first_missing;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::string line = lines[i];
    line.erase(0, line.find_first_not_of(" \t"));
    if (line.empty()) continue;
    const std::optional<std::string> path = existing_path(list.parent_path(), line);
    if (!path) {
      if (missing++ == 0) first_missing = fmt::format("{}:{}: '{}' does not exist", list.string(), i + 1, line);
    } else if (!is_image_name(*path) && !is_array_name(*path)) {
      throw Error(ErrorKind::input, fmt::format("{}:{}: '{}' is neither an image nor .npy or .npz; remove the line",
                                                list.string(), i + 1, *path));
    } else {
      files.push_back({list.parent_path() / *path, *path});
    }
  }
  if (missing != 0) {
    throw Error(ErrorKind::input,
                fmt::format("{}{}; paths are relative to the list's folder", first_missing,
                            missing == 1 ? std::string() : fmt::format(", nor do {} others", missing - 1)));
  }
  if (files.empty()) {
    throw Error(ErrorKind::input, fmt::format("{}: the list is empty; write one path a line", list.string()));
  }
  return files;
}

std::unique_ptr<Dataset> open_files(std::vector<SampleFile> files, const std::vector<InputInfo>& inputs,
                                    const Preprocess& preprocess) {
  require_floating_input(inputs, preprocess);
  if (inputs.size() != 1) {
    for (const SampleFile& file : files) {
      if (file.path.extension() == ".npz") continue;
      throw Error(
          ErrorKind::input,
          fmt::format("{}: one {} cannot feed {} inputs ({}); give .npz files with these keys", file.path.string(),
                      is_image_name(file.path) ? "image" : "array", inputs.size(), quoted_names(inputs)));
    }
  }
  return std::make_unique<FileDataset>(std::move(files), inputs, preprocess);
}

}  // namespace octune::data
