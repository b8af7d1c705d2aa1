// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/accuracy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "base/assert.hpp"
#include "evaluate/class_scores.hpp"
#include "evaluate/label_values.hpp"
#include "evaluate/values.hpp"
#include "octune/error.hpp"

namespace octune::evaluate {
namespace {

/// How many values are larger than values[index], or equal to it and before it.
template <class T>
std::size_t rank_of(std::span<const T> values, std::size_t index) {
  const T value = values[index];
  std::size_t rank = 0;
  for (std::size_t i = 0; i < values.size(); ++i)
    rank += values[i] > value || (values[i] == value && i < index) ? 1 : 0;
  return rank;
}

class Accuracy final : public Metric {
 public:
  explicit Accuracy(std::size_t top) : top_(top) {}

  using Metric::score;
  std::string name() const override { return fmt::format("accuracy@top{}", top_); }

  std::optional<ScoreBounds> bounds() const override { return ScoreBounds{0, 1}; }

  Score score(const Outputs& outputs, const Label& label) const override {
    OCTUNE_ASSERT(!outputs.empty(), "accuracy of a model without outputs");
    const ov::Tensor& output = outputs.front();
    const std::string where = metric_place(name());
    const std::size_t size = enough_classes(output, where);
    const std::vector<std::size_t> classes = label_classes(label, size, where);
    if (classes.empty()) {
      throw Error(ErrorKind::input,
                  fmt::format("{}: label '{}' names no class; at least one is needed", where, shown(label)));
    }
    const bool right = visit_values(output, [&](auto values) {
      return std::any_of(classes.begin(), classes.end(),
                         [&](std::size_t index) { return rank_of(values, index) < top_; });
    });
    return {right ? 1.0 : 0.0};
  }

 private:
  std::size_t enough_classes(const ov::Tensor& output, std::string_view where) const {
    const std::size_t size = class_count(output, where);
    if (size <= top_) {
      throw Error(ErrorKind::input, fmt::format("{}: the output has {} class{}, so every answer would "
                                                "be right; at least {} classes are needed",
                                                where, size, size == 1 ? "" : "es", top_ + 1));
    }
    return size;
  }

  std::size_t top_;
};

}  // namespace

std::unique_ptr<Metric> make_accuracy(std::size_t top) {
  OCTUNE_ASSERT(top > 0, "accuracy of the best 0 classes");
  return std::make_unique<Accuracy>(top);
}

}  // namespace octune::evaluate
