// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "data/class_names.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/file.hpp"
#include "data/file_dataset.hpp"
#include "octune/error.hpp"

namespace octune::data {

namespace {

/// Whether the text is a list of names: one of several, or a word that no path of a file looks like.
bool is_name_list(const std::string& text) {
  return text.find(',') != std::string::npos || (!text.empty() && text.find_first_of("./") == std::string::npos);
}

}  // namespace

std::vector<std::string> class_names(const std::filesystem::path& file) {
  std::vector<std::string> names;
  std::error_code ignored;
  if (const std::string list = file.string(); is_name_list(list) && !std::filesystem::exists(file, ignored)) {
    for (std::size_t begin = 0; begin < list.size();) {
      const std::size_t end = std::min(list.find(',', begin), list.size());
      names.push_back(list.substr(begin, end - begin));
      begin = end + 1;
    }
    return names;
  }
  for (const std::string& line : text_lines(base::read_file(file))) {
    if (!line.empty()) names.push_back(line);
  }
  if (names.empty()) {
    throw Error(ErrorKind::input, fmt::format("{}: is empty; write the name of one class on each line", file.string()));
  }
  return names;
}

}  // namespace octune::data
