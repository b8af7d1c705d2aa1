// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <openvino/core/model.hpp>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "evaluate/layer_times.hpp"

/// Where a quantized model gains time over its float form, where it loses some, and why.
namespace octune::evaluate {

/// Time by kind of layer, as the runtime calls it: "Convolution", "Reorder", "FakeQuantize", ...
struct KindTime {
  std::string kind;
  std::vector<std::size_t> layers;   ///< how many, one number a model
  std::vector<double> milliseconds;  ///< one number a model
};

/// One entry for every kind that any of the models has, the slowest (of all models) first.
std::vector<KindTime> times_by_kind(std::span<const std::vector<LayerTime>> models);

/// What a quantized model says about its operations.
struct QuantizedPlaces {
  std::set<std::string> operations;             ///< linear ones (convolutions, MatMul) that read a FakeQuantize
  std::map<std::string, std::string> consumer;  ///< of a FakeQuantize of an activation: its first one
};
QuantizedPlaces quantized_places(const ov::Model& model);

/// Layers of both models that compute the same operations.
struct LayerGroup {
  std::string name;                 ///< of the operation that takes longest; what --ignored-names takes
  double float_ms = 0;              ///< 0: only in the quantized model
  double quantized_ms = 0;          ///< 0: only in the float model
  std::vector<LayerTime> floats;    ///< layers of the float model
  std::vector<LayerTime> integers;  ///< layers of the quantized model
  std::string reason;               ///< in words, why it is slower quantized; empty if it is not
};

/// Puts layers that share an operation into one group, a reorder to the layer that reads its result (or makes its
/// input), a FakeQuantize to the operation it quantizes for. Layers whose names the two models do not share are paired
/// in order, if both have as many of their type. Groups that lost most come first.
std::vector<LayerGroup> compare_layers(std::span<const LayerTime> float_layers,
                                       std::span<const LayerTime> quantized_layers, const QuantizedPlaces& places);

}  // namespace octune::evaluate
