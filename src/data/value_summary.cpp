// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "data/value_summary.hpp"

#include <algorithm>
#include <cmath>

#include "data/element.hpp"

namespace octune::data {

void add_to_summary(const Sample& sample, const std::vector<InputInfo>& inputs, std::vector<InputSummary>& summaries) {
  if (summaries.empty()) {
    for (const InputInfo& input : inputs) summaries.push_back({input.name, input.type});
  }
  constexpr std::size_t kShapes = 8;
  for (InputSummary& summary : summaries) {
    const ov::Tensor& tensor = sample.at(summary.name);
    const ov::Shape& shape = tensor.get_shape();
    const auto place = std::lower_bound(summary.shapes.begin(), summary.shapes.end(), shape);
    if ((place == summary.shapes.end() || *place != shape) && summary.shapes.size() < kShapes)
      summary.shapes.insert(place, shape);
    double sum = 0;
    std::uint64_t finite = 0;
    visit_element(tensor.get_element_type(), summary.name, [&]<class T>(T) {
      const T* values = static_cast<const T*>(tensor.data());
      for (std::size_t i = 0; i < tensor.get_size(); ++i) {
        const auto value = static_cast<double>(values[i]);
        if (!std::isfinite(value)) continue;
        summary.min = std::min(summary.min, value);
        summary.max = std::max(summary.max, value);
        sum += value;
        ++finite;
      }
    });
    summary.non_finite += tensor.get_size() - finite;
    summary.values += finite;
    if (summary.values > 0) {
      const double share = static_cast<double>(finite) / static_cast<double>(summary.values);
      summary.mean += finite > 0 ? (sum / static_cast<double>(finite) - summary.mean) * share : 0;
    }
  }
}

}  // namespace octune::data
