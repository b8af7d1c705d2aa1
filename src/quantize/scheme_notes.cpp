// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/scheme_notes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "base/names.hpp"
#include "quantize/schemes.hpp"

namespace octune::quantization {
namespace {

using Names = std::vector<std::string>;

void add_once(Names& names, const std::string& name) {
  if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
}

/// "2 operations ('a', 'b')"; of more than six the first five and how many more.
std::string text_of(const Names& names) {
  const std::size_t listed = names.size() > 6 ? 5 : names.size();
  std::string text = fmt::format("{} operation{} (", names.size(), names.size() == 1 ? "" : "s");
  for (std::size_t i = 0; i < listed; ++i) text += fmt::format("{}'{}'", i == 0 ? "" : ", ", names[i]);
  return text + (listed < names.size() ? fmt::format(" and {} more)", names.size() - listed) : ")");
}

std::string_view text_of(QuantizerKind kind) { return kind == QuantizerKind::weights ? "weights" : "activations"; }

std::string_view text_of(Execution execution, bool one) {
  switch (execution) {
    case Execution::integer:
      return one ? "the runtime computes it in integers" : "the runtime computes them in integers";
    case Execution::floating:
      return one ? "the runtime computes it in floating point" : "the runtime computes them in floating point";
    case Execution::unknown:
      break;
  }
  return "in which precision they run is not known";
}

}  // namespace

void SchemeNotes::add(const std::string& operation, QuantizerKind kind, const target::SupportedScheme& scheme) {
  notes_.push_back({operation, kind, scheme});
  const auto [entry, first] = executions_.emplace(operation, scheme.execution);
  if (first || entry->second == Execution::floating || scheme.execution == Execution::integer) return;
  entry->second = scheme.execution;
}

void SchemeNotes::add_without_channels(const std::string& operation) { add_once(without_channels_, operation); }

void SchemeNotes::add_without_asymmetric(const std::string& operation, QuantizerKind kind) {
  add_once(without_asymmetric_[kind], operation);
}

Execution SchemeNotes::execution_of(const std::string& operation) const {
  const auto found = executions_.find(operation);
  return found == executions_.end() ? Execution::unknown : found->second;
}

std::vector<std::string> SchemeNotes::warnings(const std::string& target, Preset preset,
                                               const PlanOptions& options) const {
  std::vector<std::string> result;
  std::map<std::tuple<QuantizerKind, std::string, Execution>, Names> as_written;
  std::map<std::pair<QuantizerKind, Mode>, Names> in_float;
  for (const Note& note : notes_) {
    const Scheme& scheme = note.scheme.scheme;
    if (!note.scheme.offered) {
      add_once(as_written[{note.kind, quantization::text_of(scheme), execution_of(note.operation)}], note.operation);
    } else if (note.scheme.execution == Execution::floating) {
      add_once(in_float[{note.kind, scheme.mode}], note.operation);
    }
  }
  for (const auto& [what, names] : in_float) {
    const auto& [kind, mode] = what;
    const bool chosen_by_preset = !(kind == QuantizerKind::weights ? options.weights : options.activations).mode;
    result.push_back(fmt::format("{} {}: the runtime computes {} with them in floating point on {}{}",
                                 base::name_of(mode), text_of(kind), text_of(names), target,
                                 chosen_by_preset ? "; the preset 'mixed' or 'performance' runs in integers" : ""));
  }
  for (const auto& [what, names] : as_written) {
    const auto& [kind, scheme, execution] = what;
    result.push_back(fmt::format("{} {}: not in the table of {} for {}: applied as written; {}", text_of(kind), scheme,
                                 target, text_of(names), text_of(execution, names.size() == 1)));
  }
  if (!without_channels_.empty()) {
    result.push_back(fmt::format("activations per channel: {} {} no channel axis: one range for the tensor",
                                 text_of(without_channels_), without_channels_.size() == 1 ? "has" : "have"));
  }
  for (const auto& [kind, names] : without_asymmetric_) {
    result.push_back(fmt::format("preset '{}': {} has no asymmetric {} for {}: symmetric ones are used",
                                 base::name_of(preset), target, text_of(kind), text_of(names)));
  }
  return result;
}

}  // namespace octune::quantization
