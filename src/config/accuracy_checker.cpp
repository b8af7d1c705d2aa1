// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "config/accuracy_checker.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "config/algorithm_section.hpp"
#include "config/checker_model.hpp"
#include "config/checker_preprocessing.hpp"
#include "config/checker_samples.hpp"
#include "config/data_section.hpp"
#include "config/document.hpp"
#include "octune/error.hpp"

namespace octune::config {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// Keys of a launcher that say where and how fast the model runs.
constexpr const char* kLauncherKeys[] = {
    "device",       "tags",        "model",         "weights",         "num_requests",
    "async_mode",   "batch",       "device_config", "cpu_extensions",  "gpu_extensions",
    "affinity_map", "caffe_model", "caffe_weights", "saved_model_dir", "_models_prefix",
    "output_names", "model_name"};

/// A document that sections of the configuration lie in, if it is in a file of its own.
std::optional<Document> opened(Section& section, const std::string& key, Problems& problems) {
  const auto path = section.path(key);
  if (!path) return std::nullopt;
  std::error_code ignored;
  if (!fs::is_regular_file(*path, ignored)) {
    section.problem(key, fmt::format("{}: no such file '{}'; paths start at the configuration's folder",
                                     section.label(key), *section.text(key)));
    return std::nullopt;
  }
  try {
    Document document = Document::read(*path);
    if (document.root().is_object()) return document;
    problems.add(
        fmt::format("{}: not a configuration; the file has to be one object", document.where(json::json_pointer())));
  } catch (const Error& error) {
    problems.add(error.what());
  }
  return std::nullopt;
}

bool is_openvino(Section& launcher) {
  const auto framework = launcher.text("framework");
  return !framework || *framework == "dlsdk" || *framework == "openvino";
}

/// The launcher of those that runs OpenVINO; none, and a problem, if there is none.
std::optional<Section> openvino_launcher(Section& owner, Problems& problems) {
  auto launchers = owner.sections("launchers");
  if (!launchers) {
    if (!owner.has("launchers"))
      problems.add(
          fmt::format("{}: {} has no 'launchers'; add one with the adapter", owner.where(""), owner.label("")));
    return std::nullopt;
  }
  for (Section& launcher : *launchers) {
    if (is_openvino(launcher)) return launcher;
  }
  owner.problem("launchers", "no launcher has the framework 'openvino' (or 'dlsdk'); add one");
  return std::nullopt;
}

/// Reads `inputs` of a launcher: the layout of the images. Inputs that hold no images have no counterpart.
void read_inputs(Section& launcher, RunConfig& config) {
  auto inputs = launcher.sections("inputs");
  if (!inputs) return;
  for (Section& input : *inputs) {
    const std::string type = input.text("type").value_or("INPUT");
    if (type != "INPUT") {
      input.problem("type", fmt::format("inputs of type '{}' have no counterpart; give arrays in 'data' of engine, one "
                                        "an input",
                                        type));
      continue;
    }
    if (input.has("value"))
      input.problem("value",
                    "inputs from several files have no counterpart; give arrays in 'data' of engine, one an "
                    "input");
    const auto name = input.text("name");
    if (const auto layout = input.text("layout"))
      input.parsed("layout", [&] { config.preprocess.layout = parse_layout(*layout, input.label("layout")); });
    const auto shape = input.numbers("shape");
    if (shape && !name) input.problem("shape", "a shape without the name of its input has no counterpart; add 'name'");
    if (shape && name)
      config.shape += fmt::format("{}{}[{}]", config.shape.empty() ? "" : ",", *name, fmt::join(*shape, ","));
    without_effect(input, "precision", "the model's own type is fed", Severity::debug, config);
    input.finish();
  }
}

/// Which of octune's own keys stand beside the configuration; what they replace need not have a counterpart.
struct OwnKeys {
  bool labels;
  bool metrics;
  bool decoder;
};

CheckerOutputs read_launcher(Section& launcher, const OwnKeys& own, RunConfig& config) {
  launcher.text("framework");
  for (const char* key : kLauncherKeys)
    without_effect(launcher, key, "the model is that of 'model', run on the CPU", Severity::debug, config);
  if (launcher.flag("allow_reshape_input").value_or(false)) {
    launcher.problem("allow_reshape_input",
                     "inputs as large as each image have no counterpart; ours have one size, "
                     "'shape' of engine");
  }
  read_inputs(launcher, config);
  Problems replaced;
  launcher.has("adapter");
  Section adapter_owner = own.decoder ? launcher.reporting_to(replaced) : launcher;
  CheckerOutputs outputs = read_checker_adapter(adapter_owner, config);
  launcher.finish();
  return outputs;
}

/// The entry of `definitions` for the data set called `name`.
std::optional<Section> definition_of(const std::string& name, const Document* definitions, Problems& problems) {
  if (definitions == nullptr) return std::nullopt;
  Section root(*definitions, json::json_pointer(), problems);
  auto datasets = root.sections("datasets");
  if (!datasets) return std::nullopt;
  for (Section& dataset : *datasets) {
    if (dataset.text("name") == name) return dataset;
  }
  return std::nullopt;
}

/// What data sets are read with; the documents are borrowed.
struct Reading {
  const Document* definitions;  ///< null: there are none
  Problems& problems;
  CheckerOutputs outputs;  ///< of the launcher, for the decoder of the metrics
  OwnKeys own;
};

CheckerDataset dataset_of(Section own, const Reading& reading) {
  auto definition = definition_of(own.text("name").value_or(""), reading.definitions, reading.problems);
  return {std::move(own), std::move(definition)};
}

std::vector<Section> steps_of(CheckerDataset& dataset, const std::string& key) {
  return dataset.with(key).sections(key).value_or(std::vector<Section>{});
}

/// The entries of a list; their problems go to `replaced` if a key of octune's own replaces the list.
std::vector<Section> reported(std::vector<Section> entries, bool by_own_key, Problems& replaced) {
  if (by_own_key) {
    for (Section& entry : entries) entry = entry.reporting_to(replaced);
  }
  return entries;
}

/// Notes that of several data sets only the first is read.
void note_others(Section& owner, const std::string& key, std::size_t count, RunConfig& config) {
  if (count <= 1) return;
  config.notes.push_back({Severity::warning, fmt::format("{}: of {} data sets the first is taken; the others can be "
                                                         "measured by 'octune evaluate'",
                                                         owner.where(key), count)});
}

/// What a data set measures and how its samples are brought to the model.
enum class Purpose { calibration, metrics, both };

void refuse_subsets(CheckerDataset& dataset) {
  for (const char* key : {"subsample_size", "subsample_seed", "shuffle", "subset_metrics", "subset_file", "batch"}) {
    Section& entry = dataset.with(key);
    if (entry.has(key))
      entry.problem(key, fmt::format("'{}' has no counterpart; name the samples in the annotation's list, or split "
                                     "them with --val-split",
                                     key));
  }
}

void read_dataset(Section own, Purpose purpose, const Reading& reading, RunConfig& config) {
  CheckerDataset dataset = dataset_of(std::move(own), reading);
  CheckerOutputs outputs = reading.outputs;
  dataset.own().text("name");
  if (dataset.has("name")) dataset.with("name").text("name");
  refuse_subsets(dataset);
  const std::vector<Section> metrics = steps_of(dataset, "metrics");
  const bool measured = purpose != Purpose::calibration && !metrics.empty();
  const LabelUse use = reading.own.labels ? LabelUse::replaced : measured ? LabelUse::needed : LabelUse::not_needed;
  const CheckerSamples samples = read_checker_samples(dataset, use, config);
  if (purpose == Purpose::metrics) {
    config.val_data = samples.data;
  } else {
    config.data = samples.data;
  }
  read_checker_preprocessing(steps_of(dataset, "preprocessing"), samples.colors, config);
  const std::vector<Section> postprocessing = steps_of(dataset, "postprocessing");
  if (purpose != Purpose::calibration) {
    config.labels = samples.labels;
    outputs.class_offset += samples.class_offset;
    Problems replaced;
    read_checker_postprocessing(reported(postprocessing, reading.own.decoder, replaced), outputs, config);
    if (!replaced.empty()) {
      config.notes.push_back(
          {Severity::warning, fmt::format("{}: steps without a counterpart are left out, as 'decoder' of engine counts",
                                          dataset.with("postprocessing").where("postprocessing"))});
    }
    if (outputs.shares && measured && !reading.own.decoder) {
      dataset.own().problem("", fmt::format("{}: boxes stay shares of the image's size, which annotations are not; add "
                                            "'resize_prediction_boxes' to 'postprocessing'",
                                            dataset.own().label("")));
    }
    read_checker_metrics(reported(metrics, reading.own.metrics, replaced), config);
    config.decoder = decoder_text(outputs);
  }
  dataset.finish();
}

/// Reads `datasets`: a list, whose first entry counts, or one for calibration and one for metrics.
void read_datasets(Section& owner, const Reading& reading, RunConfig& config) {
  if (owner.is_object("datasets")) {
    auto datasets = owner.section("datasets");
    const auto part = [&](const char* name) -> std::optional<Section> {
      auto list = datasets->is_object(name) ? std::nullopt : datasets->sections(name);
      if (list) note_others(*datasets, name, list->size(), config);
      if (list && !list->empty()) return list->front();
      return datasets->is_object(name) ? datasets->section(name) : std::nullopt;
    };
    auto optimization = part("optimization");
    auto evaluation = part("evaluation");
    datasets->finish();
    if (optimization) read_dataset(*optimization, evaluation ? Purpose::calibration : Purpose::both, reading, config);
    if (!evaluation) return;
    RunConfig measured = config;
    measured.preprocess = {};
    measured.preprocess.layout = config.preprocess.layout;
    read_dataset(*evaluation, optimization ? Purpose::metrics : Purpose::both, reading, measured);
    if (optimization && preprocess_to_json(measured.preprocess) != preprocess_to_json(config.preprocess)) {
      evaluation->problem("preprocessing",
                          "another preprocessing than that of 'optimization' has no counterpart; give "
                          "both the same");
    }
    config = std::move(measured);
    return;
  }
  auto datasets = owner.sections("datasets");
  if (!datasets || datasets->empty()) {
    if (!owner.has("datasets") || datasets)
      reading.problems.add(
          fmt::format("{}: {} has no 'datasets'; add one with 'data_source'", owner.where(""), owner.label("")));
    return;
  }
  note_others(owner, "datasets", datasets->size(), config);
  read_dataset(datasets->front(), Purpose::both, reading, config);
}

/// The first model of the file that has a launcher for OpenVINO.
std::optional<Section> model_of(Section& root, Problems& problems, RunConfig& config) {
  if (root.has("evaluations")) {
    root.problem("evaluations",
                 "evaluators of several models have no counterpart; evaluate by a command, --metric "
                 "cmd:...");
    return std::nullopt;
  }
  auto models = root.sections("models");
  if (!models || models->empty()) {
    if (!root.has("models") || models)
      problems.add(fmt::format("{}: the file has no 'models'; add one", root.where("")));
    return std::nullopt;
  }
  for (Section& model : *models) {
    auto launchers = model.has("launchers") ? model.sections("launchers") : std::nullopt;
    if (!launchers || std::none_of(launchers->begin(), launchers->end(), is_openvino)) continue;
    if (models->size() > 1) {
      config.notes.push_back({Severity::debug, fmt::format("{}: of {} models the first for OpenVINO is taken",
                                                           root.where("models"), models->size())});
    }
    return model;
  }
  return models->front();  // whose launchers are reported
}

/// The definitions that the environment names.
std::optional<Document> common_definitions(Problems& problems) {
  const char* file = std::getenv("DEFINITIONS_FILE");
  if (file == nullptr || *file == '\0') return std::nullopt;
  std::error_code ignored;
  if (!fs::is_regular_file(file, ignored)) {
    problems.add(
        fmt::format("DEFINITIONS_FILE: no such file '{}'; correct the environment's variable or remove it", file));
    return std::nullopt;
  }
  return Document::read(file);
}

}  // namespace

