// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "calibration/statistics_key.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "base/dataset_fingerprint.hpp"
#include "base/parallel.hpp"
#include "graph/model_hash.hpp"
#include "graph/normalise.hpp"

namespace octune {
namespace {

using Samples = std::vector<std::uint64_t>;

/// How many of `wanted` are not among `held`, each as often as it occurs.
std::size_t count_of_others(const Samples& held, const Samples& wanted) {
  std::unordered_map<std::uint64_t, std::size_t> available;
  for (const std::uint64_t sample : held) ++available[sample];
  return static_cast<std::size_t>(std::count_if(wanted.begin(), wanted.end(), [&](std::uint64_t sample) {
    const auto found = available.find(sample);
    if (found == available.end() || found->second == 0) return true;
    --found->second;
    return false;
  }));
}

std::string quoted(const std::string& text) { return text.empty() ? "none" : "'" + text + "'"; }

/// "the first samples", "samples drawn with seed 7".
std::string choice(const StatisticsKey& key) {
  return key.shuffle ? fmt::format("samples drawn with seed {}", key.seed) : "the first samples";
}

void add_differences_of_samples(const StatisticsKey& held, const StatisticsKey& wanted,
                                std::vector<std::string>& phrases) {
  if (held.samples == wanted.samples) return;
  const std::size_t count = wanted.samples.size();
  const std::size_t others = count_of_others(held.samples, wanted.samples);
  if (held.samples.size() != count) {
    std::string phrase = fmt::format("{} samples instead of {}", held.samples.size(), count);
    // More samples than were held are others in any case.
    const std::size_t missing = count > held.samples.size() ? count - held.samples.size() : 0;
    if (others > missing) phrase += fmt::format(" ({} of them others)", others - missing);
    phrases.push_back(std::move(phrase));
  } else if (others == 0) {
    phrases.emplace_back("the order of the samples");
  } else {
    phrases.push_back(fmt::format("{} of {} samples", others, count));
  }
  if (held.shuffle != wanted.shuffle || (held.shuffle && held.seed != wanted.seed)) {
    phrases.push_back(fmt::format("how samples are chosen ({} instead of {})", choice(held), choice(wanted)));
  }
}

}  // namespace

std::vector<std::string> differences(const StatisticsKey& held, const StatisticsKey& wanted) {
  std::vector<std::string> phrases;
  if (held.model != wanted.model) phrases.emplace_back("the model");
  if (held.runtime != wanted.runtime) {
    phrases.push_back(fmt::format("OpenVINO ({} instead of {})", held.runtime, wanted.runtime));
  }
  if (held.normalization != wanted.normalization) {
    phrases.push_back(fmt::format("octune's way to normalise models (version {} instead of {})", held.normalization,
                                  wanted.normalization));
  }
  if (held.sequence_length != wanted.sequence_length) {
    phrases.push_back(
        fmt::format("the length of sequences ({} instead of {})", held.sequence_length, wanted.sequence_length));
  }
  if (held.preprocessing != wanted.preprocessing) {
    phrases.push_back(
        fmt::format("preprocessing ({} instead of {})", quoted(held.preprocessing), quoted(wanted.preprocessing)));
  }
  add_differences_of_samples(held, wanted, phrases);
  return phrases;
}

}  // namespace octune

namespace octune::calibration {

StatisticsKey key_without_samples(const ov::Model& model, const std::string& runtime_version, const Dataset& dataset,
                                  const QuantizeOptions& options) {
  return {.model = graph::model_hash(model),
          .runtime = runtime_version,
          .normalization = std::string(graph::kNormalizationVersion),
          .subset_size = options.subset_size,
          .shuffle = options.shuffle,
          .seed = options.shuffle ? options.seed : 0,
          .sequence_length = std::max<std::size_t>(dataset.sequence_length(), 1),
          .preprocessing = dataset.preprocessing(),
          .samples = {}};
}

std::vector<std::uint64_t> fingerprints(const Dataset& dataset, std::span<const std::size_t> indices, int threads) {
  std::vector<std::uint64_t> result(indices.size());
  base::parallel_for(indices.size(), threads,
                     [&](std::size_t i) { result[i] = base::fingerprint(dataset, indices[i]); });
  return result;
}

}  // namespace octune::calibration
