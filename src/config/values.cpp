// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0

// Values that the configuration file and the command line spell the same way.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>

#include "base/names.hpp"
#include "config/run_config.hpp"
#include "data/names.hpp"
#include "octune/error.hpp"
#include "target/capability.hpp"

namespace octune::config {
namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

}  // namespace

std::vector<double> parse_numbers(std::string_view text, std::string_view where) {
  std::string_view rest = trimmed(text);
  if (rest.size() >= 2 && rest.front() == '[' && rest.back() == ']') rest = rest.substr(1, rest.size() - 2);
  std::vector<double> numbers;
  while (true) {
    const std::size_t comma = rest.find(',');
    const std::string_view part = trimmed(rest.substr(0, comma));
    double number = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), number);
    if (error != std::errc() || end != part.data() + part.size() || !std::isfinite(number)) {
      throw Error(ErrorKind::input,
                  fmt::format("{}: '{}' is not a list of numbers; write them as 123.675,116.28,103.53", where, text));
    }
    numbers.push_back(number);
    if (comma == std::string_view::npos) return numbers;
    rest.remove_prefix(comma + 1);
  }
}

std::pair<int, int> parse_size(std::string_view text, std::string_view where) {
  std::vector<double> numbers;
  try {
    numbers = parse_numbers(text, where);
  } catch (const Error&) {
    numbers.clear();
  }
  const bool valid = (numbers.size() == 1 || numbers.size() == 2) &&
                     std::all_of(numbers.begin(), numbers.end(),
                                 [](double side) { return side >= 1 && side <= 65535 && side == std::floor(side); });
  if (!valid) {
    throw Error(
        ErrorKind::input,
        fmt::format("{}: '{}' is not a size; write height,width (224,224) or one number for both", where, text));
  }
  return {static_cast<int>(numbers.front()), static_cast<int>(numbers.back())};
}

std::uint64_t parse_bytes(std::string_view text, std::string_view where) {
  constexpr std::string_view kUnits = "kmgt";
  const std::string_view digits = text.substr(0, text.find_first_not_of("0123456789."));
  const std::string unit = lower(text.substr(digits.size()));
  const std::size_t power = unit.empty() ? 0 : kUnits.find(unit.front()) + 1;  // 0 besides if there is no such unit
  const bool known =
      unit.empty() || (power != 0 && (unit.size() == 1 || unit.substr(1) == "b" || unit.substr(1) == "ib"));
  double number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const bool is_number = error == std::errc() && end == digits.data() + digits.size();
  const double bytes = std::round(std::ldexp(number, static_cast<int>(10 * power)));
  constexpr double kMost = 9007199254740992;  // 8 PiB: up to here a double holds every whole number
  const bool has_parts = unit.empty() && bytes != number;
  if (!known || !is_number || has_parts || bytes > kMost) {
    throw Error(ErrorKind::input,
                fmt::format("{}: '{}' is not a number of bytes; write 1.5G, 512M, 64K or the bytes, 0 for no limit",
                            where, text));
  }
  return static_cast<std::uint64_t>(bytes);
}

Preset parse_preset(std::string_view text, std::string_view where) {
  const std::string name = lower(text);
  if (name == "symmetric") return Preset::performance;
  if (name == "asymmetric") return Preset::accuracy;
  return base::parse_enum<Preset>(name, where);
}

bool is_auto_preset(std::string_view text) { return lower(text) == "auto"; }

ModelType parse_model_type(std::string_view text, std::string_view where) {
  return base::parse_enum<ModelType>(lower(text), where);
}

std::string parse_target(std::string_view text, std::string_view where) {
  const std::string name = lower(text);
  const std::string device = name == "cpu_spr" ? "CPU" : name == "gna3" || name == "gna3.5" ? "GNA" : std::string(text);
  try {
    const target::CapabilityTable table = target::find_table(device);
    return text.ends_with(".json") ? device : table.name();
  } catch (Error& error) {
    error.add_context(std::string(where));
    throw;
  }
}

data::ResizeMode parse_resize_mode(std::string_view text, std::string_view where) {
  std::string name = lower(text);
  std::replace(name.begin(), name.end(), '-', '_');
  return base::parse_enum<data::ResizeMode>(name, where);
}

std::string parse_layout(std::string_view text, std::string_view where) {
  std::string layout(trimmed(text));
  if (const std::size_t open = layout.find('['); open != std::string::npos && layout.back() == ']') {
    layout = layout.substr(open + 1, layout.size() - open - 2);
  }
  std::transform(layout.begin(), layout.end(), layout.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  const std::vector<std::string> known{"NCHW", "NHWC", "CHW", "HWC"};
  if (std::find(known.begin(), known.end(), layout) == known.end()) {
    throw Error(ErrorKind::input,
                fmt::format("{}: unknown value '{}'; {}", where, text, base::did_you_mean(layout, known)));
  }
  return layout;
}

}  // namespace octune::config
