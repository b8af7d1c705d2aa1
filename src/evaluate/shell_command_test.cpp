// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/shell_command.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <thread>

#include "base/measure.hpp"
#include "octune/error.hpp"
#include "testing/temporary_folder.hpp"

namespace octune::evaluate {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Recorder final : public Observer {
 public:
  void message(Severity severity, std::string_view text) override {
    EXPECT_EQ(severity, Severity::debug);
    messages.emplace_back(text);
  }

  std::vector<std::string> messages;
};

/// Asks to stop as soon as there is a file.
class StopsWhenThereIs final : public Observer {
 public:
  explicit StopsWhenThereIs(std::filesystem::path file) : file_(std::move(file)) {}
  bool should_stop() const override { return std::filesystem::exists(file_); }

 private:
  std::filesystem::path file_;
};

/// Whether the process whose number stands in the file runs; given a moment to end. One that ended and that nobody has
/// asked about is no longer running.
bool is_alive(const std::filesystem::path& file) {
  pid_t id = 0;
  std::ifstream(file) >> id;
  EXPECT_GT(id, 0) << file;
  const auto runs = [&] {
    std::string number;
    std::string name;
    std::string state;
    std::ifstream("/proc/" + std::to_string(id) + "/stat") >> number >> name >> state;
    return !state.empty() && state != "Z";
  };
  for (int i = 0; i < 100 && runs(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  return runs();
}

TEST(Shell, TellsTheLastLineAndTheExitCode) {
  Recorder recorder;
  const ShellOutcome outcome =
      run_shell({.text = "echo loading; echo careful >&2; printf '0.5  \\n\\n  \\n'; exit 3"}, &recorder);
  EXPECT_EQ(outcome.last_line, "0.5");
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_EQ(outcome.signal, 0);
  EXPECT_FALSE(outcome.timed_out);
  EXPECT_THAT(outcome.last_errors, ElementsAre("careful"));
  EXPECT_THAT(recorder.messages, ::testing::UnorderedElementsAre("loading", "careful", "0.5"));
}

TEST(Shell, ALastLineNeedsNoEnd) {
  EXPECT_EQ(run_shell({.text = "echo a; printf b"}, nullptr).last_line, "b");
  EXPECT_EQ(run_shell({.text = "true"}, nullptr).last_line, "");
}

TEST(Shell, OfALineThatIsOverwrittenTheLastFormCounts) {
  const ShellOutcome outcome =
      run_shell({.text = "printf '10 %%\\r50 %%\\r100 %%\\n' >&2; printf 'windows\\r\\n'"}, nullptr);
  EXPECT_THAT(outcome.last_errors, ElementsAre("100 %"));
  EXPECT_EQ(outcome.last_line, "windows");
}

TEST(Shell, OfManyErrorsTheLastTenAreKept) {
  const ShellOutcome outcome = run_shell({.text = "for i in $(seq 1 25); do echo e$i >&2; done"}, nullptr);
  ASSERT_EQ(outcome.last_errors.size(), 10u);
  EXPECT_EQ(outcome.last_errors.front(), "e16");
  EXPECT_EQ(outcome.last_errors.back(), "e25");
}

TEST(Shell, MoreOutputThanAPipeHoldsDoesNotBlock) {
  EXPECT_EQ(run_shell({.text = "seq 1 200000; seq 1 200000 >&2; echo done"}, nullptr).last_line, "done");
}

TEST(Shell, TheEnvironmentIsAddedTo) {
  const ShellOutcome outcome = run_shell(
      {.text = "echo \"$OCTUNE_MODEL:${PATH:+path}\"", .environment = {{"OCTUNE_MODEL", "a model.xml"}}}, nullptr);
  EXPECT_EQ(outcome.last_line, "a model.xml:path");
}

TEST(Shell, StandardInputIsEmpty) { EXPECT_EQ(run_shell({.text = "cat; echo end"}, nullptr).last_line, "end"); }

TEST(Shell, ASignalThatEndsItIsTold) { EXPECT_EQ(run_shell({.text = "kill -SEGV $$"}, nullptr).signal, SIGSEGV); }

TEST(Shell, IgnoredSignalsAreNotInherited) {
  const auto before = std::signal(SIGPIPE, SIG_IGN);
  EXPECT_EQ(run_shell({.text = "kill -PIPE $$; echo lives"}, nullptr).signal, SIGPIPE);
  std::signal(SIGPIPE, before);
}

TEST(Shell, BeyondTheTimeLimitTheWholeGroupIsKilled) {
  const octune::testing::TemporaryFolder folder;
  const auto pid = folder.path() / "pid";
  // The inner shell does not care for SIGTERM.
  const ShellOutcome outcome = run_shell({.text = "echo slow >&2; sh -c 'trap \"\" TERM; echo $$ > " + pid.string() +
                                                  "; while :; do sleep 0.05; done'; true",
                                          .time_limit_s = 0.3},
                                         nullptr);
  EXPECT_TRUE(outcome.timed_out);
  EXPECT_THAT(outcome.last_errors, ElementsAre("slow"));
  EXPECT_FALSE(is_alive(pid));
}

TEST(Shell, OutputWithoutEndIsStoppedToo) {
  EXPECT_TRUE(run_shell({.text = "yes", .time_limit_s = 0.2}, nullptr).timed_out);
}

TEST(Shell, WhatRunsOnInTheBackgroundIsNotWaitedFor) {
  const octune::testing::TemporaryFolder folder;
  const auto pid = folder.path() / "pid";
  const base::Stopwatch watch;
  const ShellOutcome outcome =
      run_shell({.text = "sleep 30 & echo $! > " + pid.string() + "; echo 1", .time_limit_s = 20}, nullptr);
  EXPECT_FALSE(outcome.timed_out);
  EXPECT_EQ(outcome.last_line, "1");
  pid_t id = 0;
  std::ifstream(pid) >> id;
  EXPECT_EQ(::kill(id, SIGKILL), 0) << "it lives on";
}

TEST(Shell, WhenAskedToStopTheCommandGetsAnInterrupt) {
  const octune::testing::TemporaryFolder folder;
  const auto started = folder.path() / "started";
  const auto cleaned = folder.path() / "cleaned";
  StopsWhenThereIs observer(started);
  const std::string command = "trap 'echo x > " + cleaned.string() + "; exit 1' INT; echo x > " + started.string() +
                              "; while :; do sleep 0.05; done";
  EXPECT_THROW(run_shell({.text = command}, &observer), Interrupted);
  EXPECT_TRUE(std::filesystem::exists(cleaned));
}

/// What the shell makes of the command's words.
std::vector<std::string> words(const std::string& command, const std::string& path) {
  const octune::testing::TemporaryFolder folder;
  const auto file = folder.path() / "words";
  run_shell({.text = "show() { for word in \"$@\"; do printf '%s\\n' \"$word\"; done > " + file.string() + "; }; " +
                     with_model(command, path)},
            nullptr);
  std::ifstream in(file);
  std::vector<std::string> found;
  for (std::string line; std::getline(in, line);) found.push_back(line);
  return found;
}

TEST(WithModel, ThePathArrivesAsItIsInAnyQuotes) {
  for (const std::string path : {"m.xml", "a b/it's \"$HOME\" `x` \\ {model} *.xml", "-m.xml"}) {
    const std::string expected = path.front() == '-' ? "./" + path : path;
    EXPECT_THAT(words("show {model} end", path), ElementsAre(expected, "end"));
    EXPECT_THAT(words("show \"{model}\"", path), ElementsAre(expected));
    EXPECT_THAT(words("show '{model}'", path), ElementsAre(expected));
    EXPECT_THAT(words("show \"it's {model}\" --model={model}", path),
                ElementsAre("it's " + expected, "--model=" + expected));
    EXPECT_THAT(words("show \\' {model}", path), ElementsAre("'", expected));
    EXPECT_THAT(words("show -v", path), ElementsAre("-v", expected)) << "the last argument";
  }
}

}  // namespace
}  // namespace octune::evaluate
