// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "data/open.hpp"
#include "data/source_spec.hpp"

namespace octune::data {

/// A file that holds one sample: an image, a sound, an array without an axis for samples, or a folder test_data_set_N.
struct SampleFile {
  std::filesystem::path path;
  std::string name;  ///< relative to the folder or list that named it, with '/'
};

/// The images below a folder, or if it has none its .wav and .flac, or if it has none its .npy and .npz files, sorted
/// by name; files whose name begins with a dot are left out. Error{input} if there are none.
std::vector<SampleFile> list_folder(const std::filesystem::path& folder);

/// The .bin files below a folder, sorted by name. Error{input} if there are none.
std::vector<SampleFile> list_raw_files(const std::filesystem::path& folder);

/// The files that the lines of a text file name, relative to its folder. A line may be "path label": the longest
/// beginning (up to white space) that exists is the path. Error{input} naming the first line without one.
std::vector<SampleFile> read_list(const std::filesystem::path& list);

/// A path with the line that names it.
struct ListedPath {
  std::size_t line = 0;
  std::string path;
};

/// The files that a list names, relative to its folder. Error{input} naming the first line whose file does not exist or
/// is of no kind that holds a sample.
std::vector<SampleFile> listed_files(const std::vector<ListedPath>& paths, const std::filesystem::path& list);

/// The files of a folder that the lines of a text file name, in that order. A line begins with a path below the folder,
/// or with the name of a file in it, with or without extension; what follows behind white space does not count.
/// Error{input} naming the first line without such a file.
std::vector<SampleFile> read_list_of(const std::filesystem::path& folder, const std::filesystem::path& list);

/// The files as samples in this order. Images and sounds need a model with one input. `raw` is the form of .bin files.
std::unique_ptr<Dataset> open_files(std::vector<SampleFile> files, const std::vector<InputInfo>& inputs,
                                    const Preprocess& preprocess, const std::optional<RawForm>& raw = {});

/// The lines of a text without line ends (\n or \r\n), trailing white space and a byte order mark.
std::vector<std::string> text_lines(const std::string& text);

}  // namespace octune::data
