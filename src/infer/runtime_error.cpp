// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "infer/runtime_error.hpp"

#include <fmt/format.h>

#include <sstream>
#include <string_view>

namespace octune::infer {
namespace {

constexpr std::size_t kLongest = 400;

bool is_noise(std::string_view line) {
  return line.empty() || line.starts_with("Exception from ") || line.starts_with("Check '") ||
         line.starts_with("FrontEnd API failed") || line.starts_with("Model wasn't fully converted");
}

}  // namespace

std::string brief(const std::exception& exception) {
  std::istringstream text(exception.what());
  std::string result, line;
  while (std::getline(text, line)) {
    while (!line.empty() && (line.back() == ' ' || line.back() == '\r')) line.pop_back();
    if (is_noise(line)) continue;
    result += result.empty() ? line : " | " + line;
  }
  if (result.empty()) result = exception.what();
  for (char& c : result) {
    if (c == '\n') c = ' ';
  }
  if (result.size() > kLongest) result = result.substr(0, kLongest) + "...";
  return result;
}

Error runtime_error(const std::string& where, const std::exception& exception) {
  return {ErrorKind::runtime, fmt::format("{}: the runtime failed ({})", where, brief(exception))};
}

}  // namespace octune::infer
