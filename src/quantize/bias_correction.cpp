// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/bias_correction.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "calibration/collect.hpp"
#include "graph/names.hpp"
#include "graph/queries.hpp"
#include "quantize/bias.hpp"
#include "quantize/quantized_prefix.hpp"

namespace octune::quantization {
namespace {

/// Shows the passes over the samples as one stage.
class OneStage : public Observer {
 public:
  OneStage(Observer* observer, std::size_t passes) : observer_(observer), passes_(passes) {}

  void next_pass() { ++pass_; }

  void message(Severity severity, std::string_view text) override {
    if (observer_) observer_->message(severity, text);
  }
  void progress(std::string_view stage, std::size_t done, std::size_t total) override {
    if (observer_ && (done > 0 || pass_ == 0)) observer_->progress(stage, pass_ * total + done, passes_ * total);
  }
  bool should_stop() const override { return observer_ && observer_->should_stop(); }

 private:
  Observer* observer_;
  std::size_t passes_;
  std::size_t pass_ = 0;
};

/// Layers by depth: the keys ascend from the inputs to the outputs.
std::map<std::size_t, std::vector<const UncorrectedLayer*>> levels_of(const ov::Model& model,
                                                                      std::span<const UncorrectedLayer> layers) {
  std::map<std::string, const UncorrectedLayer*> by_name;
  std::set<std::string> names;
  for (const UncorrectedLayer& layer : layers) {
    by_name[layer.weights.node] = &layer;
    names.insert(layer.weights.node);
  }
  const auto depths = layerwise::layer_depths(model, names);
  std::map<std::size_t, std::vector<const UncorrectedLayer*>> levels;
  for (const auto& node : model.get_ordered_ops()) {
    const auto found = by_name.find(node->get_friendly_name());
    if (found != by_name.end()) levels[depths.at(node.get())].push_back(found->second);
  }
  return levels;
}

std::vector<double> difference(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> result(a.size());
  std::transform(a.begin(), a.end(), b.begin(), result.begin(), std::minus<>());
  return result;
}

/// Mean output of the float layer minus that of the quantized one.
SplitMeans lost_by(const Series& float_means, std::span<const float> quantized_rows) {
  const SplitMeans y = split_means(float_means);
  const SplitMeans y_q = split_means(quantized_rows, float_means.channels);
  SplitMeans lost{difference(y.all, y_q.all), {}, {}};
  if (y.even.empty()) return lost;
  lost.even = difference(y.even, y_q.even);
  lost.odd = difference(y.odd, y_q.odd);
  return lost;
}

/// What is measured of a layer of the float model: the mean of each channel of its output.
StatisticRequest mean_output(const ov::Node& layer) {
  return {{layer.get_friendly_name(), 0}, Reduction::mean, 0, graph::output_channel_axis(layer).value()};
}

}  // namespace

std::vector<std::size_t> correction_samples(std::size_t used, std::size_t sequence_length) {
  const std::size_t most = std::min(used, kMostCorrectionSamples);
  std::size_t count = std::clamp<std::size_t>(used / 5, 1, most);
  if (sequence_length > 1) count = std::min(most, (count + sequence_length - 1) / sequence_length * sequence_length);
  std::vector<std::size_t> positions;
  for (std::size_t i = 0; i < count; ++i) positions.push_back(sequence_length > 1 ? i : i * used / count);
  return positions;
}

std::vector<std::size_t> judging_samples(std::size_t used, std::size_t sequence_length) {
  const std::vector<std::size_t> corrected = correction_samples(used, sequence_length);
  std::vector<std::size_t> others;
  for (std::size_t position = 0; position < used; ++position) {
    if (!std::binary_search(corrected.begin(), corrected.end(), position)) others.push_back(position);
  }
  const std::size_t count = std::min(corrected.size(), others.size());
  std::vector<std::size_t> positions;
  for (std::size_t i = 0; i < count; ++i)
    positions.push_back(others[sequence_length > 1 ? i : i * others.size() / count]);
  return positions;
}

std::vector<LeftAlone> correct_biases(const infer::Runtime& runtime, const std::shared_ptr<ov::Model>& model,
                                      const std::shared_ptr<const ov::Model>& reference,
                                      std::span<const UncorrectedLayer> layers, const Dataset& dataset,
                                      std::span<const std::size_t> used, const SequentialOptions& options,
                                      Observer* observer) {
  std::vector<std::size_t> indices;
  for (const std::size_t position : correction_samples(used.size(), dataset.sequence_length()))
    indices.push_back(used[position]);
  std::set<std::string> names;
  std::map<std::string, StatisticRequest> requests;
  std::vector<StatisticRequest> all_requests;
  const auto float_nodes = graph::nodes_by_name(*reference);
  for (const UncorrectedLayer& layer : layers) {
    names.insert(layer.weights.node);
    all_requests.push_back(requests[layer.weights.node] = mean_output(*float_nodes.at(layer.weights.node)));
  }
  std::map<std::string, double> timings;
  const Statistics means = calibration::collect(runtime, reference, all_requests, dataset, indices,
                                                {.threads = options.threads}, timings, nullptr);
  QuantizedPrefix prefix(runtime, dataset, indices, options.threads);
  const auto levels = levels_of(*model, layers);
  const auto nodes = graph::nodes_by_name(*model);
  OneStage stage(observer, levels.size());
  std::vector<LeftAlone> left_alone;
  for (const auto& [depth, members] : levels) {
    std::vector<QuantizedPrefix::Channels> wanted;
    for (const UncorrectedLayer* layer : members) {
      const StatisticRequest& request = requests.at(layer->weights.node);
      wanted.push_back({request.tensor, request.channel_axis.value()});
    }
    const auto rows = prefix.means(*model, wanted, layerwise::frontier_behind(*model, names, depth), &stage);
    stage.next_pass();
    for (std::size_t i = 0; i < members.size(); ++i) {
      const UncorrectedLayer& layer = *members[i];
      const SplitMeans lost = lost_by(means.at(requests.at(layer.weights.node)), rows[i]);
      const std::shared_ptr<ov::Node>& node = nodes.at(layer.weights.node);
      // The float weights come back for a moment: which port holds the weights is read off the constant there.
      ov::Input<ov::Node> port = node->input(layer.weights.port);
      const ov::Output<ov::Node> quantized = port.get_source_output();
      port.replace_source_output(layer.original);
      if (std::string reason = correct_bias(node, lost, options.threshold); !reason.empty())
        left_alone.push_back({layer.weights.node, std::move(reason)});
      port.replace_source_output(quantized);
    }
    // An inserted bias may have taken the name of another operation, and tensors are remembered by name.
    graph::rename_all_but(graph::given_names(*model), *model);
  }
  return left_alone;
}

}  // namespace octune::quantization
