// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/command_output.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <numeric>
#include <regex>
#include <set>

#include "base/file.hpp"
#include "base/suggest.hpp"
#include "data/npy.hpp"
#include "octune/error.hpp"

namespace octune::evaluate {
namespace {

using nlohmann::json;

constexpr std::string_view kExample = R"(a number or {"value": 0.761})";

/// Long lines are cut, so that the message stays readable.
std::string in_quotes(const std::string& text) {
  constexpr std::size_t kLongest = 200;
  return text.size() <= kLongest ? "'" + text + "'" : "'" + text.substr(0, kLongest) + "...'";
}

/// JSON has no such numbers; Python's json and printf write them all the same.
bool holds_nan(const std::string& line) {
  static const std::regex words("(^|[^a-z])(nan|inf|infinity)([^a-z]|$)", std::regex::icase);
  return std::regex_search(line, words);
}

double finite(const json& value, const std::string& where, const std::string& what) {
  if (!value.is_number() || !std::isfinite(value.get<double>())) {
    throw Error(ErrorKind::input, fmt::format("{}: {} is {}; print a finite number", where, what, value.dump()));
  }
  return value.get<double>();
}

/// A near miss of "higher_is_better" would turn the metric around without a word. What is no near miss is the user's.
void refuse_near_misses(const json& object, const std::string& where) {
  const std::vector<std::string> known{"value", "higher_is_better", "name", "samples", "per_sample", "metrics"};
  for (const auto& [key, value] : object.items()) {
    if (std::find(known.begin(), known.end(), key) != known.end() || base::closest(key, known).empty()) continue;
    throw Error(ErrorKind::input, fmt::format("{}: unknown key '{}'; {}", where, key, base::did_you_mean(key, known)));
  }
}

/// A member of the type that `is` tells, or nothing.
const json* member(const json& object, const char* key, bool (json::*is)() const noexcept, const char* type,
                   const std::string& where) {
  const auto found = object.find(key);
  if (found == object.end()) return nullptr;
  if (!((*found).*is)()) {
    throw Error(ErrorKind::input, fmt::format("{}: '{}' is {}; it has to be {}", where, key, found->dump(), type));
  }
  return &*found;
}

void add_scores(MetricResult& result, const std::vector<double>& values, const std::string& where,
                std::vector<std::string>& warnings) {
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  // Rounding of a printed value is no difference.
  constexpr double kRounding = 1e-3;
  if (std::abs(mean - result.value) > kRounding * std::max(std::abs(mean), std::abs(result.value)) + 1e-9) {
    warnings.push_back(
        fmt::format("{}: the values of the samples have the mean {:.6g}, but '{}' is {:.6g}: without "
                    "values whose mean it is, its difference has no confidence interval",
                    where, mean, result.name, result.value));
    return;
  }
  for (const double value : values) result.scores.push_back({value});
}

MetricResult parse_metric(const json& object, const std::string& where, const std::string& name,
                          std::vector<std::string>& warnings) {
  refuse_near_misses(object, where);
  MetricResult result;
  const json* given_name = member(object, "name", &json::is_string, "a text", where);
  result.name = given_name == nullptr ? name : given_name->get<std::string>();
  if (result.name.empty()) {
    throw Error(ErrorKind::input, fmt::format("{}: a metric has no name; give each of several metrics a 'name' of its "
                                              "own",
                                              where));
  }
  if (!object.contains("value")) {
    throw Error(ErrorKind::input,
                fmt::format("{}: {} has no 'value'; print {}", where, in_quotes(object.dump()), kExample));
  }
  result.value = finite(object["value"], where, "'value'");
  if (const json* direction = member(object, "higher_is_better", &json::is_boolean, "true or false", where))
    result.higher_is_better = direction->get<bool>();
  if (const json* samples = member(object, "samples", &json::is_number_unsigned, "a number of samples", where))
    result.samples = samples->get<std::size_t>();
  if (const json* file = member(object, "per_sample", &json::is_string, "the path of a file", where)) {
    const std::vector<double> values = read_per_sample(file->get<std::string>(), where);
    if (object.contains("samples") && values.size() != result.samples) {
      throw Error(ErrorKind::input,
                  fmt::format("{}: 'samples' is {}, but '{}' holds {} values; write one value a sample", where,
                              result.samples, file->get<std::string>(), values.size()));
    }
    result.samples = values.size();
    add_scores(result, values, where, warnings);
  }
  return result;
}

std::vector<double> text_values(const std::string& text, const std::string& where) {
  std::vector<double> values;
  std::size_t number = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string line = text.substr(at, end - at);
    at = end + 1;
    ++number;
    const std::size_t first = line.find_first_not_of(" \t\r");
    if (first == std::string::npos) continue;
    line = line.substr(first, line.find_last_not_of(" \t\r") - first + 1);
    double value = 0;
    const char* stop = line.data() + line.size();
    // A leading plus is fine for people and not for from_chars.
    const auto [parsed, status] = std::from_chars(line.data() + (line.front() == '+' ? 1 : 0), stop, value);
    if (status != std::errc{} || parsed != stop) {
      throw Error(ErrorKind::input,
                  fmt::format("{}:{}: {} is no number; write one number a line", where, number, in_quotes(line)));
    }
    values.push_back(value);
  }
  return values;
}

std::vector<double> json_values(const std::string& text, const std::string& where) {
  const json document = json::parse(text, nullptr, false);
  if (!document.is_array()) {
    throw Error(ErrorKind::input, fmt::format("{}: no JSON list of finite numbers; write [0.5, 1, ...]", where));
  }
  std::vector<double> values;
  for (const json& value : document) {
    if (!value.is_number() && !value.is_boolean()) {
      throw Error(ErrorKind::input, fmt::format("{}: value {} is {}; write a number a sample", where, values.size(),
                                                in_quotes(value.dump())));
    }
    values.push_back(value.is_boolean() ? static_cast<double>(value.get<bool>()) : value.get<double>());
  }
  return values;
}

std::vector<double> npy_values(const std::filesystem::path& path, const std::string& where) {
  const data::NpyArray array = data::NpyArray::open(path);
  if (array.shape().empty() || array.row_size() != 1 || !array.type().is_number()) {
    throw Error(ErrorKind::input, fmt::format("{}: not one number a sample; save an array of shape [samples]", where));
  }
  std::vector<double> values(array.rows());
  for (std::size_t row = 0; row < values.size(); ++row) array.read_row(row, &values[row]);
  return values;
}

}  // namespace

