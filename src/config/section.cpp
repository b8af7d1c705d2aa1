// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "config/section.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "base/suggest.hpp"

namespace octune::config {
namespace {

using nlohmann::json;

/// Flattens texts, numbers, flags and lists of them into texts; false if something else is in there.
bool collect_texts(const json& value, std::vector<std::string>& texts) {
  if (value.is_array()) {
    return std::all_of(value.begin(), value.end(), [&](const json& item) { return collect_texts(item, texts); });
  }
  if (value.is_string()) {
    texts.push_back(value.get<std::string>());
    return true;
  }
  if (value.is_number_float()) {
    texts.push_back(fmt::format("{}", value.get<double>()));  // 1.0 as "1", the way attributes are compared
    return true;
  }
  if (value.is_number() || value.is_boolean()) {
    texts.push_back(value.dump());
    return true;
  }
  return false;
}

std::optional<std::vector<double>> numbers_in(std::string_view text) {
  std::vector<double> numbers;
  while (true) {
    const std::size_t comma = text.find(',');
    std::string_view part = text.substr(0, comma);
    while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
    while (!part.empty() && part.back() == ' ') part.remove_suffix(1);
    double number = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), number);
    if (error != std::errc() || end != part.data() + part.size()) return std::nullopt;
    numbers.push_back(number);
    if (comma == std::string_view::npos) return numbers;
    text.remove_prefix(comma + 1);
  }
}

}  // namespace

void Problems::add(ErrorKind kind, std::string message) {
  only_unsupported_ = only_unsupported_ && kind == ErrorKind::unsupported;
  messages_.push_back(std::move(message));
}

void Problems::raise() const {
  if (messages_.empty()) return;
  throw Error(only_unsupported_ ? ErrorKind::unsupported : ErrorKind::input,
              fmt::format("{}", fmt::join(messages_, "\n")));
}

std::filesystem::path resolve(const std::filesystem::path& path, const std::filesystem::path& document) {
  if (path.empty() || path.is_absolute()) return path;
  std::filesystem::path beside = (document.parent_path() / path).lexically_normal();
  std::error_code ignored;
  if (!std::filesystem::exists(beside, ignored) && std::filesystem::exists(path, ignored)) return path;
  return beside;
}

Section::Section(const Document& document, json::json_pointer pointer, Problems& problems)
    : document_(&document),
      pointer_(std::move(pointer)),
      object_(&document.root().at(pointer_)),
      problems_(&problems) {}

const json* Section::find(const std::string& key) {
  if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.push_back(key);
  const auto member = object_->find(key);
  return member == object_->end() || member->is_null() ? nullptr : &*member;
}

bool Section::has(const std::string& key) { return find(key) != nullptr; }

bool Section::is_object(const std::string& key) {
  const json* value = find(key);
  return value != nullptr && value->is_object();
}

bool Section::is_text(const std::string& key) {
  const json* value = find(key);
  return value != nullptr && value->is_string();
}

std::vector<std::string> Section::keys() {
  std::vector<std::string> names;
  for (const auto& [name, value] : object_->items()) names.push_back(name);
  return names;
}

std::string Section::where(const std::string& key) const {
  return key.empty() ? document_->where(pointer_) : document_->where(pointer_ / key);
}

