// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/measure.hpp"
#include "cli/progress.hpp"
#include "octune/observer.hpp"

namespace spdlog {
class logger;
}

namespace octune::cli {

enum class ProgressMode { automatic, bar, plain, none };
enum class OutputFormat { text, json };

struct ConsoleOptions {
  ProgressMode progress = ProgressMode::automatic;  ///< a bar on a terminal, lines elsewhere
  Severity level = Severity::info;
  std::string log_file;  ///< empty: none; it gets everything from debug on
  OutputFormat output = OutputFormat::text;
  std::string note;  ///< said as a warning at once, if not empty
};

/// What the user sees. Results go to standard output (one JSON object and nothing else if so asked), messages and
/// progress to standard error. Knows whether the user pressed Ctrl-C.
class Console : public Observer {
 public:
  /// Error{io} if the log file cannot be written.
  explicit Console(const ConsoleOptions& options);
  ~Console() override;

  void message(Severity severity, std::string_view text) override;
  void progress(std::string_view stage, std::size_t done, std::size_t total) override;
  bool should_stop() const override;

  /// A line of the result; nothing if the output is JSON.
  void print(std::string_view line) const;
  /// The result as JSON; nothing if the output is text.
  void print_json(const nlohmann::json& document) const;

  /// Every warning so far, each once, in order.
  const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  void clear_bar();

  ConsoleOptions options_;
  BarStyle style_ = BarStyle::ascii;
  std::unique_ptr<spdlog::logger> logger_;
  std::vector<std::string> warnings_;
  std::string stage_;
  std::size_t stage_begun_ = 0;  // what was done when the stage was first heard of
  std::size_t stage_done_ = 0;
  base::Stopwatch stage_watch_;
  base::Stopwatch shown_watch_;
  std::size_t shown_tenth_ = 0;
  bool bar_shown_ = false;
};

/// From now on Ctrl-C, SIGTERM and SIGHUP make Console::should_stop() true; another one, 200 ms later or more, ends the
/// process at once. Writing beyond a file size limit and into a closed pipe become errors instead of signals.
void install_signal_handlers();

}  // namespace octune::cli
