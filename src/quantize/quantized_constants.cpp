// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/quantized_constants.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/assert.hpp"
#include "base/parallel.hpp"
#include "graph/queries.hpp"
#include "quantize/fast_bias_correction.hpp"
#include "quantize/weights_extent.hpp"

namespace octune::quantization {
namespace {

using Nodes = std::map<std::string, std::shared_ptr<ov::Node>>;

const std::shared_ptr<ov::Node>& consumer_of(const Nodes& nodes, const Quantizer& quantizer) {
  const auto found = nodes.find(quantizer.consumers.front().node);
  OCTUNE_ASSERT(found != nodes.end(),
                fmt::format("the plan names '{}', which the model does not have", quantizer.consumers.front().node));
  return found->second;
}

std::shared_ptr<ov::op::v0::Constant> constant_for(const Nodes& nodes, const Quantizer& quantizer) {
  const EdgeRef& edge = quantizer.consumers.front();
  auto constant = graph::constant_of(consumer_of(nodes, quantizer)->input_value(edge.port));
  OCTUNE_ASSERT(constant != nullptr, fmt::format("the weights of '{}' are not constant", edge.node));
  return constant;
}

/// Whether what `a` made of a constant serves `b`, which reads it too.
bool serves(const Quantizer& a, const Quantizer& b) {
  return !a.group && !b.group && a.channel_axes == b.channel_axes && a.scheme == b.scheme &&
         a.estimator == b.estimator && a.halved == b.halved && a.storage_bits == b.storage_bits;
}

/// Positions in plan.quantizers of those that share one result; the first gives it its name.
using Sharing = std::vector<std::size_t>;

std::vector<Sharing> sharing_quantizers(const Nodes& nodes, const Plan& plan) {
  std::vector<Sharing> all;
  std::map<const ov::Node*, std::vector<std::size_t>> of_source;  // indices into all
  for (std::size_t i = 0; i < plan.quantizers.size(); ++i) {
    const Quantizer& quantizer = plan.quantizers[i];
    if (quantizer.kind != QuantizerKind::weights) continue;
    const ov::Node* source = consumer_of(nodes, quantizer)->get_input_node_ptr(quantizer.consumers.front().port);
    std::vector<std::size_t>& known = of_source[source];
    const auto same = std::find_if(known.begin(), known.end(), [&](std::size_t index) {
      return serves(plan.quantizers[all[index].front()], quantizer);
    });
    if (same != known.end()) {
      all[*same].push_back(i);
    } else {
      known.push_back(all.size());
      all.push_back({i});
    }
  }
  return all;
}

/// The extents of weights that share their scales, by number of the group.
std::map<std::size_t, Extent> group_extents(const Nodes& nodes, const Plan& plan) {
  std::map<std::size_t, std::vector<Extent>> members;
  for (const Quantizer& quantizer : plan.quantizers) {
    if (quantizer.kind != QuantizerKind::weights || !quantizer.group) continue;
    const auto constant = constant_for(nodes, quantizer);
    members[*quantizer.group].push_back(
        weights_extent(constant->cast_vector<float>(), constant->get_shape(), quantizer));
  }
  std::map<std::size_t, Extent> extents;
  for (const auto& [group, of_members] : members) extents[group] = merge(of_members);
  return extents;
}

}  // namespace

std::vector<QuantizedConstant> quantize_constants(const Nodes& nodes, const Plan& plan, const Statistics& statistics,
                                                  int threads) {
  const std::vector<Sharing> all = sharing_quantizers(nodes, plan);
  const std::map<std::size_t, Extent> of_groups = group_extents(nodes, plan);
  std::map<std::string, const BiasCorrection*> corrections;
  for (const BiasCorrection& correction : plan.bias_corrections) corrections[correction.operation] = &correction;
  std::vector<QuantizedConstant> results(plan.quantizers.size());
  base::parallel_for(all.size(), threads, [&](std::size_t k) {
    const Quantizer& first = plan.quantizers[all[k].front()];
    const auto constant = constant_for(nodes, first);
    const std::vector<float> values = constant->cast_vector<float>();
    const QuantizedWeights weights = quantize_weights(
        values, constant->get_shape(), first,
        first.group ? of_groups.at(*first.group) : weights_extent(values, constant->get_shape(), first));
    const auto type = consumer_of(nodes, first)->get_input_element_type(first.consumers.front().port);
    const auto node = weights_node(weights, type, first.name);
    for (const std::size_t i : all[k]) {
      const Quantizer& quantizer = plan.quantizers[i];
      results[i].node = node;
      const auto found = corrections.find(quantizer.operations.front());
      if (found == corrections.end()) continue;
      if (plan.bias_correction == BiasCorrectionMethod::sequential) {
        results[i].original = constant;
        continue;
      }
      const StatisticRequest mean{found->second->input, Reduction::mean, 0, found->second->channel_axis};
      results[i].lost = lost_by_weights(*consumer_of(nodes, quantizer), values, weights.dequantized(), weights.shape,
                                        statistics.at(mean));
    }
  });
  return results;
}

}  // namespace octune::quantization
