// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception>
#include <source_location>
#include <string>

namespace octune {

/// What went wrong, as far as a caller has to tell cases apart.
enum class ErrorKind {
  input,        ///< the user's model, data, option or configuration cannot be used as given
  unsupported,  ///< a valid request that octune, the runtime or the device does not support
  io,           ///< a file or folder could not be read or written
  runtime,      ///< the inference runtime failed
  internal      ///< a defect of octune
};

/// The exit code of the command line for an error of this kind: input and io 2, unsupported 3, runtime and internal 1.
int exit_code(ErrorKind kind) noexcept;

/// The one exception of the library. The message reads "<where>: <what is wrong>; <what is allowed or what to do>".
class Error : public std::exception {
 public:
  Error(ErrorKind kind, std::string message, std::source_location where = std::source_location::current());

  ErrorKind kind() const noexcept { return kind_; }
  const char* what() const noexcept override { return message_.c_str(); }
  const std::source_location& where() const noexcept { return where_; }

  /// Puts "<context>: " in front of the message: the file, node or option the failed operation was about.
  void add_context(const std::string& context) { message_ = context + ": " + message_; }

 private:
  ErrorKind kind_;
  std::string message_;
  std::source_location where_;
};

/// The caller asked to stop (Observer::should_stop). Not an error: what was computed so far is kept where the operation
/// says so.
class Interrupted : public std::exception {
 public:
  const char* what() const noexcept override { return "interrupted"; }
};

}  // namespace octune
