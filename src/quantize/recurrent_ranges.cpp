// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/recurrent_ranges.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace octune::quantization {
namespace {

/// Three bits of the states' precision, 18 dB.
constexpr double kWidestInput = 8;

/// The largest magnitude seen in a tensor; 0 if its extremes were not collected.
double magnitude(const TensorRef& tensor, const Statistics& statistics) {
  double largest = 0;
  for (const auto& [request, series] : statistics.series()) {
    if (request.tensor != tensor || (request.reduction != Reduction::min && request.reduction != Reduction::max))
      continue;
    for (const float value : series.lowest) largest = std::max<double>(largest, std::abs(value));
    for (const float value : series.highest) largest = std::max<double>(largest, std::abs(value));
  }
  return largest;
}

void leave_out(const std::string& name, Plan& plan) {
  const auto reads = [&](const Quantizer& quantizer) {
    return std::find(quantizer.operations.begin(), quantizer.operations.end(), name) != quantizer.operations.end();
  };
  std::erase_if(plan.quantizers,
                [&](const Quantizer& quantizer) { return reads(quantizer) && quantizer.operations.size() == 1; });
  for (Quantizer& quantizer : plan.quantizers) {
    if (!reads(quantizer)) continue;
    std::erase(quantizer.operations, name);
    std::erase(quantizer.also_covers, TensorRef{name, 0});
    std::erase_if(quantizer.consumers, [&](const EdgeRef& edge) { return edge.node == name; });
  }
}

}  // namespace

void leave_out_narrow_states(const Statistics& statistics, Plan& plan) {
  for (PlannedOperation& operation : plan.operations) {
    if (!operation.quantized || (operation.type != "LSTMSequence" && operation.type != "GRUSequence")) continue;
    const double states = magnitude({operation.name, 0}, statistics);
    double inputs = 0;
    for (const Quantizer& quantizer : plan.quantizers) {
      const bool reads = std::find(quantizer.operations.begin(), quantizer.operations.end(), operation.name) !=
                         quantizer.operations.end();
      if (quantizer.kind == QuantizerKind::activation && reads)
        inputs = std::max(inputs, magnitude(quantizer.tensor, statistics));
    }
    if (states == 0 || inputs <= kWidestInput * states) continue;
    leave_out(operation.name, plan);
    operation.quantized = false;
    operation.reason =
        fmt::format("its inputs are {:.0f} times as wide as its states, which share their scale", inputs / states);
  }
}

}  // namespace octune::quantization
