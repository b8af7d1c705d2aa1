// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "octune/observer.hpp"

namespace octune::evaluate {

/// A command line that is not written by octune but by its user.
struct ShellCommand {
  std::string text;                                  ///< what /bin/sh -c is given
  std::map<std::string, std::string> environment{};  ///< besides, or in place of, this process's
  double time_limit_s = 0;                           ///< 0: none
};

struct ShellOutcome {
  bool timed_out = false;
  int exit_code = 0;                     ///< if it ended by itself
  int signal = 0;                        ///< that ended it; 0: none did
  std::string last_line;                 ///< of standard output that is not blank
  std::vector<std::string> last_errors;  ///< up to ten lines of standard error that are not blank, the last ones
};

/// Runs it in the current folder, in a process group of its own and with nothing on standard input, and waits for the
/// shell, not for what it leaves running in the background. Every line it writes is a debug message of the observer.
/// Beyond the time limit the group is asked to end (SIGTERM), and killed once the shell has ended, two seconds later at
/// most. When the observer asks to stop the group gets SIGINT, as from Ctrl-C, is killed likewise, and Interrupted is
/// thrown. Error{runtime} if the system starts no process.
ShellOutcome run_shell(const ShellCommand& command, Observer* observer);

/// `command` with every "{model}" replaced by the path, written so that the shell reads it back as it is, whatever
/// quotes stand around it; without "{model}" the path becomes the last argument.
std::string with_model(std::string_view command, const std::filesystem::path& model);

}  // namespace octune::evaluate
