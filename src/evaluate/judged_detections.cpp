// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/judged_detections.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace octune::evaluate {
namespace {

constexpr std::size_t kStates = 3;
constexpr std::size_t kFieldsOfObjects = 2;
constexpr std::size_t kFieldsOfDetection = 3;

}  // namespace

Verdicts pack(std::span<const Verdict> verdicts) {
  constexpr std::size_t kMost = 33;  // 3^33 < 2^53
  OCTUNE_ASSERT(verdicts.size() <= kMost, "more verdicts than a double holds");
  Verdicts packed = 0;
  for (std::size_t t = verdicts.size(); t-- > 0;) packed = packed * kStates + static_cast<Verdicts>(verdicts[t]);
  return packed;
}

std::vector<Verdict> unpack(Verdicts verdicts, std::size_t thresholds) {
  std::vector<Verdict> unpacked(thresholds);
  for (Verdict& verdict : unpacked) {
    verdict = static_cast<Verdict>(verdicts % kStates);
    verdicts /= kStates;
  }
  return unpacked;
}

Score to_score(const JudgedSample& sample) {
  Score score{static_cast<double>(sample.objects.size())};
  for (const auto& [label, count] : sample.objects) {
    score.push_back(static_cast<double>(label));
    score.push_back(static_cast<double>(count));
  }
  for (const JudgedDetection& detection : sample.detections) {
    score.push_back(static_cast<double>(detection.label));
    score.push_back(detection.score);
    score.push_back(static_cast<double>(detection.verdicts));
  }
  return score;
}

RankedDetections::RankedDetections(std::span<const Score> scores) {
  for (const Score& score : scores) {
    OCTUNE_ASSERT(!score.empty(), "a score without the number of its classes");
    const std::size_t begin = 1 + kFieldsOfObjects * static_cast<std::size_t>(score[0]);
    OCTUNE_ASSERT(begin <= score.size() && (score.size() - begin) % kFieldsOfDetection == 0,
                  "a score of another layout");
    for (std::size_t at = 1; at < begin; at += kFieldsOfObjects) {
      objects_[static_cast<std::int64_t>(score[at])] += static_cast<std::size_t>(score[at + 1]);
    }
    std::map<std::int64_t, std::size_t> ranks;
    for (std::size_t at = begin; at < score.size(); at += kFieldsOfDetection) {
      const auto label = static_cast<std::int64_t>(score[at]);
      detections_.push_back({label, score[at + 1], static_cast<Verdicts>(score[at + 2]), ranks[label]++});
    }
  }
  std::stable_sort(detections_.begin(), detections_.end(), [](const JudgedDetection& a, const JudgedDetection& b) {
    return a.label != b.label ? a.label < b.label : a.score > b.score;
  });
}

std::vector<RankedClass> RankedDetections::classes() const {
  std::vector<RankedClass> result;
  for (const auto& [label, objects] : objects_) {
    if (objects == 0) continue;
    const auto [first, last] =
        std::equal_range(detections_.begin(), detections_.end(), JudgedDetection{label, 0, 0, 0},
                         [](const JudgedDetection& a, const JudgedDetection& b) { return a.label < b.label; });
    result.push_back({label, objects, std::span(first, last)});
  }
  return result;
}

std::vector<PrecisionRecall> curves(const RankedClass& ranked, std::size_t thresholds, std::size_t max_rank) {
  std::vector<PrecisionRecall> result(thresholds);
  std::vector<std::size_t> right(thresholds, 0);
  std::vector<std::size_t> wrong(thresholds, 0);
  const auto objects = static_cast<double>(ranked.objects);
  for (const JudgedDetection& detection : ranked.detections) {
    if (detection.rank >= max_rank) continue;
    Verdicts rest = detection.verdicts;
    for (std::size_t t = 0; t < thresholds; ++t) {
      const auto verdict = static_cast<Verdict>(rest % kStates);
      rest /= kStates;
      if (verdict == Verdict::ignored) continue;
      ++(verdict == Verdict::right ? right : wrong)[t];
      result[t].precision.push_back(static_cast<double>(right[t]) / static_cast<double>(right[t] + wrong[t]));
      result[t].recall.push_back(static_cast<double>(right[t]) / objects);
    }
  }
  return result;
}

void make_monotone(std::vector<double>& precision) {
  for (std::size_t i = precision.size(); i-- > 1;) precision[i - 1] = std::max(precision[i - 1], precision[i]);
}

}  // namespace octune::evaluate
