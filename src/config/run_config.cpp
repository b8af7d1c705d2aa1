// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "config/run_config.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/file.hpp"
#include "config/compression.hpp"
#include "config/reader.hpp"
#include "config/section.hpp"
#include "config/tuning_section.hpp"
#include "data/names.hpp"
#include "octune/error.hpp"

namespace octune::config {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::string_view kDataKeys =
    "'data' (images or arrays), 'val_data', 'labels', 'metric', 'resize', 'mean', 'scale', 'color', 'layout'";

/// The path inside one part of a data specification: of "x.npz:key" it is "x.npz".
std::string path_of(const std::string& part) {
  const std::size_t npz = part.rfind(".npz:");
  return npz == std::string::npos ? part : part.substr(0, npz + 4);
}

/// A data specification whose paths lead where `resolve` says. Missing files are noted.
std::optional<std::string> data_spec(Section& section, const std::string& key, const fs::path& document) {
  const auto given = section.text(key);
  if (!given) return std::nullopt;
  if (*given == "random" || given->starts_with("random:") || *given == "folders") return given;
  std::vector<std::string> parts{*given};
  std::error_code ignored;
  const bool named = given->find('=') != std::string::npos && !fs::exists(resolve(*given, document), ignored);
  if (named) {
    parts.clear();
    std::size_t start = 0;
    for (std::size_t comma = given->find(','); start <= given->size(); comma = given->find(',', start)) {
      parts.push_back(given->substr(start, comma == std::string::npos ? comma : comma - start));
      if (comma == std::string::npos) break;
      start = comma + 1;
    }
  }
  std::string result;
  for (const std::string& part : parts) {
    const std::size_t equals = named ? part.find('=') : std::string::npos;
    const std::string name = equals == std::string::npos ? "" : part.substr(0, equals + 1);
    const std::string spec = equals == std::string::npos ? part : part.substr(equals + 1);
    const std::string path = path_of(spec);
    const fs::path found = resolve(path, document);
    if (!fs::exists(found, ignored)) {
      section.problem(key, fmt::format("{}: no such file or folder '{}'; paths start at the configuration's folder",
                                       section.label(key), path));
    }
    result += (result.empty() ? "" : ",") + name + found.string() + spec.substr(path.size());
  }
  return result;
}

void read_model(Section& model, const fs::path& document, RunConfig& config) {
  config.name = model.text("model_name").value_or("");
  if (model.has("cascade")) {
    model.problem("cascade", "model cascades are not supported; quantize the models one by one",
                  ErrorKind::unsupported);
  }
  std::error_code ignored;
  if (const auto path = model.path("model")) {
    config.model = *path;
    if (!fs::is_regular_file(config.model, ignored)) {
      model.problem("model", fmt::format("{}: no such file '{}'; paths start at the configuration's folder",
                                         model.label("model"), *model.text("model")));
    }
  }
  if (const auto weights = model.path("weights")) {
    fs::path expected = config.model;
    expected.replace_extension(".bin");
    if (!config.model.empty() && config.model.extension() == ".xml" && fs::path(*weights) != expected) {
      model.problem("weights", fmt::format("{}: '{}' is not the .bin of the model; it has to be '{}'",
                                           model.label("weights"), *weights, expected.string()));
    } else if (!fs::is_regular_file(*weights, ignored)) {
      model.problem("weights", fmt::format("{}: no such file '{}'; paths start at the configuration's folder",
                                           model.label("weights"), *model.text("weights")));
    }
  }
  if (const auto folder = model.text("output_dir")) config.output_dir = resolve(*folder, document);
  model.finish();
}

void read_preprocess(Section& engine, data::Preprocess& preprocess) {
  if (const auto size = engine.numbers("resize")) {
    std::string text;
    for (const double side : *size) text += fmt::format("{}{}", text.empty() ? "" : ",", side);
    engine.parsed("resize", [&] { preprocess.resize = parse_size(text, engine.label("resize")); });
  }
  if (const auto mode = engine.text("resize_mode")) {
    engine.parsed("resize_mode",
                  [&] { preprocess.resize_mode = parse_resize_mode(*mode, engine.label("resize_mode")); });
  }
  if (const auto interpolation = engine.choice<data::Interpolation>("interp"))
    preprocess.interpolation = *interpolation;
  if (const auto color = engine.choice<data::ColorOrder>("color")) preprocess.color = *color;
  if (const auto value = engine.number("pad_value")) preprocess.pad_value = value;
  if (const auto mean = engine.numbers("mean")) preprocess.mean = *mean;
  if (const auto scale = engine.numbers("scale")) preprocess.scale = *scale;
  if (const auto layout = engine.text("layout")) {
    engine.parsed("layout", [&] { preprocess.layout = parse_layout(*layout, engine.label("layout")); });
  }
  if (const auto fraction = engine.number("central_fraction"); fraction && *fraction != 1) {
    engine.problem("central_fraction",
                   "cropping by 'central_fraction' is not supported; use 'resize' with \"resize_mode\": \"shorter\", "
                   "which crops the centre",
                   ErrorKind::unsupported);
  }
}

/// True if the section describes POT's accuracy_checker engine, which is reported.
bool is_accuracy_checker(Section& engine) {
  const bool checker_keys = engine.has("config") || engine.has("launchers") || engine.has("datasets");
  const auto type = engine.one_of("type", {"simplified", "accuracy_checker"});
  if (type != "accuracy_checker" && (type || !checker_keys)) return false;
  engine.problem(
      type ? "type" : "",
      fmt::format("the accuracy_checker engine is not supported; remove its keys and describe the data by {}",
                  kDataKeys),
      ErrorKind::unsupported);
  return true;
}

void read_engine(Section& engine, const fs::path& document, RunConfig& config) {
  if (is_accuracy_checker(engine)) return;
  for (const char* key : {"stat_requests_number", "eval_requests_number", "device"}) {
    if (engine.has(key)) {
      config.notes.push_back({Severity::debug, fmt::format("{}: {} has no effect: the number of requests is chosen for "
                                                           "the machine, which is the CPU",
                                                           engine.where(key), engine.label(key))});
    }
  }
  const auto data = data_spec(engine, "data", document);
  const auto source = data_spec(engine, "data_source", document);
  if (data && source) {
    engine.problem("data_source", "both 'data' and 'data_source' are given; remove one of them");
  }
  // POT's simplified engine feeds images in the order OpenCV decodes them.
  if (source) config.preprocess.color = data::ColorOrder::bgr;
  config.data = data.value_or(source.value_or(""));
  config.val_data = data_spec(engine, "val_data", document).value_or("");
  config.labels = data_spec(engine, "labels", document).value_or("");
  for (const char* key : {"metric", "metrics"}) {
    for (std::string& name : engine.texts(key).value_or(std::vector<std::string>{})) {
      config.metrics.push_back(std::move(name));
    }
  }
  if (const auto dictionary = data_spec(engine, "dictionary", document)) config.dictionary = *dictionary;
  config.ignore_spaces = engine.flag("ignore_spaces").value_or(false);
  config.shape = engine.text("shape").value_or("");
  if (const auto length = engine.integer("sequence_length", 1, INT64_MAX))
    config.sequence_length = static_cast<std::size_t>(*length);
  if (const auto threads = engine.integer("threads", 0, 4096)) config.quantize.threads = static_cast<int>(*threads);
  if (const auto statistics = engine.path("statistics"))
    config.quantize.statistics = StatisticsFile{*statistics, ForeignStatistics::refuse};
  config.collection = engine.choice<Collection>("collect");
  if (const auto limit = engine.text("max_memory")) {
    engine.parsed("max_memory", [&] { config.quantize.max_memory = parse_bytes(*limit, engine.label("max_memory")); });
  }
  read_preprocess(engine, config.preprocess);
  engine.finish();
}

}  // namespace

