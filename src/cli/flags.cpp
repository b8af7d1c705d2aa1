// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/flags.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <map>

#include "base/names.hpp"
#include "cli/criteria_flags.hpp"
#include "cli/flag_parts.hpp"
#include "cli/plan_flags.hpp"
#include "config/data_section.hpp"
#include "data/names.hpp"
#include "octune/error.hpp"

namespace octune::base {

template <>
struct EnumNames<cli::ProgressMode> {
  static constexpr std::array<std::pair<cli::ProgressMode, std::string_view>, 4> table{
      {{cli::ProgressMode::automatic, "auto"},
       {cli::ProgressMode::bar, "bar"},
       {cli::ProgressMode::plain, "plain"},
       {cli::ProgressMode::none, "none"}}};
};

}  // namespace octune::base

namespace octune::cli {
namespace {

/// Unsigned numbers would take -1 for the largest one.
CLI::Validator whole_number() {
  const auto check = [](std::string& text) -> std::string {
    const bool digits = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
    return digits ? "" : fmt::format("'{}' is not a whole number of at least 0", text);
  };
  return {check, ""};
}

/// The parts of all lists; a command goes to the end of its list: it may hold commas.
std::vector<std::string> metric_parts(const std::vector<std::string>& lists) {
  std::vector<std::string> parts;
  for (const std::string& list : lists) {
    const std::size_t command = list.starts_with("cmd:") ? 0 : list.find(",cmd:");
    for (std::string& part : split_list(list.substr(0, command))) parts.push_back(std::move(part));
    if (command != std::string::npos) parts.push_back(list.substr(command == 0 ? 0 : command + 1));
  }
  return parts;
}

void set_channel_values(const std::optional<std::string>& text, const char* option, std::vector<double>& all,
                        std::map<std::string, std::vector<double>>& of_inputs) {
  if (!text) return;
  config::ChannelValues values = config::parse_channel_values(*text, option);
  all = std::move(values.all);
  of_inputs = std::move(values.of_inputs);
}

void apply_preprocess(const Flags& flags, data::Preprocess& preprocess) {
  if (flags.resize) preprocess.resize = config::parse_size(*flags.resize, "--resize");
  set(flags.resize_mode, "--resize-mode", preprocess.resize_mode, config::parse_resize_mode);
  set(flags.interp, "--interp", preprocess.interpolation, base::parse_enum<data::Interpolation>);
  set(flags.color, "--color", preprocess.color, base::parse_enum<data::ColorOrder>);
  if (flags.crop) config::parse_crop(*flags.crop, "--crop", preprocess);
  // A factor given here takes the place of the file's, whichever way that is given.
  if (flags.scale || flags.norm) {
    preprocess.scale.clear();
    preprocess.scale_of.clear();
    preprocess.norm.clear();
    preprocess.norm_of.clear();
  }
  set_channel_values(flags.mean, "--mean", preprocess.mean, preprocess.mean_of);
  set_channel_values(flags.scale, "--scale", preprocess.scale, preprocess.scale_of);
  set_channel_values(flags.norm, "--norm", preprocess.norm, preprocess.norm_of);
  set(flags.layout, "--layout", preprocess.layout, config::parse_layout);
  if (flags.pad_value) preprocess.pad_value = flags.pad_value;
  if (flags.sample_rate) preprocess.sample_rate = flags.sample_rate;
}

/// --data beside a configuration of the Accuracy Checker calibrates; its labels are those of its own samples, which the
/// metrics stay with.
void keep_labelled_samples(const Flags& flags, config::RunConfig& config) {
  const bool judged = !config.metrics.empty() || !flags.metrics.empty();
  const bool elsewhere = flags.val_data || flags.val_split || flags.labels || !config.val_data.empty();
  if (flags.data && config.checker_labels && judged && !elsewhere) config.val_data = config.data;
}

Severity parse_level(std::string level, const char* where) {
  std::transform(level.begin(), level.end(), level.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (level == "warn") level = "warning";
  return base::parse_enum<Severity>(level, where);
}

}  // namespace

std::vector<std::string> split_list(const std::string& text) {
  std::vector<std::string> parts;
  std::string part;
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\' && i + 1 < text.size()) {
      part += c;
      part += text[++i];
      continue;
    }
    if (c == '(' || c == '[' || c == '{') ++depth;
    if ((c == ')' || c == ']' || c == '}') && depth > 0) --depth;
    if (c == ',' && depth == 0) {
      if (!part.empty()) parts.push_back(part);
      part.clear();
    } else {
      part += c;
    }
  }
  if (!part.empty()) parts.push_back(part);
  return parts;
}

