// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/console.hpp"
#include "cli/layerwise_flags.hpp"
#include "config/run_config.hpp"

namespace CLI {
class App;
}

namespace octune::cli {

/// How weights or activations are quantized.
struct SchemeFlags {
  std::optional<int> bits;
  std::optional<std::string> mode, granularity, estimator;
};

/// The options exactly as typed; what was not given is empty and leaves the configuration file's value.
struct Flags {
  std::string config, ac_config;
  std::vector<std::string> models;
  std::optional<std::string> shape;

  std::optional<std::string> data, val_data, labels;
  std::optional<std::string> resize, resize_mode, crop, interp, color, mean, scale, norm, layout;
  std::optional<double> pad_value;
  std::optional<int> sample_rate;
  std::optional<std::size_t> sequence_length;

  std::vector<std::string> metrics;
  std::optional<std::string> decoder, dictionary;
  std::optional<bool> ignore_spaces;
  std::optional<std::string> output;  ///< the one of the model that is judged
  std::optional<double> threshold, data_range;
  std::optional<std::size_t> positive_class;
  std::optional<double> metric_timeout;
  std::vector<std::string> max_drop, expect_baseline;
  std::optional<std::string> drop_type;
  std::optional<bool> higher_is_better, race;

  std::optional<std::string> preset, target_device, model_type, overflow_fix;
  std::optional<double> max_divergence;
  std::optional<double> val_split;
  std::vector<std::string> ignored_names, ignored_patterns, ignored_types;
  SchemeFlags weights, activations;
  std::optional<bool> channel_alignment, smooth_quant, fast_bias_correction;
  std::optional<std::string> bias_correction;
  std::optional<double> bias_threshold;
  bool requantize = false;
  LayerwiseFlags layerwise;

  std::optional<std::size_t> subset_size;
  std::optional<bool> shuffle;
  std::optional<std::uint64_t> seed;
  std::optional<int> threads;
  std::optional<std::string> output_dir, name;

  std::optional<std::string> statistics, collect, max_memory;
  bool merge = false;  ///< calibrate

  std::optional<std::string> reference;      ///< evaluate: the float model
  std::optional<std::string> float_results;  ///< evaluate: its results, kept for the next run
  std::string precision;                     ///< evaluate: one; benchmark: a list
  std::optional<double> seconds;             ///< benchmark
  std::optional<std::size_t> rounds;         ///< benchmark
  std::string mode = "latency";              ///< benchmark
  bool layers = false;                       ///< benchmark
  std::string topic;                         ///< list, schema, data
  std::string sheet;                         ///< data preview

  bool json = false;
  std::string progress = "auto";
  std::optional<std::string> log_level;
  std::string log_file;
};

/// The groups of options that commands are put together from.
void add_model_flags(CLI::App& command, Flags& flags);
void add_data_flags(CLI::App& command, Flags& flags);
void add_sequence_flags(CLI::App& command, Flags& flags);
void add_validation_flags(CLI::App& command, Flags& flags);
void add_preprocess_flags(CLI::App& command, Flags& flags);
void add_metric_flags(CLI::App& command, Flags& flags);
void add_output_flags(CLI::App& command, Flags& flags);
void add_subset_flags(CLI::App& command, Flags& flags, const std::string& size_flag, const std::string& size_help);
void add_collection_flags(CLI::App& command, Flags& flags, const std::string& statistics_flag,
                          const std::string& statistics_help);
void add_screen_flags(CLI::App& command, Flags& flags);

/// What a command does that is told neither a preset nor a configuration file, but has data to judge plans on.
enum class PlanDefault {
  one,     ///< the preset that the model's type has
  several  ///< as --preset auto
};

/// The configuration file, if one is named, with the given options in place of its values. Error{input} names the
/// option.
config::RunConfig effective_config(const Flags& flags, PlanDefault plan_default = PlanDefault::one);

/// What the configuration's notes have to say.
void say_notes(const config::RunConfig& config, Console& console);

/// Error{input} for an unknown value of --progress, --log-level or the environment's LOGLEVEL.
ConsoleOptions console_options(const Flags& flags);

/// The parts between commas that stand outside of (), [] and {}: "a,b[1,2]" is "a" and "b[1,2]".
std::vector<std::string> split_list(const std::string& text);

}  // namespace octune::cli
