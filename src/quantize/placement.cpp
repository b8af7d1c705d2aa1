// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/placement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/names.hpp"
#include "graph/patterns.hpp"
#include "graph/queries.hpp"
#include "quantize/candidates.hpp"
#include "quantize/scheme_notes.hpp"
#include "quantize/schemes.hpp"

namespace octune::quantization {
namespace {

using Edge = std::pair<const ov::Node*, std::size_t>;

/// True if axis 1 of the first input holds channels that may have ranges of their own: of convolutions, and of pooling
/// that leaves the channels apart.
bool has_channels(const ov::Node& node) {
  const ov::Rank rank = node.get_input_partial_shape(0).rank();
  if (rank.is_dynamic() || rank.get_length() < 3) return false;
  const std::string type = node.get_type_info().name;
  if (type != "ReduceMean") return graph::is_convolution(node) || type == "AvgPool";
  const auto axes = graph::constant_of(node.input_value(1));
  if (!axes) return false;
  const auto reduced = axes->cast_vector<std::int64_t>();
  return std::none_of(reduced.begin(), reduced.end(),
                      [&](std::int64_t axis) { return axis == 1 || axis == 1 - rank.get_length(); });
}

/// Agnostic operations that leave axis 1 where it is, so that ranges per channel may pass them.
bool keeps_channels(const ov::Node& node) {
  const std::string type = node.get_type_info().name;
  return type == "MaxPool" || type == "AdaptiveMaxPool";
}

Schemes without_repetitions(const Schemes& schemes) {
  Schemes result;
  for (const target::SupportedScheme& entry : schemes) {
    if (intersect({entry}, result).empty()) result.push_back(entry);
  }
  return result;
}

std::vector<std::size_t> moved_inputs(const ov::Node& node) {
  const std::string type = node.get_type_info().name;
  if (type != "Concat" && type != "Maximum" && type != "Minimum") return {0};
  std::vector<std::size_t> ports(node.get_input_size());
  for (std::size_t port = 0; port < ports.size(); ++port) ports[port] = port;
  return ports;
}

class Placement {
 public:
  Placement(const ov::Model& model, const target::CapabilityTable& table, const PlanOptions& options, Preset preset,
            Plan& plan)
      : nodes_(model.get_ordered_ops()),
        table_(table),
        options_(options),
        asked_(preset),
        preset_(table.meaning_of(preset)),
        plan_(plan),
        candidates_(model, table, options, plan.model_type == "transformer") {}

  void run() {
    for (auto node = nodes_.rbegin(); node != nodes_.rend(); ++node) collect_wishes(**node);
    for (const auto& node : nodes_) {
      for (std::size_t port = 0; port < node->get_output_size(); ++port) place(node->output(port));
    }
    unify();
    for (Quantizer& quantizer : plan_.quantizers) finish(quantizer);
    for (const auto& node : nodes_) cover_states(*node);
    for (const auto& node : nodes_) place_weights(*node);
    if (options_.preset) {
      for (const auto& node : nodes_) note_missing_modes(*node);
    }
    plan_.operations = candidates_.operations();
    if (options_.preset && preset_ != asked_) {
      plan_.warnings.push_back(
          fmt::format("preset '{}' means '{}' on {}", base::name_of(asked_), base::name_of(preset_), table_.name()));
    }
    for (PlannedOperation& operation : plan_.operations) operation.execution = notes_.execution_of(operation.name);
    for (std::string& warning : notes_.warnings(table_.name(), asked_, options_))
      plan_.warnings.push_back(std::move(warning));
  }

 private:
  /// Schemes wanted at the inputs of `node`; those of its consumers are known already.
  void collect_wishes(ov::Node& node) {
    for (const std::size_t port : candidates_.quantized_inputs(node)) {
      wishes_[{&node, port}] = activation_schemes(node);
    }
    if (!wishes_.contains({&node, 0}) && candidates_.is_agnostic(node)) {
      const Schemes common = wish_of_all_consumers(node);
      if (common.empty()) return;
      for (const std::size_t port : moved_inputs(node)) wishes_[{&node, port}] = common;
      passed_.insert(&node);
    }
  }

