// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "layerwise/tune_layers.hpp"
#include "report/metric_text.hpp"
#include "report/run_record.hpp"

namespace octune::report {
namespace {

constexpr std::size_t kLines = 12;

std::string line(std::string_view title, const std::string& text) { return fmt::format("  {:<11}{}", title, text); }

const MetricRecord* float_value(const RunRecord& record, const std::string& name) {
  const auto found = std::find_if(record.metrics.begin(), record.metrics.end(), [&](const MetricRecord& metric) {
    return metric.name == name && metric.model == "float";
  });
  return found == record.metrics.end() ? nullptr : &*found;
}

bool is_reused(const RunRecord& record) { return record.statistics.passes == 0; }

/// How the criteria came out, in one line; empty without any.
std::string criteria_text(const RunRecord& record) {
  if (record.criteria.empty()) return "";
  std::vector<const CriterionRecord*> missed;
  for (const CriterionRecord& criterion : record.criteria) {
    if (!criterion.result.accepted) missed.push_back(&criterion);
  }
  if (record.criteria.size() > 1 && missed.empty())
    return fmt::format("all {} limits are kept", record.criteria.size());
  const CriterionRecord& shown = missed.empty() ? record.criteria.front() : *missed.front();
  const std::string others = record.criteria.size() > 1
                                 ? fmt::format(" ({} of {} limits are not kept)", missed.size(), record.criteria.size())
                                 : "";
  return limit_text(shown) + others;
}

/// The metrics of the written model as it runs by default; an int8 model's next to those of the float model.
void add_metrics(const RunRecord& record, std::vector<std::string>& lines) {
  std::vector<std::string> metrics;
  const bool is_float = keeps_float(record);
  for (const MetricRecord& metric : record.metrics) {
    if (metric.model != (is_float ? "float" : "int8") || metric.precision != "auto") continue;
    const MetricRecord* before = is_float ? nullptr : float_value(record, metric.name);
    std::string text = before == nullptr ? metric_text(metric) : change_text(*before, metric);
    if (metric.difference && !is_float) text += fmt::format(" ({})", difference_text(metric));
    if (metric.samples > 0) text += fmt::format(", {} samples", metric.samples);
    metrics.push_back(line(metrics.empty() ? "metrics" : "", text));
  }
  const std::size_t lines_left = kLines - lines.size() - (is_reused(record) ? 5 : 4) - (record.tuned_layers ? 1 : 0) -
                                 (record.criteria.empty() ? 0 : 1);
  if (metrics.size() > lines_left) {
    const std::size_t left = metrics.size() - (lines_left - 1);
    metrics.resize(lines_left - 1);
    metrics.push_back(line("", fmt::format("... and {} more in the report", left)));
  }
  lines.insert(lines.end(), metrics.begin(), metrics.end());
  if (!record.criteria.empty()) lines.push_back(line("target", criteria_text(record)));
}

/// How much of the written model is computed with integers.
std::string operations_text(const RunRecord& record) {
  const OperationCounts counts = count_operations(record.plan, record.executed);
  if (keeps_float(record)) {
    return fmt::format("none in int8; the best plan has {} of {} quantizable ({} in all)",
                       counts.quantized - counts.in_float, counts.quantizable, counts.total);
  }
  std::string text = fmt::format("{} of {} quantizable in int8 ({} in all)", counts.quantized - counts.in_float,
                                 counts.quantizable, counts.total);
  if (counts.in_float > 0) text += fmt::format("; {} quantized ones run in float", counts.in_float);
  return text;
}

/// What was chosen and the others, a line each.
void add_choice(const ChoiceRecord& choice, std::vector<std::string>& lines) {
  for (const Candidate& candidate : choice.candidates) {
    std::string text = fmt::format("{:<22}", candidate.name);
    text += candidate.divergence ? fmt::format(" {:>9.2g}", candidate.divergence->mean) : fmt::format(" {:>9}", "-");
    text += candidate.latency_ms ? fmt::format(" {:>8.2f} ms", *candidate.latency_ms) : fmt::format(" {:>11}", "-");
    text += fmt::format("  {}", candidate.verdict);
    const bool is_first = &candidate == &choice.candidates.front();
    if (is_first) {
      lines.push_back(
          line("plans", fmt::format("{:<22} {:>9} {:>11}  (outputs judged on {} samples, limit {:g})", "", "divergence",
                                    "latency", choice.judged_samples, choice.max_divergence)));
    }
    lines.push_back(line("", text));
  }
}

std::string tuning_text(std::span<const TunedLayer> layers) {
  const layerwise::Totals totals = layerwise::totals(layers);
  std::string text = fmt::format("{} of {} tuned", totals.kept, totals.tried);
  if (totals.median_before > 0) {
    text += fmt::format("; median error {:.3g} -> {:.3g} ({:+.0f} %) on samples held out", totals.median_before,
                        totals.median_after, 100 * (totals.median_after / totals.median_before - 1));
  }
  return text;
}

std::string time_text(const RunRecord& record) {
  std::vector<std::pair<double, std::string>> parts;
  for (const auto& [name, seconds] : record.timings_s) parts.emplace_back(seconds, name);
  std::stable_sort(parts.begin(), parts.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  std::string text;
  for (std::size_t i = 0; i < std::min<std::size_t>(3, parts.size()); ++i) {
    text += fmt::format("{}{} {:.1f}", text.empty() ? "" : ", ", parts[i].second, parts[i].first);
  }
  return fmt::format("{:.1f} s{}", record.total_s, text.empty() ? "" : " (" + text + ")");
}

}  // namespace

std::string size_text(std::uintmax_t bytes) {
  const auto value = static_cast<double>(bytes);
  if (value < 1e6) return fmt::format("{:.1f} kB", value / 1e3);
  return fmt::format("{:.1f} MB", value / 1e6);
}

std::vector<std::string> summary(const RunRecord& record, const std::filesystem::path& run_file) {
  std::vector<std::string> lines{keeps_float(record) ? "not quantized: int8 does not pay on this machine"
                                                     : "quantized:"};
  std::string size = size_text(record.output_bytes);
  if (record.input_bytes > 0) {
    size += fmt::format(", {:.0f} % of the float model's {}",
                        100 * static_cast<double>(record.output_bytes) / static_cast<double>(record.input_bytes),
                        size_text(record.input_bytes));
  }
  lines.push_back(line("model", record.output_model.string()));
  lines.push_back(line("report", run_file.string()));
  lines.push_back(line("size", size));
  add_metrics(record, lines);
  lines.push_back(line("operations", operations_text(record)));
  if (record.tuned_layers) lines.push_back(line("layers", tuning_text(*record.tuned_layers)));
  if (is_reused(record))
    lines.push_back(line("statistics", fmt::format("reused from {}, no inference", record.statistics.file.string())));
  lines.push_back(line("time", time_text(record)));
  lines.push_back(line("memory", fmt::format("{:.0f} MB at most", record.peak_rss_mib * 1.048576)));
  if (record.choice) add_choice(*record.choice, lines);
  if (keeps_float(record)) return lines;  // there is nothing to compare
  // The float model may be dynamic: it is measured in the shape it was quantized for.
  std::string shape = record.configuration.value("shape", "");
  if (shape.find('[') != std::string::npos) shape = "'" + shape + "'";  // which a shell would take for a pattern
  lines.push_back(line("next", fmt::format("octune benchmark {} {}{}", record.input_model.string(),
                                           record.output_model.string(), shape.empty() ? "" : " --shape " + shape)));
  return lines;
}

}  // namespace octune::report
