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

/// "--x" sets true, "--no-x" false.
void add_switch(CLI::App& command, const std::string& name, std::optional<bool>& value, const std::string& help) {
  command.add_flag_function(
      fmt::format("--{},!--no-{}", name, name), [&value](std::int64_t count) { value = count > 0; }, help);
}

template <class Value, class Parse>
void set(const std::optional<std::string>& text, const char* option, Value& value, Parse parse) {
  if (text) value = parse(*text, option);
}

template <class Value>
void set(const std::optional<Value>& given, Value& value) {
  if (given) value = *given;
}

std::vector<std::string> all_parts(const std::vector<std::string>& lists) {
  std::vector<std::string> parts;
  for (const std::string& list : lists) {
    for (std::string& part : split_list(list)) parts.push_back(std::move(part));
  }
  return parts;
}

/// As all_parts(), but a command goes to the end of its list: it may hold commas.
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

Severity parse_level(std::string level, const char* where) {
  std::transform(level.begin(), level.end(), level.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (level == "warn") level = "warning";
  return base::parse_enum<Severity>(level, where);
}

/// Changes what is given and nothing else.
void apply_scheme(const SchemeFlags& flags, const std::string& kind, const char* estimator, SchemeOverride& scheme) {
  if (flags.bits) {
    if ((*flags.bits < 2 || *flags.bits > 8) && *flags.bits != 16) {
      throw Error(
          ErrorKind::input,
          fmt::format("--{}-bits: {} is out of range; give 2 to 8, or 16 for devices that have it", kind, *flags.bits));
    }
    scheme.bits = flags.bits;
  }
  if (flags.mode) scheme.mode = base::parse_enum<Mode>(*flags.mode, fmt::format("--{}-mode", kind));
  if (flags.granularity)
    scheme.granularity = base::parse_enum<Granularity>(*flags.granularity, fmt::format("--{}-granularity", kind));
  if (flags.estimator) {
    // As a whole: borders of the file would rule over the preset.
    scheme.range_estimator = {};
    scheme.range_estimator.preset = base::parse_enum<EstimatorPreset>(*flags.estimator, estimator);
  }
}

void apply_plan(const Flags& flags, PlanOptions& plan) {
  set(flags.target_device, "--target-device", plan.target_device, config::parse_target);
  set(flags.model_type, "--model-type", plan.model_type, config::parse_model_type);
  set(flags.overflow_fix, "--overflow-fix", plan.overflow_fix, base::parse_enum<OverflowFix>);
  apply_scheme(flags.weights, "weights", "--weights-estimator", plan.weights);
  apply_scheme(flags.activations, "activations", "--range-estimator", plan.activations);
  if (!flags.ignored_names.empty()) plan.ignored.names = all_parts(flags.ignored_names);
  if (!flags.ignored_patterns.empty()) plan.ignored.patterns = all_parts(flags.ignored_patterns);
  if (!flags.ignored_types.empty()) {
    plan.ignored.types.clear();
    for (std::string& type : all_parts(flags.ignored_types)) plan.ignored.types.push_back({std::move(type), {}});
  }
  set(flags.channel_alignment, plan.channel_alignment);
  set(flags.smooth_quant, plan.smooth_quant);
  if (flags.fast_bias_correction) {
    plan.bias_correction = *flags.fast_bias_correction ? BiasCorrectionMethod::fast : BiasCorrectionMethod::none;
  }
  set(flags.bias_correction, "--bias-correction", plan.bias_correction, base::parse_enum<BiasCorrectionMethod>);
  if (flags.bias_threshold) {
    if (!(*flags.bias_threshold >= 0)) {
      throw Error(ErrorKind::input,
                  fmt::format("--bias-threshold: {} is out of range; give 0 or more", *flags.bias_threshold));
    }
    plan.bias_correction_threshold = flags.bias_threshold;
  }
  if (flags.requantize) plan.already_quantized = AlreadyQuantized::requantize;
}

/// Which plan, or that several are to be tried.
void apply_choice(const Flags& flags, config::RunConfig& config) {
  if (flags.preset) {
    config.choose.reset();
    config.quantize.plan.preset.reset();
    if (config::is_auto_preset(*flags.preset)) {
      config.choose.emplace();
    } else {
      config.quantize.plan.preset = config::parse_preset(*flags.preset, "--preset");
    }
  }
  if (flags.max_divergence) {
    if (!(*flags.max_divergence >= 0)) {
      throw Error(ErrorKind::input,
                  fmt::format("--max-divergence: {} is out of range; give 0 or more", *flags.max_divergence));
    }
    if (!config.choose) {
      throw Error(ErrorKind::input,
                  "--max-divergence: only one plan is made, so there is none to choose; add --preset auto");
    }
    config.max_divergence = flags.max_divergence;
    config.choose->max_divergence = *flags.max_divergence;
  }
}

void add_scheme_flags(CLI::App& command, const std::string& kind, const std::string& estimator, SchemeFlags& flags) {
  const std::string group = "Schemes, where the target's table is not to decide";
  command.add_option(fmt::format("--{}-bits", kind), flags.bits, fmt::format("of {}: 2 to 8, or 16", kind))
      ->type_name("N")
      ->group(group);
  command.add_option(fmt::format("--{}-mode", kind), flags.mode, "symmetric or asymmetric; default: the preset's")
      ->type_name("NAME")
      ->group(group);
  command.add_option(fmt::format("--{}-granularity", kind), flags.granularity, "pertensor or perchannel")
      ->type_name("NAME")
      ->group(group);
  command
      .add_option(estimator, flags.estimator,
                  fmt::format("ranges of {}: default, quantile, histogram, mse or kl", kind))
      ->type_name("NAME")
      ->group(group);
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

void add_plan_flags(CLI::App& command, Flags& flags) {
  const std::string group = "Quantization";
  const auto list = [&](const std::string& name, std::vector<std::string>& value, const std::string& help) {
    command.add_option(name, value, help)
        ->type_name("LIST")
        ->expected(1)
        ->allow_extra_args(false)
        ->take_all()
        ->group(group);
  };
  command
      .add_option("--preset", flags.preset,
                  "performance, mixed, accuracy, or auto: tries several plans and takes the fastest that is good "
                  "enough; default: performance, but mixed for a transformer")
      ->type_name("NAME")
      ->group(group);
  command.add_option("-d,--target-device", flags.target_device, "see 'octune list targets', or a table's .json file")
      ->type_name("NAME")
      ->group(group);
  command.add_option("--model-type", flags.model_type, "auto, none or transformer")->type_name("NAME")->group(group);
  list("--ignored-names,--nodes-to-exclude", flags.ignored_names, "operations left in floating point, by name");
  list("--ignored-patterns", flags.ignored_patterns, "... by regular expression over the whole name");
  list("--ignored-types,--op-types-to-exclude", flags.ignored_types, "... by type");
  command
      .add_option("--overflow-fix", flags.overflow_fix,
                  "auto, first_layer, all or off: 7-bit weights on CPUs without VNNI")
      ->type_name("NAME")
      ->group(group);
  add_switch(command, "channel-alignment", flags.channel_alignment, "ActivationChannelAlignment (on)");
  add_switch(command, "smooth-quant", flags.smooth_quant, "SmoothQuant, transformers only (on)");
  command
      .add_option("--bias-correction", flags.bias_correction,
                  "fast (FastBiasCorrection; the default), sequential (BiasCorrection) or none")
      ->type_name("NAME");
  add_switch(command, "fast-bias-correction", flags.fast_bias_correction, "short for --bias-correction fast or none");
  command
      .add_option("--bias-threshold", flags.bias_threshold,
                  "leave a layer alone if its correction exceeds this many times its bias")
      ->type_name("NUMBER");
  command.add_flag("--requantize", flags.requantize, "a model that is quantized already: take that out and start anew");
  for (const char* name : {"--channel-alignment", "--smooth-quant", "--bias-correction", "--fast-bias-correction",
                           "--bias-threshold", "--requantize"})
    command.get_option(name)->group(group);
  add_scheme_flags(command, "weights", "--weights-estimator", flags.weights);
  add_scheme_flags(command, "activations", "--range-estimator,--activations-estimator", flags.activations);
}

void add_choice_flags(CLI::App& command, Flags& flags) {
  command
      .add_option("--max-divergence", flags.max_divergence,
                  "--preset auto: how far outputs may lie from the float model's, in nats or as a share (0.06)")
      ->type_name("NUMBER")
      ->group("Quantization");
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

config::RunConfig effective_config(const Flags& flags) {
  config::RunConfig config;
  if (!flags.config.empty()) config = config::read_run_config(flags.config);
  if (flags.models.size() > 1) {
    throw Error(ErrorKind::input, fmt::format("unexpected argument '{}' behind the model '{}'; name one model",
                                              flags.models[1], flags.models[0]));
  }
  if (!flags.models.empty()) config.model = flags.models.front();
  set(flags.shape, config.shape);
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
  apply_plan(flags, config.quantize.plan);
  apply_choice(flags, config);
  set(flags.subset_size, config.quantize.subset_size);
  set(flags.shuffle, config.quantize.shuffle);
  set(flags.seed, config.quantize.seed);
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