RunConfig read_document(const Document& document, Problems& problems) {
  RunConfig config;
  if (!document.root().is_object()) {
    throw Error(ErrorKind::input, fmt::format("{}: not a configuration; the file has to be one object with 'model', "
                                              "'engine' and 'compression'",
                                              document.where(json::json_pointer())));
  }
  Section root(document, json::json_pointer(), problems);
  if (auto model = root.section("model")) read_model(*model, document.path(), config);
  if (auto engine = root.section("engine")) read_engine(*engine, document.path(), config);
  bool tuning = false;
  if (auto compression = root.section("compression")) {
    tuning = read_compression(*compression, config);
  } else {
    config.quantize.subset_size = 0;
  }
  if (auto optimizer = root.section("optimizer")) {
    read_optimizer(*optimizer);
    if (!tuning) {
      root.problem("optimizer", "tuning is not available in this version; remove the section 'optimizer'",
                   ErrorKind::unsupported);
    }
  }
  root.finish();
  return config;
}

namespace {

RunConfig read_valid(const Document& document) {
  Problems problems;
  RunConfig config = read_document(document, problems);
  problems.raise();
  return config;
}

template <class Enum>
std::string text_of(Enum value) {
  return std::string(base::name_of(value));
}

json border_to_json(const BorderOverride& border) {
  json result = json::object();
  if (border.type) result["type"] = text_of(*border.type);
  if (border.aggregator) result["aggregator"] = text_of(*border.aggregator);
  if (border.outlier_prob) result["outlier_prob"] = *border.outlier_prob;
  if (border.granularity) result["granularity"] = text_of(*border.granularity);
  if (border.clipping_value) result["clipping_value"] = *border.clipping_value;
  return result;
}

json scheme_to_json(const SchemeOverride& scheme) {
  json result = json::object();
  if (scheme.bits) result["bits"] = *scheme.bits;
  if (scheme.mode) result["mode"] = text_of(*scheme.mode);
  if (scheme.granularity) result["granularity"] = text_of(*scheme.granularity);
  if (scheme.level_low) result["level_low"] = *scheme.level_low;
  if (scheme.level_high) result["level_high"] = *scheme.level_high;
  const RangeEstimatorOverride& range = scheme.range_estimator;
  if (range.preset) result["range_estimator"]["preset"] = text_of(*range.preset);
  if (range.min != BorderOverride{}) result["range_estimator"]["min"] = border_to_json(range.min);
  if (range.max != BorderOverride{}) result["range_estimator"]["max"] = border_to_json(range.max);
  return result;
}

json scope_to_json(const IgnoredScope& scope) {
  json types = json::array();
  for (const IgnoredType& type : scope.types) types.push_back({{"type", type.type}, {"attributes", type.attributes}});
  return {{"names", scope.names}, {"patterns", scope.patterns}, {"types", types}};
}

json preprocess_to_json(const data::Preprocess& preprocess) {
  json result{{"resize_mode", text_of(preprocess.resize_mode)},
              {"interp", text_of(preprocess.interpolation)},
              {"color", text_of(preprocess.color)},
              {"mean", preprocess.mean},
              {"scale", preprocess.scale},
              {"layout", preprocess.layout}};
  result["pad_value"] = preprocess.pad_value ? json(*preprocess.pad_value) : json(nullptr);
  result["resize"] = preprocess.resize ? json{preprocess.resize->first, preprocess.resize->second} : json(nullptr);
  return result;
}

}  // namespace

