// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "calibration/instrument.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <openvino/opsets/opset13.hpp>
#include <set>
#include <tuple>
#include <unordered_map>

#include "calibration/channels_last.hpp"
#include "calibration/lift.hpp"
#include "calibration/non_negative.hpp"
#include "graph/queries.hpp"
#include "octune/error.hpp"

namespace octune::calibration {
namespace {

namespace ops = ov::opset13;

struct Located {
  StatisticRequest request;
  ov::Output<ov::Node> tensor;
  std::size_t order = 0;                  // of the node, in topological order
  std::shared_ptr<ov::Node> sub_graph{};  // in whose body it lies; null if in none
  std::shared_ptr<ov::Model> body{};
};

std::vector<Located> locate(const ov::Model& model, std::span<const StatisticRequest> requests) {
  struct Place {
    std::shared_ptr<ov::Node> node;
    std::size_t order;
    std::shared_ptr<ov::Node> sub_graph{};
    std::shared_ptr<ov::Model> body{};
  };
  std::unordered_map<std::string, Place> nodes;
  std::size_t order = 0;
  for (const auto& node : model.get_ordered_ops()) {
    nodes.try_emplace(node->get_friendly_name(), Place{node, order++});
    for (const graph::Body& body : graph::bodies_of(*node)) {
      for (const auto& inner : body.model->get_ordered_ops())
        nodes.try_emplace(inner->get_friendly_name(), Place{inner, order++, node, body.model});
    }
  }
  std::vector<Located> located;
  for (const StatisticRequest& request : std::set<StatisticRequest>(requests.begin(), requests.end())) {
    const auto found = nodes.find(request.tensor.node);
    if (found == nodes.end() || request.tensor.port >= found->second.node->get_output_size()) {
      throw Error(ErrorKind::internal,
                  fmt::format("calibration: tensor '{}' is not in the model", request.tensor.text()));
    }
    const ov::Output<ov::Node> tensor = found->second.node->output(request.tensor.port);
    const ov::Rank rank = tensor.get_partial_shape().rank();
    if (request.channel_axis &&
        (rank.is_dynamic() || *request.channel_axis >= static_cast<std::size_t>(rank.get_length()))) {
      throw Error(ErrorKind::internal,
                  fmt::format("calibration: tensor '{}' has no axis {}", request.tensor.text(), *request.channel_axis));
    }
    located.push_back({request, tensor, found->second.order, found->second.sub_graph, found->second.body});
  }
  std::stable_sort(located.begin(), located.end(),
                   [](const Located& a, const Located& b) { return a.order < b.order; });
  return located;
}

std::shared_ptr<ov::Node> integers(const std::vector<std::int64_t>& values) {
  return ops::Constant::create(ov::element::i64, {values.size()}, values);
}

ov::Output<ov::Node> as_f32(const ov::Output<ov::Node>& tensor) {
  if (tensor.get_element_type() == ov::element::f32) return tensor;
  return std::make_shared<ops::Convert>(tensor, ov::element::f32);
}

ov::Output<ov::Node> flat(const ov::Output<ov::Node>& tensor) {
  return std::make_shared<ops::Reshape>(tensor, integers({-1}), false);
}

/// `values` reduced to one number, or to one a channel, as a tensor of rank one.
ov::Output<ov::Node> reduce(ov::Output<ov::Node> values, Reduction reduction, std::optional<std::size_t> channel_axis) {
  std::vector<std::int64_t> axes;
  const ov::Rank rank = values.get_partial_shape().rank();
  if (rank.is_dynamic()) {
    values = flat(values);
    axes = {0};
  } else {
    // An axis of length one that stays makes a vector of the one number, without a node more to compile and to run.
    const bool one_batch = !channel_axis && rank.get_length() > 1 && values.get_partial_shape()[0] == 1;
    const std::optional<std::size_t> kept = one_batch ? std::optional<std::size_t>(0) : channel_axis;
    for (std::int64_t axis = 0; axis < rank.get_length(); ++axis) {
      if (!kept || static_cast<std::size_t>(axis) != *kept) axes.push_back(axis);
    }
  }
  if (axes.empty()) return flat(values);
  const bool is_vector = rank.is_static() && static_cast<std::int64_t>(axes.size()) + 1 == rank.get_length();
  std::shared_ptr<ov::Node> result;
  switch (reduction) {
    case Reduction::min:
      result = std::make_shared<ops::ReduceMin>(values, integers(axes), false);
      break;
    case Reduction::max:
      result = std::make_shared<ops::ReduceMax>(values, integers(axes), false);
      break;
    case Reduction::mean:
      result = std::make_shared<ops::ReduceMean>(values, integers(axes), false);
      break;
    case Reduction::quantile:
    case Reduction::abs_quantile:
    case Reduction::histogram:
      throw Error(ErrorKind::internal, "calibration: distributions are not reduced in the graph");
  }
  return is_vector ? result->output(0) : flat(result);
}

/// The whole tensor with one more axis, the last, on which iterations lie side by side: channels stay where they were.
ov::Output<ov::Node> with_iterations(ov::Output<ov::Node> tensor) {
  if (tensor.get_partial_shape().rank().is_dynamic()) tensor = flat(tensor);
  return std::make_shared<ops::Unsqueeze>(tensor, integers({tensor.get_partial_shape().rank().get_length()}));
}

/// Puts the second axis last.
ov::Output<ov::Node> channels_last(const ov::Output<ov::Node>& tensor) {
  const std::int64_t rank = tensor.get_partial_shape().rank().get_length();
  std::vector<std::int64_t> order{0};
  for (std::int64_t axis = 2; axis < rank; ++axis) order.push_back(axis);
  order.push_back(1);
  return std::make_shared<ops::Transpose>(tensor, integers(order));
}

/// Where `axis` is after that.
std::size_t channels_last(std::size_t axis, std::size_t rank) {
  if (axis == 0) return 0;
  return axis == 1 ? rank - 1 : axis - 1;
}

/// How many numbers a request gives a sample; 0 if the model does not tell.
std::size_t channels_of(const Located& located) {
  if (!located.request.channel_axis) return 1;
  const ov::Dimension size =
      located.tensor.get_partial_shape()[static_cast<std::int64_t>(*located.request.channel_axis)];
  return size.is_static() ? static_cast<std::size_t>(size.get_length()) : 0;
}

}  // namespace

bool needs_whole_tensor(Reduction reduction) {
  return reduction == Reduction::quantile || reduction == Reduction::abs_quantile || reduction == Reduction::histogram;
}

Instrumented instrument(std::shared_ptr<ov::Model> model, std::span<const StatisticRequest> requests) {
  Instrumented result;
  // A reduction is named by what it computes: requests on tensors with the same values meet here.
  using Key = std::tuple<ov::Output<ov::Node>, Reduction, std::optional<std::size_t>>;
  struct Place {
    std::size_t output, offset, count;
  };
  std::map<Key, Place> places;
  struct Whole {
    std::size_t output;
    bool channels_last;
  };
  std::map<ov::Output<ov::Node>, Whole> whole_tensors;
  std::map<Key, std::size_t> histograms;  // index into result.histograms
  ov::OutputVector outputs, packed;
  std::size_t packed_size = 0;
  constexpr std::size_t kPacked = 0;
  outputs.emplace_back();  // the concatenation, made last

  const std::vector<Located> all = locate(*model, requests);
  // Extremes of a whole tensor are those of its channels' extremes, where these are computed anyway.
  std::map<std::pair<ov::Output<ov::Node>, Reduction>, std::size_t> channel_axes;
  for (const Located& located : all) {
    const StatisticRequest& request = located.request;
    const bool is_extreme = request.reduction == Reduction::min || request.reduction == Reduction::max;
    if (request.channel_axis && is_extreme)
      channel_axes.try_emplace({located.tensor, request.reduction}, *request.channel_axis);
  }
  std::map<Key, ov::Output<ov::Node>> values;
  const auto value_of = [&](const ov::Output<ov::Node>& source, const StatisticRequest& request) {
    const auto computed = [&](std::optional<std::size_t> axis) {
      const auto [value, is_new] = values.try_emplace(Key{source, request.reduction, axis});
      if (is_new) value->second = reduce(as_f32(source), request.reduction, axis);
      return value->second;
    };
    const auto axis = channel_axes.find({source, request.reduction});
    if (request.channel_axis || axis == channel_axes.end()) return computed(request.channel_axis);
    return reduce(computed(axis->second), request.reduction, std::nullopt);
  };

  for (const Located& located : all) {
    const StatisticRequest& request = located.request;
    const std::size_t count = channels_of(located);
    const ov::Output<ov::Node> source = request.channel_axis ? located.tensor : same_values(located.tensor);
    const bool inside = located.sub_graph != nullptr;
    if (needs_whole_tensor(request.reduction)) {
      const bool moved = !inside && has_channels_last(source);
      const auto [place, is_new] = whole_tensors.try_emplace(source, Whole{outputs.size(), moved});
      if (is_new && !inside) outputs.push_back(moved ? channels_last(as_f32(source)) : as_f32(source));
      if (is_new && inside) {
        const ov::Output<ov::Node> iterated = with_iterations(as_f32(source));
        const auto last = static_cast<std::size_t>(iterated.get_partial_shape().rank().get_length() - 1);
        outputs.push_back(lift(iterated, *located.body, located.sub_graph, last));
      }
      const Whole& whole = place->second;
      std::optional<std::size_t> axis = request.channel_axis;
      if (axis && whole.channels_last)
        axis = channels_last(*axis, static_cast<std::size_t>(source.get_partial_shape().rank().get_length()));
      if (request.reduction == Reduction::histogram) {
        const Key key{source, request.reduction, request.channel_axis};
        const auto [column, is_first] = histograms.try_emplace(key, result.histograms.size());
        if (is_first) result.histograms.push_back({{}, whole.output, axis, inside});
        result.histograms[column->second].requests.push_back(request);
      } else {
        result.quantiles.push_back({request, whole.output, axis, inside});
      }
      continue;
    }
    if (inside) {
      const Key key{source, request.reduction, request.channel_axis};
      const auto [place, is_new] = places.try_emplace(key, Place{outputs.size(), 0, 0});
      if (is_new) {
        const ov::Output<ov::Node> value = reduce(as_f32(source), request.reduction, request.channel_axis);
        const auto row = std::make_shared<ops::Unsqueeze>(value, integers({0}));
        outputs.push_back(lift(row, *located.body, located.sub_graph, 0));
      }
      result.iterations.push_back({request, place->second.output});
      continue;
    }
    if (request.reduction == Reduction::min && count != 0 && is_non_negative(located.tensor)) {
      result.known.push_back({request, count});
      continue;
    }
    const auto [place, is_new] = places.try_emplace(Key{source, request.reduction, request.channel_axis}, Place{});
    if (is_new) {
      const ov::Output<ov::Node> value = value_of(source, request);
      if (count == 0) {
        place->second = {outputs.size(), 0, 0};
        outputs.push_back(value);
      } else {
        place->second = {kPacked, packed_size, count};
        packed.push_back(value);
        packed_size += count;
      }
    }
    result.reduced.push_back({request, place->second.output, place->second.offset, place->second.count});
  }

  const ov::ResultVector original = model->get_results();
  for (const auto& output : original) model->remove_result(output);
  ov::ResultVector added;
  // An output is kept in the packed place even if nothing is packed, so that numbers of outputs stay as assigned.
  if (packed.empty()) packed.push_back(ops::Constant::create(ov::element::f32, {1}, {0.0F}));
  outputs[kPacked] = packed.size() == 1 ? packed.front() : std::make_shared<ops::Concat>(packed, 0)->output(0);
  for (const auto& output : outputs) {
    auto node = std::make_shared<ov::op::v0::Result>(output);
    node->set_friendly_name(fmt::format("octune/statistics/{}", added.size()));
    added.push_back(std::move(node));
  }
  model->add_results(added);
  model->add_results(original);
  result.added_outputs = added.size();
  result.model = std::move(model);
  return result;
}

}  // namespace octune::calibration
