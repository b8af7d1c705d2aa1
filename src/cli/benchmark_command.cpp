// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "base/suggest.hpp"
#include "cli/commands.hpp"
#include "cli/model_file.hpp"
#include "evaluate/latency.hpp"
#include "octune/error.hpp"
#include "report/json.hpp"

namespace octune::cli {
namespace {

constexpr std::size_t kSamples = 16;

std::vector<std::string> parse_precisions(const std::string& list) {
  std::vector<std::string> precisions = split_list(list);
  const std::vector<std::string> known{"f32", "auto"};
  for (std::string& name : precisions) {
    // What the runtime chooses by itself is BF16 where the CPU has it.
    if (name == "bf16" && infer::cpu_features().bf16) name = "auto";
    if (name == "bf16") {
      throw Error(ErrorKind::unsupported, "--precision bf16: this CPU has no BF16; use f32 or auto");
    }
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      throw Error(ErrorKind::input,
                  fmt::format("--precision: unknown value '{}'; {}", name, base::did_you_mean(name, known)));
    }
  }
  if (precisions.empty()) precisions = {"auto"};
  return precisions;
}

/// One set of samples serves all candidates, so their inputs have to be the same.
void require_same_inputs(const std::vector<data::InputInfo>& first, const std::vector<data::InputInfo>& other,
                         const std::string& first_model, const std::string& other_model) {
  bool same = first.size() == other.size();
  for (std::size_t i = 0; same && i < first.size(); ++i) {
    same = first[i].name == other[i].name && first[i].shape.compatible(other[i].shape);
  }
  if (!same) {
    throw Error(ErrorKind::input, fmt::format("{}: has other inputs than {}; compare models with the same inputs",
                                              other_model, first_model));
  }
}

std::string comparison(const evaluate::Latency& latency) {
  const std::string ratio =
      fmt::format("{:.3f} ({:.3f} - {:.3f})", latency.ratio, latency.ratio_low, latency.ratio_high);
  if (latency.ratio_low <= 1 && latency.ratio_high >= 1) return ratio + "  no difference beyond noise";
  return ratio + (latency.ratio < 1 ? fmt::format("  {:.2f}x faster", 1 / latency.ratio)
                                    : fmt::format("  {:.2f}x slower", latency.ratio));
}

void print_table(const std::vector<evaluate::Latency>& latencies, const Console& console) {
  std::size_t width = 5;
  for (const evaluate::Latency& latency : latencies) width = std::max(width, latency.label.size());
  console.print(fmt::format("{:<{}}  {:>9}  {:>9}  {:>9}  {:>6}  time / first (95 %)", "model", width, "median ms",
                            "p10 ms", "p90 ms", "rounds"));
  for (std::size_t i = 0; i < latencies.size(); ++i) {
    const evaluate::Latency& latency = latencies[i];
    console.print(fmt::format("{:<{}}  {:>9.3f}  {:>9.3f}  {:>9.3f}  {:>6}  {}", latency.label, width,
                              latency.median_ms, latency.p10_ms, latency.p90_ms, latency.rounds,
                              i == 0 ? "1" : comparison(latency)));
  }
}

}  // namespace

void run_benchmark(const Invocation& call) {
  Console& console = call.console;
  const std::vector<std::string>& models = call.flags.models;
  Flags options = call.flags;
  options.models.clear();
  const config::RunConfig config = effective_config(options);
  const std::vector<std::string> precisions = parse_precisions(call.flags.precision);
  if (models.empty())
    throw Error(ErrorKind::input, "no model given; name one or more, as in 'octune benchmark a.xml b.xml'");
  if (!(call.flags.seconds > 0 && call.flags.seconds <= 3600)) {
    throw Error(ErrorKind::input,
                fmt::format("--seconds: {} is out of range; give more than 0, at most 3600", call.flags.seconds));
  }

  const infer::Runtime runtime;
  std::vector<evaluate::LatencyCandidate> candidates;
  std::vector<data::InputInfo> inputs;
  for (const std::string& path : models) {
    const std::shared_ptr<ov::Model> model = read_model(runtime, path, config.shape);
    if (inputs.empty()) inputs = inputs_of(*model);
    require_same_inputs(inputs, inputs_of(*model), models.front(), path);
    for (const std::string& name : precisions) {
      const auto precision = name == "f32" ? infer::Precision::f32 : infer::Precision::automatic;
      candidates.push_back(
          {path + " " + name, runtime.compile(model, {.precision = precision, .threads = config.quantize.threads})});
    }
  }
  const auto dataset = data::open_dataset(config.data.empty() ? "random:1" : config.data, inputs, config.preprocess);
  std::vector<Sample> samples;
  for (std::size_t i = 0; i < std::min(dataset->size(), kSamples); ++i) samples.push_back(dataset->sample(i));

  evaluate::LatencyOptions latency_options;
  latency_options.seconds = call.flags.seconds;
  const std::vector<evaluate::Latency> latencies =
      evaluate::measure_latency(candidates, samples, latency_options, &console);
  print_table(latencies, console);

  nlohmann::json document{{"command", "benchmark"},
                          {"cpu", runtime.device_name()},
                          {"threads", config.quantize.threads},
                          {"versions", {{"octune", OCTUNE_VERSION}, {"openvino", runtime.version()}}},
                          {"latency", nlohmann::json::array()}};
  for (std::size_t i = 0; i < latencies.size(); ++i) {
    nlohmann::json entry = report::to_json(latencies[i]);
    entry["model"] = models[i / precisions.size()];
    entry["precision"] = precisions[i % precisions.size()];
    document["latency"].push_back(std::move(entry));
  }
  console.print_json(document);
}

}  // namespace octune::cli
