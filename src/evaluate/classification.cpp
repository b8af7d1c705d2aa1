// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/classification.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/assert.hpp"
#include "evaluate/class_scores.hpp"
#include "evaluate/f1_score.hpp"
#include "evaluate/label_values.hpp"
#include "evaluate/values.hpp"
#include "octune/error.hpp"

namespace octune::evaluate {
namespace {

std::size_t several_classes(const ov::Tensor& output, std::string_view where) {
  const std::size_t classes = class_count(output, where);
  if (classes < 2) {
    throw Error(ErrorKind::input,
                fmt::format("{}: the output has 1 class; at least 2 are needed (f1 and binary_accuracy judge single "
                            "values)",
                            where));
  }
  return classes;
}

class PerClassAccuracy final : public Metric {
 public:
  using Metric::score;
  using Metric::value;
  std::string name() const override { return "per_class_accuracy"; }
  // Counts a class would be sums, too, but twice as many numbers a sample as there are classes.
  Aggregation aggregation() const override { return Aggregation::corpus; }

  /// {class of the label, 1 if that is the answer}
  Score score(const Outputs& outputs, const Label& label) const override {
    OCTUNE_ASSERT(!outputs.empty(), "accuracy of a model without outputs");
    const std::string where = metric_place(name());
    const std::size_t wanted = label_class(label, several_classes(outputs.front(), where), where);
    return {static_cast<double>(wanted), argmax(outputs.front()) == wanted ? 1.0 : 0.0};
  }

  double value(std::span<const Score> scores) const override {
    struct Count {
      double right = 0;
      double samples = 0;
    };
    std::map<double, Count> classes;
    for (const Score& score : scores) {
      Count& count = classes[score[0]];
      count.right += score[1];
      count.samples += 1;
    }
    if (classes.empty()) return 0;
    double recalls = 0;
    for (const auto& [index, count] : classes) recalls += count.right / count.samples;
    return recalls / static_cast<double>(classes.size());
  }
};

/// The classes of one sample, ascending.
struct Named {
  std::size_t classes = 0;  ///< of the output
  std::vector<std::size_t> by_label;
  std::vector<std::size_t> by_output;
};

/// One class a sample, or, with a threshold, those above it.
Named named_classes(const Outputs& outputs, const Label& label, const std::optional<double>& threshold,
                    std::string_view where) {
  OCTUNE_ASSERT(!outputs.empty(), "F1 of a model without outputs");
  const ov::Tensor& output = outputs.front();
  Named named;
  named.classes = several_classes(output, where);
  named.by_label = label_classes(label, named.classes, where);
  if (!threshold) {
    if (named.by_label.size() != 1) {
      throw Error(ErrorKind::input, fmt::format("{}: label '{}' names {} classes; one is needed, or a threshold above "
                                                "which a class is an answer",
                                                where, shown(label), named.by_label.size()));
    }
    named.by_output = {argmax(output)};
    return named;
  }
  std::sort(named.by_label.begin(), named.by_label.end());
  named.by_label.erase(std::unique(named.by_label.begin(), named.by_label.end()), named.by_label.end());
  const std::vector<double> values = to_doubles(output);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] > *threshold) named.by_output.push_back(i);
  }
  return named;
}

class MicroF1 final : public Metric {
 public:
  explicit MicroF1(const MetricOptions& options) : threshold_(options.threshold) {}

  using Metric::score;
  using Metric::value;
  std::string name() const override { return "f1_micro"; }
  Aggregation aggregation() const override { return Aggregation::sums; }

  /// {TP, FP, FN}
  Score score(const Outputs& outputs, const Label& label) const override {
    const Named named = named_classes(outputs, label, threshold_, metric_place(name()));
    const auto right =
        static_cast<double>(std::count_if(named.by_output.begin(), named.by_output.end(), [&](std::size_t index) {
          return std::binary_search(named.by_label.begin(), named.by_label.end(), index);
        }));
    return {right, static_cast<double>(named.by_output.size()) - right,
            static_cast<double>(named.by_label.size()) - right};
  }

  double value(const Score& sum, std::size_t samples) const override {
    return samples == 0 ? 0.0 : f1_score(sum[0], sum[1], sum[2]);
  }

 private:
  std::optional<double> threshold_;
};

class MacroF1 final : public Metric {
 public:
  explicit MacroF1(const MetricOptions& options) : threshold_(options.threshold) {}

  using Metric::score;
  using Metric::value;
  std::string name() const override { return "f1_macro"; }
  Aggregation aggregation() const override { return Aggregation::corpus; }

  /// {classes that count in any case, n, the n classes of the label, the classes of the output}
  Score score(const Outputs& outputs, const Label& label) const override {
    const Named named = named_classes(outputs, label, threshold_, metric_place(name()));
    Score score{threshold_ ? static_cast<double>(named.classes) : 0, static_cast<double>(named.by_label.size())};
    score.insert(score.end(), named.by_label.begin(), named.by_label.end());
    score.insert(score.end(), named.by_output.begin(), named.by_output.end());
    return score;
  }

  double value(std::span<const Score> scores) const override {
    struct Count {
      double right = 0;
      double by_label = 0;
      double by_output = 0;
    };
    std::map<double, Count> classes;
    std::size_t all = 0;
    for (const Score& score : scores) {
      all = std::max(all, static_cast<std::size_t>(score[0]));
      const std::span<const double> named = std::span(score).subspan(2);
      const std::span<const double> by_label = named.first(static_cast<std::size_t>(score[1]));
      for (const double index : by_label) classes[index].by_label += 1;
      for (const double index : named.subspan(by_label.size())) {
        classes[index].by_output += 1;
        if (std::binary_search(by_label.begin(), by_label.end(), index)) classes[index].right += 1;
      }
    }
    const std::size_t counted = std::max(all, classes.size());
    if (counted == 0) return 0;
    double sum = 0;
    for (const auto& [index, count] : classes)
      sum += f1_score(count.right, count.by_output - count.right, count.by_label - count.right);
    return sum / static_cast<double>(counted);
  }

 private:
  std::optional<double> threshold_;
};

}  // namespace

std::unique_ptr<Metric> make_per_class_accuracy() { return std::make_unique<PerClassAccuracy>(); }
std::unique_ptr<Metric> make_f1_micro(const MetricOptions& options) { return std::make_unique<MicroF1>(options); }
std::unique_ptr<Metric> make_f1_macro(const MetricOptions& options) { return std::make_unique<MacroF1>(options); }

}  // namespace octune::evaluate
