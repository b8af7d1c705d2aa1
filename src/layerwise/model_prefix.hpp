// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <openvino/core/model.hpp>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "infer/runtime.hpp"
#include "octune/dataset.hpp"
#include "octune/observer.hpp"
#include "octune/plan.hpp"

/// Running a model from layer to layer, while the layers change behind the point that has been reached.
namespace octune::layerwise {

/// Whether the CPU plugin leaves this node out: a FakeQuantize of 65,536 levels, borders and all.
bool is_left_out_by_runtime(const ov::Node& node);

/// For every node of `model`, how many operations of `layers` (friendly names) the longest path to it holds, itself
/// included: a layer of depth d depends on layers of depth below d only.
std::map<const ov::Node*, std::size_t> layer_depths(const ov::Model& model, const std::set<std::string>& layers);

/// What has to be remembered so that nothing of depth below `depth` is computed again for the inputs of the layers of
/// that depth and beyond: tensors that depend on the model's inputs, of depth below `depth`, read by a node of that
/// depth or a deeper one that a layer beyond `depth` needs. In front of a FakeQuantize, whose input the remaining model
/// often reads as well.
std::set<TensorRef> frontier(const ov::Model& model, const std::set<std::string>& layers, std::size_t depth);

/// The same, but what the layers of depth `depth` give is remembered instead of what they read: they are not computed
/// again either. What lies behind them, their biases, may change.
std::set<TensorRef> frontier_behind(const ov::Model& model, const std::set<std::string>& layers, std::size_t depth);

/// Computes tensors of a model that changes from call to call, from the inputs towards the outputs.
///
/// Tensors on the way are remembered, as long as their values for all samples take less than `memory_limit` bytes, and
/// the next call computes only what lies behind them. A model with state is run as a whole every time. Computed in f32
/// with one thread a stream: the same for any number of threads.
class ModelPrefix {
 public:
  static constexpr std::size_t kMemoryLimit = std::size_t{512} << 20;

  /// `indices`: the samples used; all arguments by reference outlive the object. threads 0: all cores.
  ModelPrefix(const infer::Runtime& runtime, const Dataset& dataset, std::vector<std::size_t> indices, int threads,
              std::size_t memory_limit = kMemoryLimit);

  struct Request {
    std::vector<TensorRef> wanted;
    /// The frontier of the next call; nodes above it must not change any more.
    std::set<TensorRef> remember{};
    /// Makes what is handed over out of the `i`th wanted tensor, inside the graph; none: the tensor, as f32.
    std::function<ov::Output<ov::Node>(const ov::Output<ov::Node>& tensor, std::size_t i)> reduce{};
    /// Changes the copied model before it is run.
    std::function<void(ov::Model& model)> rewrite{};
  };

  /// What was wanted of the sample at `position`, in the order of the request; valid during the call only.
  using Handler = std::function<void(std::size_t position, std::span<const ov::Tensor> values)>;

  /// Hands the values over in the order of the samples, from the calling thread. Reports progress of the samples as
  /// `stage`. Throws what infer::run_samples() throws.
  void run(const ov::Model& model, const Request& request, std::string_view stage, Observer* observer,
           const Handler& on_values);

  std::size_t remembered_bytes() const;

 private:
  struct Part;
  using Values = std::vector<ov::Tensor>;  // one a sample

  std::shared_ptr<Part> cut(const ov::Model& model, const Request& request, const std::set<TensorRef>& remember) const;
  infer::CompileOptions compile_options() const;
  std::unique_ptr<Dataset> inputs_of(const Part& part, const ov::Model& model) const;
  bool fits(const std::vector<ov::Tensor>& first_sample) const;
  void exchange(std::map<TensorRef, Values> fresh, const std::set<TensorRef>& remember);

  const infer::Runtime& runtime_;
  const Dataset& dataset_;
  std::vector<std::size_t> indices_;
  std::map<std::size_t, std::size_t> position_of_;  // of an index
  int threads_;
  std::size_t memory_limit_;
  std::map<TensorRef, Values> stored_;
  std::set<TensorRef> unfit_;  // hold infinities, which no input may
};

}  // namespace octune::layerwise
