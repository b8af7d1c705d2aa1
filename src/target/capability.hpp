// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "octune/options.hpp"
#include "octune/plan.hpp"

namespace octune::target {

/// A scheme and how the device computes with it.
struct SupportedScheme {
  Scheme scheme;
  Execution execution = Execution::integer;
  bool offered = true;             ///< false: not in the table; the user wants it as written
  std::optional<Preset> preset{};  ///< which takes this one, whatever the others are
};

/// What a device can do with one type of operation. The first scheme of a list is where presets start; those with as
/// many bits are what presets choose from, the others alternatives for the user and for tuning.
struct OperationCapability {
  std::vector<SupportedScheme> activations;       ///< empty: activations are not quantized
  std::vector<SupportedScheme> weights;           ///< empty: constant operands are not quantized
  std::optional<std::vector<std::size_t>> ports;  ///< inputs that are quantized; default: all floating-point ones
  std::vector<std::size_t> weight_ports;  ///< of recurrent sequences; linear operations and embeddings find theirs
  std::vector<std::vector<std::size_t>> unified_ports;  ///< inputs that share one range
  std::optional<std::size_t> state_port;  ///< the input whose later values are the operation's own output 0
};

/// What is known of schemes that no list offers: those that fit every condition are computed and stored like this.
struct AsWrittenRule {
  QuantizerKind kind = QuantizerKind::activation;
  std::set<std::string> types;  ///< empty: every type
  std::optional<Mode> mode;
  std::optional<Granularity> granularity;
  std::set<int> levels;  ///< empty: any number
  std::optional<int> most_bits;
  Execution execution = Execution::unknown;
  std::optional<int> storage_bits;  ///< of weights
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

  /// True if inputs of transformers' layers may be divided channel by channel before they are quantized (SmoothQuant).
  bool smooths_inputs() const { return smooths_inputs_; }

  /// What `preset` stands for on this device.
  Preset meaning_of(Preset preset) const;

  /// How the device computes operations of `type` with a scheme no list offers, which has `levels` levels: what the
  /// first rule that fits says.
  Execution execution_as_written(const std::string& type, QuantizerKind kind, const Scheme& scheme, int levels) const;

  /// Of the integers that weights are stored in: 16 for more than 8 bits; 4 for up to 4 bits if the device takes two a
  /// byte; 8 otherwise, unless a rule says more.
  int storage_bits(const std::string& type, const Scheme& scheme, int levels) const;

 private:
  friend class TableReader;
  const AsWrittenRule* rule_for(const std::string& type, QuantizerKind kind, const Scheme& scheme, int levels) const;

  std::string name_;
  std::string summary_;
  bool runs_here_ = true;  ///< it describes the runtime of this machine's CPU
  std::map<std::string, OperationCapability> operations_;
  std::set<std::string> agnostic_;
  std::set<std::string> unified_;
  std::map<Preset, Preset> presets_;
  std::vector<AsWrittenRule> as_written_;
  bool saturates_without_vnni_ = false;
  bool packs_weights_ = false;
  bool smooths_inputs_ = false;
};

/// The built-in tables, by name.
const std::map<std::string, CapabilityTable>& built_in_tables();

/// The table called `device` (any case; "ANY" is "CPU"), or the one in the file `device` if it names a .json file.
/// Error{input} with did-you-mean otherwise.
CapabilityTable find_table(const std::string& device);

}  // namespace octune::target
