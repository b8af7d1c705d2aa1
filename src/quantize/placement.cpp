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
#include "quantize/schemes.hpp"

namespace octune::quantization {
namespace {

using Edge = std::pair<const ov::Node*, std::size_t>;

/// Agnostic operations that leave axis 1 where it is, so that ranges per channel may pass them.
bool keeps_channels(const ov::Node& node) {
  const std::string type = node.get_type_info().name;
  return type == "MaxPool" || type == "AdaptiveMaxPool";
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
        preset_(preset),
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
    plan_.operations = candidates_.operations();
    warn_about_schemes();
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
    Schemes schemes = candidates_.capability(node)->activations;
    // Between two computed tensors the runtime has no zero point to spare.
    const bool product = std::string(node.get_type_info().name) == "MatMul" && !graph::weights_port(node);
    if (product && plan_.model_type == "transformer") {
      std::erase_if(schemes, [](const auto& entry) { return entry.scheme.mode != Mode::symmetric; });
    }
    bool as_written = false;
    schemes = restrict_to(schemes, options_.activations, as_written);
    // Axis 1 is the channel of a convolution's input; no other operation has one.
    const ov::Rank rank = node.get_input_partial_shape(0).rank();
    if (!graph::is_convolution(node) || rank.is_dynamic() || rank.get_length() < 3) {
      for (target::SupportedScheme& entry : schemes) {
        as_written = as_written || entry.scheme.granularity == Granularity::per_channel;
        entry.scheme.granularity = Granularity::per_tensor;
      }
    }
    if (as_written) as_written_.insert(node.get_friendly_name());
    return schemes;
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
      common = first ? wish->second : intersect(common, wish->second);
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
      auto shared = std::find_if(open.begin(), open.end(),
                                 [&](const auto& entry) { return !intersect(entry.second, wish->second).empty(); });
      if (shared == open.end()) {
        Quantizer quantizer;
        quantizer.name = fmt::format("{}/fq_input_{}", edge.first->get_friendly_name(), edge.second);
        quantizer.tensor = graph::ref(output);
        plan_.quantizers.push_back(quantizer);
        schemes_.push_back(wish->second);
        open.emplace_back(plan_.quantizers.size() - 1, wish->second);
        shared = std::prev(open.end());
      } else {
        shared->second = intersect(shared->second, wish->second);
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
    groups_ = groups.size();
    for (std::size_t number = 0; number < groups.size(); ++number) {
      Schemes common = schemes_[*groups[number].begin()];
      for (const std::size_t index : groups[number]) common = intersect(common, schemes_[index]);
      if (common.empty()) common = per_tensor_only(schemes_[*groups[number].begin()]);
      for (const std::size_t index : groups[number]) {
        plan_.quantizers[index].group = number;
        schemes_[index] = common;
      }
    }
  }

  void finish(Quantizer& quantizer) {
    const auto index = static_cast<std::size_t>(&quantizer - plan_.quantizers.data());
    const target::SupportedScheme chosen = choose(schemes_[index], preset_, QuantizerKind::activation);
    quantizer.scheme = chosen.scheme;
    quantizer.estimator = estimator_for(chosen.scheme, QuantizerKind::activation, options_.activations.range_estimator);
    if (chosen.scheme.granularity == Granularity::per_channel) quantizer.channel_axes = {1};
    if (!chosen.executed_in_integers && options_.activations.empty()) note_float_execution(quantizer);
  }

  /// A recurrent sequence feeds its outputs back as states: the range of the state holds them all.
  void cover_states(const ov::Node& node) {
    if (!candidates_.contains(node) || !candidates_.capability(node)->state_port) return;
    std::set<std::size_t> found;
    quantizers_above({&node, *candidates_.capability(node)->state_port}, found);
    for (const std::size_t index : found) plan_.quantizers[index].also_covers.push_back({node.get_friendly_name(), 0});
  }

  void place_weights(const ov::Node& node) {
    if (!candidates_.contains(node)) return;
    const target::OperationCapability& capability = *candidates_.capability(node);
    std::vector<std::size_t> ports = capability.weight_ports;
    if (const auto port = graph::weights_port(node)) ports.push_back(*port);
    bool as_written = false;
    const Schemes schemes = restrict_to(capability.weights, options_.weights, as_written);
    if (schemes.empty() || ports.empty()) return;
    if (as_written) as_written_.insert(node.get_friendly_name());
    const target::SupportedScheme chosen = choose(schemes, preset_, QuantizerKind::weights);
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
      if (!chosen.executed_in_integers && !as_written) note_float_execution(quantizer);
      plan_.quantizers.push_back(std::move(quantizer));
    }
  }

  void note_float_execution(const Quantizer& quantizer) {
    float_schemes_[fmt::format("{} {}", base::name_of(quantizer.scheme.mode),
                               quantizer.kind == QuantizerKind::weights ? "weights" : "activations")] +=
        quantizer.operations.size();
  }

  void warn_about_schemes() {
    for (const auto& [what, count] : float_schemes_) {
      plan_.warnings.push_back(
          fmt::format("{}: the runtime computes {} operation{} with them in floating point on {}; the preset "
                      "'mixed' or 'performance' runs in integers",
                      what, count, count == 1 ? "" : "s", table_.name()));
    }
    if (!as_written_.empty()) {
      plan_.warnings.push_back(
          fmt::format("the requested bits, mode or granularity are not in the table of {} for {} operation{} "
                      "('{}', ...): applied as written; the runtime may compute them in floating point",
                      table_.name(), as_written_.size(), as_written_.size() == 1 ? "" : "s", *as_written_.begin()));
    }
  }

  std::vector<std::shared_ptr<ov::Node>> nodes_;
  const target::CapabilityTable& table_;
  const PlanOptions& options_;
  Preset preset_;
  Plan& plan_;
  Candidates candidates_;
  std::map<Edge, Schemes> wishes_;
  std::set<const ov::Node*> passed_;          ///< agnostic operations that the wish climbed over
  std::vector<Schemes> schemes_;              ///< of plan_.quantizers (activations), same index
  std::map<Edge, std::size_t> quantizer_at_;  ///< index into plan_.quantizers
  std::size_t groups_ = 0;                    ///< numbers given so far
  std::set<std::string> as_written_;
  std::map<std::string, std::size_t> float_schemes_;
};

}  // namespace

void place_quantizers(const ov::Model& model, const target::CapabilityTable& table, const PlanOptions& options,
                      Preset preset, Plan& plan) {
  Placement(model, table, options, preset, plan).run();
}

}  // namespace octune::quantization
