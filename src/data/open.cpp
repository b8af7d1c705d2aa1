// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "data/open.hpp"

#include <fmt/format.h>

#include <charconv>
#include <filesystem>

#include "base/plugin.hpp"
#include "data/array_dataset.hpp"
#include "data/audio.hpp"
#include "data/bytes.hpp"
#include "data/file_dataset.hpp"
#include "data/image.hpp"
#include "data/image_records.hpp"
#include "data/json_lines.hpp"
#include "data/normalization.hpp"
#include "data/plugin_dataset.hpp"
#include "data/random_dataset.hpp"
#include "data/source_spec.hpp"
#include "data/table.hpp"
#include "data/tensor_proto.hpp"
#include "octune/error.hpp"

namespace octune::data {
namespace fs = std::filesystem;
namespace {

/// The N of "random" or "random:N"; none if the specification is another one.
std::optional<std::size_t> random_size(const std::string& spec) {
  constexpr std::string_view kWord = "random";
  constexpr std::size_t kDefault = 16;
  if (spec == kWord) return kDefault;
  if (!spec.starts_with("random:")) return std::nullopt;
  std::size_t size = 0;
  const char* end = spec.data() + spec.size();
  const auto [stop, status] = std::from_chars(spec.data() + kWord.size() + 1, end, size);
  if (status != std::errc() || stop != end || size == 0) {
    throw Error(ErrorKind::input, fmt::format("{}: '{}' is no number of samples; give random:N with N of at least 1",
                                              spec, spec.substr(kWord.size() + 1)));
  }
  return size;
}

bool is_array_name(const fs::path& path) {
  return path.extension() == ".npz" || path.extension() == ".npy" || path.extension() == ".bin";
}

std::vector<SampleFile> samples_of_folder(const fs::path& folder) {
  std::vector<SampleFile> files;
  for (const fs::path& set : test_data_sets(folder)) files.push_back({set, set.filename().string()});
  return files.empty() ? list_folder(folder) : files;
}

}  // namespace

bool is_random(const std::string& spec) { return !path_exists(spec) && random_size(spec).has_value(); }

std::unique_ptr<Dataset> open_dataset(const std::string& spec, const std::vector<InputInfo>& inputs,
                                      const Preprocess& preprocess, std::uint64_t seed) {
  if (spec.empty()) {
    throw Error(ErrorKind::input, "data: nothing is named; give a folder, .npz, .npy, a text list or random");
  }
  if (inputs.empty()) throw Error(ErrorKind::input, "data: the model has no inputs; give a model with inputs");
  validate(preprocess);
  if (base::is_plugin(spec)) return open_plugin(spec, preprocess);
  const SourceSpec source = split_source(spec);
  const fs::path& path = source.path;
  if (is_random(spec)) return random_dataset(*random_size(spec), inputs, seed);
  if (const auto kind = cifar_kind(source.option); kind && path_exists(path)) {
    return open_cifar(path, inputs, preprocess, *kind);
  }
  if (!path_exists(path) || is_array_name(path)) return open_arrays(spec, inputs, preprocess);
  if (is_table_name(path)) return open_table(source, inputs, preprocess);
  constexpr std::string_view kListOption = "list=";
  if (fs::is_directory(path) && source.option.starts_with(kListOption)) {
    return open_files(read_list_of(path, source.option.substr(kListOption.size())), inputs, preprocess);
  }
  if (fs::is_directory(path) && !source.option.empty()) {
    return open_files(list_raw_files(path), inputs, preprocess, parse_raw_form(source.option, path.string()));
  }
  refuse_option(source);
  if (fs::is_directory(path)) return open_files(samples_of_folder(path), inputs, preprocess);
  if (is_idx(path)) return open_idx(path, inputs, preprocess);
  if (is_json_lines_name(path)) return open_json_lines(path, inputs, preprocess);
  if (is_image_name(path) || is_audio_name(path)) {
    return open_files({{path, path.filename().string()}}, inputs, preprocess);
  }
  return open_files(read_list(path), inputs, preprocess);
}

}  // namespace octune::data
