// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "calibration/collect.hpp"
#include "octune/calibrate.hpp"
#include "octune/dataset.hpp"
#include "octune/statistics.hpp"

namespace octune::calibration {

/// Watches the samples that statistics are collected from and says afterwards what is odd about them.
class DataQuality final : public SampleWatcher {
 public:
  /// `dataset` outlives the object; `samples`: how many will be looked at.
  DataQuality(const Dataset& dataset, std::size_t samples);
  ~DataQuality() override;

  void sample(std::size_t position, std::size_t index, const Sample& decoded, const Sample& fitted) override;

  /// Fingerprints of the samples watched so far, by position: of the first ones without a gap.
  std::vector<std::uint64_t> fingerprints() const;

  /// Duplicates, constant samples, values in a wrong range, ranges that still move, inputs that are not covered.
  std::vector<DataFinding> findings(const Statistics& statistics) const;

 private:
  struct Watched;
  std::unique_ptr<Watched> watched_;
};

}  // namespace octune::calibration
