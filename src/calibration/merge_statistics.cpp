// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "octune/calibrate.hpp"
#include "octune/error.hpp"

namespace octune {
namespace {

using Shards = std::span<const Calibration>;

[[noreturn]] void refuse(std::size_t shard, const std::string& what) {
  throw Error(ErrorKind::input, fmt::format("merging statistics: shard {} {}", shard + 1, what));
}

void require_complete(Shards shards, std::size_t number) {
  const Calibration& shard = shards[number];
  const Statistics& statistics = shard.statistics;
  std::size_t seen = std::min(statistics.samples(), shard.key.samples.size());
  for (const StatisticRequest& request : statistics.requests()) seen = std::min(seen, statistics.seen(request));
  if (seen != statistics.samples() || seen != shard.key.samples.size()) {
    refuse(number, fmt::format("was interrupted after {} of {} samples; complete it first with the command that began "
                               "it",
                               seen, statistics.samples()));
  }
  if (seen == 0) refuse(number, "holds no samples; leave it out");
  // Sequences of the whole would begin elsewhere than those of the shards.
  const std::size_t length = statistics.sequence_length();
  if (number + 1 != shards.size() && statistics.samples() % length != 0) {
    refuse(number, fmt::format("ends within a sequence ({} samples in sequences of {}); cut the data set between "
                               "sequences, or put this shard last",
                               statistics.samples(), length));
  }
}

/// What has to be the same in all shards; samples are not.
void require_same_origin(const StatisticsKey& first, const Calibration& shard, std::size_t number) {
  StatisticsKey expected = first;
  expected.samples = shard.key.samples;
  const std::vector<std::string> phrases = differences(shard.key, expected);
  if (!phrases.empty()) {
    refuse(number, fmt::format("differs from the first in: {}; merge shards of one model and one data set",
                               fmt::join(phrases, ", ")));
  }
}

void require_same_channels(const Statistics& first, const Statistics& shard, std::size_t number) {
  for (const auto& [request, series] : shard.series()) {
    const auto found = first.series().find(request);
    if (found == first.series().end() || series.samples == 0 || found->second.samples == 0) continue;
    if (series.channels != found->second.channels) {
      refuse(number, fmt::format("holds {} channels for {}, those before it {}; calibrate with samples of one shape",
                                 series.channels, request.text(), found->second.channels));
    }
  }
}

/// What every shard says is said once, of all of them.
void add_findings_of(Shards shards, std::size_t number, std::vector<DataFinding>& findings) {
  for (const DataFinding& finding : shards[number].findings) {
    const bool of_all = std::all_of(shards.begin(), shards.end(), [&](const Calibration& shard) {
      return std::any_of(shard.findings.begin(), shard.findings.end(),
                         [&](const DataFinding& other) { return other.text == finding.text; });
    });
    if (!of_all) {
      findings.push_back({finding.severity, fmt::format("shard {}: {}", number + 1, finding.text)});
    } else if (number == 0) {
      findings.push_back(finding);
    }
  }
}

/// A request that some shards lack cannot be answered for the whole.
void add_finding_of_requests(Shards shards, std::vector<DataFinding>& findings) {
  std::map<StatisticRequest, std::size_t> shards_with;
  for (const Calibration& shard : shards) {
    for (const StatisticRequest& request : shard.statistics.requests()) ++shards_with[request];
  }
  const auto lacking = static_cast<std::size_t>(std::count_if(
      shards_with.begin(), shards_with.end(), [&](const auto& entry) { return entry.second != shards.size(); }));
  if (lacking == 0) return;
  findings.push_back(
      {Severity::info, fmt::format("{} of {} statistics are not in every shard and were left out; calibrate all shards "
                                   "with the same options to keep them",
                                   lacking, shards_with.size())});
}

/// Samples of a shard that one before it has, too.
void add_finding_of_duplicates(Shards shards, std::vector<DataFinding>& findings) {
  std::unordered_map<std::uint64_t, std::size_t> shard_of;
  std::size_t repeated = 0, all = 0;
  for (std::size_t number = 0; number < shards.size(); ++number) {
    for (const std::uint64_t sample : shards[number].key.samples) {
      repeated += shard_of.try_emplace(sample, number).first->second == number ? 0 : 1;
      ++all;
    }
  }
  if (repeated == 0) return;
  findings.push_back(
      {Severity::warning, fmt::format("{} of {} samples are in an earlier shard already and count twice; "
                                      "make shards that do not overlap",
                                      repeated, all)});
}

}  // namespace

Calibration merge_statistics(Shards shards) {
  if (shards.empty()) {
    throw Error(ErrorKind::input, "merging statistics: there are no shards; give at least one file");
  }
  Calibration merged = shards.front();
  // Of the whole data set, whatever part of it the shards are: all samples, in order.
  merged.key.subset_size = 0;
  merged.key.shuffle = false;
  merged.key.seed = 0;
  std::vector<DataFinding> findings;
  for (std::size_t number = 0; number < shards.size(); ++number) {
    const Calibration& shard = shards[number];
    require_same_origin(merged.key, shard, number);
    require_complete(shards, number);
    add_findings_of(shards, number, findings);
    if (number == 0) continue;
    require_same_channels(merged.statistics, shard.statistics, number);
    merged.statistics.merge(shard.statistics);
    merged.key.samples.insert(merged.key.samples.end(), shard.key.samples.begin(), shard.key.samples.end());
  }
  add_finding_of_requests(shards, findings);
  add_finding_of_duplicates(shards, findings);
  merged.findings = std::move(findings);
  if (merged.statistics.requests().empty()) {
    throw Error(ErrorKind::input,
                "merging statistics: no statistic is in every shard; calibrate all shards with the same options");
  }
  return merged;
}

}  // namespace octune
