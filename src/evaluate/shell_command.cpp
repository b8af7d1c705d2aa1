// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/shell_command.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <deque>
#include <functional>
#include <optional>
#include <thread>

#include "base/measure.hpp"
#include "octune/error.hpp"

namespace octune::evaluate {
namespace {

constexpr int kPollMs = 20;
constexpr double kGraceS = 2;
constexpr std::size_t kErrorLines = 10;
constexpr std::size_t kLongestLine = std::size_t{1} << 20U;

[[noreturn]] void fail(const char* what, int error) {
  throw Error(ErrorKind::runtime,
              fmt::format("command: {} failed ({}); free some of the system's resources", what, std::strerror(error)));
}

/// Reads what the other end writes without waiting for it.
class Pipe {
 public:
  Pipe() {
    if (::pipe2(ends_.data(), O_CLOEXEC) != 0) fail("opening a pipe", errno);
    ::fcntl(ends_[0], F_SETFL, O_NONBLOCK);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    for (int& end : ends_) close(end);
  }

  int to_read() const { return ends_[0]; }  ///< -1 when everything was read
  int to_write() const { return ends_[1]; }
  void close_writing_end() { close(ends_[1]); }

  /// Hands over what is there. Not more than a pipe holds: a writer that never pauses must not keep the reader here.
  void read(const std::function<void(std::string_view)>& take) {
    constexpr int kMostReads = 16;  // a pipe holds 64 KiB, 1 MiB at most without privileges
    std::array<char, 65536> buffer;
    for (int i = 0; i < kMostReads && ends_[0] >= 0; ++i) {
      const ssize_t count = ::read(ends_[0], buffer.data(), buffer.size());
      if (count > 0) {
        take({buffer.data(), static_cast<std::size_t>(count)});
      } else if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
        close(ends_[0]);
      } else if (errno == EAGAIN) {
        return;
      }
    }
  }

 private:
  static void close(int& end) {
    if (end >= 0) ::close(end);
    end = -1;
  }

  std::array<int, 2> ends_{-1, -1};
};

/// Cuts what comes in pieces into lines. Of a line that was overwritten with carriage returns, as progress bars do, the
/// last form counts; of one beyond kLongestLine the beginning.
class Lines {
 public:
  explicit Lines(std::function<void(const std::string&)> on_line) : on_line_(std::move(on_line)) {}

  void add(std::string_view text) {
    for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
      extend(text.substr(0, end));
      finish();
      text.remove_prefix(end + 1);
    }
    extend(text);
  }

  /// The last line may lack its end.
  void finish() {
    while (!line_.empty() && std::strchr(" \t\r", line_.back()) != nullptr) line_.pop_back();
    drop_overwritten();
    if (line_.find_first_not_of(" \t") != std::string::npos) on_line_(line_);
    line_.clear();
  }

 private:
  void extend(std::string_view text) {
    line_ += text;
    if (line_.size() <= kLongestLine) return;
    drop_overwritten();
    line_.resize(std::min(line_.size(), kLongestLine));
  }

  void drop_overwritten() {
    if (const std::size_t start = line_.rfind('\r'); start != std::string::npos) line_.erase(0, start + 1);
  }

  std::function<void(const std::string&)> on_line_;
  std::string line_;
};

/// A process and the group it leads. Whatever happens, none of them outlives this object unless it ended by itself.
class Process {
 public:
  Process(const ShellCommand& command, const Pipe& out, const Pipe& err) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, out.to_write(), STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, err.to_write(), STDERR_FILENO);

    // What the caller does with signals is not the command's business; ignored ones would be inherited.
    sigset_t none;
    sigset_t usual;
    sigemptyset(&none);
    sigemptyset(&usual);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGXFSZ, SIGQUIT, SIGCHLD}) sigaddset(&usual, signal);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &usual);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);

    std::vector<std::string> environment = environment_with(command.environment);
    std::vector<char*> pointers;
    for (std::string& variable : environment) pointers.push_back(variable.data());
    pointers.push_back(nullptr);
    std::string shell = "sh";
    std::string option = "-c";
    std::string text = command.text;
    std::array<char*, 4> arguments{shell.data(), option.data(), text.data(), nullptr};
    const int error = ::posix_spawn(&id_, "/bin/sh", &actions, &attributes, arguments.data(), pointers.data());
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0) fail("starting /bin/sh", error);
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process() {
    if (id_ == 0) return;
    ::kill(-id_, SIGKILL);
    wait();
  }

  bool has_ended() const {
    siginfo_t info{};
    // WNOWAIT: the number stays taken until collect(), so that a signal cannot hit a stranger.
    return ::waitid(P_PID, static_cast<id_t>(id_), &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == id_;
  }

  /// Asks all processes of the group to end, and ends those that have not after the grace.
  void end(int signal) {
    ::kill(-id_, signal);
    for (const base::Stopwatch watch; !has_ended() && watch.seconds() < kGraceS;) {
      std::this_thread::sleep_for(std::chrono::milliseconds(kPollMs));
    }
    ::kill(-id_, SIGKILL);
  }

  /// Waits for the end; the status as waitpid() gives it.
  int collect() {
    const std::optional<int> status = wait();
    // Programs that ignore SIGCHLD hear nothing of how their processes ended.
    if (!status) fail("waiting for the command", errno);
    return *status;
  }

 private:
  std::optional<int> wait() {
    int status = 0;
    pid_t ended = -1;
    do {
      ended = ::waitpid(id_, &status, 0);
    } while (ended < 0 && errno == EINTR);
    const bool known = ended == id_;
    id_ = 0;
    return known ? std::optional(status) : std::nullopt;
  }

  static std::vector<std::string> environment_with(const std::map<std::string, std::string>& added) {
    std::vector<std::string> environment;
    for (char** variable = ::environ; variable != nullptr && *variable != nullptr; ++variable) {
      const std::string text = *variable;
      if (!added.contains(text.substr(0, text.find('=')))) environment.push_back(text);
    }
    for (const auto& [name, value] : added) environment.push_back(name + "=" + value);
    return environment;
  }

  pid_t id_ = 0;
};

}  // namespace

