// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <openvino/core/model.hpp>
#include <openvino/op/constant.hpp>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "layerwise/geometry.hpp"
#include "layerwise/layer_problem.hpp"
#include "octune/plan.hpp"

namespace octune::layerwise {

/// What tuning may change of a layer, as the model holds it.
struct LayerConstants {
  std::vector<std::int16_t> integers;
  std::vector<float> scale;
  std::vector<float> bias;                               ///< empty if there is none
  std::optional<std::pair<float, float>> input_range{};  ///< of the layer's own FakeQuantize
};

/// One linear layer of the quantized model and its counterpart of the same name in the float model.
struct TunableLayer {
  std::string name;
  std::shared_ptr<ov::Node> quantized;  ///< the convolution or MatMul
  std::shared_ptr<ov::Node> original;
  LayerGeometry geometry;

  std::shared_ptr<ov::Node> integers_reader;    ///< whose input 0 is the constant of integers
  std::shared_ptr<ov::Node> scale_reader;       ///< the Multiply whose input 1 is the constant of scales
  std::shared_ptr<ov::Node> zero_point_reader;  ///< likewise of the zero points; null if there are none

  /// The FakeQuantize on the layer's input, if it has one range for the tensor and this layer is all that reads it:
  /// rows are taken in front of it. Null: rows are taken as the layer reads them.
  std::shared_ptr<ov::Node> input_quantizer;
  /// Operations between it and the layer, from the layer up: they move values and compute none, as Transpose.
  std::vector<std::shared_ptr<ov::Node>> moves;

  TensorRef target;          ///< of the float model: the output, after the bias if it has one
  TensorRef untuned_output;  ///< the same of the quantized model as it was found

  /// Of the quantized model as it is by then: what rows are taken from.
  TensorRef input() const;

  /// That tensor, in any copy of the model, as the layer would read it if nothing rounded it: the moves are done.
  ov::Output<ov::Node> moved(const ov::Output<ov::Node>& input) const;

  /// Takes what changes with the input's range out of what is to be remembered: what lies in front of it instead.
  void keep_range_open(std::set<TensorRef>& remember) const;

  /// The layer as the optimisation sees it, without rows.
  LayerProblem problem() const;

  LayerConstants constants() const;

  /// Puts other constants into the quantized model. Error{input} if they are of another layer.
  void put(const LayerConstants& constants) const;
  void put(const LayerSolution& solution) const;
};

/// A linear layer in integers; `tunable` or why it is not.
struct FoundLayer {
  std::string name;
  std::optional<TunableLayer> tunable;
  std::string reason;
};

/// The linear layers of `quantized` that read integer weights, in topological order. `reference` is the float model;
/// Error{input} if it lacks one of them or has it with weights of another shape.
std::vector<FoundLayer> find_layers(const ov::Model& quantized, const ov::Model& reference);

}  // namespace octune::layerwise
