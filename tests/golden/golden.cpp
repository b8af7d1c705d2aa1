// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "tests/golden/golden.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "base/file.hpp"
#include "base/names.hpp"
#include "quantize/schemes.hpp"

namespace octune::golden {
namespace {

std::string text_of(const BorderEstimator& border, QuantizerKind kind) {
  std::string text(base::name_of(border.type));
  if (border.type == EstimatorType::quantile || border.type == EstimatorType::abs_quantile)
    text += fmt::format(" {}", border.outlier_prob);
  if (kind == QuantizerKind::activation) text += fmt::format("/{}", base::name_of(border.aggregator));
  if (border.granularity) text += fmt::format("/{}", base::name_of(*border.granularity));
  return text;
}

std::string text_of(const RangeEstimator& estimator, QuantizerKind kind) {
  if (estimator.search != RangeSearch::none) return std::string(base::name_of(estimator.search));
  return fmt::format("{} to {}", text_of(estimator.min, kind), text_of(estimator.max, kind));
}

std::string letter(const Quantizer& quantizer) { return quantizer.kind == QuantizerKind::weights ? "W" : "A"; }

}  // namespace

::testing::AssertionResult matches(const std::string& file, const std::string& text) {
  const std::filesystem::path path = std::filesystem::path(OCTUNE_GOLDEN_DIR) / file;
  if (std::getenv("OCTUNE_UPDATE_GOLDEN")) {
    std::ofstream(path) << text;
    return ::testing::AssertionSuccess();
  }
  if (!std::filesystem::exists(path))
    return ::testing::AssertionFailure() << file << ": missing; run scripts/update_golden";
  std::istringstream expected(base::read_file(path)), actual(text);
  std::string expected_line, actual_line;
  for (std::size_t number = 1;; ++number) {
    const bool more_expected = static_cast<bool>(std::getline(expected, expected_line));
    const bool more_actual = static_cast<bool>(std::getline(actual, actual_line));
    if (!more_expected && !more_actual) return ::testing::AssertionSuccess();
    if (more_expected == more_actual && expected_line == actual_line) continue;
    return ::testing::AssertionFailure() << file << ':' << number << ": '" << (more_expected ? expected_line : "(end)")
                                         << "' is now '" << (more_actual ? actual_line : "(end)")
                                         << "'; if that is meant, run scripts/update_golden and look at the diff";
  }
}

std::string full_text(const Plan& plan) {
  std::string text = to_text(plan) + "\n";
  for (const Quantizer& quantizer : plan.quantizers) {
    std::vector<std::string> readers;
    for (const EdgeRef& edge : quantizer.consumers) readers.push_back(fmt::format("{}:{}", edge.node, edge.port));
    std::string line =
        fmt::format("{}: {} {}; {}", quantizer.name, letter(quantizer), quantization::text_of(quantizer.scheme),
                    text_of(quantizer.estimator, quantizer.kind));
    if (!quantizer.channel_axes.empty()) line += fmt::format("; axes {}", fmt::join(quantizer.channel_axes, " "));
    if (quantizer.group) line += fmt::format("; group {}", *quantizer.group);
    if (quantizer.kind == QuantizerKind::weights) line += fmt::format("; i{}", quantizer.storage_bits);
    text += fmt::format("{}; {} -> {}\n", line, quantizer.tensor.text(), fmt::join(readers, " "));
  }
  for (const AlignedPair& pair : plan.aligned_pairs)
    text += fmt::format("aligned {} {}\n", pair.producer, pair.consumer);
  for (const SmoothedInput& input : plan.smoothed_inputs)
    text += fmt::format("to smooth {} axis {}\n", input.quantizer, input.channel_axis);
  for (const BiasCorrection& correction : plan.bias_corrections) text += fmt::format("bias {}\n", correction.operation);
  return text;
}

std::string compact_text(const Plan& plan) {
  std::map<std::string, std::vector<std::string>> schemes;
  std::map<std::string, std::size_t> counts;
  for (const Quantizer& quantizer : plan.quantizers) {
    std::string scheme = fmt::format("{} {}", letter(quantizer), quantization::text_of(quantizer.scheme));
    if (quantizer.group) scheme += fmt::format(" (group {})", *quantizer.group);
    for (const std::string& operation : quantizer.operations) schemes[operation].push_back(scheme);
    ++counts[fmt::format("{} {}", letter(quantizer), quantization::text_of(quantizer.scheme))];
  }
  std::string text = fmt::format("{}, preset {}, {} operations\n", plan.target, plan.preset, plan.total_operations);
  for (const auto& [scheme, count] : counts) text += fmt::format("{:5} {}\n", count, scheme);
  for (const PlannedOperation& operation : plan.operations) {
    if (operation.quantized) text += fmt::format("{}: {}\n", operation.name, fmt::join(schemes[operation.name], "; "));
  }
  for (const std::string& warning : plan.warnings) text += "warning: " + warning + "\n";
  return text;
}

std::string text_of(const Plan& plan, const std::vector<quantization::Range>& ranges) {
  std::string text;
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    if (plan.quantizers[i].kind != QuantizerKind::activation) continue;
    text += fmt::format("{}: {} levels", plan.quantizers[i].name, ranges[i].levels);
    for (std::size_t c = 0; c < ranges[i].low.size(); ++c)
      text += fmt::format(" [{:.6g}, {:.6g}]", ranges[i].low[c], ranges[i].high[c]);
    text += "\n";
  }
  return text;
}

}  // namespace octune::golden
