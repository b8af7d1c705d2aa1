// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "octune/plan.hpp"

namespace octune::target {

/// A scheme a device has, and whether it computes in integers with it.
struct SupportedScheme {
  Scheme scheme;
  bool executed_in_integers = true;  ///< false: the model is right, but the runtime computes it in floating point
};

/// What a device can do with one type of operation. Schemes are ordered from the fastest to the most accurate.
struct OperationCapability {
  std::vector<SupportedScheme> activations;       ///< empty: activations are not quantized
  std::vector<SupportedScheme> weights;           ///< empty: constant operands are not quantized
  std::optional<std::vector<std::size_t>> ports;  ///< inputs that are quantized; default: all floating-point ones
  std::vector<std::size_t> weight_ports;  ///< of recurrent sequences; linear operations and embeddings find theirs
  std::vector<std::vector<std::size_t>> unified_ports;  ///< inputs that share one range
  std::optional<std::size_t> state_port;  ///< the input whose later values are the operation's own output 0
};

/// The capability table of one device: data of targets/<name>.json, never code.
///
/// The operation types are OpenVINO's, with two of our own: "DepthwiseConvolution" (a GroupConvolution with one input
/// and one output channel a group) and "Embedding" (a Gather of rows of a constant floating-point matrix).
class CapabilityTable {
 public:
  /// Parses a table; Error{input} naming `source` and everything that is wrong with it.
  static CapabilityTable parse(std::string_view json, std::string_view source);

  const std::string& name() const { return name_; }
  const std::string& summary() const { return summary_; }

  /// Null if the device does not quantize the type.
  const OperationCapability* find(const std::string& type) const;
  /// True for operations that only move or select values: what enters quantized leaves quantized.
  bool is_agnostic(const std::string& type) const { return agnostic_.contains(type); }
  /// True if all inputs of the type must have one range.
  bool unifies_scales(const std::string& type) const { return unified_.contains(type); }
  /// True if u8*s8 pairs saturate on CPUs without VNNI.
  bool saturates_without_vnni() const { return saturates_without_vnni_; }

 private:
  std::string name_;
  std::string summary_;
  std::map<std::string, OperationCapability> operations_;
  std::set<std::string> agnostic_;
  std::set<std::string> unified_;
  bool saturates_without_vnni_ = false;
};

/// The built-in tables, by name.
const std::map<std::string, CapabilityTable>& built_in_tables();

/// The table called `device` (any case; "ANY" is "CPU"), or the one in the file `device` if it names a .json file.
/// Error{input} with did-you-mean otherwise.
CapabilityTable find_table(const std::string& device);

}  // namespace octune::target