  Schemes activation_schemes(const ov::Node& node) {
    Schemes listed = candidates_.capability(node)->activations;
    SchemeOverride wanted = options_.activations;
    if (!has_channels(node)) {
      for (target::SupportedScheme& entry : listed) entry.scheme.granularity = Granularity::per_tensor;
      if (wanted.granularity == Granularity::per_channel) {
        notes_.add_without_channels(candidates_.head_of(node)->get_friendly_name());
        wanted.granularity.reset();
      }
    }
    Schemes schemes = restrict_to(listed, wanted, QuantizerKind::activation, graph::operation_type(node), table_);
    // Between two computed tensors the runtime has no zero point to spare.
    const bool product = std::string(node.get_type_info().name) == "MatMul" && !graph::weights_port(node);
    if (product && plan_.model_type == "transformer") {
      for (target::SupportedScheme& entry : schemes) entry.scheme.mode = Mode::symmetric;
    }
    return without_repetitions(schemes);
  }

  /// What every consumer of an agnostic operation accepts; empty if one wants floating point, or a moved input cannot
  /// be quantized.
  Schemes wish_of_all_consumers(const ov::Node& node) const {
    for (const std::size_t port : moved_inputs(node)) {
      if (!candidates_.is_data(node.input_value(port)) || !graph::is_floating(node.input_value(port))) return {};
    }
    Schemes common;
    bool first = true;
    for (const auto& input : graph::data_consumers(node)) {
      const auto wish = wishes_.find({input.get_node(), input.get_index()});
      if (wish == wishes_.end()) return {};
      common = first ? wish->second : agree(common, wish->second);
      first = false;
    }
    return keeps_channels(node) ? common : per_tensor_only(common);
  }

  /// Puts quantizers on the edges of `output` that want one, as few as the schemes allow.
  void place(const ov::Output<ov::Node>& output) {
    if (passed_.contains(output.get_node())) return;
    std::vector<std::pair<std::size_t, Schemes>> open;  // index into plan_.quantizers, schemes left
    for (const auto& input : graph::data_consumers(*output.get_node())) {
      const Edge edge{input.get_node(), input.get_index()};
      const auto wish = wishes_.find(edge);
      if (wish == wishes_.end() || input.get_source_output() != output) continue;
      // One with a scheme in common first, then one where both give way.
      const auto with = [&](const auto& rule) {
        return std::find_if(open.begin(), open.end(),
                            [&](const auto& entry) { return !rule(entry.second, wish->second).empty(); });
      };
      auto shared = with(intersect);
      if (shared == open.end()) shared = with(agree);
      if (shared == open.end()) {
        Quantizer quantizer;
        quantizer.name = fmt::format("{}/fq_input_{}", edge.first->get_friendly_name(), edge.second);
        quantizer.tensor = graph::ref(output);
        plan_.quantizers.push_back(quantizer);
        schemes_.push_back(wish->second);
        open.emplace_back(plan_.quantizers.size() - 1, wish->second);
        shared = std::prev(open.end());
      } else {
        shared->second = agree(shared->second, wish->second);
        schemes_[shared->first] = shared->second;
      }
      plan_.quantizers[shared->first].consumers.push_back(graph::ref(input));
      quantizer_at_[edge] = shared->first;
      served_by(edge, plan_.quantizers[shared->first].operations);
    }
  }

