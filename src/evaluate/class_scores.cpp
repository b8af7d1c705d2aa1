// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/class_scores.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/assert.hpp"
#include "evaluate/values.hpp"
#include "octune/error.hpp"

namespace octune::evaluate {
namespace {

ClassRows rows_along(const ov::Shape& shape, std::size_t axis) {
  ClassRows rows;
  for (std::size_t i = 0; i < axis; ++i) rows.outer *= shape[i];
  rows.classes = shape[axis];
  for (std::size_t i = axis + 1; i < shape.size(); ++i) rows.inner *= shape[i];
  return rows;
}

bool are_probabilities(const ov::Tensor& output, const ClassRows& rows) {
  const ov::element::Type type = output.get_element_type();
  if (!type.is_real() || rows.classes < 2) return false;
  const double tolerance = type.bitwidth() == 16 ? 1e-2 : 1e-3;
  return visit_values(output, [&](auto values) {
    for (std::size_t outer = 0; outer < rows.outer; ++outer) {
      for (std::size_t inner = 0; inner < rows.inner; ++inner) {
        double sum = 0;
        for (std::size_t c = 0; c < rows.classes; ++c) {
          const double value = to_double(values[(outer * rows.classes + c) * rows.inner + inner]);
          if (!(value >= 0)) return false;
          sum += value;
        }
        if (!(std::abs(sum - 1) <= tolerance)) return false;
      }
    }
    return true;
  });
}

}  // namespace

std::size_t class_count(const ov::Tensor& output, std::string_view where) {
  const ov::Shape shape = output.get_shape();
  const std::size_t size = output.get_size();
  const bool one_vector = !shape.empty() && std::find(shape.begin(), shape.end(), size) != shape.end();
  if (!one_vector) {
    throw Error(ErrorKind::input, fmt::format("{}: the output has the shape {}; [C], [1,C] or [1,C,1,1] (C classes) is "
                                              "needed",
                                              where, shape.to_string()));
  }
  return size;
}

ClassReading read_classes(const ov::Tensor& output, std::size_t axis) {
  const ClassRows rows = rows_along(output.get_shape(), axis);
  return {rows, are_probabilities(output, rows) ? ClassValues::probabilities : ClassValues::logits};
}

ClassReading read_classes(const ov::Tensor& output) {
  const ov::Shape shape = output.get_shape();
  if (shape.empty()) return {};
  const auto vector = std::find(shape.begin(), shape.end(), output.get_size());
  if (vector != shape.end()) return read_classes(output, static_cast<std::size_t>(vector - shape.begin()));
  const ClassReading last = read_classes(output, shape.size() - 1);
  if (last.values == ClassValues::probabilities) return last;
  const ClassReading second = read_classes(output, 1);
  return second.values == ClassValues::probabilities || shape.size() == 4 ? second : last;
}

void to_log_probabilities(std::span<double> row, ClassValues values) {
  OCTUNE_ASSERT(!row.empty(), "a distribution over no classes");
  static const double smallest = std::log(0x1p-126);
  if (values == ClassValues::probabilities) {
    double sum = 0;
    for (double& value : row) {
      value = std::max(value, 0.0);
      sum += value;
    }
    // All zeros, as a quantized output may be, say nothing: every class alike.
    const double log_sum = sum > 0 ? std::log(sum) : 0;
    for (double& value : row) {
      const double log = sum > 0 ? std::log(value) - log_sum : -std::log(static_cast<double>(row.size()));
      value = std::max(log, smallest);
    }
    return;
  }
  const double largest = *std::max_element(row.begin(), row.end());
  double sum = 0;
  for (const double value : row) sum += std::exp(value - largest);
  const double log_sum = largest + std::log(sum);
  for (double& value : row) value = std::max(value - log_sum, smallest);
}

}  // namespace octune::evaluate
