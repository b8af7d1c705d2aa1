// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <openvino/runtime/compiled_model.hpp>
#include <optional>
#include <span>
#include <vector>

#include "octune/choose.hpp"
#include "octune/dataset.hpp"
#include "octune/metric.hpp"
#include "octune/observer.hpp"

namespace octune::evaluate {

/// Judges models without labels, by how far their outputs lie from a float model's for the same samples. The number of
/// one output of one sample is
///   - for distributions (no value below 0, the last axis adds up to 1 in every row of every sample): the
///     Kullback-Leibler divergence sum p log(p / q) in nats from the float model's p, mean over the rows;
///   - otherwise: the squared error |y - x|^2 / E, where E is the mean of |x|^2 over the samples, so that a sample
///   whose
///     output is near zero does not count for more than the others.
/// Outputs whose sizes differ from the float model's (another number of boxes) count 1 each; integer outputs count the
/// share of values that differ. A sample's number is the mean over the outputs. See Divergence for the set's.
class DivergenceJudge {
 public:
  static constexpr std::size_t kMemoryLimit = std::size_t{256} << 20;

  /// Runs `float_model` over the samples `indices` of `dataset` and keeps its outputs, of as many samples as fit into
  /// kMemoryLimit. `dataset` outlives the object. Throws what inference throws, Error{input} for NaN.
  DivergenceJudge(const ov::CompiledModel& float_model, const Dataset& dataset, std::vector<std::size_t> indices,
                  Observer* observer);

  std::size_t samples() const { return reference_.size(); }

  /// Runs `model` over the same samples. Outputs that are not finite give an infinite divergence.
  Divergence of(const ov::CompiledModel& model, Observer* observer);

  /// The same, but none as soon as it is certain that the mean exceeds `bound`. Samples that models judged before were
  /// far off on are run first, where samples do not depend on each other, so that this shows early.
  std::optional<Divergence> if_within(double bound, const ov::CompiledModel& model, Observer* observer);

 private:
  double of_sample(const Outputs& reference, const Outputs& outputs) const;

  const Dataset& dataset_;
  std::vector<std::size_t> indices_;
  std::vector<std::size_t> order_;     ///< positions in indices_, as they are run
  std::vector<Outputs> reference_;     ///< [sample][output]
  std::vector<double> energy_;         ///< of each output: mean squared norm; 0 if it is always zero
  std::vector<char> is_distribution_;  ///< of each output
};

/// The set's numbers from those of its samples, at least one.
Divergence divergence_of(std::span<const double> of_samples);

}  // namespace octune::evaluate
