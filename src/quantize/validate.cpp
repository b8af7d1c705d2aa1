// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/validate.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string>
#include <vector>

#include "octune/error.hpp"
#include "quantize/ranges.hpp"

namespace octune::quantization {
namespace {

void check_border(const BorderOverride& border, const std::string& where, bool upper,
                  std::vector<std::string>& problems) {
  const double outlier_prob = border.outlier_prob.value_or(0);
  if (!(outlier_prob >= 0 && outlier_prob < 0.5)) {
    problems.push_back(fmt::format("{}: outlier_prob {} is out of range (0 to 0.5)", where, outlier_prob));
  }
  if (border.clipping_value && !(upper ? *border.clipping_value > 0 : *border.clipping_value < 0)) {
    problems.push_back(fmt::format("{}: clipping_value {} leaves no range around zero; it has to be {} zero", where,
                                   *border.clipping_value, upper ? "above" : "below"));
  }
  const EstimatorType type = border.type.value_or(EstimatorType::min);
  if (!upper && type != EstimatorType::min && type != EstimatorType::quantile) {
    problems.push_back(fmt::format("{}: this estimator finds no lower border (known: min, quantile)", where));
  }
}

void check_levels(const SchemeOverride& scheme, int bits, QuantizerKind kind, const std::string& where,
                  std::vector<std::string>& problems) {
  const int low = scheme.level_low.value_or(0);
  const int high = scheme.level_high.value_or(1);
  if (low > 0 || high <= 0) {
    problems.push_back(fmt::format(
        "{}: levels {} to {} do not hold zero below their top; level_low must be 0 or less, level_high more", where,
        low, high));
    return;
  }
  const Mode mode = scheme.mode.value_or(Mode::symmetric);
  const Granularity granularity = Granularity::per_tensor;  // counts nothing here
  const Levels levels = levels_of({bits, mode, granularity, scheme.level_low, scheme.level_high}, kind, true);
  if (levels.count() > 1 << bits) {
    problems.push_back(fmt::format("{}: levels {} to {} are more than {} bits hold ({})", where, levels.low,
                                   levels.high, bits, 1 << bits));
  }
}

void check_scheme(const SchemeOverride& scheme, QuantizerKind kind, std::vector<std::string>& problems) {
  const std::string where = kind == QuantizerKind::weights ? "weights" : "activations";
  const int bits = scheme.bits.value_or(8);
  if ((bits < 2 || bits > 8) && bits != 16) {
    problems.push_back(fmt::format("{}: bits {} are out of range (2 to 8, or 16)", where, bits));
  } else if (scheme.level_low || scheme.level_high) {
    check_levels(scheme, bits, kind, where, problems);
  }
  check_border(scheme.range_estimator.min, where + ".range_estimator.min", false, problems);
  check_border(scheme.range_estimator.max, where + ".range_estimator.max", true, problems);
}

}  // namespace

void validate(const PlanOptions& options) {
  std::vector<std::string> problems;
  check_scheme(options.weights, QuantizerKind::weights, problems);
  check_scheme(options.activations, QuantizerKind::activation, problems);
  if (!problems.empty()) throw Error(ErrorKind::input, fmt::format("{}", fmt::join(problems, "; ")));
}

}  // namespace octune::quantization
