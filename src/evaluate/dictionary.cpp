// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/dictionary.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/file.hpp"
#include "evaluate/utf8.hpp"
#include "octune/error.hpp"

namespace octune::evaluate {
namespace {

/// The lines of `text`; the last one may or may not be ended by the separator.
std::vector<std::string> split_lines(std::string_view text, std::string_view separator) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.emplace_back(line);
    text.remove_prefix(std::min(end + separator.size(), text.size()));
  }
  return lines;
}

}  // namespace

std::vector<std::string> read_dictionary(const std::filesystem::path& path) {
  const std::string content = base::read_file(path);
  std::string_view text = content;
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  std::vector<std::string> lines = split_lines(text, "\n");
  if (lines.empty()) {
    throw Error(ErrorKind::input,
                fmt::format("{}: the dictionary is empty; one character a line is expected", path.string()));
  }
  for (std::size_t i = 0; i < lines.size(); ++i) decode_utf8(lines[i], fmt::format("{}:{}", path.string(), i + 1));
  return lines;
}

std::vector<std::string> dictionary_of(const ov::Model& model) {
  if (!model.has_rt_info("framework", "character")) return {};
  const auto& text = model.get_rt_info<std::string>("framework", "character");
  return split_lines(text, text.find('\n') == std::string::npos ? "\\n" : "\n");
}

}  // namespace octune::evaluate