RunConfig read_run_config(const fs::path& path) { return read_valid(Document::read(path)); }

RunConfig parse_run_config(std::string_view text, const fs::path& path) {
  return read_valid(Document::parse(text, path));
}

json to_json(const RunConfig& config) {
  const PlanOptions& plan = config.quantize.plan;
  return {{"model", config.model.string()},
          {"name", config.name},
          {"output_dir", config.output_dir.string()},
          {"shape", config.shape},
          {"data", config.data},
          {"val_data", config.val_data},
          {"labels", config.labels},
          {"sequence_length", config.sequence_length},
          {"preprocess", preprocess_to_json(config.preprocess)},
          {"metric", config.metrics},
          {"dictionary", config.dictionary},
          {"ignore_spaces", config.ignore_spaces},
          {"algorithms", config.algorithms},
          {"target_device", plan.target_device},
          {"preset", plan.preset ? json(text_of(*plan.preset)) : json(nullptr)},
          {"model_type", text_of(plan.model_type)},
          {"overflow_fix", text_of(plan.overflow_fix)},
          {"ignored", scope_to_json(plan.ignored)},
          {"not_aligned", scope_to_json(plan.not_aligned)},
          {"not_corrected", scope_to_json(plan.not_corrected)},
          {"weights", scheme_to_json(plan.weights)},
          {"activations", scheme_to_json(plan.activations)},
          {"channel_alignment", plan.channel_alignment},
          {"smooth_quant", plan.smooth_quant},
          {"bias_correction", text_of(plan.bias_correction)},
          {"bias_threshold", plan.bias_correction_threshold ? json(*plan.bias_correction_threshold) : json(nullptr)},
          {"requantize", plan.already_quantized == AlreadyQuantized::requantize},
          {"subset_size", config.quantize.subset_size},
          {"shuffle", config.quantize.shuffle},
          {"seed", config.quantize.seed},
          {"threads", config.quantize.threads},
          {"statistics", config.quantize.statistics ? config.quantize.statistics->path.string() : ""},
          {"collect", config.collection ? json(text_of(*config.collection)) : json(nullptr)},
          {"max_memory", config.quantize.max_memory}};
}

}  // namespace octune::config
