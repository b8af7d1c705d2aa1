// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/layer_comparison.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>
#include <openvino/op/constant.hpp>
#include <openvino/op/fake_quantize.hpp>
#include <openvino/op/util/op_types.hpp>

#include "graph/queries.hpp"

namespace octune::evaluate {
namespace {

/// The runtime's names for what it makes of a quantized operation, see executed_operations().
constexpr std::string_view kDequantization = "/DequantizationMultiply";
constexpr std::string_view kLayer = "_original";

std::string operation_of(std::string name) {
  for (const std::string_view suffix : {kDequantization, kLayer}) {
    if (name.ends_with(suffix)) name.resize(name.size() - suffix.size());
  }
  return name;
}

bool is_integer(const LayerTime& time) { return time.layer.precision == "i8" || time.layer.precision == "u8"; }

bool is_reorder(const LayerTime& time) { return time.layer.layer_type == "Reorder"; }

/// Layers that other layers are known by: sets that grow together.
class Groups {
 public:
  explicit Groups(std::size_t size) : parent_(size) { std::iota(parent_.begin(), parent_.end(), std::size_t{0}); }

  std::size_t find(std::size_t i) {
    while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
    return i;
  }
  void join(std::size_t a, std::size_t b) { parent_[find(a)] = find(b); }

 private:
  std::vector<std::size_t> parent_;
};

/// The layer that the reorder at `index` serves. The runtime names a reorder "<producer>_<old layout>_<new
/// layout>_<consumer>": the consumer, if it is executed, or else the producer; `index` if neither is.
std::size_t served_by(std::span<const LayerTime> layers, std::size_t index) {
  const std::string& name = layers[index].layer.name;
  std::size_t reader = index, writer = index;
  std::size_t longest_reader = 0, longest_writer = 0;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const std::string& other = layers[i].layer.name;
    if (i == index) continue;
    if (other.size() > longest_reader && name.ends_with("_" + other)) {
      reader = i;
      longest_reader = other.size();
    }
    if (other.size() > longest_writer && name.starts_with(other + "_")) {
      writer = i;
      longest_writer = other.size();
    }
  }
  return reader != index ? reader : writer;
}

std::size_t count_of(std::span<const LayerTime> layers, std::string_view type) {
  return static_cast<std::size_t>(std::count_if(layers.begin(), layers.end(),
                                                [&](const LayerTime& time) { return time.layer.layer_type == type; }));
}

const LayerTime& slowest(std::span<const LayerTime> layers) {
  return *std::max_element(layers.begin(), layers.end(),
                           [](const LayerTime& a, const LayerTime& b) { return a.milliseconds < b.milliseconds; });
}

/// The layer that does the work, not what rearranges or quantizes for it.
const LayerTime& main_layer(const std::vector<LayerTime>& layers) {
  const LayerTime* best = nullptr;
  for (const LayerTime& time : layers) {
    if (is_reorder(time) || time.layer.layer_type == "FakeQuantize" || time.layer.layer_type == "Reshape") continue;
    if (best == nullptr || time.milliseconds > best->milliseconds) best = &time;
  }
  return best != nullptr ? *best : slowest(layers);
}

/// Operations computed by a layer of their own now, and within another layer before.
std::vector<std::string> unfused(const LayerGroup& group) {
  std::set<std::string> fused_before;
  for (const LayerTime& time : group.floats) {
    const auto& names = time.layer.original_names;
    for (std::size_t i = 1; i < names.size(); ++i) fused_before.insert(operation_of(names[i]));
  }
  std::vector<std::string> result;
  for (const LayerTime& time : group.integers) {
    if (time.layer.original_names.empty() || &time.layer == &main_layer(group.integers).layer) continue;
    const std::string first = operation_of(time.layer.original_names.front());
    if (fused_before.contains(first)) result.push_back(first);
  }
  return result;
}

double time_of(std::span<const LayerTime> layers, std::string_view type) {
  double sum = 0;
  for (const LayerTime& time : layers) sum += time.layer.layer_type == type ? time.milliseconds : 0;
  return sum;
}

/// Whether a layer computes a quantized operation in floating point. Where the rescaling behind a layer is one of its
/// own, that goes by the operation's name, and the layer by another.
bool computes_in_float(const LayerTime& time, const LayerGroup& group, const QuantizedPlaces& places) {
  if (is_integer(time) || is_reorder(time)) return false;
  const auto is_rescaling = [&](const std::string& name) {
    const std::string layer = fmt::format("{}{}", operation_of(name), kLayer);
    return name != layer && std::any_of(group.integers.begin(), group.integers.end(), [&](const LayerTime& other) {
             const auto& names = other.layer.original_names;
             return std::find(names.begin(), names.end(), layer) != names.end();
           });
  };
  const auto& names = time.layer.original_names;
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    return places.operations.contains(operation_of(name)) && !is_rescaling(name);
  });
}

