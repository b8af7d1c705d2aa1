// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <openvino/core/model.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "graph/patterns.hpp"
#include "octune/options.hpp"
#include "octune/plan.hpp"
#include "target/capability.hpp"

namespace octune::quantization {

inline constexpr std::string_view kWeightsAreCompressed = "its weights are compressed already";

/// Which operations of a normalised model are quantized, and why the others of a quantizable type are not.
class Candidates {
 public:
  Candidates(const ov::Model& model, const target::CapabilityTable& table, const PlanOptions& options,
             bool transformer);

  bool contains(const ov::Node& node) const { return chosen_.contains(&node); }
  const target::OperationCapability* capability(const ov::Node& node) const;

  /// The activation inputs of `node` that are to be quantized: of a candidate, or of a residual sum fused into one.
  std::vector<std::size_t> quantized_inputs(const ov::Node& node) const;

  /// True if the tensor depends on an input or a state of the model: constants and arithmetic on them are no
  /// activations.
  bool is_data(const ov::Output<ov::Node>& output) const { return data_.contains(output.get_node()); }

  /// True for operations that only move or select values, so that a quantized input gives a quantized output. A Pad
  /// with a constant is none, whatever the table says: the runtime then computes the next layer in floating point.
  bool is_agnostic(const ov::Node& node) const;

  /// The operation that executes `node`: the head of its fused chain, or itself.
  const ov::Node* head_of(const ov::Node& node) const;

  /// Every operation of a quantizable type in topological order, with its reason if it is not quantized.
  std::vector<PlannedOperation> operations() const;

 private:
  void find_data();
  std::string reason_against(const ov::Node& node) const;
  bool comes_from_candidates(const ov::Output<ov::Node>& output) const;
  bool goes_to_candidates(const ov::Node& node) const;
  std::string reason_against_matmul(const ov::Node& node) const;
  std::string reason_against_recurrent(const ov::Node& node) const;
  void drop_light();
  void drop_lonely();

  std::vector<std::shared_ptr<ov::Node>> nodes_;
  const target::CapabilityTable& table_;
  bool transformer_;
  graph::FusedChains chains_;
  std::map<const ov::Node*, std::string> kept_in_float_;
  std::map<const ov::Node*, std::string> ignored_;
  std::set<const ov::Node*> data_;
  std::set<const ov::Node*> chosen_;
  std::map<const ov::Node*, std::string> reasons_;
};

}  // namespace octune::quantization