ShellOutcome run_shell(const ShellCommand& command, Observer* observer) {
  ShellOutcome outcome;
  const auto tell = [&](const std::string& line) {
    if (observer != nullptr) observer->message(Severity::debug, line);
  };
  Lines out_lines([&](const std::string& line) {
    tell(line);
    outcome.last_line = line;
  });
  std::deque<std::string> errors;
  Lines err_lines([&](const std::string& line) {
    tell(line);
    errors.push_back(line);
    if (errors.size() > kErrorLines) errors.pop_front();
  });
  Pipe out;
  Pipe err;
  Process process(command, out, err);
  out.close_writing_end();
  err.close_writing_end();
  const auto read = [&] {
    out.read([&](std::string_view text) { out_lines.add(text); });
    err.read([&](std::string_view text) { err_lines.add(text); });
  };
  for (const base::Stopwatch watch; !process.has_ended();) {
    if (observer != nullptr && observer->should_stop()) {
      process.end(SIGINT);
      throw Interrupted();
    }
    if (command.time_limit_s > 0 && watch.seconds() >= command.time_limit_s) {
      process.end(SIGTERM);
      outcome.timed_out = true;
      break;
    }
    std::array<pollfd, 2> ends{pollfd{out.to_read(), POLLIN, 0}, pollfd{err.to_read(), POLLIN, 0}};
    ::poll(ends.data(), ends.size(), kPollMs);
    read();
  }
  const int status = process.collect();
  // Not until the pipes are closed: what the command left running in the background may keep them open for ever.
  read();
  out_lines.finish();
  err_lines.finish();
  outcome.last_errors.assign(errors.begin(), errors.end());
  if (WIFSIGNALED(status)) outcome.signal = WTERMSIG(status);
  if (WIFEXITED(status)) outcome.exit_code = WEXITSTATUS(status);
  return outcome;
}

std::string with_model(std::string_view command, const std::filesystem::path& model) {
  constexpr std::string_view kModel = "{model}";
  enum class Quotes { none, single, twofold };
  // A path that begins with a dash would be taken for an option.
  const std::string path = model.string().starts_with('-') ? "./" + model.string() : model.string();
  const auto written = [&](Quotes quotes) {
    std::string text;
    for (const char c : path) {
      if (quotes == Quotes::twofold && std::strchr("\\\"$`", c) != nullptr) text += '\\';
      if (quotes != Quotes::twofold && c == '\'') {
        text += "'\\''";
      } else {
        text += c;
      }
    }
    return quotes == Quotes::none ? "'" + text + "'" : text;
  };
  std::string result;
  Quotes quotes = Quotes::none;
  bool found = false;
  for (std::size_t i = 0; i < command.size(); ++i) {
    if (command.substr(i).starts_with(kModel)) {
      result += written(quotes);
      i += kModel.size() - 1;
      found = true;
      continue;
    }
    const char c = command[i];
    result += c;
    if (c == '\\' && quotes != Quotes::single && i + 1 < command.size()) {
      result += command[++i];
    } else if (c == '\'' && quotes != Quotes::twofold) {
      quotes = quotes == Quotes::single ? Quotes::none : Quotes::single;
    } else if (c == '"' && quotes != Quotes::single) {
      quotes = quotes == Quotes::twofold ? Quotes::none : Quotes::twofold;
    }
  }
  return found ? result : result + " " + written(Quotes::none);
}

}  // namespace octune::evaluate