std::string reason_of(const LayerGroup& group, const QuantizedPlaces& places) {
  std::vector<std::string> reasons;
  for (const LayerTime& time : group.integers) {
    if (computes_in_float(time, group, places))
      reasons.push_back(fmt::format("executed in {} although quantized", time.layer.precision));
  }
  // What takes little of the time that was lost is not why.
  constexpr double kWorthNaming = 0.1;
  const auto added = [&](std::string_view type) {
    const double more = time_of(group.integers, type) - time_of(group.floats, type);
    return more >= kWorthNaming * (group.quantized_ms - group.float_ms) ? more : 0;
  };
  if (const double more = added("FakeQuantize"); more > 0) {
    reasons.push_back(fmt::format("its input is quantized in a layer of its own (+{:.3f} ms)", more));
  }
  const std::size_t before = count_of(group.floats, "Reorder"), now = count_of(group.integers, "Reorder");
  if (const double more = added("Reorder"); more > 0) {
    std::string what = "reordering or converting data takes longer";
    if (now == before + 1) what = "1 reorder or conversion of data added";
    if (now > before + 1) what = fmt::format("{} reorders or conversions of data added", now - before);
    reasons.push_back(fmt::format("{} (+{:.3f} ms)", what, more));
  }
  if (const double more = added("Convert"); more > 0) {
    reasons.push_back(fmt::format("converted between types (+{:.3f} ms)", more));
  }
  if (const std::vector<std::string> names = unfused(group); !names.empty()) {
    reasons.push_back(fmt::format("no longer fused into the layer before: {}", fmt::join(names, ", ")));
  }
  if (!reasons.empty()) return fmt::format("{}", fmt::join(reasons, "; "));
  if (group.integers.empty()) return "";
  const LayerTime& after = main_layer(group.integers);
  if (group.floats.empty()) return fmt::format("{} added, in no layer of the float model", after.layer.layer_type);
  const LayerTime& former = main_layer(group.floats);
  if (after.layer.primitive == former.layer.primitive) {
    return fmt::format("the same {} as in float: noise, or data from farther away", after.layer.primitive);
  }
  return fmt::format("{} is slower here than {}", after.layer.primitive, former.layer.primitive);
}

/// Layers of types that the other model has as many of, in the same order: the runtime made up names of their own for
/// them in each model.
void join_by_order(std::span<const LayerTime> float_layers, std::span<const LayerTime> quantized_layers,
                   Groups& groups) {
  const std::size_t floats = float_layers.size();
  std::set<std::size_t> with_float, with_quantized;
  for (std::size_t i = 0; i < floats; ++i) with_float.insert(groups.find(i));
  for (std::size_t i = 0; i < quantized_layers.size(); ++i) with_quantized.insert(groups.find(floats + i));
  std::map<std::string, std::pair<std::vector<std::size_t>, std::vector<std::size_t>>> alone;  // by type
  for (std::size_t i = 0; i < floats; ++i) {
    if (!is_reorder(float_layers[i]) && !with_quantized.contains(groups.find(i)))
      alone[float_layers[i].layer.layer_type].first.push_back(i);
  }
  for (std::size_t i = 0; i < quantized_layers.size(); ++i) {
    if (!is_reorder(quantized_layers[i]) && !with_float.contains(groups.find(floats + i)))
      alone[quantized_layers[i].layer.layer_type].second.push_back(floats + i);
  }
  for (const auto& [type, layers] : alone) {
    if (layers.first.size() != layers.second.size()) continue;
    for (std::size_t i = 0; i < layers.first.size(); ++i) groups.join(layers.first[i], layers.second[i]);
  }
}

}  // namespace

