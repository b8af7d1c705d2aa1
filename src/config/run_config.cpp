// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "config/run_config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/file.hpp"
#include "base/plugin.hpp"
#include "config/accuracy_checker.hpp"
#include "config/compression.hpp"
#include "config/data_section.hpp"
#include "config/reader.hpp"
#include "config/section.hpp"
#include "config/tuning_section.hpp"
#include "data/names.hpp"
#include "evaluate/criterion_names.hpp"
#include "evaluate/decoder.hpp"
#include "layerwise/method_names.hpp"
#include "octune/error.hpp"

namespace octune::config {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

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

void read_criteria(Section& engine, CriteriaOptions& criteria) {
  for (const std::string& text : engine.texts("max_drop").value_or(std::vector<std::string>{}))
    engine.parsed("max_drop", [&] { criteria.max_drop.push_back(parse_limit(text, engine.label("max_drop"))); });
  criteria.drop_type = engine.choice<DropType>("drop_type");
  criteria.higher_is_better = engine.flag("higher_is_better");
  for (const std::string& text : engine.texts("expect_baseline").value_or(std::vector<std::string>{})) {
    engine.parsed("expect_baseline",
                  [&] { criteria.expected.push_back(parse_expectation(text, engine.label("expect_baseline"))); });
  }
}

void read_engine(Section& engine, const fs::path& document, Problems& problems, RunConfig& config) {
  const bool by_checker = is_accuracy_checker(engine);
  if (by_checker) read_accuracy_checker(engine, problems, config);
  config.checker_labels = !config.labels.empty() && !engine.has("labels");
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
  // What the Accuracy Checker's keys say already stays where ours say nothing; its samples are those of its labels.
  if (by_checker && (data || source) && config.val_data.empty()) config.val_data = config.data;
  if (data || source) config.data = data.value_or(source.value_or(""));
  config.val_data = data_spec(engine, "val_data", document).value_or(config.val_data);
  config.labels = data_spec(engine, "labels", document).value_or(config.labels);
  if (engine.has("metric") || engine.has("metrics")) config.metrics.clear();
  for (const char* key : {"metric", "metrics"}) {
    for (std::string& name : engine.texts(key).value_or(std::vector<std::string>{})) {
      config.metrics.push_back(base::is_plugin(name) ? plugin_spec(name, document) : std::move(name));
    }
  }
  if (const auto decoder = engine.text("decoder")) {
    config.decoder = *decoder;
    engine.parsed("decoder", [&] { evaluate::parse_decoder(*decoder, engine.label("decoder")); });
  }
  if (const auto dictionary = data_spec(engine, "dictionary", document)) config.dictionary = *dictionary;
  config.ignore_spaces = engine.flag("ignore_spaces").value_or(config.ignore_spaces);
  config.judged_output = engine.text("output").value_or(config.judged_output);
  if (const auto threshold = engine.number("threshold")) config.threshold = threshold;
  if (const auto positive = engine.integer("positive_class", 0, INT64_MAX))
    config.positive_class = static_cast<std::size_t>(*positive);
  config.data_range = engine.number("data_range");
  if (const auto limit = engine.number("metric_timeout", 0, std::numeric_limits<double>::max()))
    config.metric_timeout = *limit;
  read_criteria(engine, config.criteria);
  config.race = engine.flag("race").value_or(false);
  config.shape = engine.text("shape").value_or(config.shape);
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
  if (auto engine = root.section("engine")) read_engine(*engine, document.path(), problems, config);
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

json layerwise_to_json(const std::optional<LayerwiseOptions>& options) {
  if (!options) return nullptr;
  return {{"method", text_of(options->method)}, {"samples", options->samples},
          {"held_out", options->held_out},      {"rows", options->rows},
          {"memory", options->max_bytes},       {"steps", options->steps},
          {"batch_size", options->batch_size},  {"patience", options->patience},
          {"weights_lr", options->weights_lr},  {"bias_lr", options->bias_lr},
          {"scale_lr", options->scale_lr},      {"input_scale_lr", options->input_scale_lr}};
}

json scope_to_json(const IgnoredScope& scope) {
  json types = json::array();
  for (const IgnoredType& type : scope.types) types.push_back({{"type", type.type}, {"attributes", type.attributes}});
  return {{"names", scope.names}, {"patterns", scope.patterns}, {"types", types}};
}

}  // namespace

RunConfig read_run_config(const fs::path& path) { return read_valid(Document::read(path)); }

RunConfig read_checker_config(const fs::path& path) {
  std::error_code ignored;
  if (!fs::is_regular_file(path, ignored)) {
    throw Error(ErrorKind::input,
                fmt::format("{}: no such file; name a configuration of the Accuracy Checker", path.string()));
  }
  const json around{{"engine", {{"type", "accuracy_checker"}, {"config", path.filename().string()}}}};
  RunConfig config = parse_run_config(around.dump(), path);
  config.quantize.subset_size = QuantizeOptions{}.subset_size;  // no POT file asks for all of them
  return config;
}

RunConfig parse_run_config(std::string_view text, const fs::path& path) {
  return read_valid(Document::parse(text, path));
}

json to_json(const RunConfig& config) {
  const PlanOptions& plan = config.quantize.plan;
  return {
      {"model", config.model.string()},
      {"name", config.name},
      {"output_dir", config.output_dir.string()},
      {"shape", config.shape},
      {"data", config.data},
      {"val_data", config.val_data},
      {"val_split", config.val_split ? json(*config.val_split) : json(nullptr)},
      {"labels", config.labels},
      {"sequence_length", config.sequence_length},
      {"preprocess", preprocess_to_json(config.preprocess)},
      {"metric", config.metrics},
      {"decoder", config.decoder},
      {"dictionary", config.dictionary},
      {"ignore_spaces", config.ignore_spaces},
      {"output", config.judged_output},
      {"threshold", config.threshold ? json(*config.threshold) : json(nullptr)},
      {"positive_class", config.positive_class},
      {"data_range", config.data_range ? json(*config.data_range) : json(nullptr)},
      {"metric_timeout", config.metric_timeout},
      {"max_drop", to_texts(config.criteria.max_drop)},
      {"drop_type", config.criteria.drop_type ? json(text_of(*config.criteria.drop_type)) : json(nullptr)},
      {"higher_is_better", config.criteria.higher_is_better ? json(*config.criteria.higher_is_better) : json(nullptr)},
      {"expect_baseline", to_texts(config.criteria.expected)},
      {"race", config.race},
      {"algorithms", config.algorithms},
      {"target_device", plan.target_device},
      {"preset", config.choose ? json("auto")
                 : plan.preset ? json(text_of(*plan.preset))
                               : json(nullptr)},
      {"max_divergence", config.choose ? json(config.choose->max_divergence) : json(nullptr)},
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
      {"layerwise_tuning", layerwise_to_json(config.quantize.layerwise)},
      {"subset_size", config.quantize.subset_size},
      {"shuffle", config.quantize.shuffle},
      {"seed", config.quantize.seed},
      {"threads", config.quantize.threads},
      {"statistics", config.quantize.statistics ? config.quantize.statistics->path.string() : ""},
      {"collect", config.collection ? json(text_of(*config.collection)) : json(nullptr)},
      {"max_memory", config.quantize.max_memory}};
}

}  // namespace octune::config
