// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "octune/calibrate.hpp"

namespace octune::calibration {

/// Puts the statistics of shards of a data set together, one shard after the other, so that no more than the whole and
/// one shard are in memory.
class ShardMerger {
 public:
  /// Adds what the samples behind those added so far gave. `name` is what messages call the shard: "shard 2",
  /// "'b.octs'". Error{input}: it is not of the model and preprocessing of the first one, was interrupted, holds no
  /// samples, or the one before it ends within a sequence.
  void add(const Calibration& shard, const std::string& name);

  /// The whole, with findings judged over all of it; nothing can be added afterwards. Error{input}: nothing was added,
  /// or no statistic is in every shard.
  Calibration finish();

 private:
  struct Shard {
    std::string name;
    std::size_t begin = 0;  // its first sample, of all
    std::vector<DataFinding> findings;
  };

  void require_fitting(const Calibration& shard, const std::string& name) const;
  void add_findings_of_samples(std::vector<DataFinding>& findings) const;
  void add_finding_of_requests(std::vector<DataFinding>& findings) const;

  Calibration whole_;
  std::vector<Shard> shards_;
  std::map<StatisticRequest, std::size_t> shards_with_;  // in how many of them a request is
};

}  // namespace octune::calibration
