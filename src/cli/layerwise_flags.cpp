// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/layerwise_flags.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <type_traits>
#include <vector>

#include "config/run_config.hpp"
#include "layerwise/method_names.hpp"
#include "layerwise/tune_layers.hpp"
#include "octune/error.hpp"

namespace octune::cli {
namespace {

constexpr std::string_view kOff = "off";

template <class Value>
void set(const std::optional<Value>& given, const char* option, Value& value, std::vector<const char*>& used) {
  if (!given) return;
  used.push_back(option);
  value = *given;
}

/// What is wrong with a number on the command line, which would become a very large one; empty if nothing is.
std::string not_negative(const std::string& text) {
  return text.starts_with('-') ? fmt::format("{} is negative; give 0 or more", text) : std::string();
}

LayerwiseMethod parse_method(const std::string& text) {
  std::vector<std::string> known = base::names_of<LayerwiseMethod>();
  known.emplace_back(kOff);
  for (const auto& [method, name] : base::EnumNames<LayerwiseMethod>::table) {
    if (name == text) return method;
  }
  throw Error(ErrorKind::input,
              fmt::format("--layerwise-tuning: unknown value '{}'; {}", text, base::did_you_mean(text, known)));
}

}  // namespace

void add_layerwise_flags(CLI::App& command, LayerwiseFlags& flags) {
  const std::string group = "Layer-wise tuning";
  const auto number = [&](const char* name, auto& value, const std::string& help) {
    CLI::Option* option = command.add_option(name, value, help)->type_name("NUMBER")->group(group);
    if constexpr (std::is_same_v<decltype(value), std::optional<std::size_t>&>) option->check(not_negative, "");
  };
  const LayerwiseOptions defaults;
  command
      .add_option("--layerwise-tuning", flags.method,
                  "least_squares or finetune (slower): brings every layer's output closer to the float model's; "
                  "off (the default)")
      ->type_name("METHOD")
      ->group(group);
  number("--layerwise-samples", flags.samples,
         fmt::format("of the calibration samples, 0: all ({})", defaults.samples));
  number("--layerwise-held-out", flags.held_out, fmt::format("share of them that only judges ({})", defaults.held_out));
  number("--layerwise-rows", flags.rows, fmt::format("output positions a layer is tuned on ({})", defaults.rows));
  number("--layerwise-memory", flags.memory,
         fmt::format("bytes for these, as 64M or 1G ({}M)", defaults.max_bytes >> 20));
  number("--layerwise-steps", flags.steps, fmt::format("a layer, at most ({})", defaults.steps));
  number("--layerwise-batch-size", flags.batch_size, fmt::format("rows a step ({})", defaults.batch_size));
  number("--layerwise-patience", flags.patience,
         fmt::format("looks without progress after which a layer is finished ({})", defaults.patience));
  number("--layerwise-weights-lr", flags.weights_lr,
         fmt::format("learning rate, in steps of the integers ({})", defaults.weights_lr));
  number("--layerwise-bias-lr", flags.bias_lr, fmt::format("... of biases ({})", defaults.bias_lr));
  number("--layerwise-scale-lr", flags.scale_lr, fmt::format("... of the weights' scales ({})", defaults.scale_lr));
  number("--layerwise-input-scale-lr", flags.input_scale_lr,
         fmt::format("... of the inputs' scales ({})", defaults.input_scale_lr));
}

void apply_layerwise(const LayerwiseFlags& flags, const std::optional<LayerwiseOptions>& switched_off,
                     std::optional<LayerwiseOptions>& options) {
  if (flags.method) {
    if (*flags.method == kOff) {
      options.reset();
    } else {
      const LayerwiseMethod method = parse_method(*flags.method);
      if (!options) options = switched_off.value_or(LayerwiseOptions{});
      options->method = method;
    }
  }
  LayerwiseOptions unused;
  LayerwiseOptions& target = options ? *options : unused;
  std::vector<const char*> used;
  set(flags.samples, "--layerwise-samples", target.samples, used);
  set(flags.held_out, "--layerwise-held-out", target.held_out, used);
  set(flags.rows, "--layerwise-rows", target.rows, used);
  if (flags.memory) {
    used.push_back("--layerwise-memory");
    target.max_bytes = config::parse_bytes(*flags.memory, used.back());
  }
  set(flags.steps, "--layerwise-steps", target.steps, used);
  set(flags.batch_size, "--layerwise-batch-size", target.batch_size, used);
  set(flags.patience, "--layerwise-patience", target.patience, used);
  set(flags.weights_lr, "--layerwise-weights-lr", target.weights_lr, used);
  set(flags.bias_lr, "--layerwise-bias-lr", target.bias_lr, used);
  set(flags.scale_lr, "--layerwise-scale-lr", target.scale_lr, used);
  set(flags.input_scale_lr, "--layerwise-input-scale-lr", target.input_scale_lr, used);
  if (options) layerwise::validate(*options);
  if (options || used.empty()) return;
  throw Error(ErrorKind::input,
              fmt::format("{}: layers are not tuned; add --layerwise-tuning least_squares", used.front()));
}

}  // namespace octune::cli
