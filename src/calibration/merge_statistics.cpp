// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "calibration/merge_statistics.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "calibration/data_findings.hpp"
#include "calibration/statistics_key.hpp"
#include "octune/error.hpp"

namespace octune::calibration {
namespace {

[[noreturn]] void refuse(const std::string& what) { throw Error(ErrorKind::input, "merging statistics: " + what); }

void require_complete(const Calibration& shard, const std::string& name) {
  const Statistics& statistics = shard.statistics;
  std::size_t seen = std::min(statistics.samples(), shard.key.samples.size());
  for (const StatisticRequest& request : statistics.requests()) seen = std::min(seen, statistics.seen(request));
  if (seen != statistics.samples() || seen != shard.key.samples.size()) {
    refuse(fmt::format("{} was interrupted after {} of {} samples; complete it first with the command that began it",
                       name, seen, statistics.samples()));
  }
  if (seen == 0) refuse(fmt::format("{} holds no samples; leave it out", name));
}

void require_same_channels(const Statistics& whole, const Statistics& shard, const std::string& name) {
  for (const auto& [request, series] : shard.series()) {
    const auto found = whole.series().find(request);
    if (found == whole.series().end() || series.samples == 0 || found->second.samples == 0) continue;
    if (series.channels != found->second.channels) {
      refuse(fmt::format("{} holds {} channels for {}, those before it {}; calibrate with samples of one shape", name,
                         series.channels, request.text(), found->second.channels));
    }
  }
}

}  // namespace

void ShardMerger::require_fitting(const Calibration& shard, const std::string& name) const {
  // All but the samples has to be the same.
  StatisticsKey expected = whole_.key;
  expected.samples = shard.key.samples;
  const Shard& first = shards_.front();
  const std::vector<std::string> phrases = differences(shard.key, expected, {"in " + name, "in " + first.name});
  if (!phrases.empty()) {
    refuse(fmt::format("{} differs from {} in: {}; merge shards of one model and one preprocessing", name, first.name,
                       fmt::join(phrases, ", ")));
  }
  // Sequences of the whole would begin elsewhere than those of the shards.
  const Shard& last = shards_.back();
  const std::size_t samples = whole_.key.samples.size() - last.begin;
  const std::size_t length = whole_.statistics.sequence_length();
  if (samples % length != 0) {
    refuse(
        fmt::format("{} ends within a sequence ({} samples in sequences of {}); cut the data set between sequences, "
                    "or put this shard last",
                    last.name, samples, length));
  }
  require_same_channels(whole_.statistics, shard.statistics, name);
}

void ShardMerger::add(const Calibration& shard, const std::string& name) {
  require_complete(shard, name);
  if (shards_.empty()) {
    whole_ = shard;
    whole_.findings.clear();
    // Of the whole data set, whatever part of it the shards are: all samples, in order.
    whole_.key.subset_size = 0;
    whole_.key.shuffle = false;
    whole_.key.seed = 0;
    shards_.push_back({name, 0, shard.findings});
  } else {
    require_fitting(shard, name);
    std::vector<std::uint64_t>& samples = whole_.key.samples;
    shards_.push_back({name, samples.size(), shard.findings});
    whole_.statistics.merge(shard.statistics);
    samples.insert(samples.end(), shard.key.samples.begin(), shard.key.samples.end());
  }
  for (const StatisticRequest& request : shard.statistics.requests()) ++shards_with_[request];
}

/// They cannot be judged anew: the samples are not there.
void ShardMerger::add_findings_of_samples(std::vector<DataFinding>& findings) const {
  const auto is_of_all = [&](const DataFinding& finding) {
    return shards_.size() > 1 && std::all_of(shards_.begin(), shards_.end(), [&](const Shard& shard) {
             return std::any_of(shard.findings.begin(), shard.findings.end(),
                                [&](const DataFinding& other) { return other.text == finding.text; });
           });
  };
  for (const Shard& shard : shards_) {
    for (const DataFinding& finding : shard.findings) {
      if (finding.evidence != Evidence::samples) continue;
      const bool of_all = is_of_all(finding);
      if (of_all && &shard != &shards_.front()) continue;
      findings.push_back({finding.severity, fmt::format("{}: {}", of_all ? "every shard" : shard.name, finding.text),
                          Evidence::samples});
    }
  }
}

/// A request that some shards lack cannot be answered for the whole.
void ShardMerger::add_finding_of_requests(std::vector<DataFinding>& findings) const {
  const auto lacking = std::count_if(shards_with_.begin(), shards_with_.end(),
                                     [&](const auto& entry) { return entry.second != shards_.size(); });
  if (lacking == 0) return;
  findings.push_back({Severity::info,
                      fmt::format("{} of {} statistics are not in every shard and were left out; calibrate all shards "
                                  "with the same options to keep them",
                                  lacking, shards_with_.size()),
                      Evidence::samples});
}

Calibration ShardMerger::finish() {
  if (shards_.empty()) refuse("there are no shards; give at least one file");
  if (whole_.statistics.requests().empty()) {
    refuse("no statistic is in every shard; calibrate all shards with the same options");
  }
  WatchedSamples watched;
  watched.samples.resize(whole_.key.samples.size());
  for (std::size_t i = 0; i < watched.samples.size(); ++i) watched.samples[i].fingerprint = whole_.key.samples[i];
  for (const Shard& shard : shards_) watched.shards.push_back({shard.name, shard.begin});
  std::vector<DataFinding> findings = data_findings(watched, whole_.statistics);
  add_findings_of_samples(findings);
  add_finding_of_requests(findings);
  whole_.findings = most_important(std::move(findings));
  shards_.clear();
  return std::exchange(whole_, Calibration());
}

}  // namespace octune::calibration

namespace octune {

Calibration merge_statistics(std::span<const Calibration> shards) {
  calibration::ShardMerger merger;
  for (std::size_t i = 0; i < shards.size(); ++i) merger.add(shards[i], fmt::format("shard {}", i + 1));
  return merger.finish();
}

}  // namespace octune
