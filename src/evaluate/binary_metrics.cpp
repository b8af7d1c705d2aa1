// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/binary_metrics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/assert.hpp"
#include "evaluate/class_scores.hpp"
#include "evaluate/f1_score.hpp"
#include "evaluate/label_values.hpp"
#include "evaluate/ranks.hpp"
#include "evaluate/values.hpp"
#include "octune/error.hpp"

namespace octune::evaluate {
namespace {

/// Zeros and ones, as many as the output has values; Error{input} for other numbers.
std::vector<bool> truths_of(const std::vector<double>& numbers, std::string_view where) {
  std::vector<bool> truths;
  truths.reserve(numbers.size());
  for (const double number : numbers) {
    if (number != 0 && number != 1) {
      throw Error(ErrorKind::input, fmt::format("{}: the label holds {}; 0 (no) and 1 (yes) are allowed, one for each "
                                                "value of the output",
                                                where, number));
    }
    truths.push_back(number == 1);
  }
  return truths;
}

/// C of an output with one value a class, for a label that is one class.
std::size_t classes_for(const ov::Tensor& output, const std::vector<double>& numbers, std::string_view where) {
  if (numbers.size() != 1) {
    throw Error(ErrorKind::input,
                fmt::format("{}: the label has {} numbers but the output {} values in the shape {}; "
                            "give one for each value, or one class",
                            where, numbers.size(), output.get_size(), output.get_shape().to_string()));
  }
  return class_count(output, where);
}

struct Counts {
  double true_positives = 0, false_positives = 0, false_negatives = 0, true_negatives = 0;

  void add(bool said, bool truth) {
    (said ? (truth ? true_positives : false_positives) : (truth ? false_negatives : true_negatives)) += 1;
  }
};

class BinaryMetric : public Metric {
 public:
  explicit BinaryMetric(const MetricOptions& options)
      : threshold_(options.threshold), positive_class_(options.positive_class) {}

  using Metric::score;
  Aggregation aggregation() const override { return Aggregation::sums; }

 protected:
  Counts counts(const Outputs& outputs, const Label& label) const {
    OCTUNE_ASSERT(!outputs.empty(), "answers of a model without outputs");
    const ov::Tensor& output = outputs.front();
    const std::string where = metric_place(name());
    const std::vector<double> numbers = label_numbers(label, where);
    Counts counts;
    if (numbers.size() == output.get_size()) {
      const std::vector<bool> truths = truths_of(numbers, where);
      const double threshold = threshold_.value_or(0.5);
      visit_values(output, [&](auto values) {
        for (std::size_t i = 0; i < values.size(); ++i) counts.add(to_double(values[i]) > threshold, truths[i]);
      });
      return counts;
    }
    const std::size_t classes = classes_for(output, numbers, where);
    if (positive_class_ >= classes) {
      throw Error(ErrorKind::input,
                  fmt::format("{}: the output has {} classes, so class {} cannot be the positive one; "
                              "0 to {} are allowed",
                              where, classes, positive_class_, classes - 1));
    }
    const bool truth = label_class(label, classes, where) == positive_class_;
    const bool said =
        threshold_ ? to_doubles(output)[positive_class_] > *threshold_ : argmax(output) == positive_class_;
    counts.add(said, truth);
    return counts;
  }

 private:
  std::optional<double> threshold_;
  std::size_t positive_class_;
};

class BinaryAccuracy final : public BinaryMetric {
 public:
  using BinaryMetric::BinaryMetric;
  using Metric::value;
  std::string name() const override { return "binary_accuracy"; }

  /// {right answers, answers}
  Score score(const Outputs& outputs, const Label& label) const override {
    const Counts counted = counts(outputs, label);
    const double right = counted.true_positives + counted.true_negatives;
    return {right, right + counted.false_positives + counted.false_negatives};
  }

  double value(const Score& sum, std::size_t samples) const override {
    return samples == 0 || sum[1] == 0 ? 0.0 : sum[0] / sum[1];
  }
};

class F1 final : public BinaryMetric {
 public:
  using BinaryMetric::BinaryMetric;
  using Metric::value;
  std::string name() const override { return "f1"; }

  /// {TP, FP, FN}
  Score score(const Outputs& outputs, const Label& label) const override {
    const Counts counted = counts(outputs, label);
    return {counted.true_positives, counted.false_positives, counted.false_negatives};
  }

