// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/criteria_flags.hpp"

#include <CLI/CLI.hpp>

#include "evaluate/criterion_names.hpp"

namespace octune::cli {

void add_criteria_flags(CLI::App& command, Flags& flags) {
  const std::string group = "How good the result has to be";
  const auto list = [&](const std::string& name, std::vector<std::string>& value, const std::string& help) {
    return command.add_option(name, value, help)->expected(1)->allow_extra_args(false)->take_all()->group(group);
  };
  list("--max-drop", flags.max_drop,
       "of a metric against the float model: 0.01 for all (the default), or f1=0.02 for one; exit code 4 beyond")
      ->type_name("[METRIC=]LIMIT");
  command.add_option("--drop-type", flags.drop_type, "relative (to the float model's value; the default) or absolute")
      ->type_name("NAME")
      ->group(group);
  command
      .add_flag_function(
          "--higher-is-better,!--no-higher-is-better",
          [&flags](std::int64_t count) { flags.higher_is_better = count > 0; },
          "of the only metric; default: the metric's own direction")
      ->group(group);
  list("--expect-baseline", flags.expect_baseline,
       "of the float model: 0.76, with a tolerance 0.76:0.02, or f1=0.76:0.02; stops at once with exit code 2 beyond")
      ->type_name("[METRIC=]VALUE[:TOLERANCE]");
  command
      .add_flag_function(
          "--race,!--no-race", [&flags](std::int64_t count) { flags.race = count > 0; },
          "stop measuring as soon as it is certain enough whether the limits are kept")
      ->group(group);
}

void apply_criteria(const Flags& flags, config::CriteriaOptions& criteria) {
  if (!flags.max_drop.empty()) criteria.max_drop.clear();
  for (const std::string& text : flags.max_drop) criteria.max_drop.push_back(config::parse_limit(text, "--max-drop"));
  if (flags.drop_type) criteria.drop_type = base::parse_enum<DropType>(*flags.drop_type, "--drop-type");
  if (flags.higher_is_better) criteria.higher_is_better = flags.higher_is_better;
  if (!flags.expect_baseline.empty()) criteria.expected.clear();
  for (const std::string& text : flags.expect_baseline)
    criteria.expected.push_back(config::parse_expectation(text, "--expect-baseline"));
}

}  // namespace octune::cli
