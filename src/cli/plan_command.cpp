// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.hpp"
#include "cli/model_file.hpp"
#include "octune/quantize.hpp"
#include "report/json.hpp"
#include "report/run_record.hpp"

namespace octune::cli {

void run_plan(const Invocation& call) {
  const config::RunConfig config = effective_config(call.flags);
  say_notes(config, call.console);
  const infer::Runtime runtime;
  const std::shared_ptr<ov::Model> model = read_model(runtime, config.model, config.shape);
  const Plan plan = plan_quantization(model, config.quantize.plan);
  for (const std::string& warning : plan.warnings) call.console.message(Severity::warning, warning);

  std::string text = to_text(plan);
  while (text.ends_with('\n')) text.pop_back();
  call.console.print(text);

  const report::OperationCounts counts = report::count_operations(plan, {});
  call.console.print_json(nlohmann::json{
      {"command", "plan"},
      {"model", config.model.string()},
      {"operations", {{"total", counts.total}, {"quantizable", counts.quantizable}, {"quantized", counts.quantized}}},
      {"plan", report::to_json(plan)}});
}

}  // namespace octune::cli