std::string Section::label(const std::string& key) const {
  std::string text;
  std::string token;
  const std::string pointer = (key.empty() ? pointer_ : pointer_ / key).to_string();
  for (std::size_t at = 0; at < pointer.size(); at += 1 + token.size()) {
    token = pointer.substr(at + 1, pointer.find('/', at + 1) - at - 1);
    const bool index =
        !token.empty() && std::all_of(token.begin(), token.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
    if (index) {
      text += fmt::format("[{}]", token);
    } else {
      text += (text.empty() ? "" : ".") + token;
    }
  }
  return text.empty() ? "the file" : text;
}

void Section::problem(const std::string& key, const std::string& what, ErrorKind kind) {
  problems_->add(kind, fmt::format("{}: {}", where(key), what));
}

void Section::wrong_type(const std::string& key, std::string_view wanted) {
  std::string given = object_->at(key).dump();
  if (given.size() > 40) given = given.substr(0, 37) + "...";
  problem(key, fmt::format("{} is {}; it has to be {}", label(key), given, wanted));
}

std::optional<std::string> Section::text(const std::string& key) {
  const json* value = find(key);
  if (value == nullptr) return std::nullopt;
  if (value->is_string()) return value->get<std::string>();
  wrong_type(key, "a text in quotes");
  return std::nullopt;
}

std::optional<std::string> Section::path(const std::string& key) {
  const auto given = text(key);
  if (!given) return std::nullopt;
  return resolve(*given, document_->path()).string();
}

std::optional<bool> Section::flag(const std::string& key) {
  const json* value = find(key);
  if (value == nullptr) return std::nullopt;
  if (value->is_boolean()) return value->get<bool>();
  wrong_type(key, "true or false");
  return std::nullopt;
}

std::optional<double> Section::number(const std::string& key) {
  const json* value = find(key);
  if (value == nullptr) return std::nullopt;
  if (value->is_number()) return value->get<double>();
  wrong_type(key, "a number");
  return std::nullopt;
}

std::optional<double> Section::number(const std::string& key, double low, double high) {
  const auto value = number(key);
  if (!value || (*value >= low && *value <= high)) return value;
  wrong_type(key, high == std::numeric_limits<double>::max() ? fmt::format("a number of at least {}", low)
                                                             : fmt::format("a number from {} to {}", low, high));
  return std::nullopt;
}

std::optional<std::int64_t> Section::integer(const std::string& key, std::int64_t low, std::int64_t high) {
  const json* value = find(key);
  if (value == nullptr) return std::nullopt;
  const auto fits = [&](double number) {
    // 2^63 is the nearest double of the largest whole number, which is smaller.
    return number >= static_cast<double>(low) && number <= static_cast<double>(high) && number < 0x1p63 &&
           number == std::floor(number);
  };
  // 300.0 is accepted for 300: some tools write it so.
  if (value->is_number() && fits(value->get<double>())) return value->get<std::int64_t>();
  wrong_type(key, high == INT64_MAX ? fmt::format("a whole number of at least {}", low)
                                    : fmt::format("a whole number from {} to {}", low, high));
  return std::nullopt;
}

std::optional<std::vector<double>> Section::numbers(const std::string& key) {
  const json* value = find(key);
  if (value == nullptr) return std::nullopt;
  if (value->is_number()) return std::vector<double>{value->get<double>()};
  if (value->is_array() && !value->empty() &&
      std::all_of(value->begin(), value->end(), [](const json& item) { return item.is_number(); })) {
    return value->get<std::vector<double>>();
  }
  if (value->is_string()) {
    if (auto numbers = numbers_in(value->get<std::string>())) return numbers;
  }
  wrong_type(key, "a number or a list of numbers");
  return std::nullopt;
}

std::optional<std::vector<std::string>> Section::texts(const std::string& key) {
  const json* value = find(key);
  if (value == nullptr) return std::nullopt;
  std::vector<std::string> texts;
  if (collect_texts(*value, texts)) return texts;
  wrong_type(key, "a text or a list of texts");
  return std::nullopt;
}

bool Section::check_known(const std::string& key, const std::string& value, const std::vector<std::string>& known) {
  if (std::find(known.begin(), known.end(), value) != known.end()) return true;
  problem(key, fmt::format("{}: unknown value '{}'; {}", label(key), value, base::did_you_mean(value, known)));
  return false;
}

std::optional<std::string> Section::one_of(const std::string& key, const std::vector<std::string>& known) {
  auto value = text(key);
  return value && check_known(key, *value, known) ? value : std::nullopt;
}

std::optional<std::vector<std::string>> Section::each_of(const std::string& key,
                                                         const std::vector<std::string>& known) {
  auto values = texts(key);
  if (!values) return std::nullopt;
  bool valid = true;
  for (const std::string& value : *values) valid = check_known(key, value, known) && valid;
  return valid ? values : std::nullopt;
}

std::optional<Section> Section::section(const std::string& key) {
  const json* value = find(key);
  if (value == nullptr) return std::nullopt;
  if (value->is_object()) return Section(*document_, pointer_ / key, *problems_);
  wrong_type(key, "an object {...}");
  return std::nullopt;
}

std::optional<std::vector<Section>> Section::sections(const std::string& key) {
  const json* value = find(key);
  if (value == nullptr) return std::nullopt;
  if (!value->is_array() ||
      !std::all_of(value->begin(), value->end(), [](const json& item) { return item.is_object(); })) {
    wrong_type(key, "a list of objects [{...}, ...]");
    return std::nullopt;
  }
  std::vector<Section> sections;
  for (std::size_t i = 0; i < value->size(); ++i) sections.emplace_back(*document_, pointer_ / key / i, *problems_);
  return sections;
}

std::vector<std::pair<std::string, std::vector<std::string>>> Section::pairs(const std::string& key) {
  std::vector<std::pair<std::string, std::vector<std::string>>> result;
  const json* value = find(key);
  if (value == nullptr) return result;
  if (!value->is_object()) {
    wrong_type(key, "an object {\"name\": value, ...}");
    return result;
  }
  for (const auto& [name, item] : value->items()) {
    std::vector<std::string> texts;
    if (!collect_texts(item, texts)) {
      wrong_type(key, "an object whose values are texts, numbers or lists of them");
      continue;
    }
    result.emplace_back(name, std::move(texts));
  }
  return result;
}

void Section::finish() {
  problems_->note_keys(label(""), known_);
  for (const auto& [key, value] : object_->items()) {
    if (std::find(known_.begin(), known_.end(), key) != known_.end()) continue;
    problems_->add(fmt::format("{}: unknown key '{}' in {}; {}", document_->where_key(pointer_ / key), key, label(""),
                               base::did_you_mean(key, known_)));
  }
}

}  // namespace octune::config
