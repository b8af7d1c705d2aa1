// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <openvino/core/model.hpp>
#include <string>
#include <vector>

#include "calibration/collect.hpp"
#include "octune/calibrate.hpp"
#include "octune/dataset.hpp"
#include "octune/statistics.hpp"

namespace octune::calibration {

/// Watches the samples that statistics are collected from and says afterwards what is odd about them. The rules and
/// their thresholds are in docs/data_quality.md.
///
/// Per sample it keeps 40 bytes and per input a few numbers, never a sample. It looks at every value twice (range,
/// hash), at the speed of memory. What it says does not depend on the order of the calls or the number of threads.
class DataQuality final : public SampleWatcher {
 public:
  /// What is known before the first sample is watched.
  struct Known {
    /// The model as it was read, which is looked at only here: normalising may hide what it does to its inputs. Null:
    /// what depends on it is not said.
    const ov::Model* model = nullptr;
    /// Of the first samples, if an earlier run watched them.
    std::vector<std::uint64_t> fingerprints{};
    /// What that run found.
    std::vector<DataFinding> findings{};
  };

  /// `dataset` outlives the object. `samples`: how many positions there are; not all of them have to be watched.
  DataQuality(const Dataset& dataset, std::size_t samples);
  DataQuality(const Dataset& dataset, std::size_t samples, const Known& known);
  ~DataQuality() override;

  /// Thread-safe. `fitted` is as infer::fit_sample() makes it (no NaN or infinity). A position that was watched already
  /// is left alone.
  void sample(std::size_t position, std::size_t index, const Sample& decoded, const Sample& fitted) override;

  /// Fingerprints of the samples known or watched so far, by position: of the first ones without a gap.
  std::vector<std::uint64_t> fingerprints() const;

  /// Duplicates, constant samples, values in a wrong range, ranges that still move, inputs that are not covered: what
  /// matters most first, at most six. What an earlier run found in its samples is said again; what it told from
  /// statistics and fingerprints is judged anew over all samples. Reads the rows of `statistics`, complete or not. Not
  /// while samples are watched.
  std::vector<DataFinding> findings(const Statistics& statistics) const;

 private:
  struct Watched;
  std::unique_ptr<Watched> watched_;
};

}  // namespace octune::calibration
