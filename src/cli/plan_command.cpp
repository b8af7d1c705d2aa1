// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/model_file.hpp"
#include "octune/choose.hpp"
#include "octune/quantize.hpp"
#include "report/json.hpp"
#include "report/run_record.hpp"

namespace octune::cli {

namespace {

nlohmann::json to_json(const report::OperationCounts& counts) {
  return {{"total", counts.total}, {"quantizable", counts.quantizable}, {"quantized", counts.quantized}};
}

/// What --preset auto tries: a line each.
void tell(const PlanCandidates& candidates, const config::RunConfig& config, Console& console) {
  nlohmann::json entries = nlohmann::json::array();
  console.print("plans that are tried, the one expected to be fastest first:");
  for (const PlanCandidate& candidate : candidates.plans) {
    const report::OperationCounts counts = report::count_operations(candidate.plan, {});
    console.print(fmt::format("  {:<18} {} of {} quantizable in int8; {}", candidate.name, counts.quantized,
                              counts.quantizable, candidate.summary));
    entries.push_back({{"name", candidate.name},
                       {"summary", candidate.summary},
                       {"operations", to_json(counts)},
                       {"plan", report::to_json(candidate.plan)}});
  }
  for (const std::string& note : candidates.left_out) console.print(fmt::format("  left out: {}", note));
  console.print("with --preset performance, mixed or accuracy one plan is shown operation by operation");
  console.print_json(nlohmann::json{{"command", "plan"},
                                    {"model", config.model.string()},
                                    {"candidates", std::move(entries)},
                                    {"left_out", candidates.left_out}});
}

}  // namespace

void run_plan(const Invocation& call) {
  const config::RunConfig config = effective_config(call.flags);
  say_notes(config, call.console);
  const infer::Runtime runtime;
  const std::shared_ptr<ov::Model> model = read_model(runtime, config.model, config.shape);
  if (config.choose) {
    const PlanCandidates candidates = plan_candidates(model, config.quantize.plan);
    for (const std::string& warning : candidates.warnings) call.console.message(Severity::warning, warning);
    // Without any, the plain plan says why.
    if (!candidates.plans.empty()) return tell(candidates, config, call.console);
  }
  const Plan plan = plan_quantization(model, config.quantize.plan);
  for (const std::string& warning : plan.warnings) call.console.message(Severity::warning, warning);

  std::string text = to_text(plan);
  while (text.ends_with('\n')) text.pop_back();
  call.console.print(text);

  const report::OperationCounts counts = report::count_operations(plan, {});
  call.console.print_json(nlohmann::json{{"command", "plan"},
                                         {"model", config.model.string()},
                                         {"operations", to_json(counts)},
                                         {"plan", report::to_json(plan)}});
}

}  // namespace octune::cli
