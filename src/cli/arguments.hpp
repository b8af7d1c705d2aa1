// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/commands.hpp"

namespace octune::cli {

/// What the command line asks for: a command with its options, or a text to print (help, version).
struct Arguments {
  const Command* command = nullptr;
  Flags flags;
  std::string text;
};

/// Parses the arguments behind the program's name. "-c FILE" without a command means "quantize -c FILE".
/// Error{input} for what cannot be parsed, with did-you-mean for commands and options.
Arguments parse_arguments(std::vector<std::string> arguments);

}  // namespace octune::cli
