// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "data/array_dataset.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <set>

#include "base/assert.hpp"
#include "base/hash.hpp"
#include "base/suggest.hpp"
#include "data/array_input.hpp"
#include "data/bytes.hpp"
#include "data/npy.hpp"
#include "data/source_spec.hpp"
#include "octune/error.hpp"

namespace octune::data {
namespace fs = std::filesystem;
namespace {

class ArrayDataset final : public Dataset {
 public:
  ArrayDataset(std::vector<ArrayInput> inputs, std::string source, std::string preprocessing)
      : inputs_(std::move(inputs)), source_(std::move(source)), preprocessing_(std::move(preprocessing)) {}

  std::size_t size() const override { return inputs_.front().array().rows(); }

  Sample sample(std::size_t index) const override {
    OCTUNE_ASSERT(index < size(), "a sample outside the data set");
    Sample sample;
    for (const ArrayInput& input : inputs_) sample.emplace(input.name(), input.tensor(index));
    return sample;
  }

  std::optional<std::uint64_t> source_fingerprint(std::size_t index) const override {
    base::Hash hash;
    for (const ArrayInput& input : inputs_) {
      hash.add(input.name());
      input.array().add_row(index, hash);
    }
    return hash.number();
  }

  std::string preprocessing() const override { return preprocessing_; }
  std::string name(std::size_t index) const override { return fmt::format("{}[{}]", source_, index); }

 private:
  std::vector<ArrayInput> inputs_;
  std::string source_;
  std::string preprocessing_;
};

/// The array that "a.npy", "file.npz:key", "file.npz" (with `default_key`) or "a.bin:f32[8,3]" names.
NpyArray open_array(const std::string& source, const std::string& default_key) {
  if (!path_exists(source)) {
    if (const SourceSpec raw = split_source(source); raw.path.extension() == ".bin" && !raw.option.empty()) {
      return open_raw(raw.path, parse_raw_form(raw.option, raw.path.string()));
    }
    if (const auto split = split_npz_key(source)) return NpzFile(split->file).array(split->key);
  }
  const fs::path path(source);
  if (path.extension() == ".npz") return NpzFile(path).array(default_key);
  if (path.extension() == ".npy" || !path_exists(path)) return NpyArray::open(path);
  if (path.extension() == ".bin") {
    throw Error(ErrorKind::input,
                fmt::format("{}: does not say what it holds; give its type and shape, as {}:f32[300,3,224,224]", source,
                            source));
  }
  throw Error(ErrorKind::input,
              fmt::format("{}: is neither .npy, .npz nor .bin; give an array for input '{}'", source, default_key));
}

const InputInfo& only_input(const std::vector<InputInfo>& inputs, const std::string& spec) {
  if (inputs.size() == 1) return inputs.front();
  throw Error(ErrorKind::input,
              fmt::format("{}: one array cannot feed {} inputs ({}); give NAME=FILE,NAME2=FILE2 or an .npz "
                          "with these keys",
                          spec, inputs.size(), quoted_names(inputs)));
}

std::vector<NpyArray> mapped_arrays(const std::vector<NamedSource>& parts, const std::vector<InputInfo>& inputs) {
  std::vector<std::string> known;
  for (const InputInfo& input : inputs) known.push_back(input.name);
  std::set<std::string> seen;
  for (const auto& [name, source] : parts) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      throw Error(ErrorKind::input, fmt::format("{}={}: the model has no input '{}'; {}", name, source, name,
                                                base::did_you_mean(name, known)));
    }
    if (!seen.insert(name).second) {
      throw Error(ErrorKind::input,
                  fmt::format("{}={}: input '{}' is named twice; name each once", name, source, name));
    }
  }
  std::vector<NpyArray> arrays;
  for (const InputInfo& input : inputs) {
    const auto part =
        std::find_if(parts.begin(), parts.end(), [&](const NamedSource& named) { return named.input == input.name; });
    if (part == parts.end()) {
      throw Error(ErrorKind::input, fmt::format("data: input '{}' has no array; add {}=FILE (inputs: {})", input.name,
                                                input.name, quoted_names(inputs)));
    }
    arrays.push_back(open_array(part->source, input.name));
  }
  return arrays;
}

}  // namespace

std::vector<NamedSource> split_mapping(const std::string& spec, const std::vector<InputInfo>& inputs) {
  std::vector<NamedSource> parts;
  std::size_t begin = 0;
  while (begin <= spec.size()) {
    const std::size_t end = std::min(spec.find(',', begin), spec.size());
    const std::string piece = spec.substr(begin, end - begin);
    begin = end + 1;
    std::optional<NamedSource> part;
    for (const InputInfo& input : inputs) {
      const bool longer = !part || input.name.size() > part->input.size();
      if (longer && piece.starts_with(input.name + "=")) part = {input.name, piece.substr(input.name.size() + 1)};
    }
    const std::size_t equals = piece.find('=');
    // A '=' behind a '/' belongs to a path; that only matters for names that are no inputs.
    if (!part && equals != std::string::npos && equals < piece.find('/')) {
      part = {piece.substr(0, equals), piece.substr(equals + 1)};
    }
    if (part) {
      parts.push_back(*std::move(part));
    } else if (parts.empty()) {
      return {};
    } else {
      parts.back().source += "," + piece;
    }
  }
  return parts;
}

std::unique_ptr<Dataset> dataset_of_arrays(std::vector<NpyArray> arrays, const std::vector<InputInfo>& inputs,
                                           const Preprocess& preprocess, const std::string& source) {
  require_floating_input(inputs, preprocess);
  for (const NpyArray& array : arrays) {
    if (array.rows() != arrays.front().rows()) {
      throw Error(ErrorKind::input, fmt::format("{}: has {} rows, {} has {}; give arrays of one length", array.where(),
                                                array.rows(), arrays.front().where(), arrays.front().rows()));
    }
  }
  if (arrays.front().rows() == 0) {
    throw Error(ErrorKind::input, fmt::format("{}: has no rows; give at least one sample", arrays.front().where()));
  }
  std::vector<ArrayInput> bound;
  for (std::size_t i = 0; i < inputs.size(); ++i) bound.emplace_back(inputs[i], std::move(arrays[i]), preprocess);
  return std::make_unique<ArrayDataset>(std::move(bound), source, array_preprocessing(preprocess));
}

std::unique_ptr<Dataset> open_arrays(const std::string& spec, const std::vector<InputInfo>& inputs,
                                     const Preprocess& preprocess) {
  require_floating_input(inputs, preprocess);  // a wrong option is said before a wrong file
  if (!path_exists(spec)) {
    const std::vector<NamedSource> parts = split_mapping(spec, inputs);
    if (!parts.empty()) {
      const fs::path first = split_source(parts.front().source).path;
      return dataset_of_arrays(mapped_arrays(parts, inputs), inputs, preprocess, first.filename().string());
    }
    if (const auto split = split_npz_key(spec)) {
      const InputInfo& input = only_input(inputs, spec);
      return dataset_of_arrays({open_array(spec, input.name)}, inputs, preprocess, split->file.filename().string());
    }
  }
  const fs::path path = split_source(spec).path;
  if (path.extension() == ".npz") {
    return dataset_of_arrays(arrays_of(NpzFile(path), inputs), inputs, preprocess, path.filename().string());
  }
  const InputInfo& input = only_input(inputs, spec);
  return dataset_of_arrays({open_array(spec, input.name)}, inputs, preprocess, path.filename().string());
}

}  // namespace octune::data
