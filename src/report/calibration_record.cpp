// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "report/calibration_record.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/names.hpp"
#include "report/json.hpp"
#include "report/run_record.hpp"

namespace octune::report {
namespace {

using nlohmann::json;

/// Every document has these, in the order in which they happen.
constexpr std::array<const char*, 6> kTimings{"read", "normalize", "plan", "statistics", "compile", "calibrate"};

}  // namespace

CalibrationRecord record_of(const Calibration& calibration) {
  CalibrationRecord record;
  record.model = calibration.key.model;
  record.samples = calibration.statistics.samples();
  const std::vector<StatisticRequest> requests = calibration.statistics.requests();
  record.requests = requests.size();
  std::set<TensorRef> tensors;
  for (const StatisticRequest& request : requests) tensors.insert(request.tensor);
  record.tensors = tensors.size();
  record.findings = calibration.findings;
  return record;
}

json to_json(const CalibrationRecord& record) {
  json findings = json::array();
  for (const DataFinding& finding : record.findings) {
    findings.push_back({{"severity", std::string(base::name_of(finding.severity))}, {"text", finding.text}});
  }
  return {{"schema", "octune.calibration/1"},
          {"command", "calibrate"},
          {"result", "done"},
          {"file", record.file.string()},
          {"bytes", record.bytes},
          {"model", record.model},
          {"samples", {{"used", record.samples}, {"reused", record.reused_samples}}},
          {"tensors", record.tensors},
          {"requests", record.requests},
          {"passes", record.passes},
          {"timings_s", timings(kTimings, record.timings_s, record.total_s)},
          {"peak_rss_mb", record.peak_rss_mib * 1.048576},
          {"findings", std::move(findings)},
          {"warnings", record.warnings}};
}

std::vector<std::string> summary(const CalibrationRecord& record) {
  std::string samples = fmt::format("{}", record.samples);
  if (record.reused_samples == record.samples) {
    samples += ", none had to be run";
  } else if (record.reused_samples > 0) {
    samples += fmt::format(", {} of them were in the file already", record.reused_samples);
  }
  const auto line = [](std::string_view title, const std::string& text) {
    return fmt::format("  {:<11}{}", title, text);
  };
  const auto count = [&](Severity severity, std::string_view noun) {
    const auto number = std::count_if(record.findings.begin(), record.findings.end(), [&](const DataFinding& finding) {
      return (finding.severity == Severity::warning) == (severity == Severity::warning);
    });
    return number == 0 ? std::string() : fmt::format("{} {}{}", number, noun, number == 1 ? "" : "s");
  };
  const std::string warnings = count(Severity::warning, "warning");
  const std::string remarks = count(Severity::info, "remark");
  const std::string findings = warnings + (warnings.empty() || remarks.empty() ? "" : ", ") + remarks;
  std::vector<std::string> lines{"calibrated:"};
  lines.push_back(line("statistics", fmt::format("{}, {}", record.file.string(), size_text(record.bytes))));
  lines.push_back(line("samples", samples));
  lines.push_back(line("tensors", fmt::format("{}, {} statistics of them", record.tensors, record.requests)));
  lines.push_back(line("data", findings.empty() ? "nothing odd found" : findings + ", see above"));
  lines.push_back(line("time", fmt::format("{:.1f} s", record.total_s)));
  lines.push_back(line("memory", fmt::format("{:.0f} MB at most", record.peak_rss_mib * 1.048576)));
  return lines;
}

}  // namespace octune::report
