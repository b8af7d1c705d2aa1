// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "base/plugin.hpp"

#include <dlfcn.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <span>
#include <vector>

#include "base/suggest.hpp"
#include "octune/error.hpp"

namespace octune::base {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "lib:";
constexpr const char* kEntry = "octune_plugin_get";

struct ElementType {
  int32_t number;
  ov::element::Type type;
};

std::span<const ElementType> element_types() {
  static const std::array<ElementType, 13> types{{{OCTUNE_BOOL, ov::element::boolean},
                                                  {OCTUNE_U8, ov::element::u8},
                                                  {OCTUNE_U16, ov::element::u16},
                                                  {OCTUNE_U32, ov::element::u32},
                                                  {OCTUNE_U64, ov::element::u64},
                                                  {OCTUNE_I8, ov::element::i8},
                                                  {OCTUNE_I16, ov::element::i16},
                                                  {OCTUNE_I32, ov::element::i32},
                                                  {OCTUNE_I64, ov::element::i64},
                                                  {OCTUNE_F16, ov::element::f16},
                                                  {OCTUNE_BF16, ov::element::bf16},
                                                  {OCTUNE_F32, ov::element::f32},
                                                  {OCTUNE_F64, ov::element::f64}}};
  return types;
}

[[noreturn]] void refuse(const std::string& where, const std::string& what) {
  throw Error(ErrorKind::input, where + ": " + what);
}

/// A path and, unless the whole of it is a file, the name behind its last colon.
struct Location {
  fs::path file;
  std::string name;
};

Location locate(const std::string& spec) {
  const std::string text = spec.substr(kPrefix.size());
  std::error_code ignored;
  if (fs::is_regular_file(text, ignored)) return {text, ""};
  const std::size_t colon = text.rfind(':');
  const std::string file = text.substr(0, colon);
  if (!fs::is_regular_file(file, ignored)) {
    refuse(spec, fmt::format("no such library '{}'; write lib:FILE:NAME, as lib:./libmine.so:name", file));
  }
  return {file, colon == std::string::npos ? "" : text.substr(colon + 1)};
}

const octune_plugin& load(const fs::path& file, const std::string& spec) {
  // An absolute path: one without a slash would be looked for in the system's folders.
  void* library = ::dlopen(fs::absolute(file).c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    const char* reason = ::dlerror();
    refuse(spec, fmt::format("it cannot be loaded ({}); give a shared library for this system",
                             reason == nullptr ? "no reason is known" : reason));
  }
  void* symbol = ::dlsym(library, kEntry);
  if (symbol == nullptr) {
    refuse(spec, fmt::format("'{}' is no plugin of octune, it exports no function '{}'; octune/plugin.h describes what "
                             "it needs",
                             file.string(), kEntry));
  }
  const octune_plugin* plugin = reinterpret_cast<const octune_plugin* (*)()>(symbol)();
  if (plugin == nullptr) refuse(spec, fmt::format("'{}' gives no table; return one from {}()", file.string(), kEntry));
  if (plugin->api_version != OCTUNE_PLUGIN_API_VERSION) {
    refuse(spec, fmt::format("'{}' was built for version {} of the plugin interface, this octune has version {}; build "
                             "it with this octune's octune/plugin.h",
                             file.string(), plugin->api_version, OCTUNE_PLUGIN_API_VERSION));
  }
  return *plugin;
}

template <class Table>
std::vector<std::string> names_of(std::span<const Table> tables) {
  std::vector<std::string> names;
  for (const Table& table : tables) names.emplace_back(table.name == nullptr ? "" : table.name);
  return names;
}

template <class Table>
const Table& find(std::span<const Table> tables, const Location& location, const std::string& spec,
                  std::string_view kind) {
  const std::vector<std::string> names = names_of(tables);
  const auto found = std::find(names.begin(), names.end(), location.name);
  if (found != names.end() && !location.name.empty()) return tables[static_cast<std::size_t>(found - names.begin())];
  if (names.empty()) refuse(spec, fmt::format("'{}' offers no {}; take another library", location.file.string(), kind));
  if (location.name.empty()) {
    refuse(spec, fmt::format("no name; '{}' offers the {}: {}", location.file.string(), kind, fmt::join(names, ", ")));
  }
  refuse(spec, fmt::format("'{}' offers no '{}' among its {}; {}", location.file.string(), location.name, kind,
                           did_you_mean(location.name, names)));
}

void require(bool condition, const std::string& spec, std::string_view what) {
  if (!condition) refuse(spec, fmt::format("its table {}; see octune/plugin.h", what));
}

}  // namespace

