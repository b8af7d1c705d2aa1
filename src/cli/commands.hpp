// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

#include "base/measure.hpp"
#include "cli/console.hpp"
#include "cli/flags.hpp"

namespace octune::cli {

/// One call of the program, parsed.
struct Invocation {
  const Flags& flags;
  Console& console;
  const base::Stopwatch& since_start;
  int& exit_code;  ///< what the program ends with when run() returns; 0 unless the command says otherwise
};

/// One verb of the command line. The table feeds the parser, the help and did-you-mean.
struct Command {
  std::string_view name;
  std::string_view summary;
  std::string_view examples;
  void (*add_flags)(CLI::App& command, Flags& flags);
  void (*run)(const Invocation& call);  ///< throws Error or Interrupted; what it prints is its result
};

std::span<const Command> commands();

void run_quantize(const Invocation& call);
void run_calibrate(const Invocation& call);
void run_evaluate(const Invocation& call);
void run_benchmark(const Invocation& call);
void run_plan(const Invocation& call);
void run_data(const Invocation& call);
void run_list(const Invocation& call);
void run_schema(const Invocation& call);
void run_doctor(const Invocation& call);

}  // namespace octune::cli