bool is_accuracy_checker(Section& engine) {
  const bool keys = engine.has("config") || engine.has("launchers") || engine.has("datasets");
  const auto type = engine.one_of("type", {"simplified", "accuracy_checker"});
  return type ? *type == "accuracy_checker" : keys && !engine.has("type");
}

void read_accuracy_checker(Section& engine, Problems& problems, RunConfig& config) {
  // With octune's own keys beside it, the configuration need not say the same.
  const OwnKeys own{engine.has("labels"), engine.has("metric") || engine.has("metrics"), engine.has("decoder")};
  if (!engine.has("config")) {
    auto launcher = openvino_launcher(engine, problems);
    const std::optional<Document> definitions = common_definitions(problems);
    const CheckerOutputs outputs = launcher ? read_launcher(*launcher, own, config) : CheckerOutputs{};
    read_datasets(engine, {definitions ? &*definitions : nullptr, problems, outputs, own}, config);
    return;
  }
  for (const char* key : {"launchers", "datasets"}) {
    if (engine.has(key)) engine.problem(key, fmt::format("both 'config' and '{}' are given; remove one of them", key));
  }
  const std::optional<Document> file = opened(engine, "config", problems);
  if (!file) return;
  Section root(*file, json::json_pointer(), problems);
  const std::optional<Document> definitions =
      root.has("global_definitions") ? opened(root, "global_definitions", problems) : common_definitions(problems);
  auto model = model_of(root, problems, config);
  root.finish();
  if (!model) return;
  model->text("name");
  auto launcher = openvino_launcher(*model, problems);
  const CheckerOutputs outputs = launcher ? read_launcher(*launcher, own, config) : CheckerOutputs{};
  read_datasets(*model, {definitions ? &*definitions : nullptr, problems, outputs, own}, config);
  model->finish();
}

}  // namespace octune::config
