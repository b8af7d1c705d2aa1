// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "data/file_dataset.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <system_error>
#include <unordered_map>

#include "base/assert.hpp"
#include "base/file.hpp"
#include "data/array_input.hpp"
#include "data/framing.hpp"
#include "data/sample_reader.hpp"
#include "octune/error.hpp"

namespace octune::data {
namespace fs = std::filesystem;
namespace {

class FileDataset final : public Dataset, public FramedImages {
 public:
  FileDataset(std::vector<SampleFile> files, SampleReader reader)
      : files_(std::move(files)), reader_(std::move(reader)) {
    // The first file of each kind stands for all: keys, types and shapes that do not fit are reported before any work
    // begins.
    std::vector<std::string> texts;
    for (const FileKind kind : {FileKind::image, FileKind::audio, FileKind::array, FileKind::raw, FileKind::tensors}) {
      const auto first = std::find_if(files_.begin(), files_.end(),
                                      [&](const SampleFile& file) { return file_kind(file.path) == kind; });
      if (first == files_.end()) continue;
      reader_.check(first->path);
      texts.push_back(reader_.preprocessing(kind));
    }
    std::erase(texts, "");
    preprocessing_ = fmt::format("{}", fmt::join(texts, "; "));
  }

  std::size_t size() const override { return files_.size(); }
  std::string name(std::size_t index) const override { return files_.at(index).name; }
  std::string preprocessing() const override { return preprocessing_; }

  Sample sample(std::size_t index) const override {
    OCTUNE_ASSERT(index < size(), "a sample outside the data set");
    return reader_.read(files_[index].path);
  }

  std::optional<std::uint64_t> source_fingerprint(std::size_t index) const override {
    return reader_.fingerprint(files_.at(index).path);
  }

  std::optional<fs::path> image_file(std::size_t index) const override {
    const fs::path& path = files_.at(index).path;
    return file_kind(path) == FileKind::image ? std::optional(path) : std::nullopt;
  }
  Framing framing(std::size_t /*index*/, Size image) const override { return reader_.framing(image); }

 private:
  std::vector<SampleFile> files_;
  SampleReader reader_;
  std::string preprocessing_;
};

/// All files below a folder that are not hidden and that `wanted` holds for.
template <class Wanted>
std::vector<SampleFile> files_below(const fs::path& folder, Wanted wanted) {
  std::vector<SampleFile> files;
  std::error_code error;
  fs::recursive_directory_iterator entry(folder, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    const fs::path& path = entry->path();
    std::error_code unreadable;
    if (path.filename().string().starts_with('.')) {
      if (entry->is_directory(unreadable)) entry.disable_recursion_pending();
      continue;
    }
    if (wanted(path) && entry->is_regular_file(unreadable)) {
      files.push_back({path, path.lexically_relative(folder).generic_string()});
    }
  }
  if (error) {
    throw Error(ErrorKind::io,
                fmt::format("{}: cannot be listed ({}); check its permissions", folder.string(), error.message()));
  }
  std::sort(files.begin(), files.end(), [](const SampleFile& a, const SampleFile& b) { return a.name < b.name; });
  return files;
}

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

/// The files of a folder by their names without extension. Each folder below it is listed once, when first asked for.
class FilesByStem {
 public:
  explicit FilesByStem(fs::path folder) : folder_(std::move(folder)) {}

  /// The file whose path below the folder is `stem` and an extension, the first of several.
  std::optional<std::string> find(const fs::path& stem) {
    const auto [names, is_new] = names_.try_emplace(stem.parent_path().string());
    if (is_new) names->second = names_in((folder_ / stem).parent_path());
    const auto name = names->second.find(stem.filename().string());
    if (name == names->second.end()) return std::nullopt;
    return (stem.parent_path() / name->second).generic_string();
  }

 private:
  using Names = std::unordered_map<std::string, std::string>;  ///< the smallest name by its stem

  static Names names_in(const fs::path& folder) {
    Names names;
    std::error_code unreadable;
    for (fs::directory_iterator entry(folder, unreadable), end; !unreadable && entry != end;
         entry.increment(unreadable)) {
      if (!file_kind(entry->path())) continue;
      const std::string name = entry->path().filename().string();
      const auto [known, added] = names.emplace(entry->path().stem().string(), name);
      if (!added && name < known->second) known->second = name;
    }
    return names;
  }