void add_model_flags(CLI::App& command, Flags& flags) {
  command.add_option("model,-m,--model", flags.models, "OpenVINO IR, ONNX, TensorFlow, TFLite or Paddle")
      ->type_name("MODEL");
  command.add_option("-c,--config", flags.config, "POT configuration file; options override it")->type_name("FILE");
  command
      .add_option("--ac-config", flags.ac_config,
                  "configuration of the Accuracy Checker: data, labels, preprocessing and metrics; options override it")
      ->type_name("FILE");
  command.add_option("--shape", flags.shape, "input shapes: 1,3,224,224 or x[1,3,48,320],y[1,10]")->type_name("SHAPE");
}

void add_data_flags(CLI::App& command, Flags& flags) {
  command
      .add_option("--data", flags.data,
                  "samples: image or sound folder, .npz, .npy, name=a.npy,name2=b.npy, a.bin:f32[300,3,224,224], .csv, "
                  ".tsv, .jsonl, ONNX test_data_set folders, list of paths, or random[:N]")
      ->type_name("SPEC");
}

void add_sequence_flags(CLI::App& command, Flags& flags) {
  command
      .add_option("--sequence-length", flags.sequence_length,
                  "samples in a row that a model with states keeps them over (1: none)")
      ->type_name("N")
      ->check(whole_number());
}

void add_validation_flags(CLI::App& command, Flags& flags) {
  command.add_option("--val-data", flags.val_data, "samples the metrics are measured on, as --data")->type_name("SPEC");
  command
      .add_option("--val-split", flags.val_split,
                  "0.3: that part of --data is for the metrics and does not calibrate, drawn with --seed; 200: so many")
      ->type_name("PART");
  command
      .add_option("--labels", flags.labels,
                  "of --val-data, else of --data: file.npz:key, .npy, 'path label' text, .csv, .jsonl, 'folders', "
                  "masks, or annotations of COCO, VOC or YOLO")
      ->type_name("SPEC");
}

void add_preprocess_flags(CLI::App& command, Flags& flags) {
  const std::string group = "Preprocessing";
  command.add_option("--resize", flags.resize, "height,width of images; default: the input's")
      ->type_name("H,W")
      ->group(group);
  command.add_option("--resize-mode", flags.resize_mode, "stretch, letterbox, shorter or keep-aspect-height")
      ->type_name("MODE")
      ->group(group);
  command
      .add_option("--crop", flags.crop,
                  "height,width of the centre cut out after resizing, or the part of the image, as 0.875")
      ->type_name("H,W")
      ->group(group);
  command
      .add_option("--interp", flags.interp,
                  "OpenCV's linear, cubic, area or nearest, or Pillow's: see 'octune list interpolations'")
      ->type_name("NAME")
      ->group(group);
  command.add_option("--color", flags.color, "rgb, bgr or gray")->type_name("ORDER")->group(group);
  command
      .add_option("--mean,--mean-values", flags.mean,
                  "subtracted, one value or one a channel; data[1,2,3],info[4] by input")
      ->type_name("LIST")
      ->group(group);
  command.add_option("--scale,--scale-values", flags.scale, "then divided by, one value or one a channel")
      ->type_name("LIST")
      ->group(group);
  command
      .add_option("--norm,--norm-values", flags.norm,
                  "or multiplied by, in place of --scale: one value or one a channel")
      ->type_name("LIST")
      ->group(group);
  command
      .add_option("--sample-rate", flags.sample_rate, "samples a second that sound files have to have; default: any")
      ->type_name("N")
      ->check(whole_number())
      ->group(group);
  command.add_option("--pad-value", flags.pad_value, "pixel value of padding")->type_name("NUMBER")->group(group);
  command.add_option("--layout", flags.layout, "NCHW, NHWC, CHW or HWC; default: guessed")
      ->type_name("LAYOUT")
      ->group(group);
}