  /// The candidates that read an edge, directly or over agnostic operations.
  void served_by(const Edge& first, std::vector<std::string>& names) const {
    std::vector<Edge> open{first};
    std::set<const ov::Node*> seen;
    while (!open.empty()) {
      const ov::Node* reader = open.back().first;
      open.pop_back();
      if (!seen.insert(reader).second) continue;
      if (passed_.contains(reader)) {
        for (const auto& input : graph::data_consumers(*reader)) open.emplace_back(input.get_node(), input.get_index());
        continue;
      }
      const std::string& name = candidates_.head_of(*reader)->get_friendly_name();
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
  }

  /// The quantizers through which the values of an input of a passed operation come.
  void quantizers_above(const Edge& first, std::set<std::size_t>& found) const {
    std::vector<Edge> open{first};
    std::set<Edge> seen;
    while (!open.empty()) {
      const Edge edge = open.back();
      open.pop_back();
      if (!seen.insert(edge).second) continue;
      if (const auto placed = quantizer_at_.find(edge); placed != quantizer_at_.end()) {
        found.insert(placed->second);
        continue;
      }
      const ov::Node* producer = edge.first->get_input_node_ptr(edge.second);
      if (!passed_.contains(producer)) continue;
      for (const std::size_t port : moved_inputs(*producer)) open.emplace_back(producer, port);
    }
  }

  void unify() {
    std::vector<std::set<std::size_t>> groups;
    const auto share = [&](const ov::Node& node, const std::vector<std::size_t>& ports) {
      std::set<std::size_t> group;
      for (const std::size_t port : ports) quantizers_above({&node, port}, group);
      // Groups that share a quantizer are one group.
      for (auto other = groups.begin(); other != groups.end();) {
        const bool common = std::any_of(group.begin(), group.end(), [&](std::size_t i) { return other->contains(i); });
        if (common) group.insert(other->begin(), other->end());
        other = common ? groups.erase(other) : std::next(other);
      }
      if (group.size() > 1) groups.push_back(std::move(group));
    };
    for (const auto& node : nodes_) {
      if (passed_.contains(node.get()) && table_.unifies_scales(node->get_type_info().name))
        share(*node, moved_inputs(*node));
      if (!candidates_.contains(*node)) continue;
      for (const auto& ports : candidates_.capability(*node)->unified_ports) share(*node, ports);
    }
    for (const std::set<std::size_t>& group : groups) {
      Schemes common = schemes_[*group.begin()];
      for (const std::size_t index : group) common = agree(common, schemes_[index]);
      for (target::SupportedScheme& entry : common) entry.scheme.granularity = Granularity::per_tensor;
      // Without a common scheme there is no common range either.
      if (common.empty()) continue;
      for (const std::size_t index : group) {
        plan_.quantizers[index].group = groups_;
        schemes_[index] = without_repetitions(common);
      }
      ++groups_;
    }
  }

  void finish(Quantizer& quantizer) {
    const auto index = static_cast<std::size_t>(&quantizer - plan_.quantizers.data());
    const target::SupportedScheme chosen = choose(schemes_[index], preset_, QuantizerKind::activation);
    quantizer.scheme = chosen.scheme;
    quantizer.estimator = estimator_for(chosen.scheme, QuantizerKind::activation, options_.activations.range_estimator);
    if (chosen.scheme.granularity == Granularity::per_channel) quantizer.channel_axes = {1};
    for (const std::string& operation : quantizer.operations) notes_.add(operation, QuantizerKind::activation, chosen);
  }

  /// A recurrent sequence feeds its outputs back as states: the range of the state holds them all.
  void cover_states(const ov::Node& node) {
    if (!candidates_.contains(node) || !candidates_.capability(node)->state_port) return;
    std::set<std::size_t> found;
    const std::size_t state = *candidates_.capability(node)->state_port;
    quantizers_above({&node, state}, found);
    const auto constant = graph::constant_of(node.input_value(state));
    if (constant) quantizers_above({&node, 0}, found);  // the state takes the scale of the data
    const std::vector<float> values = constant ? constant->cast_vector<float>() : std::vector<float>{};
    const bool zero = std::all_of(values.begin(), values.end(), [](float value) { return value == 0; });
    if (!zero)
      for (const std::size_t index : found)
        plan_.quantizers[index].also_covers.push_back(graph::ref(node.input_value(state)));
    for (const std::size_t index : found) plan_.quantizers[index].also_covers.push_back({node.get_friendly_name(), 0});
  }

  void place_weights(const ov::Node& node) {
    if (!candidates_.contains(node)) return;
    const target::OperationCapability& capability = *candidates_.capability(node);
    std::vector<std::size_t> ports = capability.weight_ports;
    if (const auto port = graph::weights_port(node)) ports.push_back(*port);
    const std::string type = graph::operation_type(node);
    const Schemes schemes = restrict_to(capability.weights, options_.weights, QuantizerKind::weights, type, table_);
    if (schemes.empty() || ports.empty()) return;
    const target::SupportedScheme chosen = choose(schemes, preset_, QuantizerKind::weights);
    notes_.add(node.get_friendly_name(), QuantizerKind::weights, chosen);
    // Recurrent weights share one scale a channel; groups are numbered after those of the activations.
    if (ports.size() > 1) ++groups_;
    for (const std::size_t port : ports) {
      Quantizer quantizer;
      quantizer.name = fmt::format("{}/fq_weights_{}", node.get_friendly_name(), port);
      quantizer.kind = QuantizerKind::weights;
      quantizer.tensor = graph::ref(node.input_value(port));
      quantizer.consumers = {{node.get_friendly_name(), port}};
      quantizer.scheme = chosen.scheme;
      quantizer.estimator = estimator_for(chosen.scheme, QuantizerKind::weights, options_.weights.range_estimator);
      if (ports.size() > 1) quantizer.group = groups_ - 1;
      if (chosen.scheme.granularity == Granularity::per_channel) {
        quantizer.channel_axes = graph::weights_channel_axes(node, port);
      }
      quantizer.operations = {node.get_friendly_name()};
      quantizer.storage_bits =
          table_.storage_bits(type, chosen.scheme, level_count(chosen.scheme, QuantizerKind::weights));
      plan_.quantizers.push_back(std::move(quantizer));
    }
  }

  /// A preset that asks for asymmetric levels gets symmetric ones only where the table has no others, and says so.
  void note_missing_modes(const ov::Node& node) {
    if (!candidates_.contains(node)) return;
    const auto note = [&](const Schemes& offered, const SchemeOverride& user, QuantizerKind kind) {
      const bool has = std::any_of(offered.begin(), offered.end(), [](const target::SupportedScheme& entry) {
        return entry.scheme.mode == Mode::asymmetric;
      });
      if (!offered.empty() && !has && !user.mode && wanted_mode(asked_, kind) == Mode::asymmetric)
        notes_.add_without_asymmetric(node.get_friendly_name(), kind);
    };
    note(candidates_.capability(node)->activations, options_.activations, QuantizerKind::activation);
    note(candidates_.capability(node)->weights, options_.weights, QuantizerKind::weights);
  }

  std::vector<std::shared_ptr<ov::Node>> nodes_;
  const target::CapabilityTable& table_;
  const PlanOptions& options_;
  Preset asked_;
  Preset preset_;  ///< what it means on the device
  Plan& plan_;
  Candidates candidates_;
  std::map<Edge, Schemes> wishes_;
  std::set<const ov::Node*> passed_;          ///< agnostic operations that the wish climbed over
  std::vector<Schemes> schemes_;              ///< of plan_.quantizers (activations), same index
  std::map<Edge, std::size_t> quantizer_at_;  ///< index into plan_.quantizers
  std::size_t groups_ = 0;                    ///< numbers given so far
  SchemeNotes notes_;
};

}  // namespace

void place_quantizers(const ov::Model& model, const target::CapabilityTable& table, const PlanOptions& options,
                      Preset preset, Plan& plan) {
  Placement(model, table, options, preset, plan).run();
}

}  // namespace octune::quantization
