// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "data/json_lines.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string_view>

#include "base/assert.hpp"
#include "base/hash.hpp"
#include "data/array_input.hpp"
#include "data/bytes.hpp"
#include "data/framing.hpp"
#include "data/number_list.hpp"
#include "data/sample_reader.hpp"
#include "octune/error.hpp"

namespace octune::data {
namespace fs = std::filesystem;
using nlohmann::json;
namespace {

constexpr std::array<const char*, 4> kPathKeys{"file", "path", "image", "audio"};

/// Adds the numbers of lists in lists; the lengths of the first ones are the shape, all others have to have them.
void flatten(const json& value, std::size_t axis, std::vector<std::size_t>& shape, NumberList& numbers,
             const std::string& where) {
  if (value.is_array()) {
    if (axis == shape.size() && numbers.size() == 0) shape.push_back(value.size());
    if (axis >= shape.size() || value.size() != shape[axis] || value.empty()) {
      throw Error(ErrorKind::input, fmt::format("{}: its lists have different lengths, or none; give numbers in lists "
                                                "of equal length",
                                                where));
    }
    for (const json& item : value) flatten(item, axis + 1, shape, numbers, where);
    return;
  }
  if (axis != shape.size()) {
    throw Error(ErrorKind::input,
                fmt::format("{}: its lists have different depths; give numbers in lists of equal length", where));
  }
  if (value.is_boolean()) {
    numbers.add(std::int64_t{value.get<bool>() ? 1 : 0});
  } else if (value.is_number_integer() && (!value.is_number_unsigned() || value.get<std::uint64_t>() <= INT64_MAX)) {
    numbers.add(value.get<std::int64_t>());
  } else if (value.is_number()) {
    numbers.add(value.get<double>());
  } else {
    throw Error(ErrorKind::input, fmt::format("{}: holds {}, which is no number; give numbers or the path of a file",
                                              where, value.dump()));
  }
}

NpyArray array_of(const json& value, const std::string& where) {
  std::vector<std::size_t> shape;
  NumberList numbers;
  flatten(value, 0, shape, numbers, where);
  return std::move(numbers).array(shape, where);
}

class JsonLines final : public Dataset, public FramedImages {
 public:
  JsonLines(const fs::path& path, SampleReader reader)
      : path_(path), content_(Bytes::map(path)), reader_(std::move(reader)) {
    constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
    const std::string_view text = content();
    std::size_t number = 1;
    for (std::size_t at = text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0; at < text.size(); ++number) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      if (text.substr(at, end - at).find_first_not_of(" \t\r") != std::string_view::npos) {
        lines_.push_back({number, at, end - at});
      }
      at = end + 1;
    }
    if (lines_.empty()) {
      throw Error(ErrorKind::input, fmt::format("{}: is empty; write one JSON object a line", path.string()));
    }
    // The first line stands for all: what does not fit is reported before any work begins.
    const json first = object(0);
    std::set<std::string> texts;
    if (const auto file = whole_file(first)) {
      check_file(*file, 0);
      reader_.check(*file);
      texts.insert(reader_.preprocessing(*file_kind(*file)));
    } else {
      for (std::size_t i = 0; i < reader_.inputs().size(); ++i) {
        const json& value = value_of(first, i, 0);
        texts.insert(reader_.preprocessing(
            value.is_string() ? file_kind(named_file(value, 0)).value_or(FileKind::array) : FileKind::array, i));
      }
      sample(0);
    }
    texts.erase("");
    preprocessing_ = fmt::format("{}", fmt::join(texts, "; "));
  }

  std::size_t size() const override { return lines_.size(); }
  std::string preprocessing() const override { return preprocessing_; }

  std::string name(std::size_t index) const override {
    const json line = object(index);
    if (const auto key = path_key(line)) return line[*key].get<std::string>();
    return fmt::format("{}[{}]", path_.filename().string(), index);
  }

  Sample sample(std::size_t index) const override {
    OCTUNE_ASSERT(index < size(), "a sample outside the data set");
    const json line = object(index);
    if (const auto file = whole_file(line)) {
      check_file(*file, index);
      return reader_.read(*file);
    }
    Sample sample;
    for (std::size_t i = 0; i < reader_.inputs().size(); ++i) {
      const InputInfo& input = reader_.inputs()[i];
      const json& value = value_of(line, i, index);
      if (value.is_string()) {
        sample.emplace(input.name, reader_.read(named_file(value, index), i));
      } else {
        const NpyArray array = array_of(value, fmt::format("{}: '{}'", where(index), input.name));
        sample.emplace(input.name, ArrayInput(input, array.as_single_row(), reader_.preprocess()).tensor(0));
      }
    }
    return sample;
  }