std::vector<KindTime> times_by_kind(std::span<const std::vector<LayerTime>> models) {
  std::map<std::string, KindTime> kinds;
  for (std::size_t model = 0; model < models.size(); ++model) {
    for (const LayerTime& time : models[model]) {
      KindTime& kind = kinds[time.layer.layer_type];
      kind.kind = time.layer.layer_type;
      kind.layers.resize(models.size());
      kind.milliseconds.resize(models.size());
      ++kind.layers[model];
      kind.milliseconds[model] += time.milliseconds;
    }
  }
  std::vector<KindTime> result;
  for (auto& [name, kind] : kinds) result.push_back(std::move(kind));
  const auto longest = [](const KindTime& kind) {
    return *std::max_element(kind.milliseconds.begin(), kind.milliseconds.end());
  };
  std::stable_sort(result.begin(), result.end(),
                   [&](const KindTime& a, const KindTime& b) { return longest(a) > longest(b); });
  return result;
}

QuantizedPlaces quantized_places(const ov::Model& model) {
  QuantizedPlaces places;
  for (const std::shared_ptr<ov::Node>& node : model.get_ordered_ops()) {
    if (!ov::is_type<ov::op::v0::FakeQuantize>(node)) continue;
    if (ov::op::util::is_constant(node->get_input_node_shared_ptr(0))) continue;
    for (const auto& input : node->output(0).get_target_inputs()) {
      const ov::Node& reader = *input.get_node();
      places.consumer.emplace(node->get_friendly_name(), reader.get_friendly_name());
      if (graph::is_linear(reader)) places.operations.insert(reader.get_friendly_name());
    }
  }
  return places;
}

std::vector<LayerGroup> compare_layers(std::span<const LayerTime> float_layers,
                                       std::span<const LayerTime> quantized_layers, const QuantizedPlaces& places) {
  const std::size_t floats = float_layers.size();
  Groups groups(floats + quantized_layers.size());
  std::map<std::string, std::size_t> known;  // operation -> one of its layers
  const auto layer_at = [&](std::size_t i) -> const LayerTime& {
    return i < floats ? float_layers[i] : quantized_layers[i - floats];
  };
  for (std::size_t i = 0; i < floats + quantized_layers.size(); ++i) {
    for (const std::string& original : layer_at(i).layer.original_names) {
      const auto [at, is_new] = known.emplace(operation_of(original), i);
      if (!is_new) groups.join(i, at->second);
    }
  }
  join_by_order(float_layers, quantized_layers, groups);
  for (std::size_t i = 0; i < floats; ++i) {
    if (is_reorder(float_layers[i])) groups.join(i, served_by(float_layers, i));
  }
  for (std::size_t i = 0; i < quantized_layers.size(); ++i) {
    if (is_reorder(quantized_layers[i])) groups.join(floats + i, floats + served_by(quantized_layers, i));
    if (quantized_layers[i].layer.layer_type != "FakeQuantize") continue;
    const auto consumer = places.consumer.find(quantized_layers[i].layer.name);
    if (consumer == places.consumer.end()) continue;
    if (const auto at = known.find(consumer->second); at != known.end()) groups.join(floats + i, at->second);
  }

  std::map<std::size_t, LayerGroup> by_root;
  for (std::size_t i = 0; i < floats + quantized_layers.size(); ++i) {
    LayerGroup& group = by_root[groups.find(i)];
    (i < floats ? group.floats : group.integers).push_back(layer_at(i));
    (i < floats ? group.float_ms : group.quantized_ms) += layer_at(i).milliseconds;
  }
  std::vector<LayerGroup> result;
  for (auto& [root, group] : by_root) {
    const LayerTime& main = main_layer(group.integers.empty() ? group.floats : group.integers);
    group.name = main.layer.original_names.empty() ? main.layer.name : operation_of(main.layer.original_names.front());
    if (group.quantized_ms > group.float_ms) group.reason = reason_of(group, places);
    result.push_back(std::move(group));
  }
  std::stable_sort(result.begin(), result.end(), [](const LayerGroup& a, const LayerGroup& b) {
    return a.quantized_ms - a.float_ms > b.quantized_ms - b.float_ms;
  });
  return result;
}

}  // namespace octune::evaluate
