// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "config/document.hpp"

#include <fmt/format.h>

#include <set>

#include "base/file.hpp"
#include "octune/error.hpp"

namespace octune::config {
namespace {

using nlohmann::json;

Position position_of(std::string_view text, std::size_t offset) {
  Position position;
  for (const char c : text.substr(0, offset)) {
    if (c == '\n') {
      ++position.line;
      position.column = 1;
    } else {
      ++position.column;
    }
  }
  return position;
}

std::string place(const std::filesystem::path& path, Position position) {
  return fmt::format("{}:{}:{}", path.string(), position.line, position.column);
}

/// The end of the string literal whose opening quote is at `at`: the index after the closing quote.
std::size_t end_of_string(std::string_view text, std::size_t at) {
  for (++at; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] == '\\') ++at;
  }
  return std::min(at + 1, text.size());
}

/// Walks a text that is known to be valid JSON and notes where keys and values start.
class PositionScanner {
 public:
  PositionScanner(std::string_view text, const std::filesystem::path& path, std::map<std::string, Position>& values,
                  std::map<std::string, Position>& keys)
      : text_(text), path_(path), values_(values), keys_(keys) {}

  void scan() { value(json::json_pointer()); }

 private:
  Position here() {
    for (; counted_ < at_; ++counted_) {
      if (text_[counted_] == '\n') {
        ++position_.line;
        position_.column = 1;
      } else {
        ++position_.column;
      }
    }
    return position_;
  }

  void skip_space() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) ++at_;
  }

  void value(const json::json_pointer& pointer) {
    skip_space();
    values_[pointer.to_string()] = here();
    if (text_[at_] == '{') {
      members(pointer);
    } else if (text_[at_] == '[') {
      elements(pointer);
    } else if (text_[at_] == '"') {
      at_ = end_of_string(text_, at_);
    } else {
      at_ = std::min(text_.find_first_of(",]} \t\r\n", at_), text_.size());
    }
  }

  void members(const json::json_pointer& pointer) {
    std::set<std::string> seen;
    ++at_;
    for (skip_space(); text_[at_] != '}'; skip_space()) {
      const Position start = here();
      const std::size_t end = end_of_string(text_, at_);
      const auto key = json::parse(text_.substr(at_, end - at_)).get<std::string>();
      if (!seen.insert(key).second) {
        throw Error(ErrorKind::input,
                    fmt::format("{}: the key '{}' is given twice; remove one of them", place(path_, start), key));
      }
      keys_[(pointer / key).to_string()] = start;
      at_ = text_.find(':', end) + 1;
      value(pointer / key);
      skip_space();
      if (text_[at_] == ',') ++at_;
    }
    ++at_;
  }

  void elements(const json::json_pointer& pointer) {
    ++at_;
    std::size_t index = 0;
    for (skip_space(); text_[at_] != ']'; skip_space()) {
      value(pointer / index++);
      skip_space();
      if (text_[at_] == ',') ++at_;
    }
    ++at_;
  }

  std::string_view text_;
  const std::filesystem::path& path_;
  std::map<std::string, Position>& values_;
  std::map<std::string, Position>& keys_;
  std::size_t at_ = 0;
  std::size_t counted_ = 0;
  Position position_;
};

void blank(std::string& text, std::size_t from, std::size_t to) {
  for (std::size_t i = from; i < to; ++i) {
    if (text[i] != '\n') text[i] = ' ';
  }
}

}  // namespace

std::string without_comments(std::string_view original) {
  std::string text(original);
  if (text.starts_with("\xEF\xBB\xBF")) blank(text, 0, 3);
  constexpr std::size_t kNone = std::string::npos;
  std::size_t comma = kNone;  // the last comma, if nothing but space and comments came after it
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view rest = std::string_view(text).substr(at);
    std::size_t end = at + 1;
    if (rest.starts_with("//")) {
      end = std::min(text.find('\n', at), text.size());
      blank(text, at, end);
    } else if (rest.starts_with("/*")) {
      const std::size_t close = text.find("*/", at + 2);
      end = close == kNone ? text.size() : close + 2;
      blank(text, at, end);
    } else if (text[at] == '"') {
      end = end_of_string(text, at);
      comma = kNone;
    } else if (text[at] == ',') {
      comma = at;
    } else if (text[at] == '}' || text[at] == ']') {
      if (comma != kNone) text[comma] = ' ';
      comma = kNone;
    } else if (std::string_view(" \t\r\n").find(text[at]) == std::string_view::npos) {
      comma = kNone;
    }
    at = end;
  }
  return text;
}

Document Document::read(const std::filesystem::path& path) { return parse(base::read_file(path), path); }

Document Document::parse(std::string_view original, std::filesystem::path path) {
  Document document;
  document.path_ = std::move(path);
  if (document.path_.extension() == ".yml" || document.path_.extension() == ".yaml") {
    YamlValues yaml = parse_yaml(original, document.path_);
    document.root_ = std::move(yaml.root);
    document.values_ = std::move(yaml.values);
    document.keys_ = std::move(yaml.keys);
    return document;
  }
  const std::string text = without_comments(original);
  try {
    document.root_ = json::parse(text);
  } catch (const json::parse_error& error) {
    const std::size_t offset = error.byte == 0 ? 0 : std::min(error.byte - 1, text.size());
    std::string reason = error.what();
    // "[json.exception.parse_error.101] parse error at line 1, column 2: syntax error while parsing ... - <reason>"
    if (const std::size_t cut = reason.find("column "); cut != std::string::npos) {
      if (const std::size_t colon = reason.find(": ", cut); colon != std::string::npos) reason.erase(0, colon + 2);
    }
    throw Error(ErrorKind::input, fmt::format("{}: not valid JSON ({}); correct the file",
                                              place(document.path_, position_of(text, offset)), reason));
  }
  PositionScanner(text, document.path_, document.values_, document.keys_).scan();
  return document;
}

std::string Document::where(const json::json_pointer& value) const {
  const auto found = values_.find(value.to_string());
  return found == values_.end() ? path_.string() : place(path_, found->second);
}

std::string Document::where_key(const json::json_pointer& value) const {
  const auto found = keys_.find(value.to_string());
  return found == keys_.end() ? where(value) : place(path_, found->second);
}

}  // namespace octune::config
