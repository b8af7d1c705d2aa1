// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/validate.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <openvino/op/util/multi_subgraph_base.hpp>
#include <string>
#include <vector>

#include "octune/error.hpp"

namespace octune::quantization {
namespace {

void check_border(const BorderOverride& border, const std::string& where, bool upper,
                  std::vector<std::string>& problems) {
  const double outlier_prob = border.outlier_prob.value_or(0);
  if (!(outlier_prob >= 0 && outlier_prob < 0.5)) {
    problems.push_back(fmt::format("{}: outlier_prob {} is out of range (0 to 0.5)", where, outlier_prob));
  }
  const EstimatorType type = border.type.value_or(EstimatorType::min);
  if (!upper && type != EstimatorType::min && type != EstimatorType::quantile) {
    problems.push_back(fmt::format("{}: this estimator finds no lower border (known: min, quantile)", where));
  }
}

void check_scheme(const SchemeOverride& scheme, const std::string& where, int most_bits,
                  std::vector<std::string>& problems) {
  const int bits = scheme.bits.value_or(8);
  if (bits < 2 || bits > most_bits) {
    problems.push_back(fmt::format("{}: bits {} are out of range (2 to {})", where, bits, most_bits));
    return;
  }
  const int low = scheme.level_low.value_or(0);
  const int high = scheme.level_high.value_or(1);
  if (low > 0 || high <= 0) {
    problems.push_back(fmt::format(
        "{}: levels {} to {} do not hold zero below their top; level_low must be 0 or less, level_high more", where,
        low, high));
  } else if (scheme.level_low && scheme.level_high && high - low + 1 > (1 << bits)) {
    problems.push_back(
        fmt::format("{}: levels {} to {} are more than {} bits hold ({})", where, low, high, bits, 1 << bits));
  }
  check_border(scheme.range_estimator.min, where + ".range_estimator.min", false, problems);
  check_border(scheme.range_estimator.max, where + ".range_estimator.max", true, problems);
}

}  // namespace

void validate(const PlanOptions& options) {
  std::vector<std::string> problems;
  check_scheme(options.weights, "weights", 16, problems);
  check_scheme(options.activations, "activations", 16, problems);
  if (!problems.empty()) throw Error(ErrorKind::input, fmt::format("{}", fmt::join(problems, "; ")));
}

void refuse_quantized(const ov::Model& model) {
  for (const auto& node : model.get_ops()) {
    const std::string type = node->get_type_info().name;
    if (type == "FakeQuantize" || type == "FakeConvert") {
      throw Error(ErrorKind::unsupported,
                  fmt::format("model: is quantized already ({} '{}'); start from the floating-point model", type,
                              node->get_friendly_name()));
    }
  }
}

std::vector<std::string> subgraph_warnings(const ov::Model& model) {
  std::vector<std::string> warnings;
  for (const auto& node : model.get_ordered_ops()) {
    if (!dynamic_cast<const ov::op::util::MultiSubGraphOp*>(node.get())) continue;
    warnings.push_back(fmt::format("sub-graph '{}' ({}): what is inside stays in floating point",
                                   node->get_friendly_name(), node->get_type_info().name));
  }
  return warnings;
}

}  // namespace octune::quantization
