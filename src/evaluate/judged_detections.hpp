// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "octune/metric.hpp"

/// What is stored of a sample for average precision, which ranks the detections of all samples together.
namespace octune::evaluate {

/// What became of a detection at one overlap threshold.
enum class Verdict { wrong, right, ignored };

/// Verdicts at up to 33 thresholds as one number that a double holds exactly: the sum of verdict[t] * 3^t.
using Verdicts = std::uint64_t;
Verdicts pack(std::span<const Verdict> verdicts);
/// The verdicts at all of `thresholds` thresholds.
std::vector<Verdict> unpack(Verdicts verdicts, std::size_t thresholds);

struct JudgedDetection {
  std::int64_t label = 0;  ///< class
  double score = 0;
  Verdicts verdicts = 0;
  std::size_t rank = 0;  ///< among those of its class in the sample; 0 has the highest score
};

struct JudgedSample {
  std::map<std::int64_t, std::size_t> objects;  ///< class -> objects that count
  std::vector<JudgedDetection> detections;      ///< of a class in descending order of score
};

/// As a Score:
///   K, then for each of K classes: class, objects that count; then for each detection: class, score, verdicts
Score to_score(const JudgedSample& sample);

/// The detections of one class over all samples, in descending order of score; ties in the order of samples and ranks.
struct RankedClass {
  std::int64_t label = 0;
  std::size_t objects = 0;
  std::span<const JudgedDetection> detections;
};

/// All samples of a set, by class.
class RankedDetections {
 public:
  explicit RankedDetections(std::span<const Score> scores);

  /// The classes that have objects; detections of others do not count.
  std::vector<RankedClass> classes() const;

 private:
  std::map<std::int64_t, std::size_t> objects_;
  std::vector<JudgedDetection> detections_;  ///< by class
};

/// A point for every detection that is not ignored.
struct PrecisionRecall {
  std::vector<double> precision;
  std::vector<double> recall;
};

/// The curves of a class at `thresholds` thresholds, over the detections of a rank below `max_rank`.
std::vector<PrecisionRecall> curves(const RankedClass& ranked, std::size_t thresholds, std::size_t max_rank);

/// precision[i] becomes the largest precision at recall[i] or more.
void make_monotone(std::vector<double>& precision);

}  // namespace octune::evaluate
