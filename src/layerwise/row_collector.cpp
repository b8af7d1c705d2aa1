// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "layerwise/row_collector.hpp"

#include <algorithm>
#include <cmath>

#include "base/hash.hpp"
#include "base/random.hpp"

namespace octune::layerwise {
namespace {

constexpr std::size_t kRememberedBytes = std::size_t{192} << 20;  // of each model
constexpr std::string_view kStage = "layerwise tuning";
/// Positions are those of the float model: in a tensor of another shape they mean something else, or nothing.
constexpr const char* kOtherShape = "its shape depends on values";

std::vector<std::size_t> held_out_indices(const ChosenSamples& samples) {
  std::vector<std::size_t> indices;
  for (std::size_t i = 0; i < samples.indices.size(); ++i) {
    if (samples.held_out[i]) indices.push_back(samples.indices[i]);
  }
  return indices;
}

/// Lets a run be stopped, without its progress: that of the layers is shown instead.
class StopOnly : public Observer {
 public:
  explicit StopOnly(Observer* observer) : observer_(observer) {}
  void message(Severity severity, std::string_view text) override {
    if (observer_) observer_->message(severity, text);
  }
  bool should_stop() const override { return observer_ && observer_->should_stop(); }

 private:
  Observer* observer_;
};

}  // namespace

RowCollector::RowCollector(RowSource source, std::span<const TunableLayer* const> layers,
                           const LayerwiseOptions& options, Observer* observer)
    : source_(std::move(source)),
      options_(options),
      observer_(observer),
      quantized_prefix_(source_.runtime, source_.data, source_.samples.indices, source_.threads, kRememberedBytes),
      reference_prefix_(source_.runtime, source_.data, source_.samples.indices, source_.threads, kRememberedBytes),
      untuned_prefix_(source_.runtime, source_.data, held_out_indices(source_.samples), source_.threads,
                      kRememberedBytes) {
  for (std::size_t i = 0; i < source_.samples.indices.size(); ++i) {
    if (source_.samples.held_out[i]) held_out_.push_back(i);
  }
  std::size_t seen[2] = {0, 0};
  for (const bool held_out : source_.samples.held_out) number_in_kind_.push_back(seen[held_out ? 1 : 0]++);
  for (const TunableLayer* layer : layers) names_.insert(layer->name);
  const auto depths = layer_depths(source_.quantized, names_);
  for (const TunableLayer* layer : layers) places_.push_back(place_of(*layer, depths.at(layer->quantized.get())));
  std::stable_sort(places_.begin(), places_.end(), [](const Place& a, const Place& b) { return a.depth < b.depth; });
}

std::size_t rows_wanted(const LayerGeometry& geometry, const LayerwiseOptions& options) {
  const std::uint64_t fitting = options.max_bytes / 4 * 3 / std::max<std::size_t>(1, geometry.row_bytes());
  return std::max<std::size_t>(2, std::min<std::uint64_t>(options.rows, fitting));
}

RowCollector::Place RowCollector::place_of(const TunableLayer& layer, std::size_t depth) const {
  const std::size_t rows = rows_wanted(layer.geometry, options_);
  const double judges = static_cast<double>(source_.samples.indices.size() - source_.samples.tuning()) /
                        static_cast<double>(source_.samples.indices.size());
  const auto held_out =
      std::clamp<std::size_t>(static_cast<std::size_t>(std::lround(judges * static_cast<double>(rows))), 1, rows - 1);
  return {&layer, depth, rows - held_out, held_out};
}

std::vector<const TunableLayer*> RowCollector::next_layers() {
  begin_ = end_;
  std::vector<const TunableLayer*> layers;
  std::uint64_t bytes = 0;
  while (end_ < places_.size()) {
    const Place& place = places_[end_];
    bytes += place.rows() * place.layer->geometry.row_bytes();
    if (!layers.empty() && (place.depth != places_[begin_].depth || bytes > options_.max_bytes / 4 * 3)) break;
    layers.push_back(place.layer);
    ++end_;
  }
  return layers;
}

std::vector<std::size_t> RowCollector::draw(const Place& place, std::size_t sample, std::size_t positions) const {
  const bool held_out = source_.samples.held_out[sample];
  const std::size_t tuning = source_.samples.tuning();
  const std::size_t samples = held_out ? source_.samples.indices.size() - tuning : tuning;
  const std::size_t count =
      share_of(number_in_kind_[sample], samples, held_out ? place.held_out_rows : place.tuning_rows);
  base::Hash seed;
  seed.add(options_.seed).add(place.layer->name).add(std::uint64_t{sample});
  base::RandomStream random(seed.number());
  return base::sample_without_replacement(positions, count, random);
}

void RowCollector::collect_targets() {
  // The layers in hand, and those behind them as far as their targets fit.
  std::size_t end = begin_;
  std::uint64_t bytes = 0;
  while (end < places_.size()) {
    const LayerGeometry& geometry = places_[end].layer->geometry;
    bytes += sizeof(float) * places_[end].rows() * geometry.groups() * geometry.outputs();
    if (end >= end_ && bytes > options_.max_bytes / 4) break;
    ++end;
  }
  drawn_from_ = begin_;
  drawn_.assign(end - begin_, {});
  ModelPrefix::Request request;
  for (std::size_t i = begin_; i < end; ++i) {
    const Place& place = places_[i];
    const std::size_t channels = place.layer->geometry.groups() * place.layer->geometry.outputs();
    request.wanted.push_back(place.layer->target);
    drawn_[i - begin_].rows.tuning.targets.reserve(place.tuning_rows * channels);
    drawn_[i - begin_].rows.held_out.targets.reserve(place.held_out_rows * channels);
  }
  if (end < places_.size()) request.remember = frontier(source_.reference, names_, places_[end].depth);
  StopOnly observer(observer_);
  reference_prefix_.run(source_.reference, request, kStage, &observer,
                        [&](std::size_t sample, std::span<const ov::Tensor> values) {
                          for (std::size_t i = 0; i < drawn_.size(); ++i) {
                            const Place& place = places_[begin_ + i];
                            Drawn& drawn = drawn_[i];
                            const LayerGeometry& geometry = place.layer->geometry;
                            drawn.outputs.push_back(values[i].get_shape());
                            drawn.positions.push_back(draw(place, sample, geometry.positions(values[i].get_shape())));
                            Rows& rows = source_.samples.held_out[sample] ? drawn.rows.held_out : drawn.rows.tuning;
                            geometry.append_targets(values[i], drawn.positions.back(), rows.targets);
                            rows.samples.insert(rows.samples.end(), drawn.positions.back().size(), sample);
                            drawn.rows.count += drawn.positions.back().size();
                          }
                        });
  judge_untuned(end < places_.size() ? frontier(*source_.untuned, names_, places_[end].depth) : std::set<TensorRef>{});
}

void RowCollector::judge_untuned(const std::set<TensorRef>& remember) {
  ModelPrefix::Request request;
  request.remember = remember;
  for (std::size_t i = 0; i < drawn_.size(); ++i)
    request.wanted.push_back(places_[drawn_from_ + i].layer->untuned_output);
  std::vector<std::size_t> done(drawn_.size(), 0);  // numbers of the targets that were compared
  std::vector<float> values_there;
  StopOnly observer(observer_);
  const auto compare = [&](std::size_t number, std::span<const ov::Tensor> values) {
    for (std::size_t i = 0; i < drawn_.size(); ++i) {
      Drawn& drawn = drawn_[i];
      if (values[i].get_shape() != drawn.outputs[held_out_[number]]) drawn.rows.reason = kOtherShape;
      if (!drawn.rows.reason.empty()) continue;
      values_there.clear();
      places_[drawn_from_ + i].layer->geometry.append_targets(values[i], drawn.positions[held_out_[number]],
                                                              values_there);
      for (const float value : values_there) {
        const double error = double{value} - drawn.rows.held_out.targets[done[i]++];
        drawn.rows.loss_untuned += error * error;
      }
    }
  };
  untuned_prefix_.run(*source_.untuned, request, kStage, &observer, compare);
  for (std::size_t i = 0; i < drawn_.size(); ++i)
    drawn_[i].rows.loss_untuned /= static_cast<double>(std::max<std::size_t>(done[i], 1));
}

std::vector<LayerRows> RowCollector::rows() {
  if (end_ > drawn_from_ + drawn_.size()) collect_targets();
  const std::size_t first = begin_ - drawn_from_;
  const std::size_t count = end_ - begin_;
  ModelPrefix::Request request;
  for (std::size_t i = 0; i < count; ++i) {
    request.wanted.push_back(places_[begin_ + i].layer->input());
    Drawn& drawn = drawn_[first + i];
    const LayerGeometry& geometry = places_[begin_ + i].layer->geometry;
    const std::size_t outputs = geometry.groups() * geometry.outputs();
    const std::size_t inputs = geometry.groups() * geometry.inputs();
    for (Rows* rows : {&drawn.rows.tuning, &drawn.rows.held_out})
      rows->inputs.reserve(rows->targets.size() / outputs * inputs);
    drawn.rows.bytes = std::uint64_t{drawn.rows.count} * geometry.row_bytes();
  }
  request.reduce = [&](const ov::Output<ov::Node>& input, std::size_t i) {
    return places_[begin_ + i].layer->moved(input);
  };
  request.remember = frontier(source_.quantized, names_, places_[begin_].depth);
  for (std::size_t i = begin_; i < places_.size(); ++i) places_[i].layer->keep_range_open(request.remember);
  StopOnly observer(observer_);
  quantized_prefix_.run(
      source_.quantized, request, kStage, &observer, [&](std::size_t sample, std::span<const ov::Tensor> values) {
        for (std::size_t i = 0; i < count; ++i) {
          Drawn& drawn = drawn_[first + i];
          const LayerGeometry& geometry = places_[begin_ + i].layer->geometry;
          if (!geometry.fits(values[i].get_shape(), drawn.outputs[sample])) drawn.rows.reason = kOtherShape;
          if (!drawn.rows.reason.empty()) continue;
          Rows& rows = source_.samples.held_out[sample] ? drawn.rows.held_out : drawn.rows.tuning;
          geometry.append_inputs(values[i], drawn.outputs[sample], drawn.positions[sample], rows.inputs);
        }
      });
  std::vector<LayerRows> result;
  for (std::size_t i = 0; i < count; ++i) {
    result.push_back(std::move(drawn_[first + i].rows));
    drawn_[first + i] = {};
  }
  return result;
}

}  // namespace octune::layerwise