void add_metric_flags(CLI::App& command, Flags& flags) {
  command
      .add_option("--metric", flags.metrics,
                  "see 'octune list metrics'; cmd:COMMAND or lib:FILE:NAME for one of your own; may be repeated")
      ->type_name("NAME")
      ->expected(1)
      ->allow_extra_args(false)
      ->take_all();
  command
      .add_option("--decoder", flags.decoder,
                  "how detections, masks or text are read from outputs: yolo_v8, or yolo_v8:score_threshold=0.01,...; "
                  "see 'octune list decoders'")
      ->type_name("NAME");
  command
      .add_option("--dictionary", flags.dictionary,
                  "characters of a CTC model, one a line; default: the one the model carries")
      ->type_name("FILE");
  add_switch(command, "ignore-spaces", flags.ignore_spaces, "text metrics compare without spaces");
  command.add_option("--output", flags.output, "the output that metrics judge, by name or number; default: the first")
      ->type_name("NAME");
  command
      .add_option(
          "--threshold", flags.threshold,
          "binary_accuracy, f1: a value above it is a yes (0.5); f1_micro, f1_macro: of several classes a sample")
      ->type_name("NUMBER");
  command
      .add_option("--positive-class", flags.positive_class,
                  "f1, binary_accuracy of one value a class: which is a yes (1)")
      ->type_name("N")
      ->check(whole_number());
  command
      .add_option("--data-range", flags.data_range,
                  "psnr, ssim: largest possible value minus smallest; default: that of 8 or 16 bit labels")
      ->type_name("NUMBER");
  command
      .add_option("--metric-timeout", flags.metric_timeout,
                  "of --metric cmd: seconds for one model (3600); 0: no limit")
      ->type_name("SECONDS");
}

void add_output_flags(CLI::App& command, Flags& flags) {
  command
      .add_option("-o,--output-dir", flags.output_dir,
                  "folder of the results; default: results/<name>_<algorithm>/<time>")
      ->type_name("DIR");
  command.add_option("--name", flags.name, "of the written model; default: the input file's")->type_name("NAME");
}

void add_subset_flags(CLI::App& command, Flags& flags, const std::string& size_flag, const std::string& size_help) {
  command.add_option(size_flag, flags.subset_size, size_help)->type_name("N")->check(whole_number());
  add_switch(command, "shuffle", flags.shuffle, "a random subset instead of the first samples");
  command.add_option("--seed", flags.seed, "of everything random: --shuffle, --data random (0)")
      ->type_name("N")
      ->check(whole_number());
}

void add_collection_flags(CLI::App& command, Flags& flags, const std::string& statistics_flag,
                          const std::string& statistics_help) {
  command.add_option(statistics_flag, flags.statistics, statistics_help)->type_name("FILE");
  command
      .add_option("--collect", flags.collect,
                  "common (what other presets, targets and ignored operations need) or everything (estimators, too)")
      ->type_name("NAME");
  command.add_option("--max-memory", flags.max_memory, "of collecting statistics: 1.5G, 512M or bytes; 0: no limit")
      ->type_name("SIZE");
}

void add_screen_flags(CLI::App& command, Flags& flags) {
  const std::string group = "Screen";
  command.add_flag("--json", flags.json, "print one JSON object and nothing else")->group(group);
  command.add_option("--progress", flags.progress, "auto, bar, plain or none")->type_name("MODE")->group(group);
  command.add_option("--log-level", flags.log_level, "debug, info, warning or error; else the environment's LOGLEVEL")
      ->type_name("LEVEL")
      ->group(group);
  command.add_option("--log-file", flags.log_file, "gets all messages, with times")->type_name("FILE")->group(group);
}