bool is_plugin(std::string_view spec) { return spec.starts_with(kPrefix); }

const octune_dataset& plugin_dataset(const std::string& spec) {
  const Location location = locate(spec);
  const octune_plugin& plugin = load(location.file, spec);
  const auto& table = find(std::span(plugin.datasets, plugin.dataset_count), location, spec, "data sets");
  require(table.size != nullptr && table.sample != nullptr, spec, "lacks the function size or sample");
  return table;
}

const octune_metric& plugin_metric(const std::string& spec) {
  const Location location = locate(spec);
  const octune_plugin& plugin = load(location.file, spec);
  const auto& table = find(std::span(plugin.metrics, plugin.metric_count), location, spec, "metrics");
  require(table.score != nullptr, spec, "lacks the function score");
  require(table.aggregation >= OCTUNE_MEAN && table.aggregation <= OCTUNE_CORPUS, spec, "has an unknown aggregation");
  require(table.reference == OCTUNE_LABELS || table.reference == OCTUNE_FLOAT_OUTPUTS, spec,
          "has an unknown reference");
  require(table.aggregation != OCTUNE_MEAN || table.score_length == 1, spec, "has a score_length other than 1");
  require(table.aggregation != OCTUNE_SUMS || table.score_length > 0, spec, "has no score_length");
  require(table.aggregation != OCTUNE_SUMS || table.value_of_sum != nullptr, spec, "lacks the function value_of_sum");
  require(table.aggregation != OCTUNE_CORPUS || table.value_of_scores != nullptr, spec,
          "lacks the function value_of_scores");
  require(table.has_bounds == 0 || table.low < table.high, spec, "has bounds that are not in order");
  return table;
}

void call_plugin(const std::string& where, const std::function<int(octune_message&)>& function) {
  std::array<char, 1024> text{};
  octune_message message{text.data(), text.size()};
  int code = 0;
  try {
    code = function(message);
  } catch (const std::exception& error) {
    refuse(where, fmt::format("an exception left the library ({}); catch it there and return a code", error.what()));
  } catch (...) {
    refuse(where, "an exception left the library; catch it there and return a code");
  }
  if (code == 0) return;
  text.back() = '\0';
  refuse(where, text.front() == '\0' ? fmt::format("failed with code {} and without a message", code)
                                     : std::string(text.data()));
}

ov::Tensor from_plugin(const octune_tensor& tensor, const std::string& where) {
  const auto types = element_types();
  const auto type =
      std::find_if(types.begin(), types.end(), [&](const ElementType& known) { return known.number == tensor.type; });
  if (type == types.end()) {
    refuse(where,
           fmt::format("a tensor has the unknown element type {}; octune/plugin.h lists those there are", tensor.type));
  }
  constexpr int32_t kMostAxes = 16;
  if (tensor.rank < 0 || tensor.rank > kMostAxes || (tensor.rank > 0 && tensor.shape == nullptr)) {
    refuse(where, fmt::format("a tensor has a shape of {} axes; give 0 to {}", tensor.rank, kMostAxes));
  }
  ov::Shape shape;
  std::size_t bytes = type->type.size();
  for (int32_t axis = 0; axis < tensor.rank; ++axis) {
    const int64_t length = tensor.shape[axis];
    std::size_t product = 0;
    if (length < 0 || __builtin_mul_overflow(bytes, static_cast<std::size_t>(length), &product)) {
      refuse(where, fmt::format("axis {} of a tensor has the length {}; that cannot be", axis, length));
    }
    bytes = product;
    shape.push_back(static_cast<std::size_t>(length));
  }
  if (tensor.data == nullptr && bytes > 0) refuse(where, "a tensor has no data; point to its values");
  if (bytes == 0) return {type->type, shape};
  return {type->type, shape, const_cast<void*>(tensor.data)};
}

octune_tensor to_plugin(const ov::Tensor& tensor, std::vector<int64_t>& shape) {
  const auto types = element_types();
  const auto type = std::find_if(types.begin(), types.end(),
                                 [&](const ElementType& known) { return known.type == tensor.get_element_type(); });
  if (type == types.end()) {
    throw Error(ErrorKind::unsupported, fmt::format("element type '{}' is unknown to plugins; they read floating-point "
                                                    "numbers, 8 to 64 bit integers and booleans",
                                                    tensor.get_element_type().to_string()));
  }
  shape.assign(tensor.get_shape().begin(), tensor.get_shape().end());
  return {"", tensor.data(), shape.data(), static_cast<int32_t>(shape.size()), type->number};
}

}  // namespace octune::base
