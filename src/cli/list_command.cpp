// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "base/suggest.hpp"
#include "cli/commands.hpp"
#include "evaluate/decoder.hpp"
#include "evaluate/objective.hpp"
#include "evaluate/registry.hpp"
#include "octune/error.hpp"
#include "target/capability.hpp"

namespace octune::cli {
namespace {

struct Entry {
  std::string name;
  std::string summary;
};

struct Topic {
  std::string name;
  std::string summary;
  std::vector<Entry> entries;
};

std::vector<Topic> topics() {
  std::vector<Entry> targets;
  for (const auto& [name, table] : target::built_in_tables()) targets.push_back({name, table.summary()});
  std::vector<Entry> metrics;
  for (const evaluate::MetricEntry& metric : evaluate::metric_entries())
    metrics.push_back({metric.name, metric.summary});
  metrics.push_back({"cmd:COMMAND", "a command of your own that measures a model file and prints JSON"});
  metrics.push_back({"lib:FILE:NAME", "a metric of a shared library of your own"});
  std::vector<Entry> decoders;
  for (const evaluate::DecoderEntry& decoder : evaluate::decoder_entries())
    decoders.push_back({decoder.name, decoder.summary});
  std::vector<Entry> objectives;
  for (const evaluate::ObjectiveEntry& objective : evaluate::objective_entries())
    objectives.push_back({objective.name, fmt::format("{} ({})", objective.summary, objective.unit)});
  return {
      {"targets", "devices and their capability tables (--target-device)", std::move(targets)},
      {"metrics", "how outputs are judged (--metric)", std::move(metrics)},
      {"decoders", "how detections, masks and text are read from outputs (--decoder)", std::move(decoders)},
      {"objectives", "what a model costs to run, beside its metrics", std::move(objectives)},
      {"presets",
       "whole-model settings (--preset)",
       {{"performance", "symmetric weights and activations: the fastest"},
        {"mixed", "symmetric weights, asymmetric activations: for activations of both signs that are not centred"},
        {"accuracy", "asymmetric weights and activations: CPUs do not run it in int8"},
        {"auto", "tries these and others, takes the fastest whose outputs are near enough the float model's"}}},
      {"model-types",
       "families with rules of their own (--model-type)",
       {{"auto", "looks for attention in the graph"},
        {"none", "no special rules"},
        {"transformer", "leaves in float what attention blocks lose most accuracy by"}}},
      {"overflow-fixes",
       "7-bit weights where u8*s8 sums saturate (--overflow-fix)",
       {{"auto", "first_layer on CPUs with AVX2 or AVX-512 but without VNNI, else off"},
        {"first_layer", "the weights of the first layer"},
        {"all", "all weights"},
        {"off", "none"}}},
      {"algorithms",
       "parts of a configuration's pipeline, in this order",
       {{"DefaultQuantization", "those below, one after the other, with one of the bias corrections"},
        {"ActivationChannelAlignment", "evens out the ranges of a convolution's output channels beforehand"},
        {"MinMaxQuantization", "places FakeQuantize and sets its ranges from statistics"},
        {"FastBiasCorrection", "shifts biases so that quantized layers are right on average"},
        {"BiasCorrection", "the same with the inputs that the quantized layers before really give; slower"}}},
      {"range-estimators",
       "how ranges come from values (--range-estimator, --weights-estimator)",
       {{"default", "the extremes; of activations averaged over the samples"},
        {"quantile", "quantiles 1e-4 and 1 - 1e-4 in place of the extremes"},
        {"histogram", "both ends shrink step by step while the squared error falls"},
        {"mse", "the clipped range with the smallest squared error"},
        {"kl", "the clipping threshold whose quantized distribution diverges least"}}},
      {"bias-corrections",
       "how the mean shift of layers is taken out (--bias-correction)",
       {{"fast", "FastBiasCorrection: each layer on its own"},
        {"sequential", "BiasCorrection: in order, behind layers already quantized and corrected"},
        {"none", "not at all"}}},
      {"layerwise-methods",
       "how layers are tuned towards the float model (--layerwise-tuning)",
       {{"finetune", "least squares, and from there gradient descent through the rounding"},
        {"least_squares", "linear equations, rounded with error feedback; sooner done"},
        {"off", "not at all"}}},
      {"resize-modes",
       "how images get the input's size (--resize-mode)",
       {{"stretch", "both sides to the size, aspect lost"},
        {"letterbox", "the longer side fits, centred, the rest padded"},
        {"shorter", "the shorter side to the size, then a centre crop"},
        {"keep-aspect-height", "the height to the size, the width in proportion, padded on the right"}}},
      {"interpolations",
       "how pixels between pixels are made (--interp)",
       {{"linear", "OpenCV's INTER_LINEAR (the default): of the four nearest pixels, also where the image shrinks"},
        {"cubic", "OpenCV's INTER_CUBIC"},
        {"area", "OpenCV's INTER_AREA: the mean of the pixels covered"},
        {"nearest", "OpenCV's INTER_NEAREST"},
        {"pillow_nearest", "Pillow's NEAREST"},
        {"pillow_box", "Pillow's BOX; as all below it takes in more pixels the more the image shrinks"},
        {"pillow_bilinear", "Pillow's BILINEAR: what torchvision's and timm's transforms use"},
        {"pillow_hamming", "Pillow's HAMMING"},
        {"pillow_bicubic", "Pillow's BICUBIC"},
        {"pillow_lanczos", "Pillow's LANCZOS"}}},
  };
}

}  // namespace

void run_list(const Invocation& call) {
  const std::vector<Topic> known = topics();
  std::vector<Entry> entries;
  if (call.flags.topic.empty()) {
    for (const Topic& topic : known) entries.push_back({topic.name, topic.summary});
  } else {
    const auto topic =
        std::find_if(known.begin(), known.end(), [&](const Topic& other) { return other.name == call.flags.topic; });
    if (topic == known.end()) {
      std::vector<std::string> names;
      for (const Topic& other : known) names.push_back(other.name);
      throw Error(ErrorKind::input, fmt::format("octune list: unknown topic '{}'; {}", call.flags.topic,
                                                base::did_you_mean(call.flags.topic, names)));
    }
    entries = topic->entries;
  }
  std::size_t width = 0;
  for (const Entry& entry : entries) width = std::max(width, entry.name.size());
  nlohmann::json document = nlohmann::json::array();
  for (const Entry& entry : entries) {
    call.console.print(fmt::format("{:<{}}  {}", entry.name, width, entry.summary));
    document.push_back({{"name", entry.name}, {"summary", entry.summary}});
  }
  call.console.print_json(nlohmann::json{
      {"command", "list"}, {"topic", call.flags.topic.empty() ? "topics" : call.flags.topic}, {"entries", document}});
}

}  // namespace octune::cli
