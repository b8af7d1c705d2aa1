// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "calibration/memory_groups.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <openvino/op/loop.hpp>
#include <openvino/op/tensor_iterator.hpp>
#include <utility>

#include "calibration/instrument.hpp"
#include "calibration/non_negative.hpp"
#include "graph/queries.hpp"
#include "infer/run_samples.hpp"

namespace octune::calibration {
namespace {

/// Of one histogram: counters of some eighty blocks, and values that wait to be counted.
constexpr std::uint64_t kHistogramBytes = 28 * 1024;
/// Of one series: numbers that wait to be written out.
constexpr std::uint64_t kSeriesBytes = 16 * 1024;
/// Of a series per channel: extremes, sums and the row at hand.
constexpr std::uint64_t kChannelBytes = 28;

/// Sizes of the tensors of a model.
class Sizes {
 public:
  Sizes(const ov::Model& model, const Sample& first) : model_(model.clone()) {
    const auto inputs = std::as_const(*model_).inputs();
    std::map<std::size_t, ov::PartialShape> shapes;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const ov::Shape shape = first.at(infer::input_name(inputs[i])).get_shape();
      for (const std::size_t size : shape) longest_ = std::max(longest_, size);
      shapes[i] = shape;
    }
    try {
      model_->reshape(shapes);
    } catch (const ov::Exception&) {
      // Some operation insists on its dynamic shape: what stays open is guessed.
    }
    nodes_ = graph::nodes_by_name(*model_);
    count_iterations(*model_, 1);
  }

  /// The tensor that leaves the runtime for the request.
  ov::Output<ov::Node> source(const StatisticRequest& request) const {
    const auto found = nodes_.find(request.tensor.node);
    if (found == nodes_.end() || request.tensor.port >= found->second->get_output_size()) return {};
    const ov::Output<ov::Node> tensor = found->second->output(request.tensor.port);
    return request.channel_axis ? tensor : same_values(tensor);
  }

  /// Of all iterations, of a tensor inside a Loop or TensorIterator.
  std::uint64_t elements(const ov::Output<ov::Node>& tensor) const {
    const ov::PartialShape& shape = tensor.get_partial_shape();
    const auto repeated = iterations_.find(tensor.get_node());
    std::uint64_t product = repeated == iterations_.end() ? 1 : repeated->second;
    if (shape.rank().is_dynamic()) return product * longest_;
    for (const ov::Dimension& size : shape) product *= size_of(size);
    return product;
  }

  std::uint64_t channels(const StatisticRequest& request) const {
    if (!request.channel_axis) return 1;
    const ov::Output<ov::Node> tensor = source(request);
    if (tensor.get_node() == nullptr) return 1;
    const ov::PartialShape& shape = tensor.get_partial_shape();
    if (shape.rank().is_dynamic() || *request.channel_axis >= shape.size()) return 1;
    return size_of(shape[*request.channel_axis]);
  }

 private:
  /// How often what is inside sub-graphs is computed.
  void count_iterations(const ov::Model& model, std::uint64_t times) {
    for (const auto& node : model.get_ops()) {
      for (const graph::Body& body : graph::bodies_of(*node)) {
        const std::uint64_t inside = times * iterations_of(*node);
        for (const auto& part : body.model->get_ops()) iterations_[part.get()] = inside;
        count_iterations(*body.model, inside);
      }
    }
  }

  /// 1 of an If. What no constant tells is guessed, as sizes are.
  std::uint64_t iterations_of(const ov::Node& node) const {
    std::int64_t times = 1;
    if (const auto* loop = ov::as_type<const ov::op::v5::Loop>(&node)) times = loop->get_num_iterations();
    if (const auto* iterator = ov::as_type<const ov::op::v0::TensorIterator>(&node))
      times = iterator->get_num_iterations();
    return times > 0 ? static_cast<std::uint64_t>(times) : longest_;
  }

  std::uint64_t size_of(const ov::Dimension& size) const {
    return size.is_static() ? static_cast<std::uint64_t>(size.get_length()) : longest_;
  }

  std::shared_ptr<ov::Model> model_;
  std::map<std::string, std::shared_ptr<ov::Node>> nodes_;
  std::map<const ov::Node*, std::uint64_t> iterations_;  // of nodes inside sub-graphs
  std::size_t longest_ = 1;
};

/// The requests that need one tensor whole.
struct Unit {
  std::uint64_t bytes = 0;
  std::vector<StatisticRequest> requests;
};

}  // namespace

MemoryGroups split_by_memory(const ov::Model& model, std::span<const StatisticRequest> requests, const Sample& first,
                             const MemoryBudget& budget) {
  const Sizes sizes(model, first);
  std::uint64_t kept = 0;
  std::vector<StatisticRequest> reduced;
  std::vector<Unit> units;
  std::map<ov::Output<ov::Node>, std::size_t> unit_of;
  for (const StatisticRequest& request : requests) {
    const std::uint64_t channels = sizes.channels(request);
    kept += request.reduction == Reduction::histogram ? channels * kHistogramBytes
                                                      : kSeriesBytes + channels * kChannelBytes;
    const ov::Output<ov::Node> source = sizes.source(request);
    if (!needs_whole_tensor(request.reduction) || source.get_node() == nullptr) {
      reduced.push_back(request);
      continue;
    }
    const auto [entry, is_new] = unit_of.try_emplace(source, units.size());
    if (is_new) {
      const std::uint64_t bytes = sizes.elements(source) * sizeof(float);
      units.push_back({bytes * (budget.requests_in_flight + budget.streams), {}});
    }
    units[entry->second].requests.push_back(request);
  }

  MemoryGroups groups;
  // The largest tensor needs its room in any case: other passes may take as much.
  std::uint64_t room = budget.bytes > kept ? budget.bytes - kept : 0;
  std::uint64_t largest = 0;
  for (const Unit& unit : units) {
    if (unit.bytes <= largest) continue;
    largest = unit.bytes;
    groups.largest = unit.requests.front().tensor.text();
  }
  room = std::max(room, largest);
  // What is reduced inside the graph leaves nothing but rows: it goes along with the first pass.
  groups.passes.push_back(std::move(reduced));
  std::uint64_t in_pass = 0, largest_pass = 0;
  for (const Unit& unit : units) {
    if (in_pass + unit.bytes > room) {
      groups.passes.emplace_back();
      in_pass = 0;
    }
    in_pass += unit.bytes;
    largest_pass = std::max(largest_pass, in_pass);
    groups.passes.back().insert(groups.passes.back().end(), unit.requests.begin(), unit.requests.end());
  }
  groups.bytes = kept + largest_pass;
  return groups;
}

}  // namespace octune::calibration
