// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "octune/options.hpp"
#include "octune/plan.hpp"
#include "target/capability.hpp"

namespace octune::quantization {

/// What planning has to say about the schemes it gave to operations: which the target's table does not offer, which the
/// runtime does not compute in integers, and where the user or the preset wanted something else.
class SchemeNotes {
 public:
  /// `scheme` was given to the activations or weights of `operation`.
  void add(const std::string& operation, QuantizerKind kind, const target::SupportedScheme& scheme);

  /// The user wants ranges per channel of an input that has no channel axis.
  void add_without_channels(const std::string& operation);

  /// The preset wants asymmetric activations or weights, and the table has none for this operation.
  void add_without_asymmetric(const std::string& operation, QuantizerKind kind);

  /// How the operation runs with all that was given to it: in integers only if every scheme does.
  Execution execution_of(const std::string& operation) const;

  /// One a matter, with the operations it is about.
  std::vector<std::string> warnings(const std::string& target, Preset preset, const PlanOptions& options) const;

 private:
  struct Note {
    std::string operation;
    QuantizerKind kind;
    target::SupportedScheme scheme;
  };

  std::vector<Note> notes_;
  std::map<std::string, Execution> executions_;
  std::vector<std::string> without_channels_;
  std::map<QuantizerKind, std::vector<std::string>> without_asymmetric_;
};

}  // namespace octune::quantization