  std::optional<fs::path> image_file(std::size_t index) const override {
    const auto place = image_place(index);
    return place ? std::optional(place->file) : std::nullopt;
  }

  Framing framing(std::size_t index, Size image) const override {
    const auto place = image_place(index);
    OCTUNE_ASSERT(place.has_value(), "the framing of a sample that is no image");
    return reader_.framing(image, place->input);
  }

  std::optional<std::uint64_t> source_fingerprint(std::size_t index) const override {
    const json line = object(index);
    if (const auto file = whole_file(line)) {
      check_file(*file, index);
      return reader_.fingerprint(*file);
    }
    base::Hash hash;
    for (std::size_t i = 0; i < reader_.inputs().size(); ++i) {
      const json& value = value_of(line, i, index);
      hash.add(reader_.inputs()[i].name);
      if (value.is_string()) {
        hash.add(reader_.fingerprint(named_file(value, index)));
      } else {
        hash.add(value.dump());
      }
    }
    return hash.number();
  }

 private:
  struct Line {
    std::size_t number;
    std::size_t begin;
    std::size_t size;
  };

  std::string_view content() const { return {reinterpret_cast<const char*>(content_.view().data()), content_.size()}; }

  std::string where(std::size_t index) const { return fmt::format("{}:{}", path_.string(), lines_[index].number); }

  json object(std::size_t index) const {
    const std::string_view text = content().substr(lines_[index].begin, lines_[index].size);
    json line = json::parse(text, nullptr, false);
    if (!line.is_object()) {
      throw Error(ErrorKind::input, fmt::format("{}: is no JSON object; write one on each line, as {{\"{}\": [1, 2]}}",
                                                where(index), reader_.inputs().front().name));
    }
    return line;
  }

  /// The key of a file for all inputs; none if an input has a key of its own.
  std::optional<std::string> path_key(const json& line) const {
    const bool own = std::any_of(reader_.inputs().begin(), reader_.inputs().end(),
                                 [&](const InputInfo& input) { return line.contains(input.name); });
    if (own) return std::nullopt;
    for (const char* key : kPathKeys) {
      if (line.contains(key) && line[key].is_string()) return key;
    }
    return std::nullopt;
  }

  std::optional<fs::path> whole_file(const json& line) const {
    const auto key = path_key(line);
    if (!key) return std::nullopt;
    return path_.parent_path() / line[*key].get<std::string>();
  }

  /// The image of a line and the input it is for.
  struct ImagePlace {
    fs::path file;
    std::size_t input;
  };
  std::optional<ImagePlace> image_place(std::size_t index) const {
    const json line = object(index);
    if (const auto file = whole_file(line)) {
      return file_kind(*file) == FileKind::image ? std::optional(ImagePlace{*file, 0}) : std::nullopt;
    }
    for (std::size_t i = 0; i < reader_.inputs().size(); ++i) {
      const auto value = line.find(reader_.inputs()[i].name);
      if (value == line.end() || !value->is_string()) continue;
      const fs::path file = path_.parent_path() / value->get<std::string>();
      if (file_kind(file) == FileKind::image) return ImagePlace{file, i};
    }
    return std::nullopt;
  }

  fs::path named_file(const json& value, std::size_t index) const {
    fs::path file = path_.parent_path() / value.get<std::string>();
    check_file(file, index);
    return file;
  }

  void check_file(const fs::path& file, std::size_t index) const {
    if (path_exists(file)) return;
    throw Error(ErrorKind::input, fmt::format("{}: '{}' does not exist; paths are relative to the file's folder",
                                              where(index), file.string()));
  }

  const json& value_of(const json& line, std::size_t input, std::size_t index) const {
    const std::string& name = reader_.inputs()[input].name;
    const auto found = line.find(name);
    if (found != line.end()) return *found;
    std::vector<std::string> keys;
    for (const auto& [key, value] : line.items()) keys.push_back(key);
    throw Error(
        ErrorKind::input,
        fmt::format("{}: has no key '{}'; give the numbers of each input ({}), or a path as \"file\" (keys: {})",
                    where(index), name, quoted_names(reader_.inputs()), fmt::join(keys, ", ")));
  }

  fs::path path_;
  Bytes content_;
  SampleReader reader_;
  std::vector<Line> lines_;
  std::string preprocessing_;
};

}  // namespace

bool is_json_lines_name(const fs::path& path) { return path.extension() == ".jsonl" || path.extension() == ".ndjson"; }

std::unique_ptr<Dataset> open_json_lines(const fs::path& path, const std::vector<InputInfo>& inputs,
                                         const Preprocess& preprocess) {
  require_floating_input(inputs, preprocess);
  return std::make_unique<JsonLines>(path, SampleReader(inputs, preprocess, std::nullopt));
}

}  // namespace octune::data
