// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <openvino/core/model.hpp>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "infer/runtime.hpp"
#include "layerwise/chosen_samples.hpp"
#include "layerwise/layer_problem.hpp"
#include "layerwise/model_prefix.hpp"
#include "layerwise/tunable_layer.hpp"
#include "octune/dataset.hpp"
#include "octune/layerwise.hpp"
#include "octune/observer.hpp"

namespace octune::layerwise {

/// How many rows of a layer are drawn if the samples have enough positions: as many as memory holds, at most
/// options.rows.
std::size_t rows_wanted(const LayerGeometry& geometry, const LayerwiseOptions& options);

/// Rows of one layer.
struct LayerRows {
  Rows tuning, held_out;
  std::size_t count = 0;    ///< of both together
  std::uint64_t bytes = 0;  ///< that they take
  std::string reason;       ///< why the layer cannot be tuned; the rows are incomplete then
  double loss_untuned = 0;  ///< mean squared error on the rows held out in the model as it was given
};

/// What rows are drawn from. What is given by reference outlives the collector.
struct RowSource {
  const infer::Runtime& runtime;
  const ov::Model& quantized;
  const ov::Model& reference;
  std::shared_ptr<const ov::Model> untuned;  ///< the quantized model before anything was tuned
  const Dataset& data;
  ChosenSamples samples;
  int threads = 0;  ///< 0: all cores
};

/// Draws rows of layers: what the float model gives and what the quantized model, as it is by then, feeds them.
///
/// Positions are drawn for each sample from all positions of the layer's output, by a random stream of the seed, the
/// layer's name and the sample. There are at most options.rows rows a layer, and at once as many as options.max_bytes
/// hold: a quarter for targets of layers to come, the rest for the layers in hand. What both models compute on the way
/// is remembered within limits (see ModelPrefix). The samples held out are run through the untuned model, too.
class RowCollector {
 public:
  /// `layers` are those to be tuned, in topological order.
  RowCollector(RowSource source, std::span<const TunableLayer* const> layers, const LayerwiseOptions& options,
               Observer* observer);

  /// The next layers that may share a pass and whose rows fit in memory: none depends on another. Empty at the end.
  std::vector<const TunableLayer*> next_layers();

  /// Rows of the layers that next_layers() gave last, in their order. Throws what infer::run_samples() throws.
  std::vector<LayerRows> rows();

 private:
  struct Place {
    const TunableLayer* layer = nullptr;
    std::size_t depth = 0;
    std::size_t tuning_rows = 0, held_out_rows = 0;  // if all samples have enough positions
    std::size_t rows() const { return tuning_rows + held_out_rows; }
  };
  /// What is known of a layer before its inputs are.
  struct Drawn {
    std::vector<std::vector<std::size_t>> positions;  // of each sample
    std::vector<ov::Shape> outputs;                   // of each sample
    LayerRows rows;
  };

  Place place_of(const TunableLayer& layer, std::size_t depth) const;
  void collect_targets();
  void judge_untuned(const std::set<TensorRef>& remember);
  std::vector<std::size_t> draw(const Place& place, std::size_t sample, std::size_t positions) const;

  RowSource source_;
  const LayerwiseOptions& options_;
  Observer* observer_;
  std::vector<std::size_t> number_in_kind_;  // of each sample, among those tuned with or held out
  std::vector<Place> places_;                // by depth, then in topological order
  std::set<std::string> names_;
  std::vector<std::size_t> held_out_;  // numbers of the samples
  ModelPrefix quantized_prefix_, reference_prefix_, untuned_prefix_;
  std::size_t begin_ = 0, end_ = 0;  // of the layers in hand
  std::size_t drawn_from_ = 0;
  std::vector<Drawn> drawn_;  // of the places from drawn_from_ on
};

}  // namespace octune::layerwise
