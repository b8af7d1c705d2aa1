// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "base/measure.hpp"
#include "cli/arguments.hpp"
#include "octune/error.hpp"
#include "report/json.hpp"

namespace octune::cli {
namespace {

/// The exit code.
int run(const std::vector<std::string>& arguments) {
  const base::Stopwatch since_start;
  const Arguments parsed = parse_arguments(arguments);
  if (parsed.command == nullptr) {
    std::fputs(parsed.text.c_str(), stdout);
    return 0;
  }
  Console console(console_options(parsed.flags));
  int exit_code = 0;
  parsed.command->run({parsed.flags, console, since_start, exit_code});
  return exit_code;
}

int fail(const nlohmann::json& failure, bool json) {
  const auto message = failure["error"]["message"].get<std::string>();
  // Several problems come as several lines: each gets the prefix.
  for (std::size_t at = 0; at <= message.size();) {
    const std::size_t end = std::min(message.find('\n', at), message.size());
    std::fprintf(stderr, "error: %s\n", message.substr(at, end - at).c_str());
    at = end + 1;
  }
  if (json) std::fputs(report::text_of(failure).c_str(), stdout);
  return failure["exit_code"].get<int>();
}

}  // namespace
}  // namespace octune::cli

int main(int argc, char** argv) {
  using namespace octune;
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  // Known before parsing, so that a mistake in the arguments is reported as JSON too.
  const bool json = std::find(arguments.begin(), arguments.end(), "--json") != arguments.end();
  try {
    cli::install_signal_handlers();
    const int exit_code = cli::run(arguments);
    return std::fflush(stdout) == 0 ? exit_code : 2;
  } catch (const Error& error) {
    return cli::fail(report::failure(error), json);
  } catch (const Interrupted& interrupted) {
    // What was kept, where something was, stands in the text.
    const std::string text = interrupted.what();
    return cli::fail(
        report::failure("interrupted", text == "interrupted" ? text + "; the same command starts again" : text, 130),
        json);
  } catch (const std::exception& error) {
    return cli::fail(report::failure("internal", std::string("unexpected: ") + error.what(), 1), json);
  }
}
