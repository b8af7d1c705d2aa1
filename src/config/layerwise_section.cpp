// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "config/layerwise_section.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "config/algorithm_section.hpp"
#include "layerwise/method_names.hpp"

namespace octune::config {
namespace {

/// What of POT's way does not exist here, and why.
constexpr std::array<std::pair<const char*, const char*>, 16> kWithoutEffect{{
    {"weight_decay", "weights stay close to the float ones by what they have to give"},
    {"update_every_batch", "weights always change after every batch"},
    {"use_only_fp_inputs", "layers are always fed by the quantized model"},
    {"calculate_grads_on_loss_increase_only", "only what lowers the error on samples held out is kept"},
    {"set_quantized_values_to_weight_parameter", "the weights are tuned in float and their scales get gradients"},
    {"asymmetric", "zero points stay as the scheme makes them"},
    {"use_ranking_subset", "the samples are spread evenly"},
    {"tuning_iterations", "it belongs to sparse models"},
    {"random_seed", "the key is called 'seed'"},
    {"weights_lr", "rates are relative here; see 'layerwise_weights_lr'"},
    {"bias_lr", "rates are relative here; see 'layerwise_bias_lr'"},
    {"weight_fq.scale_lr", "rates are relative here; see 'layerwise_scale_lr'"},
    {"input_fq.scale_lr", "rates are relative here; see 'layerwise_input_scale_lr'"},
    {"scale_lr", "quantizers that belong to no layer are left as they are"},
    {"weight_fq.min_lr", "zero points stay as the scheme makes them"},
    {"input_fq.min_lr", "zero points stay as the scheme makes them"},
}};

/// Of POT's two only one exists: another name would be another method.
void read_only_choice(Section& params, const char* key, std::string_view only, const char* what) {
  auto text = params.text(key);
  if (!text) return;
  const bool same = std::equal(text->begin(), text->end(), only.begin(), only.end(), [](unsigned char a, char b) {
    return std::tolower(a) == std::tolower(static_cast<unsigned char>(b));
  });
  if (!same)
    params.problem(key, fmt::format("{} '{}' is not available; there is '{}' only", what, *text, only),
                   ErrorKind::unsupported);
}

/// POT counts the samples that are gone through, batch by batch: what remains is the number of steps.
void read_steps(Section& params, LayerwiseOptions& options) {
  constexpr std::int64_t kSamplesOfPot = 5000, kBatchOfPot = 25;
  const auto samples = params.integer("num_samples_for_tuning", 1, INT64_MAX);
  const auto batch = params.integer("batch_size", 1, INT64_MAX);
  if (!samples && !batch) return;
  const std::int64_t size = batch.value_or(kBatchOfPot);
  options.steps = static_cast<std::size_t>((samples.value_or(kSamplesOfPot) - 1) / size + 1);
}

void read_number(Section& params, const char* key, std::size_t low, std::size_t& value) {
  if (const auto number = params.integer(key, static_cast<std::int64_t>(low), INT64_MAX))
    value = static_cast<std::size_t>(*number);
}

void read_rate(Section& params, const char* key, double& value) {
  if (const auto rate = params.number(key, 0, 1e6)) value = *rate;
}

}  // namespace

void read_layerwise(Section& params, RunConfig& config) {
  LayerwiseOptions options;
  const bool wanted = params.flag("use_layerwise_tuning").value_or(false);
  read_number(params, "calibration_indices_pool", 1, options.samples);
  read_steps(params, options);
  if (const auto method = params.choice<LayerwiseMethod>("layerwise_method")) options.method = *method;
  read_number(params, "layerwise_rows", 2, options.rows);
  if (const auto share = params.number("layerwise_held_out", 0.01, 0.99)) options.held_out = *share;
  if (const auto bytes = params.text("layerwise_memory"))
    params.parsed("layerwise_memory", [&] { options.max_bytes = parse_bytes(*bytes, "layerwise_memory"); });
  read_number(params, "layerwise_steps", 1, options.steps);
  read_number(params, "layerwise_batch_size", 1, options.batch_size);
  read_number(params, "layerwise_patience", 1, options.patience);
  read_rate(params, "layerwise_weights_lr", options.weights_lr);
  read_rate(params, "layerwise_bias_lr", options.bias_lr);
  read_rate(params, "layerwise_scale_lr", options.scale_lr);
  read_rate(params, "layerwise_input_scale_lr", options.input_scale_lr);
  if (wanted) {
    read_only_choice(params, "optimizer", "Adam", "the optimizer");
    read_only_choice(params, "loss", "l2", "the loss");
    for (const auto& [key, why] : kWithoutEffect) without_effect(params, key, why, Severity::warning, config);
    config.quantize.layerwise = options;
    return;
  }
  config.layerwise_off = options;
  constexpr std::string_view kOff = "it belongs to layer-wise tuning, which is off";
  for (const char* key : {"optimizer", "loss", "num_samples_for_tuning", "batch_size", "calibration_indices_pool",
                          "layerwise_method", "layerwise_rows", "layerwise_held_out", "layerwise_memory",
                          "layerwise_steps", "layerwise_batch_size", "layerwise_patience", "layerwise_weights_lr",
                          "layerwise_bias_lr", "layerwise_scale_lr", "layerwise_input_scale_lr"})
    without_effect(params, key, kOff, Severity::debug, config);
  for (const auto& [key, why] : kWithoutEffect) without_effect(params, key, kOff, Severity::debug, config);
}

}  // namespace octune::config
