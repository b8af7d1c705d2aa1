// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <openvino/core/model.hpp>
#include <set>
#include <string>
#include <utility>
#include <vector>

/// Groups of operations that are quantized together, or not at all.
namespace octune::graph {

/// Chains that the runtime executes as one operation: a head and what follows it as post-operations (bias, scale,
/// activation, one residual sum). No FakeQuantize goes inside.
struct FusedChains {
  std::map<const ov::Node*, const ov::Node*> head;          ///< member -> head of its chain; heads are not keys
  std::map<const ov::Node*, const ov::Node*> tail;          ///< head -> last member (a head alone is its own tail)
  std::set<std::pair<const ov::Node*, std::size_t>> edges;  ///< (member, input port) fed from inside the chain
};

/// Every node with a single consumer is followed as long as the consumer is an activation, arithmetic with a constant,
/// or (after a linear operation, once) a sum with another tensor.
FusedChains fused_chains(const ov::Model& model);

/// Operations that stay in floating point although the device has integers for them, with the reason:
/// - the product of attention probabilities and values (Softmax -> [Reshape] -> MatMul),
/// - the two small layers of squeeze-and-excitation (mean -> layer -> activation -> layer -> sigmoid -> multiply),
/// - rotary and sinusoidal position embeddings (MatMul -> ... -> Cos, Sin),
/// - detection post-processing: everything between the last linear operations and NonMaxSuppression, TopK and the like.
std::map<const ov::Node*, std::string> kept_in_float(const ov::Model& model);

/// True if the model has an attention block: MatMul of two computed tensors -> ... -> Softmax -> [Reshape] -> MatMul,
/// or ScaledDotProductAttention.
bool has_attention(const ov::Model& model);

}  // namespace octune::graph
