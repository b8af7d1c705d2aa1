// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/plan_flags.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "base/names.hpp"
#include "cli/flag_parts.hpp"
#include "octune/error.hpp"

namespace octune::cli {
namespace {

std::vector<std::string> all_parts(const std::vector<std::string>& lists) {
  std::vector<std::string> parts;
  for (const std::string& list : lists) {
    for (std::string& part : split_list(list)) parts.push_back(std::move(part));
  }
  return parts;
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
                  "performance, mixed, accuracy, or auto (quantize's default without --config): tries several plans "
                  "and takes the fastest that is good enough")
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
                  "--preset auto: how far outputs may lie from the float model's, in nats or as a share (0.07)")
      ->type_name("NUMBER")
      ->group("Quantization");
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

void apply_choice(const Flags& flags, PlanDefault plan_default, config::RunConfig& config) {
  const bool says_nothing = flags.config.empty() && !flags.preset;
  if (says_nothing && plan_default == PlanDefault::several && !config.data.empty()) config.choose.emplace();
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

}  // namespace octune::cli