  fs::path folder_;
  std::unordered_map<std::string, Names> names_;  ///< by the path of the folder that holds them
};

/// What a line of a list means in a folder: a path below it, the name of a file in it, or that without extension.
std::optional<std::string> listed_file(const fs::path& folder, const std::string& line, FilesByStem& files) {
  if (auto path = existing_path(folder, line); path && file_kind(*path)) return path;
  const fs::path word = line.substr(0, line.find_first_of(" \t"));
  std::error_code ignored;
  if (file_kind(word) && fs::is_regular_file(folder / word.filename(), ignored)) return word.filename().string();
  return files.find(word.relative_path());
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
  const std::vector<SampleFile> all = files_below(folder, [](const fs::path& path) {
    const std::optional<FileKind> kind = file_kind(path);
    return kind == FileKind::image || kind == FileKind::audio || kind == FileKind::array;
  });
  for (const FileKind kind : {FileKind::image, FileKind::audio, FileKind::array}) {
    std::vector<SampleFile> files;
    std::copy_if(all.begin(), all.end(), std::back_inserter(files),
                 [&](const SampleFile& file) { return file_kind(file.path) == kind; });
    if (!files.empty()) return files;
  }
  if (!files_below(folder, [](const fs::path& path) { return file_kind(path) == FileKind::raw; }).empty()) {
    throw Error(ErrorKind::input, fmt::format("{}: the folder holds .bin files, which do not say what is in them; give "
                                              "the type and shape of one, as {}:f32[3,224,224]",
                                              folder.string(), folder.string()));
  }
  throw Error(ErrorKind::input,
              fmt::format("{}: the folder holds no images (jpg, jpeg, png, bmp, webp, tif, tiff), sounds (wav, flac), "
                          ".npy, .npz or test_data_set_0; give another",
                          folder.string()));
}

std::vector<SampleFile> list_raw_files(const fs::path& folder) {
  std::vector<SampleFile> files =
      files_below(folder, [](const fs::path& path) { return file_kind(path) == FileKind::raw; });
  if (files.empty()) {
    throw Error(ErrorKind::input, fmt::format("{}: the folder holds no .bin files; give another", folder.string()));
  }
  return files;
}

std::vector<SampleFile> read_list(const fs::path& list) {
  const std::string text = base::read_file(list);
  if (text.find('\0') != std::string::npos) {
    throw Error(
        ErrorKind::input,
        fmt::format("{}: is no data set; give a folder, an image, a sound, .npy, .npz, .csv, .jsonl or a text list of "
                    "paths",
                    list.string()));
  }
  const std::vector<std::string> lines = text_lines(text);
  std::vector<ListedPath> paths;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::string line = lines[i];
    line.erase(0, line.find_first_not_of(" \t"));
    if (line.empty()) continue;
    paths.push_back({i + 1, existing_path(list.parent_path(), line).value_or(line)});
  }
  if (paths.empty()) {
    throw Error(ErrorKind::input, fmt::format("{}: the list is empty; write one path a line", list.string()));
  }
  return listed_files(paths, list);
}

std::vector<SampleFile> read_list_of(const fs::path& folder, const fs::path& list) {
  const std::vector<std::string> lines = text_lines(base::read_file(list));
  std::vector<SampleFile> files;
  FilesByStem by_stem(folder);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::size_t begin = lines[i].find_first_not_of(" \t");
    if (begin == std::string::npos) continue;
    const std::string line = lines[i].substr(begin);
    const std::optional<std::string> path = listed_file(folder, line, by_stem);
    if (!path) {
      throw Error(ErrorKind::input,
                  fmt::format("{}:{}: '{}' is no file of {}; the folder has to hold all files that the list names",
                              list.string(), i + 1, line.substr(0, line.find_first_of(" \t")), folder.string()));
    }
    files.push_back({folder / *path, *path});
  }
  if (files.empty()) {
    throw Error(ErrorKind::input, fmt::format("{}: the list is empty; write one path a line", list.string()));
  }
  return files;
}

std::vector<SampleFile> listed_files(const std::vector<ListedPath>& paths, const fs::path& list) {
  std::vector<SampleFile> files;
  std::size_t missing = 0;
  std::string first_missing;
  for (const auto& [line, path] : paths) {
    std::error_code ignored;  // too long a line is no path
    const fs::path file = list.parent_path() / path;
    if (!fs::is_regular_file(file, ignored)) {
      if (missing++ == 0) first_missing = fmt::format("{}:{}: '{}' does not exist", list.string(), line, path);
      continue;
    }
    const std::optional<FileKind> kind = file_kind(file);
    if (kind != FileKind::image && kind != FileKind::audio && kind != FileKind::array) {
      throw Error(ErrorKind::input, fmt::format("{}:{}: '{}' is neither an image nor .wav, .flac, .npy or .npz; remove "
                                                "the line",
                                                list.string(), line, path));
    }
    files.push_back({file, path});
  }
  if (missing != 0) {
    throw Error(ErrorKind::input,
                fmt::format("{}{}; paths are relative to the list's folder", first_missing,
                            missing == 1 ? std::string() : fmt::format(", nor do {} others", missing - 1)));
  }
  return files;
}

std::unique_ptr<Dataset> open_files(std::vector<SampleFile> files, const std::vector<InputInfo>& inputs,
                                    const Preprocess& preprocess, const std::optional<RawForm>& raw) {
  require_floating_input(inputs, preprocess);
  const SampleReader reader(inputs, preprocess, raw);
  // A list may mix kinds; with several inputs each file has to hold all of them.
  if (inputs.size() != 1) {
    for (const SampleFile& file : files) {
      const bool holds_several = file.path.extension() == ".npz" || file_kind(file.path) == FileKind::tensors;
      if (!holds_several) reader.check(file.path);
    }
  }
  return std::make_unique<FileDataset>(std::move(files), reader);
}

}  // namespace octune::data
