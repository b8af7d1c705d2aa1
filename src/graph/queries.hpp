// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <openvino/core/model.hpp>
#include <openvino/op/constant.hpp>
#include <optional>
#include <string>
#include <vector>

#include "octune/plan.hpp"

/// Questions about the nodes of a model that planning, calibration and application ask alike.
namespace octune::graph {

/// The node's type as capability tables name it: OpenVINO's, but "DepthwiseConvolution" for a GroupConvolution with one
/// input and one output channel a group, and "Embedding" for a Gather of rows of a constant floating-point matrix.
std::string operation_type(const ov::Node& node);

/// Convolutions of every kind and MatMul: what has weights and a bias.
bool is_linear(const ov::Node& node);

/// Convolution, GroupConvolution and their Backprop forms.
bool is_convolution(const ov::Node& node);

bool is_floating(const ov::Output<ov::Node>& output);

/// The value behind an output if it is a constant, a constant in lower precision converted back, or foldable arithmetic
/// of constants; null otherwise.
std::shared_ptr<ov::op::v0::Constant> constant_of(const ov::Output<ov::Node>& output);

/// The input that holds the trained constant of a linear operation or an embedding; none if it is computed.
std::optional<std::size_t> weights_port(const ov::Node& node);

/// The axes of the weights at `port` along which each output channel (each row of an embedding) has its own range:
/// [O,I,k..] -> {0}, Backprop [I,O,k..] -> {1}, grouped [G,O/G,..] -> {0,1}, grouped Backprop [G,I/G,O/G,..] -> {0,2},
/// MatMul -> its output axis, recurrent sequences [directions, gates * hidden, inputs] -> {0,1}.
std::vector<std::size_t> weights_channel_axes(const ov::Node& node, std::size_t port);

/// The axis of the activation input that the weights are multiplied and summed along: 1 of a convolution, the
/// contracted axis of a MatMul. None if the rank is unknown.
std::optional<std::size_t> input_channel_axis(const ov::Node& node);

/// A constant that is added to every position of a channel right after a linear operation.
struct Bias {
  std::shared_ptr<ov::Node> add;
  std::size_t constant_port = 1;
};
/// The Add that is the only consumer of `node` and whose other operand is a constant with one value a channel (or one
/// for all).
std::optional<Bias> bias_of(const ov::Node& node);

/// The axis of a linear operation's output that its output channels lie on: 1, or the last (the one before for a MatMul
/// with the constant on port 0).
std::optional<std::size_t> output_channel_axis(const ov::Node& node);

/// Consumers of a node's outputs, without those that only ask for the shape.
std::vector<ov::Input<ov::Node>> data_consumers(const ov::Node& node);

TensorRef ref(const ov::Output<ov::Node>& output);
EdgeRef ref(const ov::Input<ov::Node>& input);

/// The model inside an If, Loop or TensorIterator. The names of what it holds begin with `prefix` once normalised:
/// "<sub-graph>|", of an If "<sub-graph>|then|" and "<sub-graph>|else|".
struct Body {
  std::string prefix;
  std::shared_ptr<ov::Model> model;
};
/// Empty for nodes that are no sub-graphs.
std::vector<Body> bodies_of(const ov::Node& node);

/// Nodes by friendly name, those in bodies of sub-graphs included. The names of a normalised model are unique.
std::map<std::string, std::shared_ptr<ov::Node>> nodes_by_name(const ov::Model& model);

}  // namespace octune::graph