config::RunConfig effective_config(const Flags& flags, PlanDefault plan_default) {
  config::RunConfig config;
  if (!flags.config.empty() && !flags.ac_config.empty()) {
    throw Error(ErrorKind::input,
                "--ac-config: there is a --config already; name the file under 'config' of its engine");
  }
  if (!flags.config.empty()) config = config::read_run_config(flags.config);
  if (!flags.ac_config.empty()) config = config::read_checker_config(flags.ac_config);
  if (flags.models.size() > 1) {
    throw Error(ErrorKind::input, fmt::format("unexpected argument '{}' behind the model '{}'; name one model",
                                              flags.models[1], flags.models[0]));
  }
  if (!flags.models.empty()) config.model = flags.models.front();
  set(flags.shape, config.shape);
  keep_labelled_samples(flags, config);
  set(flags.data, config.data);
  set(flags.val_data, config.val_data);
  if (flags.val_split) {
    if (!config.val_data.empty())
      throw Error(ErrorKind::input, "--val-split: there are --val-data already; give one of the two");
    config.val_split = flags.val_split;
  }
  set(flags.labels, config.labels);
  apply_preprocess(flags, config.preprocess);
  if (!flags.metrics.empty()) config.metrics = metric_parts(flags.metrics);
  if (flags.metric_timeout && !(*flags.metric_timeout >= 0)) {
    throw Error(ErrorKind::input, fmt::format("--metric-timeout: {} is out of range; give seconds, or 0 for no limit",
                                              *flags.metric_timeout));
  }
  set(flags.metric_timeout, config.metric_timeout);
  set(flags.decoder, config.decoder);
  set(flags.dictionary, config.dictionary);
  set(flags.ignore_spaces, config.ignore_spaces);
  set(flags.output, config.judged_output);
  if (flags.threshold) config.threshold = flags.threshold;
  set(flags.positive_class, config.positive_class);
  if (flags.data_range) config.data_range = flags.data_range;
  apply_criteria(flags, config.criteria);
  set(flags.race, config.race);
  apply_plan(flags, config.quantize.plan);
  apply_choice(flags, plan_default, config);
  apply_layerwise(flags.layerwise, config.layerwise_off, config.quantize.layerwise);
  set(flags.subset_size, config.quantize.subset_size);
  set(flags.shuffle, config.quantize.shuffle);
  set(flags.seed, config.quantize.seed);
  if (config.quantize.layerwise) config.quantize.layerwise->seed = config.quantize.seed;
  if (flags.threads && *flags.threads < 0) {
    throw Error(
        ErrorKind::input,
        fmt::format("--threads: {} is negative; give the number of threads, or 0 for all cores", *flags.threads));
  }
  set(flags.threads, config.quantize.threads);
  if (flags.sequence_length && *flags.sequence_length == 0)
    throw Error(ErrorKind::input, "--sequence-length: 0 is out of range; give 1 or more");
  set(flags.sequence_length, config.sequence_length);
  if (flags.output_dir) config.output_dir = *flags.output_dir;
  set(flags.name, config.name);
  if (flags.statistics) config.quantize.statistics = StatisticsFile{*flags.statistics, ForeignStatistics::refuse};
  set(flags.collect, "--collect", config.collection, base::parse_enum<Collection>);
  set(flags.max_memory, "--max-memory", config.quantize.max_memory, config::parse_bytes);
  config::complete(config);
  return config;
}

void say_notes(const config::RunConfig& config, Console& console) {
  for (const config::Note& note : config.notes) console.message(note.severity, note.text);
}

ConsoleOptions console_options(const Flags& flags) {
  ConsoleOptions options;
  options.progress = base::parse_enum<ProgressMode>(flags.progress, "--progress");
  if (flags.log_level) {
    options.level = parse_level(*flags.log_level, "--log-level");
  } else if (const char* environment = std::getenv("LOGLEVEL"); environment != nullptr && *environment != '\0') {
    // Other programs read the variable too: a value that is theirs must not stop this one.
    try {
      options.level = parse_level(environment, "LOGLEVEL");
    } catch (const Error& error) {
      options.note = error.what();
    }
  }
  options.log_file = flags.log_file;
  if (flags.json) options.output = OutputFormat::json;
  return options;
}

}  // namespace octune::cli