  double value(const Score& sum, std::size_t samples) const override {
    return samples == 0 ? 0.0 : f1_score(sum[0], sum[1], sum[2]);
  }
};

/// Mann-Whitney statistic with average ranks; nothing without a yes or without a no.
std::optional<double> area_under_roc(std::span<const double> values, const std::vector<bool>& truths) {
  const std::vector<double> ranks = average_ranks(values);
  double yes = 0, rank_sum = 0;
  for (std::size_t i = 0; i < truths.size(); ++i) {
    if (!truths[i]) continue;
    yes += 1;
    rank_sum += ranks[i];
  }
  const double no = static_cast<double>(truths.size()) - yes;
  if (yes == 0 || no == 0) return std::nullopt;
  return (rank_sum - yes * (yes + 1) / 2) / (yes * no);
}

/// Of a probability; of 0, that of the smallest one in single precision.
double log_of(double probability) {
  return std::log(std::max(probability, static_cast<double>(std::numeric_limits<float>::denorm_min())));
}

/// A row of class values as numbers in the order of their probabilities. Logarithms keep apart what lies near 0 and 1;
/// given probabilities are not divided by their sum, which would break ties.
void to_ranked_values(std::vector<double>& row, ClassValues kind) {
  if (row.size() == 2) {
    const double log_odds = kind == ClassValues::logits ? row[1] - row[0] : log_of(row[1]) - log_of(1 - row[1]);
    row = {-log_odds, log_odds};
  } else if (kind == ClassValues::logits) {
    to_log_probabilities(row, kind);
  } else {
    std::transform(row.begin(), row.end(), row.begin(), log_of);
  }
}

class RocAuc final : public Metric {
 public:
  using Metric::score;
  using Metric::value;
  std::string name() const override { return "roc_auc"; }
  Aggregation aggregation() const override { return Aggregation::corpus; }

  /// {1, value, truth, value, truth, ...} of yes or no; {C, class of the label, 1 if the values may be probabilities, C
  /// values} of C classes
  Score score(const Outputs& outputs, const Label& label) const override {
    OCTUNE_ASSERT(!outputs.empty(), "answers of a model without outputs");
    const ov::Tensor& output = outputs.front();
    const std::string where = metric_place(name());
    const std::vector<double> numbers = label_numbers(label, where);
    const std::vector<double> values = to_doubles(output);
    Score score;
    if (numbers.size() == values.size()) {
      const std::vector<bool> truths = truths_of(numbers, where);
      score.push_back(1);
      for (std::size_t i = 0; i < values.size(); ++i) {
        score.push_back(values[i]);
        score.push_back(truths[i] ? 1 : 0);
      }
      return score;
    }
    const std::size_t classes = classes_for(output, numbers, where);
    const std::size_t wanted = label_class(label, classes, where);
    const bool probabilities = read_classes(output).values == ClassValues::probabilities;
    score = {static_cast<double>(classes), static_cast<double>(wanted), probabilities ? 1.0 : 0.0};
    score.insert(score.end(), values.begin(), values.end());
    return score;
  }

  double value(std::span<const Score> scores) const override {
    if (scores.empty()) return 0;
    if (scores.front()[0] == 1) return of_answers(scores);
    // Few logits may add up to 1 by chance: all samples have to.
    const bool probabilities =
        std::all_of(scores.begin(), scores.end(), [](const Score& score) { return score[2] == 1; });
    std::vector<std::vector<double>> rows;
    for (const Score& score : scores) {
      rows.emplace_back(score.begin() + 3, score.end());
      to_ranked_values(rows.back(), probabilities ? ClassValues::probabilities : ClassValues::logits);
    }
    double sum = 0;
    std::size_t defined = 0;
    for (std::size_t c = 0; c < rows.front().size(); ++c) {
      std::vector<double> values;
      std::vector<bool> truths;
      for (std::size_t i = 0; i < rows.size(); ++i) {
        values.push_back(rows[i][c]);
        truths.push_back(scores[i][1] == static_cast<double>(c));
      }
      const std::optional<double> area = area_under_roc(values, truths);
      if (!area) continue;
      sum += *area;
      ++defined;
    }
    return defined == 0 ? 0.5 : sum / static_cast<double>(defined);
  }

 private:
  static double of_answers(std::span<const Score> scores) {
    std::vector<double> values;
    std::vector<bool> truths;
    for (const Score& score : scores) {
      for (std::size_t i = 1; i + 1 < score.size(); i += 2) {
        values.push_back(score[i]);
        truths.push_back(score[i + 1] == 1);
      }
    }
    return area_under_roc(values, truths).value_or(0.5);
  }
};

}  // namespace

std::unique_ptr<Metric> make_binary_accuracy(const MetricOptions& options) {
  return std::make_unique<BinaryAccuracy>(options);
}
std::unique_ptr<Metric> make_f1(const MetricOptions& options) { return std::make_unique<F1>(options); }
std::unique_ptr<Metric> make_roc_auc() { return std::make_unique<RocAuc>(); }

}  // namespace octune::evaluate