std::vector<double> read_per_sample(const std::filesystem::path& path, const std::string& where) {
  const std::string file = fmt::format("{}: '{}'", where, path.string());
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) {
    throw Error(ErrorKind::input,
                fmt::format("{}: no such file; write the values of the samples before the last line is printed", file));
  }
  std::vector<double> values;
  if (path.extension() == ".npy") {
    values = npy_values(path, file);
  } else {
    const std::string text = base::read_file(path);
    values = path.extension() == ".json" ? json_values(text, file) : text_values(text, file);
  }
  if (values.empty()) throw Error(ErrorKind::input, fmt::format("{}: holds no values; write one a sample", file));
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isfinite(values[i])) continue;
    throw Error(ErrorKind::input, fmt::format("{}: value {} is {}; only finite numbers can be compared", file, i,
                                              std::isnan(values[i]) ? "NaN" : "infinite"));
  }
  return values;
}

std::vector<MetricResult> parse_command_output(const std::string& line, const std::string& where,
                                               const std::string& name, std::vector<std::string>& warnings) {
  if (line.empty()) {
    throw Error(ErrorKind::input,
                fmt::format("{}: it printed nothing; its last line of standard output has to be {}", where, kExample));
  }
  const json document = json::parse(line, nullptr, false);
  if (document.is_discarded() && holds_nan(line)) {
    throw Error(ErrorKind::input, fmt::format("{}: its last line is {}; print finite numbers, not NaN or infinity",
                                              where, in_quotes(line)));
  }
  if (document.is_number()) {
    MetricResult result;
    result.name = name;
    result.value = finite(document, where, "its value");
    return {result};
  }
  if (!document.is_object()) {
    throw Error(ErrorKind::input,
                fmt::format("{}: its last line is {}; it has to be JSON, {}", where, in_quotes(line), kExample));
  }
  if (!document.contains("metrics")) return {parse_metric(document, where, name, warnings)};
  const json& metrics = document["metrics"];
  if (!metrics.is_array() || metrics.empty()) {
    throw Error(ErrorKind::input, fmt::format("{}: 'metrics' is {}; it has to be a list of objects with 'name' and "
                                              "'value'",
                                              where, in_quotes(metrics.dump())));
  }
  std::vector<MetricResult> results;
  std::set<std::string> names;
  for (const json& metric : metrics) {
    if (!metric.is_object()) {
      throw Error(ErrorKind::input,
                  fmt::format("{}: {} in 'metrics' is no object; write {{\"name\": \"...\", \"value\": "
                              "0.761}}",
                              where, in_quotes(metric.dump())));
    }
    results.push_back(parse_metric(metric, where, "", warnings));
    if (!names.insert(results.back().name).second) {
      throw Error(ErrorKind::input, fmt::format("{}: two metrics are called '{}'; give each a name of its own", where,
                                                results.back().name));
    }
  }
  return results;
}

}  // namespace octune::evaluate
