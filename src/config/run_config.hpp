// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "config/criteria.hpp"
#include "data/open.hpp"
#include "octune/choose.hpp"
#include "octune/observer.hpp"
#include "octune/options.hpp"

namespace octune::config {

/// What a configuration says that is accepted but changes nothing, or means something else than it did in POT.
struct Note {
  Severity severity = Severity::debug;
  std::string text;
};

/// All a run needs to know, from a configuration file, the command line or both.
struct RunConfig {
  std::filesystem::path model;
  std::string name;                  ///< of the written files; empty: the model file's stem
  std::filesystem::path output_dir;  ///< empty: not given
  std::string shape;                 ///< as the user wrote it: "x[1,3,48,320]" or "1,3,48,320"; empty: the model's own

  /// As the file names them; parts instead of DefaultQuantization if it lists parts.
  std::vector<std::string> algorithms{"DefaultQuantization"};
  QuantizeOptions quantize;
  /// Several plans are tried ("--preset auto"); none: the one that `quantize.plan` describes.
  std::optional<ChooseOptions> choose;
  std::optional<double> max_divergence;  ///< as the user gave it; none: the default
  std::optional<Collection> collection;  ///< none: the command decides
  /// Where the file's sections `weights` and `activations` stand ("<file>:<line>:<column>"), if it has them.
  std::map<QuantizerKind, std::string> sections;

  std::string data;      ///< calibration samples, as data::open_dataset() reads it
  std::string val_data;  ///< samples for the metrics; empty: no evaluation, unless labels or metrics are given
  std::string labels;
  bool checker_labels = false;  ///< an Accuracy Checker's configuration gave `labels` to the samples it names
  /// Part (below 1) or number of the samples of `data` that metrics are measured on and that do not calibrate.
  std::optional<double> val_split;
  data::Preprocess preprocess;
  std::size_t sequence_length = 1;  ///< how many samples in a row a model with states keeps them over

  std::vector<std::string> metrics;
  std::string decoder;     ///< how outputs are read, as evaluate::parse_decoder() takes it; empty: by the metric
  std::string dictionary;  ///< a text file with one character a line; empty: what the model carries, if it does
  bool ignore_spaces = false;
  std::string judged_output;        ///< the model's output that metrics look at, by name or number; empty: first
  std::optional<double> threshold;  ///< these three as in MetricOptions
  std::size_t positive_class = 1;
  std::optional<double> data_range;
  double metric_timeout = 3600;  ///< seconds that a command which measures a model may take; 0: no limit
  CriteriaOptions criteria;
  bool race = false;  ///< measuring stops as soon as it is certain enough whether the criteria are kept

  /// What the file says of layer-wise tuning while it has it switched off: the command line may switch it on.
  std::optional<LayerwiseOptions> layerwise_off;

  std::vector<Note> notes;
};

/// Reads a POT configuration file, JSON or YAML: sections `model`, `engine` and `compression` as POT has them, comments
/// included, and octune's own keys for data, preprocessing and metrics in `engine`. Relative paths are looked up beside
/// the file, then in the current folder. Without "stat_subset_size" the whole data set is used, as POT does.
///
/// All that is wrong is reported by one Error, a line each: "<file>:<line>:<column>: <problem>; <what is allowed>".
/// Its kind is unsupported if everything in the file is valid but something is not available in this version.
///
/// What the file leaves out is still left out; complete() fills it in.
RunConfig read_run_config(const std::filesystem::path& path);

/// The same from text; `path` is used in messages and to find relative paths.
RunConfig parse_run_config(std::string_view text, const std::filesystem::path& path);

/// Reads a configuration of the Accuracy Checker (YAML or JSON, docs/accuracy_checker.md) as if a POT file had named
/// it: samples, labels, preprocessing, decoder and metrics. Error{input} as
/// read_run_config().
RunConfig read_checker_config(const std::filesystem::path& path);

/// Gives the file's sections `weights` and `activations` the values of the keys they lack, as POT's reference states
/// them (docs/configuration.md has the table). Comes after the command line's options, because the values depend on the
/// preset, the mode and the bits. Without a section the target's table decides.
/// Besides, what DefaultQuantization ignores is not aligned either.
void complete(RunConfig& config);

/// The effective configuration, as run.json records it. Keys are the command line's option names.
nlohmann::json to_json(const RunConfig& config);

/// Numbers of the form "1,2.5,3", brackets around them allowed; Error{input} that names `where`.
std::vector<double> parse_numbers(std::string_view text, std::string_view where);

/// "H,W" or "S" for both sides; Error{input} that names `where`.
std::pair<int, int> parse_size(std::string_view text, std::string_view where);

/// A number of bytes: "1.5G", "512M", "64K" (powers of 1024) or "1000000"; Error{input} that names `where`.
std::uint64_t parse_bytes(std::string_view text, std::string_view where);

/// A preset by its name or by POT's other one (symmetric: performance, asymmetric: accuracy).
Preset parse_preset(std::string_view text, std::string_view where);

/// "auto" in any case: several plans are to be tried.
bool is_auto_preset(std::string_view text);

/// A model type in any case: "Transformer", "None", "auto".
ModelType parse_model_type(std::string_view text, std::string_view where);

/// A name of `octune list targets` in any case, one of POT's other names for a device, or the path of a table. POT's
/// ANY and CPU_SPR are CPU, GNA3 and GNA3.5 are GNA.
std::string parse_target(std::string_view text, std::string_view where);

/// A way of resizing; "keep-aspect-height" is accepted for keep_aspect_height.
data::ResizeMode parse_resize_mode(std::string_view text, std::string_view where);

/// "NCHW" of "NCHW" or of "input[NCHW]".
std::string parse_layout(std::string_view text, std::string_view where);

}  // namespace octune::config
