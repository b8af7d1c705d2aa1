// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "calibration/statistics_key.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <utility>

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

/// "the first ones", "drawn with seed 7".
std::string choice(const StatisticsKey& key) {
  return key.shuffle ? fmt::format("drawn with seed {}", key.seed) : "the first ones";
}

/// Puts what both sides have behind a name.
class Phrases {
 public:
  explicit Phrases(const calibration::Sides& sides) : sides_(sides) {}

  void add(const std::string& text) { texts_.push_back(text); }

  template <class Value>
  void add(const std::string& what, const Value& held, const Value& wanted, const std::string& more = "") {
    texts_.push_back(fmt::format("{} ({} {}, {} {}{})", what, held, sides_.held, wanted, sides_.wanted, more));
  }

  void add_samples(const StatisticsKey& held, const StatisticsKey& wanted) {
    if (held.samples == wanted.samples) return;
    const std::size_t count = wanted.samples.size();
    const std::size_t others = count_of_others(held.samples, wanted.samples);
    if (held.samples.size() != count) {
      // Of more samples than were held some are others in any case.
      const std::size_t more = count > held.samples.size() ? count - held.samples.size() : 0;
      add("the number of samples", held.samples.size(), count,
          others > more ? fmt::format("; {} of these are not {}", others, sides_.held) : "");
    } else if (others == 0) {
      add("the order of the samples");
    } else {
      add(fmt::format("{} of {} samples", others, count));
    }
    if (held.shuffle != wanted.shuffle || (held.shuffle && held.seed != wanted.seed)) {
      add("how samples are chosen", choice(held), choice(wanted));
    }
  }

  std::vector<std::string> take() { return std::move(texts_); }

 private:
  const calibration::Sides& sides_;
  std::vector<std::string> texts_;
};

}  // namespace

std::vector<std::string> calibration::differences(const StatisticsKey& held, const StatisticsKey& wanted,
                                                  const Sides& sides) {
  Phrases phrases(sides);
  if (held.model != wanted.model) phrases.add("the model (its graph, weights or shapes)");
  if (held.runtime != wanted.runtime) phrases.add("OpenVINO", held.runtime, wanted.runtime);
  if (held.normalization != wanted.normalization)
    phrases.add("the version of octune's way to normalise models", held.normalization, wanted.normalization);
  if (held.sequence_length != wanted.sequence_length)
    phrases.add("the length of sequences", held.sequence_length, wanted.sequence_length);
  if (held.preprocessing != wanted.preprocessing)
    phrases.add("preprocessing", quoted(held.preprocessing), quoted(wanted.preprocessing));
  phrases.add_samples(held, wanted);
  return phrases.take();
}

std::vector<std::string> differences(const StatisticsKey& held, const StatisticsKey& wanted) {
  return calibration::differences(held, wanted, {"in the file", "in this run"});
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
