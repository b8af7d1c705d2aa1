// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/names.hpp"
#include "config/document.hpp"
#include "octune/error.hpp"

namespace octune::config {

/// Everything that is wrong with a configuration, so that the user hears of all of it at once.
class Problems {
 public:
  void add(std::string message) { add(ErrorKind::input, std::move(message)); }
  void add(ErrorKind kind, std::string message);
  bool empty() const { return messages_.empty(); }

  /// Throws one Error with a line for each problem: unsupported if that is all that is wrong, input otherwise.
  void raise() const;

  /// The keys that each object which was read may have, by the object's label ("compression.algorithms[0].params").
  const std::map<std::string, std::set<std::string>>& known_keys() const { return known_keys_; }
  void note_keys(const std::string& object, const std::vector<std::string>& keys) {
    known_keys_[object].insert(keys.begin(), keys.end());
  }

 private:
  std::map<std::string, std::set<std::string>> known_keys_;
  std::vector<std::string> messages_;
  bool only_unsupported_ = true;
};

/// Where a relative path of the file at `document` leads: beside it, or in the current folder if it exists only there.
std::filesystem::path resolve(const std::filesystem::path& path, const std::filesystem::path& document);

/// An object of the document, read key by key. Asking for a key makes it known; finish() reports the members that
/// nobody asked for. A missing key or one of the wrong type is an empty optional, the latter with a problem noted.
class Section {
 public:
  Section(const Document& document, nlohmann::json::json_pointer pointer, Problems& problems);

  bool has(const std::string& key);
  bool is_object(const std::string& key);
  bool is_text(const std::string& key);
  /// The names of the members.
  std::vector<std::string> keys();

  std::optional<std::string> text(const std::string& key);
  /// A path: as it is if absolute, otherwise beside the file, otherwise in the current folder if it exists there only.
  std::optional<std::string> path(const std::string& key);
  std::optional<bool> flag(const std::string& key);
  std::optional<double> number(const std::string& key);
  /// A whole number within [low, high].
  std::optional<std::int64_t> integer(const std::string& key, std::int64_t low, std::int64_t high);
  /// A number within [low, high].
  std::optional<double> number(const std::string& key, double low, double high);
  /// Numbers as [1, 2], as one number or as the text "1,2".
  std::optional<std::vector<double>> numbers(const std::string& key);
  /// Texts as ["a", "b"] or as one text; lists inside the list are flattened.
  std::optional<std::vector<std::string>> texts(const std::string& key);
  /// One of `known`, or a list of such texts: each of them.
  std::optional<std::string> one_of(const std::string& key, const std::vector<std::string>& known);
  std::optional<std::vector<std::string>> each_of(const std::string& key, const std::vector<std::string>& known);
  std::optional<Section> section(const std::string& key);
  /// The members of a list of objects.
  std::optional<std::vector<Section>> sections(const std::string& key);
  /// The names and values of an object, values as lists of texts.
  std::vector<std::pair<std::string, std::vector<std::string>>> pairs(const std::string& key);

  template <class Enum>
  std::optional<Enum> choice(const std::string& key) {
    const auto name = text(key);
    if (!name) return std::nullopt;
    try {
      return base::parse_enum<Enum>(*name, where(key) + ": " + label(key));
    } catch (const Error& error) {
      problems_->add(error.what());
      return std::nullopt;
    }
  }

  /// A problem with the value of `key`, or with the section itself if the key is empty.
  void problem(const std::string& key, const std::string& what, ErrorKind kind = ErrorKind::input);
  std::string where(const std::string& key) const;
  /// "compression.algorithms[0].params.preset"
  std::string label(const std::string& key) const;

  /// Calls `parse`; an Error it throws becomes a problem with the value of `key`.
  template <class Parse>
  void parsed(const std::string& key, Parse parse) {
    try {
      parse();
    } catch (const Error& error) {
      problem(key, error.what());
    }
  }

  /// The same section, whose problems and whose members' go to `problems`.
  Section reporting_to(Problems& problems) const {
    Section copy = *this;
    copy.problems_ = &problems;
    return copy;
  }

  /// Reports every member whose key was not asked for.
  void finish();

 private:
  const nlohmann::json* find(const std::string& key);
  void wrong_type(const std::string& key, std::string_view wanted);
  /// False, and a problem, if `value` is not one of `known`.
  bool check_known(const std::string& key, const std::string& value, const std::vector<std::string>& known);

  const Document* document_;
  nlohmann::json::json_pointer pointer_;
  const nlohmann::json* object_;
  Problems* problems_;
  std::vector<std::string> known_;
};

}  // namespace octune::config
