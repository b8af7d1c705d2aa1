// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/console.hpp"

#include <fmt/format.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/ansicolor_sink.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "cli/stop_signals.hpp"
#include "octune/error.hpp"
#include "report/json.hpp"

namespace octune::cli {
namespace {

StopSignals stop_signals;

extern "C" void request_stop(int signal) {
  // steady_clock reads CLOCK_MONOTONIC, which handlers may do.
  if (stop_signals.next(std::chrono::steady_clock::now().time_since_epoch()) != StopStep::end) return;
  std::signal(signal, SIG_DFL);
  std::raise(signal);  // comes when the handler is left
}

bool is_set(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

/// The locale the terminal works in, as the C library would choose it.
bool terminal_is_utf8() {
  for (const char* variable : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    if (!is_set(variable)) continue;
    const std::string value = std::getenv(variable);
    return value.find("UTF-8") != std::string::npos || value.find("utf8") != std::string::npos ||
           value.find("utf-8") != std::string::npos;
  }
  return false;
}

spdlog::level::level_enum spdlog_level(Severity severity) {
  switch (severity) {
    case Severity::debug:
      return spdlog::level::debug;
    case Severity::info:
      return spdlog::level::info;
    case Severity::warning:
      return spdlog::level::warn;
    case Severity::error:
      break;
  }
  return spdlog::level::err;
}

}  // namespace

void install_signal_handlers() {
  std::signal(SIGINT, request_stop);
  std::signal(SIGTERM, request_stop);
  std::signal(SIGHUP, request_stop);
  std::signal(SIGXFSZ, SIG_IGN);
  std::signal(SIGPIPE, SIG_IGN);
}

Console::Console(const ConsoleOptions& options) : options_(options) {
  const bool terminal = ::isatty(STDERR_FILENO) == 1;
  if (options_.progress == ProgressMode::automatic) {
    options_.progress = terminal ? ProgressMode::bar : ProgressMode::plain;
  }
  if (terminal_is_utf8()) style_ = BarStyle::unicode;

  const bool colour = terminal && !is_set("NO_COLOR");
  auto screen = std::make_shared<spdlog::sinks::ansicolor_stderr_sink_mt>(colour ? spdlog::color_mode::always
                                                                                 : spdlog::color_mode::never);
  screen->set_pattern("%^%l%$: %v");
  screen->set_level(spdlog_level(options_.level));
  std::vector<spdlog::sink_ptr> sinks{std::move(screen)};
  if (!options_.log_file.empty()) {
    try {
      auto file = std::make_shared<spdlog::sinks::basic_file_sink_mt>(options_.log_file);
      file->set_pattern("%Y-%m-%d %H:%M:%S.%e %l: %v");
      sinks.push_back(std::move(file));
    } catch (const spdlog::spdlog_ex& error) {
      throw Error(ErrorKind::io,
                  fmt::format("--log-file {}: cannot be written ({}); name a file in a folder you may write to",
                              options_.log_file, error.what()));
    }
  }
  logger_ = std::make_unique<spdlog::logger>("octune", sinks.begin(), sinks.end());
  logger_->set_level(spdlog::level::debug);
  logger_->flush_on(spdlog::level::debug);
  if (!options_.note.empty()) message(Severity::warning, options_.note);
}

Console::~Console() { clear_bar(); }

void Console::clear_bar() {
  if (!bar_shown_) return;
  std::fputs("\r\x1b[K", stderr);
  std::fflush(stderr);
  bar_shown_ = false;
}

void Console::message(Severity severity, std::string_view text) {
  if (severity == Severity::warning) {
    if (std::find(warnings_.begin(), warnings_.end(), text) != warnings_.end()) return;
    warnings_.emplace_back(text);
  }
  clear_bar();
  logger_->log(spdlog_level(severity), "{}", text);
}

void Console::progress(std::string_view stage, std::size_t done, std::size_t total) {
  if (options_.progress == ProgressMode::none) return;
  if (done <= stage_done_ || stage != stage_) {
    stage_ = std::string(stage);
    stage_begun_ = done;
    stage_watch_.restart();
    shown_watch_.restart();
    shown_tenth_ = total == 0 ? 0 : done * 10 / total;
  }
  stage_done_ = done;
  const Progress now{stage, done, total, stage_watch_.seconds(), stage_begun_};
  const bool finished = done >= total;
  if (options_.progress == ProgressMode::bar) {
    if (!finished && done != stage_begun_ && shown_watch_.seconds() < 0.1) return;
    shown_watch_.restart();
    std::fputs(fmt::format("\r\x1b[K{}{}", bar_line(now, style_), finished ? "\n" : "").c_str(), stderr);
    std::fflush(stderr);
    bar_shown_ = !finished;
    return;
  }
  // A line each 10 %, but none twice within half a second: short stages get one line.
  const std::size_t tenth = total == 0 ? 10 : done * 10 / total;
  if (!finished && (tenth == shown_tenth_ || shown_watch_.seconds() < 0.5)) return;
  shown_watch_.restart();
  shown_tenth_ = tenth;
  std::fputs((plain_line(now) + "\n").c_str(), stderr);
}

bool Console::should_stop() const { return stop_signals.any(); }

void Console::print(std::string_view line) const {
  if (options_.output != OutputFormat::text) return;
  std::fwrite(line.data(), 1, line.size(), stdout);
  std::fputc('\n', stdout);
}

void Console::print_json(const nlohmann::json& document) const {
  if (options_.output != OutputFormat::json) return;
  std::fputs(report::text_of(document).c_str(), stdout);
}

}  // namespace octune::cli
