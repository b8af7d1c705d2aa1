// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/divergence.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/assert.hpp"
#include "evaluate/outputs.hpp"
#include "evaluate/values.hpp"
#include "infer/finite.hpp"
#include "infer/run_samples.hpp"
#include "octune/error.hpp"

namespace octune::evaluate {
namespace {

constexpr std::string_view kStage = "choosing";

/// Below this a probability says no more than "never": its logarithm would only say how far below.
constexpr double kLeast = 1e-7;

/// Ends a run over samples whose result is certain.
struct BoundExceeded {};

std::size_t row_length(const ov::Tensor& tensor) {
  const ov::Shape shape = tensor.get_shape();
  return shape.empty() ? 1 : shape.back();
}

/// Whether every row of the last axis is a distribution over at least two values.
bool is_distribution(const ov::Tensor& tensor) {
  constexpr double kTolerance = 1e-3;
  const std::size_t length = row_length(tensor);
  if (!tensor.get_element_type().is_real() || length < 2 || tensor.get_size() == 0) return false;
  const std::vector<double> values = to_doubles(tensor);
  for (std::size_t begin = 0; begin < values.size(); begin += length) {
    double sum = 0;
    for (std::size_t i = begin; i < begin + length; ++i) {
      if (values[i] < 0) return false;
      sum += values[i];
    }
    if (std::abs(sum - 1) > kTolerance) return false;
  }
  return true;
}

double energy_of(const ov::Tensor& tensor) {
  const std::vector<double> values = to_doubles(tensor);
  return std::inner_product(values.begin(), values.end(), values.begin(), 0.0);
}

/// Mean over the rows of sum p log(p / q), at least 0.
double kullback_leibler(const std::vector<double>& p, const std::vector<double>& q, std::size_t length) {
  double total = 0;
  for (std::size_t i = 0; i < p.size(); ++i)
    total += p[i] > 0 ? p[i] * std::log(std::max(p[i], kLeast) / std::max(q[i], kLeast)) : 0.0;
  return std::max(0.0, total / (static_cast<double>(p.size()) / static_cast<double>(length)));
}

Outputs outputs_of(ov::InferRequest& request, std::size_t count) {
  Outputs outputs;
  for (std::size_t i = 0; i < count; ++i) outputs.push_back(request.get_output_tensor(i));
  return outputs;
}

}  // namespace

Divergence divergence_of(std::span<const double> of_samples) {
  OCTUNE_ASSERT(!of_samples.empty(), "the divergence of no samples");
  std::vector<double> sorted(of_samples.begin(), of_samples.end());
  std::sort(sorted.begin(), sorted.end(), std::greater<>());
  const std::size_t tenth = (sorted.size() + 9) / 10;
  const auto mean_of = [&](std::size_t count) {
    return std::accumulate(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(count), 0.0) /
           static_cast<double>(count);
  };
  return {mean_of(sorted.size()), mean_of(tenth)};
}

DivergenceJudge::DivergenceJudge(const ov::CompiledModel& float_model, const Dataset& dataset,
                                 std::vector<std::size_t> indices, Observer* observer)
    : dataset_(dataset), indices_(std::move(indices)) {
  OCTUNE_ASSERT(!indices_.empty(), "outputs are compared on no samples");
  const std::size_t count = float_model.outputs().size();
  energy_.assign(count, 0.0);
  is_distribution_.assign(count, 1);
  std::size_t bytes = 0;
  infer::run_samples(float_model, dataset_, indices_, kStage, observer,
                     [&](std::size_t position, ov::InferRequest& request) {
                       if (bytes > kMemoryLimit) return;
                       Outputs outputs = copies_of(outputs_of(request, count));
                       for (const ov::Tensor& output : outputs) {
                         if (infer::finiteness(output) == infer::Finiteness::finite) continue;
                         throw Error(ErrorKind::input, dataset_.name(indices_[position]) +
                                                           ": an output of the float model is not finite; leave the "
                                                           "sample out or check the model");
                       }
                       bytes += byte_size(outputs);
                       if (bytes <= kMemoryLimit || reference_.empty()) reference_.push_back(std::move(outputs));
                     });
  indices_.resize(reference_.size());
  order_.resize(indices_.size());
  std::iota(order_.begin(), order_.end(), std::size_t{0});
  for (const Outputs& outputs : reference_) {
    for (std::size_t k = 0; k < count; ++k) {
      energy_[k] += energy_of(outputs[k]) / static_cast<double>(reference_.size());
      if (is_distribution_[k] != 0 && !is_distribution(outputs[k])) is_distribution_[k] = 0;
    }
  }
}

Divergence DivergenceJudge::of(const ov::CompiledModel& model, Observer* observer) {
  return *if_within(std::numeric_limits<double>::infinity(), model, observer);
}

std::optional<Divergence> DivergenceJudge::if_within(double bound, const ov::CompiledModel& model, Observer* observer) {
  std::vector<std::size_t> in_turn(order_.size());
  std::transform(order_.begin(), order_.end(), in_turn.begin(), [&](std::size_t i) { return indices_[i]; });
  std::vector<double> of_samples(reference_.size(), 0.0);
  const double most = bound * static_cast<double>(reference_.size());
  double sum = 0;
  try {
    infer::run_samples(model, dataset_, in_turn, kStage, observer, [&](std::size_t turn, ov::InferRequest& request) {
      const std::size_t position = order_[turn];
      of_samples[position] = of_sample(reference_[position], outputs_of(request, energy_.size()));
      sum += of_samples[position];  // no sample's number is negative: the sum only grows
      if (sum > most) throw BoundExceeded();
    });
  } catch (const BoundExceeded&) {
    if (observer != nullptr) observer->progress(kStage, in_turn.size(), in_turn.size());
    return std::nullopt;
  }
  if (dataset_.sequence_length() <= 1) {
    std::stable_sort(order_.begin(), order_.end(),
                     [&](std::size_t a, std::size_t b) { return of_samples[a] > of_samples[b]; });
  }
  return divergence_of(of_samples);
}

double DivergenceJudge::of_sample(const Outputs& reference, const Outputs& outputs) const {
  double total = 0;
  for (std::size_t k = 0; k < reference.size(); ++k) {
    const ov::Tensor& wanted = reference[k];
    const ov::Tensor& found = outputs[k];
    if (infer::finiteness(found) != infer::Finiteness::finite) return std::numeric_limits<double>::infinity();
    if (wanted.get_shape() != found.get_shape()) {
      total += 1;
      continue;
    }
    if (wanted.get_size() == 0) continue;
    const std::vector<double> x = to_doubles(wanted);
    const std::vector<double> y = to_doubles(found);
    if (!wanted.get_element_type().is_real()) {
      double different = 0;
      for (std::size_t i = 0; i < x.size(); ++i) different += x[i] == y[i] ? 0 : 1;
      total += different / static_cast<double>(x.size());
    } else if (is_distribution_[k] != 0) {
      total += kullback_leibler(x, y, row_length(wanted));
    } else if (energy_[k] > 0) {
      double error = 0;
      for (std::size_t i = 0; i < x.size(); ++i) error += (x[i] - y[i]) * (x[i] - y[i]);
      total += error / energy_[k];
    }
  }
  return total / static_cast<double>(reference.size());
}

}  // namespace octune::evaluate
