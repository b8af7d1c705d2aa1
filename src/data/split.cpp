// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "data/split.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "base/assert.hpp"
#include "base/random.hpp"
#include "data/framing.hpp"
#include "octune/error.hpp"

namespace octune::data {
namespace {

class Subset final : public Dataset, public FramedImages {
 public:
  Subset(std::shared_ptr<const Dataset> dataset, std::vector<std::size_t> indices)
      : dataset_(std::move(dataset)),
        framed_(dynamic_cast<const FramedImages*>(dataset_.get())),
        indices_(std::move(indices)) {}

  std::size_t size() const override { return indices_.size(); }
  Sample sample(std::size_t index) const override { return dataset_->sample(indices_.at(index)); }
  std::size_t sequence_length() const override { return dataset_->sequence_length(); }
  std::optional<std::uint64_t> source_fingerprint(std::size_t index) const override {
    return dataset_->source_fingerprint(indices_.at(index));
  }
  std::string preprocessing() const override { return dataset_->preprocessing(); }
  std::string name(std::size_t index) const override { return dataset_->name(indices_.at(index)); }

  std::optional<std::filesystem::path> image_file(std::size_t index) const override {
    return framed_ == nullptr ? std::nullopt : framed_->image_file(indices_.at(index));
  }
  Framing framing(std::size_t index, Size image) const override {
    OCTUNE_ASSERT(framed_ != nullptr, "the framing of samples that are no images");
    return framed_->framing(indices_.at(index), image);
  }

 private:
  std::shared_ptr<const Dataset> dataset_;
  const FramedImages* framed_;  ///< the same; null if it holds no images
  std::vector<std::size_t> indices_;
};

/// How many of `count` pieces (sequences, or samples) are for validation.
std::size_t validation_pieces(std::size_t count, std::size_t length, double validation) {
  if (!(validation > 0) || !std::isfinite(validation) || (validation >= 1 && validation != std::floor(validation))) {
    throw Error(ErrorKind::input,
                fmt::format("split: {} is no part of a data set; give a number between 0 and 1, or of "
                            "samples",
                            validation));
  }
  const double pieces = validation < 1 ? std::max(1.0, std::round(validation * static_cast<double>(count)))
                                       : std::ceil(validation / static_cast<double>(length));
  if (pieces >= static_cast<double>(count)) {
    throw Error(ErrorKind::input,
                fmt::format("split: {} of {} {} for validation leaves none for calibration; give fewer, or more data",
                            validation < 1 ? fmt::format("{} %", 100 * validation) : fmt::format("{}", validation),
                            count * length, length == 1 ? "samples" : "samples in whole sequences"));
  }
  return static_cast<std::size_t>(pieces);
}

/// At most `count` of 0 ... size - 1, evenly spaced.
std::vector<std::size_t> spread(std::size_t size, std::size_t count) {
  if (count == 0 || count > size) count = size;
  std::vector<std::size_t> indices;
  for (std::size_t i = 0; i < count; ++i) indices.push_back(i * size / count);
  return indices;
}

}  // namespace

Split split_dataset(const Dataset& dataset, double validation, std::uint64_t seed) {
  const std::size_t length = std::max<std::size_t>(1, dataset.sequence_length());
  const std::size_t pieces = dataset.size() / length;
  const std::size_t wanted = validation_pieces(pieces, length, validation);
  base::RandomStream random(seed);
  const std::vector<std::size_t> drawn = base::sample_without_replacement(pieces, wanted, random);
  std::vector<bool> for_validation(pieces + 1, false);
  for (const std::size_t piece : drawn) for_validation[piece] = true;
  Split split;
  for (std::size_t i = 0; i < dataset.size(); ++i) {
    (for_validation[i / length] ? split.validation : split.calibration).push_back(i);
  }
  return split;
}

std::unique_ptr<Dataset> subset(std::shared_ptr<const Dataset> dataset, std::vector<std::size_t> indices) {
  OCTUNE_ASSERT(dataset != nullptr, "a subset of no data set");
  OCTUNE_ASSERT(std::all_of(indices.begin(), indices.end(), [&](std::size_t i) { return i < dataset->size(); }),
                "a sample outside the data set");
  return std::make_unique<Subset>(std::move(dataset), std::move(indices));
}

Labels subset(const Labels& labels, const std::vector<std::size_t>& indices) {
  Labels chosen;
  for (const std::size_t index : indices) chosen.push_back(labels.at(index));
  return chosen;
}

Overlap find_overlap(const Dataset& first, const Dataset& second, const OverlapOptions& options) {
  std::map<std::uint64_t, std::size_t> known;
  for (const std::size_t index : spread(first.size(), options.samples)) {
    const std::optional<std::uint64_t> fingerprint = first.source_fingerprint(index);
    if (!fingerprint) return {};
    known.emplace(*fingerprint, index);
  }
  Overlap overlap;
  for (const std::size_t index : spread(second.size(), options.samples)) {
    const std::optional<std::uint64_t> fingerprint = second.source_fingerprint(index);
    if (!fingerprint) return {};
    ++overlap.compared;
    const auto found = known.find(*fingerprint);
    if (found == known.end()) continue;
    ++overlap.common;
    constexpr std::size_t kExamples = 3;
    if (overlap.examples.size() < kExamples) {
      overlap.examples.emplace_back(first.name(found->second), second.name(index));
    }
  }
  return overlap;
}

}  // namespace octune::data
