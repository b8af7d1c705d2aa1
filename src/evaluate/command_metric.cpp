// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/command_metric.hpp"

#include <fmt/format.h>

#include "evaluate/command_output.hpp"
#include "evaluate/shell_command.hpp"
#include "octune/error.hpp"

namespace octune::evaluate {
namespace {

constexpr std::string_view kPrefix = "cmd:";

std::string errors_text(const ShellOutcome& outcome) {
  if (outcome.last_errors.empty()) return "it wrote nothing to standard error";
  std::string text = "its last lines on standard error:";
  for (const std::string& line : outcome.last_errors) text += "\n  " + line;
  return text;
}

/// Runs a user's command for every model.
class CommandMetric final : public ModelMetric {
 public:
  CommandMetric(const std::string& spec, double time_limit_s)
      : name_(spec), command_(spec.substr(kPrefix.size())), time_limit_s_(time_limit_s) {
    if (command_.find_first_not_of(" \t") == std::string::npos) {
      throw Error(ErrorKind::input, fmt::format("{}: no command; write one, as cmd:./eval.sh {{model}}", name_));
    }
  }

  std::string name() const override { return name_; }

  std::vector<MetricResult> measure(const ModelFile& model, Observer* observer) const override {
    const ShellCommand command{.text = with_model(command_, model.path),
                               .environment = {{"OCTUNE_MODEL", model.path.string()},
                                               {"OCTUNE_DEVICE", "CPU"},
                                               {"OCTUNE_PRECISION", model.precision}},
                               .time_limit_s = time_limit_s_};
    const ShellOutcome outcome = run_shell(command, observer);
    const std::string where = fmt::format("{}: with {}", name_, model.path.string());
    if (outcome.timed_out) {
      throw Error(ErrorKind::input,
                  fmt::format("{}: stopped after {:g} s; give it more time with --metric-timeout, or fewer samples; {}",
                              where, time_limit_s_, errors_text(outcome)));
    }
    if (outcome.signal != 0) {
      throw Error(ErrorKind::input, fmt::format("{}: ended by signal {}; it has to end with exit code 0; {}", where,
                                                outcome.signal, errors_text(outcome)));
    }
    if (outcome.exit_code != 0) {
      throw Error(ErrorKind::input, fmt::format("{}: ended with exit code {}; it has to be 0; {}", where,
                                                outcome.exit_code, errors_text(outcome)));
    }
    std::vector<std::string> warnings;
    std::vector<MetricResult> results = parse_command_output(outcome.last_line, where, name_, warnings);
    for (const std::string& warning : warnings) {
      if (observer != nullptr) observer->message(Severity::warning, warning);
    }
    return results;
  }

 private:
  std::string name_;
  std::string command_;
  double time_limit_s_;
};

/// What stands in for the metric when only its values are known.
class Mean final : public Metric {
 public:
  std::string name() const override { return "mean"; }
};

}  // namespace

bool is_command(std::string_view metric) { return metric.starts_with(kPrefix); }

std::unique_ptr<ModelMetric> make_command_metric(const std::string& spec, double time_limit_s) {
  return std::make_unique<CommandMetric>(spec, time_limit_s);
}

void require_same_direction(const MetricResult& float_model, const MetricResult& judged) {
  if (float_model.higher_is_better == judged.higher_is_better) return;
  const auto text = [](const MetricResult& result) { return result.higher_is_better ? "true" : "false"; };
  throw Error(ErrorKind::input,
              fmt::format("metric '{}': 'higher_is_better' is {} for the float model and {} for the other one (true if "
                          "left out); print the same for every model",
                          judged.name, text(float_model), text(judged)));
}

std::optional<std::string> unpaired_warning(const MetricResult& float_model, const MetricResult& judged) {
  const std::size_t before = float_model.scores.size();
  const std::size_t after = judged.scores.size();
  if (before == 0 || after == 0 || before == after) return std::nullopt;
  return fmt::format(
      "metric '{}': the command gives values of {} samples for the float model and of {} for the other "
      "one: without values of the same samples its difference has no confidence interval",
      judged.name, before, after);
}

std::optional<Interval> paired_mean_interval(const MetricResult& a, const MetricResult& b, std::uint64_t seed) {
  if (a.scores.empty() || a.scores.size() != b.scores.size()) return std::nullopt;
  return paired_interval(a.scores, b.scores, Mean(), seed);
}

std::optional<Interval> paired_mean_drop_interval(const MetricResult& baseline, const MetricResult& judged,
                                                  const CriterionResult& result, std::uint64_t seed) {
  if (baseline.scores.empty() || baseline.scores.size() != judged.scores.size()) return std::nullopt;
  return paired_drop_interval(baseline.scores, judged.scores, Mean(), result, seed);
}

}  // namespace octune::evaluate
