// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "config/data_section.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <system_error>

#include "base/plugin.hpp"
#include "config/run_config.hpp"
#include "data/names.hpp"
#include "octune/error.hpp"

namespace octune::config {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

/// What is chosen of a folder, with the path of ":list=PATH" or ":NAMES.TXT" resolved if it leads to a file. What
/// stands behind a file is a key, a column or a form, even where a file is called so.
std::string resolved_option(const std::string& option, const fs::path& folder, const fs::path& document) {
  std::error_code ignored;
  if (option.empty() || !fs::is_directory(folder, ignored)) return option;
  const std::string_view mark = option.starts_with(":list=") ? ":list=" : ":";
  const fs::path file = resolve(option.substr(mark.size()), document);
  return fs::is_regular_file(file, ignored) ? std::string(mark) + file.string() : option;
}

/// `spec` with the path in front of its last colon that leads to a file resolved; none if there is no such path.
std::optional<std::string> resolved(const std::string& spec, const fs::path& document) {
  for (std::size_t end = spec.size(); end != std::string::npos && end != 0; end = spec.rfind(':', end - 1)) {
    const fs::path path = resolve(spec.substr(0, end), document);
    if (is_there(path)) return path.string() + resolved_option(spec.substr(end), path, document);
  }
  return std::nullopt;
}

/// What a message shows of a specification that leads nowhere: the path without what is chosen of the file.
std::string path_of(const std::string& spec) {
  static constexpr std::array<std::string_view, 4> kMarks{".npz:", ".bin:", ".csv:", ".tsv:"};
  for (const std::string_view mark : kMarks) {
    if (const std::size_t at = spec.rfind(mark); at != std::string::npos) return spec.substr(0, at + mark.size() - 1);
  }
  return spec;
}

/// The parts between commas that stand outside of [].
std::vector<std::string> parts_of(const std::string& text) {
  std::vector<std::string> parts(1);
  int depth = 0;
  for (const char c : text) {
    if (c == '[') ++depth;
    if (c == ']') --depth;
    if (c == ',' && depth == 0) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

/// "folders:NAMES" with the path of a file of names resolved; the names themselves stay as they are.
std::string resolved_folders(const std::string& spec, const fs::path& document) {
  const std::size_t begin = spec.find(':') + 1;
  const std::string names = spec.substr(begin);
  std::error_code ignored;
  if (const fs::path file = resolve(names, document); names != "sorted" && fs::is_regular_file(file, ignored))
    return spec.substr(0, begin) + file.string();
  return spec;
}

template <class Enum>
std::string text_of(Enum value) {
  return std::string(base::name_of(value));
}

/// Reads the key of mean, scale or norm: a list, a number, a text, or an object with a list for each input.
void read_channel_values(Section& engine, const std::string& key, std::vector<double>& all,
                         std::map<std::string, std::vector<double>>& of_inputs) {
  if (engine.is_object(key)) {
    auto inputs = engine.section(key);
    for (const std::string& name : inputs->keys()) {
      if (const auto values = inputs->numbers(name)) of_inputs[name] = *values;
    }
  } else if (engine.is_text(key)) {
    engine.parsed(key, [&] {
      ChannelValues values = parse_channel_values(*engine.text(key), engine.label(key));
      all = std::move(values.all);
      of_inputs = std::move(values.of_inputs);
    });
  } else if (const auto values = engine.numbers(key)) {
    all = *values;
  }
}

json channel_values_to_json(const std::vector<double>& all,
                            const std::map<std::string, std::vector<double>>& of_inputs) {
  if (of_inputs.empty()) return all;
  json result = of_inputs;
  if (!all.empty()) result[""] = all;  // of the others
  return result;
}

}  // namespace

std::string plugin_spec(const std::string& spec, const fs::path& document) {
  const std::size_t path = spec.find(':') + 1;
  return spec.substr(0, path) + resolved(spec.substr(path), document).value_or(spec.substr(path));
}

std::optional<std::string> data_spec(Section& section, const std::string& key, const fs::path& document) {
  const auto given = section.text(key);
  if (!given) return std::nullopt;
  if (base::is_plugin(*given)) return plugin_spec(*given, document);
  if (*given == "random" || given->starts_with("random:") || *given == "folders") return given;
  if (given->starts_with("folders:")) return resolved_folders(*given, document);
  const auto missing = [&](const std::string& spec) {
    section.problem(key, fmt::format("{}: no such file or folder '{}'; paths start at the configuration's folder",
                                     section.label(key), path_of(spec)));
  };
  if (auto whole = resolved(*given, document)) return whole;
  if (given->find('=') == std::string::npos) {
    missing(*given);
    return given;
  }
  std::string result;
  for (const std::string& part : parts_of(*given)) {
    const std::size_t equals = part.find('=');
    const std::string name = equals == std::string::npos ? "" : part.substr(0, equals + 1);
    const std::string spec = equals == std::string::npos ? part : part.substr(equals + 1);
    const auto found = resolved(spec, document);
    if (!found) missing(spec);
    result += (result.empty() ? "" : ",") + name + found.value_or(spec);
  }
  return result;
}

void read_preprocess(Section& engine, data::Preprocess& preprocess) {
  if (const auto size = engine.numbers("resize")) {
    std::string text;
    for (const double side : *size) text += fmt::format("{}{}", text.empty() ? "" : ",", side);
    engine.parsed("resize", [&] { preprocess.resize = parse_size(text, engine.label("resize")); });
  }
  if (const auto size = engine.numbers("crop")) {
    std::string text;
    for (const double side : *size) text += fmt::format("{}{}", text.empty() ? "" : ",", side);
    engine.parsed("crop", [&] { parse_crop(text, engine.label("crop"), preprocess); });
  }
  if (const auto mode = engine.text("resize_mode")) {
    engine.parsed("resize_mode",
                  [&] { preprocess.resize_mode = parse_resize_mode(*mode, engine.label("resize_mode")); });
  }
  if (const auto interpolation = engine.choice<data::Interpolation>("interp"))
    preprocess.interpolation = *interpolation;
  if (const auto color = engine.choice<data::ColorOrder>("color")) preprocess.color = *color;
  if (const auto value = engine.number("pad_value")) preprocess.pad_value = value;
  read_channel_values(engine, "mean", preprocess.mean, preprocess.mean_of);
  read_channel_values(engine, "scale", preprocess.scale, preprocess.scale_of);
  read_channel_values(engine, "norm", preprocess.norm, preprocess.norm_of);
  if (const auto layout = engine.text("layout")) {
    engine.parsed("layout", [&] { preprocess.layout = parse_layout(*layout, engine.label("layout")); });
  }
  if (const auto fraction = engine.number("central_fraction", 0.01, 1); fraction && *fraction != 1)
    preprocess.central_fraction = fraction;
  if (const auto rate = engine.integer("sample_rate", 1, 10'000'000)) preprocess.sample_rate = static_cast<int>(*rate);
}

json preprocess_to_json(const data::Preprocess& preprocess) {
  json result{{"resize_mode", text_of(preprocess.resize_mode)},
              {"interp", text_of(preprocess.interpolation)},
              {"color", text_of(preprocess.color)},
              {"mean", channel_values_to_json(preprocess.mean, preprocess.mean_of)},
              {"scale", channel_values_to_json(preprocess.scale, preprocess.scale_of)},
              {"norm", channel_values_to_json(preprocess.norm, preprocess.norm_of)},
              {"layout", preprocess.layout}};
  const auto size = [](const std::optional<std::pair<int, int>>& sides) {
    return sides ? json{sides->first, sides->second} : json(nullptr);
  };
  const auto number = [](const auto& value) { return value ? json(*value) : json(nullptr); };
  result["pad_value"] = number(preprocess.pad_value);
  result["resize"] = size(preprocess.resize);
  result["crop"] = preprocess.crop ? size(preprocess.crop) : number(preprocess.crop_fraction);
  result["central_fraction"] = number(preprocess.central_fraction);
  result["sample_rate"] = number(preprocess.sample_rate);
  return result;
}

ChannelValues parse_channel_values(std::string_view text, std::string_view where) {
  const std::size_t first = text.find_first_not_of(' ');
  const std::size_t open = text.find('[');
  if (open == std::string_view::npos || open == first) return {parse_numbers(text, where), {}};
  ChannelValues values;
  for (const std::string& part : parts_of(std::string(text))) {
    const std::size_t begin = part.find('[');
    const std::string name = part.substr(0, begin);
    if (begin == std::string::npos || name.empty()) {
      throw Error(ErrorKind::input,
                  fmt::format("{}: '{}' names no input; write all as data[1,2,3],info[4]", where, part));
    }
    if (!values.of_inputs.emplace(name, parse_numbers(part.substr(begin), where)).second) {
      throw Error(ErrorKind::input, fmt::format("{}: input '{}' is named twice; name each once", where, name));
    }
  }
  return values;
}

void parse_crop(std::string_view text, std::string_view where, data::Preprocess& preprocess) {
  std::vector<double> numbers;
  try {
    numbers = parse_numbers(text, where);
  } catch (const Error&) {
    numbers.clear();
  }
  preprocess.crop.reset();
  preprocess.crop_fraction.reset();
  if (numbers.size() == 1 && numbers.front() > 0 && numbers.front() <= 1) {
    preprocess.crop_fraction = numbers.front();
    return;
  }
  try {
    preprocess.crop = parse_size(text, where);
  } catch (const Error&) {
    throw Error(ErrorKind::input, fmt::format("{}: '{}' is no crop; write height,width (224,224), one number for both, "
                                              "or the part of the image (0.875)",
                                              where, text));
  }
}

}  // namespace octune::config
