// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/accuracy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <span>

#include "base/assert.hpp"
#include "evaluate/values.hpp"
#include "octune/error.hpp"

namespace octune::evaluate {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

/// "3", "[3, 5]", "3|5" and "3,5" as numbers; nothing if it is none of these.
std::vector<std::int64_t> parse_classes(std::string_view label) {
  std::string_view text = trimmed(label);
  if (text.size() >= 2 && text.front() == '[' && text.back() == ']') text = text.substr(1, text.size() - 2);
  std::vector<std::int64_t> classes;
  while (true) {
    const std::size_t end = std::min(text.find_first_of(",|"), text.size());
    const std::string_view item = trimmed(text.substr(0, end));
    std::int64_t value = 0;
    const auto [stop, error] = std::from_chars(item.data(), item.data() + item.size(), value);
    if (error != std::errc{} || stop != item.data() + item.size()) return {};
    classes.push_back(value);
    if (end == text.size()) return classes;
    text.remove_prefix(end + 1);
  }
}

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

  Score score(const Outputs& outputs, const Label& of_sample) const override {
    OCTUNE_ASSERT(!outputs.empty(), "accuracy of a model without outputs");
    const std::string& label = of_sample.text;
    const ov::Tensor& output = outputs.front();
    const std::size_t size = class_count(output);
    const std::vector<std::int64_t> classes = parse_classes(label);
    if (classes.empty()) {
      throw Error(ErrorKind::input,
                  fmt::format("metric '{}': label '{}' is no class index; an integer is allowed, or several acceptable "
                              "ones as '[3,5]', '3|5' or '3,5'",
                              name(), label));
    }
    for (const std::int64_t index : classes) {
      if (index >= 0 && static_cast<std::size_t>(index) < size) continue;
      throw Error(ErrorKind::input, fmt::format("metric '{}': label '{}' is no class of the first output; it has {} "
                                                "classes, 0 to {} are allowed",
                                                name(), label, size, size - 1));
    }
    const bool right = visit_values(output, [&](auto values) {
      return std::any_of(classes.begin(), classes.end(),
                         [&](std::int64_t index) { return rank_of(values, static_cast<std::size_t>(index)) < top_; });
    });
    return {right ? 1.0 : 0.0};
  }

 private:
  std::size_t class_count(const ov::Tensor& output) const {
    const ov::Shape shape = output.get_shape();
    const std::size_t size = output.get_size();
    const bool one_vector = !shape.empty() && std::find(shape.begin(), shape.end(), size) != shape.end();
    if (!one_vector) {
      throw Error(ErrorKind::input,
                  fmt::format("metric '{}': the first output has the shape {}; [C], [1,C] or [1,C,1,1] (C classes) is "
                              "needed",
                              name(), shape.to_string()));
    }
    if (size <= top_) {
      throw Error(ErrorKind::input, fmt::format("metric '{}': the first output has {} class{}, so every answer would "
                                                "be right; at least {} classes are needed",
                                                name(), size, size == 1 ? "" : "es", top_ + 1));
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
