// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "evaluate/latency.hpp"
#include "evaluate/layer_comparison.hpp"
#include "evaluate/layer_times.hpp"
#include "evaluate/throughput.hpp"
#include "infer/runtime.hpp"

namespace octune::report {

/// One model in one precision.
struct BenchmarkedModel {
  std::string label;  ///< short: "model.xml auto"
  std::string model;  ///< path
  std::string precision;
  bool quantized = false;
  std::uintmax_t bytes = 0;  ///< of its files; 0: unknown
};

/// A candidate that was asked for and is not measured.
struct SkippedModel {
  std::string model;
  std::string precision;
  std::string reason;
};

/// A quantized model beside the fastest of the float ones.
struct AgainstFloat {
  std::size_t quantized = 0;   ///< number of the candidate
  std::size_t best_float = 0;  ///< number of the candidate
  evaluate::Ratio ratio;       ///< of times, or of samples a second, to the float model
};

/// Layers of one quantized model beside those of a float one.
struct LayersAgainstFloat {
  std::size_t quantized = 0;
  std::size_t best_float = 0;
  std::vector<evaluate::LayerGroup> groups;
};

/// All that `octune benchmark` measured.
struct BenchmarkRecord {
  std::string cpu;
  infer::CpuFeatures cpu_features;
  std::string openvino_version;
  int threads = 0;   ///< 0: all cores
  std::string data;  ///< where the samples are from
  std::size_t samples = 0;

  std::vector<BenchmarkedModel> candidates;
  std::vector<SkippedModel> skipped;
  /// One of the two, one entry a candidate; the first is what the others are compared with.
  std::vector<evaluate::Latency> latency;
  std::vector<evaluate::Throughput> throughput;
  std::vector<AgainstFloat> against_float;

  std::vector<std::vector<evaluate::LayerTime>> layers;  ///< one entry a candidate; empty if not asked for
  std::vector<LayersAgainstFloat> layers_against_float;
  std::vector<std::string> warnings;
};

/// Every quantized candidate with the float candidate that has the best median; none without both kinds.
std::vector<AgainstFloat> against_best_float(const BenchmarkRecord& record);

/// "faster", "slower" or "within noise" of what the interval of `ratio` says; a throughput is better when larger.
enum class Better { smaller, larger };
std::string verdict(const evaluate::Ratio& ratio, Better better);

/// The document of docs/schema/benchmark.schema.json.
nlohmann::json to_json(const BenchmarkRecord& record);

/// What a user sees.
std::vector<std::string> summary(const BenchmarkRecord& record);

}  // namespace octune::report
