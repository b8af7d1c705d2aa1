// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "config/yaml.hpp"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <vector>

#include "octune/error.hpp"

namespace octune::config {
namespace {

using nlohmann::json;

/// No configuration is nearly as deep or as long; anchors could make a short text endless.
constexpr std::size_t kDeepest = 64;
constexpr std::size_t kMostValues = 200'000;
constexpr std::string_view kMerge = "<<";

Position position_of(const YAML::Mark& mark) {
  if (mark.is_null()) return {};
  return {static_cast<std::size_t>(mark.line) + 1, static_cast<std::size_t>(mark.column) + 1};
}

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// What a word without quotes means.
json plain_value(const std::string& word) {
  static constexpr std::array<std::string_view, 5> kNull{"", "~", "null", "Null", "NULL"};
  static constexpr std::array<std::string_view, 9> kTrue{"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"};
  static constexpr std::array<std::string_view, 9> kFalse{"false", "False", "FALSE", "no", "No",
                                                          "NO",    "off",   "Off",   "OFF"};
  if (is_one_of(word, kNull)) return nullptr;
  if (is_one_of(word, kTrue)) return true;
  if (is_one_of(word, kFalse)) return false;
  const char* begin = word.data() + (word.front() == '+' ? 1 : 0);
  const char* end = word.data() + word.size();
  std::int64_t whole = 0;
  if (const auto [stop, status] = std::from_chars(begin, end, whole); status == std::errc() && stop == end)
    return whole;
  double number = 0;
  const auto [stop, status] = std::from_chars(begin, end, number);
  if (status == std::errc() && stop == end && std::isfinite(number)) return number;
  return word;
}

class Reader {
 public:
  Reader(const std::filesystem::path& path, YamlValues& result) : path_(path), result_(result) {}

  json value(const YAML::Node& node, const json::json_pointer& pointer, std::size_t depth) {
    if (depth > kDeepest || ++count_ > kMostValues) {
      fail(node, "the values are nested too deeply, or too many; simplify the file");
    }
    result_.values[pointer.to_string()] = position_of(node.Mark());
    if (node.IsMap()) return object(node, pointer, depth);
    if (node.IsSequence()) {
      json list = json::array();
      std::size_t index = 0;
      for (const YAML::Node& item : node) {
        list.push_back(value(item, pointer / index, depth + 1));
        ++index;
      }
      return list;
    }
    if (node.IsScalar()) {
      const bool plain = node.Tag() == "?" || node.Tag().empty();
      return plain ? plain_value(node.Scalar()) : json(node.Scalar());
    }
    return nullptr;
  }

 private:
  json object(const YAML::Node& node, const json::json_pointer& pointer, std::size_t depth) {
    json merged = json::object();
    for (const auto& member : node) {
      if (!member.first.IsScalar()) fail(member.first, "a key is no text; write a name");
      if (member.first.Scalar() == kMerge) merge(member.second, pointer, depth, merged);
    }
    json members = json::object();
    for (const auto& member : node) {
      const std::string& key = member.first.Scalar();
      if (key == kMerge) continue;
      if (members.contains(key))
        fail(member.first, fmt::format("the key '{}' is given twice; remove one of them", key));
      result_.keys[(pointer / key).to_string()] = position_of(member.first.Mark());
      members[key] = value(member.second, pointer / key, depth + 1);
    }
    for (const auto& [key, item] : merged.items()) {
      if (!members.contains(key)) members[key] = item;
    }
    return members;
  }

  /// The members of the object, or of each of the objects, that a merge key names; the first one given counts.
  void merge(const YAML::Node& node, const json::json_pointer& pointer, std::size_t depth, json& merged) {
    if (node.IsSequence()) {
      for (const YAML::Node& item : node) merge(item, pointer, depth + 1, merged);
      return;
    }
    if (!node.IsMap()) fail(node, "'<<' takes an object; name one with *");
    const json members = object(node, pointer, depth + 1);
    for (const auto& [key, item] : members.items()) {
      if (!merged.contains(key)) merged[key] = item;
    }
  }

  [[noreturn]] void fail(const YAML::Node& node, const std::string& what) const {
    const Position at = position_of(node.Mark());
    throw Error(ErrorKind::input, fmt::format("{}:{}:{}: {}", path_.string(), at.line, at.column, what));
  }

  const std::filesystem::path& path_;
  YamlValues& result_;
  std::size_t count_ = 0;
};

}  // namespace

YamlValues parse_yaml(std::string_view text, const std::filesystem::path& path) {
  YamlValues result;
  try {
    const std::vector<YAML::Node> documents = YAML::LoadAll(std::string(text));
    const YAML::Node root = documents.empty() ? YAML::Node() : documents.front();
    result.root = Reader(path, result).value(root, json::json_pointer(), 0);
    if (documents.size() > 1) {
      const Position at = position_of(documents[1].Mark());
      throw Error(ErrorKind::input, fmt::format("{}:{}:{}: a second document begins here; put each into a file of its "
                                                "own",
                                                path.string(), at.line, at.column));
    }
  } catch (const YAML::Exception& error) {
    const Position at = position_of(error.mark);
    throw Error(ErrorKind::input, fmt::format("{}:{}:{}: not valid YAML ({}); correct the file", path.string(), at.line,
                                              at.column, error.msg));
  }
  return result;
}

}  // namespace octune::config
