// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/fidelity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/assert.hpp"
#include "evaluate/class_scores.hpp"
#include "evaluate/values.hpp"
#include "octune/error.hpp"

namespace octune::evaluate {
namespace {

class FidelityMetric : public Metric {
 public:
  using Metric::score;
  MetricReference reference() const override { return MetricReference::float_outputs; }

  Score score(const Outputs& outputs, const Outputs& reference) const override {
    OCTUNE_ASSERT(!outputs.empty(), "fidelity of a model without outputs");
    if (outputs.size() != reference.size()) {
      throw Error(ErrorKind::input, fmt::format("metric '{}': the model has {} outputs but the float model {}; compare "
                                                "models made from each other",
                                                name(), outputs.size(), reference.size()));
    }
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      if (outputs[i].get_size() == reference[i].get_size()) continue;
      throw Error(ErrorKind::input,
                  fmt::format("metric '{}': output {} has the shape {} but the float model's {}; outputs whose size "
                              "depends on the data need a metric with labels",
                              name(), i, outputs[i].get_shape().to_string(), reference[i].get_shape().to_string()));
    }
    return compare(outputs, reference);
  }

 protected:
  virtual Score compare(const Outputs& outputs, const Outputs& reference) const = 0;
};

class Cosine final : public FidelityMetric {
 public:
  std::string name() const override { return "cosine"; }
  std::optional<ScoreBounds> bounds() const override { return ScoreBounds{-1, 1}; }

 protected:
  Score compare(const Outputs& outputs, const Outputs& reference) const override {
    double product = 0, energy = 0, reference_energy = 0;
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      const std::vector<double> x = to_doubles(reference[i]);
      const std::vector<double> y = to_doubles(outputs[i]);
      for (std::size_t k = 0; k < x.size(); ++k) {
        product += x[k] * y[k];
        reference_energy += x[k] * x[k];
        energy += y[k] * y[k];
      }
    }
    if (energy == 0 && reference_energy == 0) return {1};
    if (energy == 0 || reference_energy == 0) return {0};
    // Roots first: the product of two energies may overflow where their roots' does not.
    return {std::clamp(product / (std::sqrt(energy) * std::sqrt(reference_energy)), -1.0, 1.0)};
  }
};

class SignalToNoise final : public FidelityMetric {
 public:
  std::string name() const override { return "sqnr"; }
  std::string unit() const override { return "dB"; }

  Aggregation aggregation() const override { return Aggregation::sums; }

  using Metric::value;
  double value(const Score& sum, std::size_t samples) const override {
    if (samples == 0) return 0;
    constexpr double kSmallest = std::numeric_limits<double>::epsilon();
    const double ratio = sum[1] == 0 ? 1 / kSmallest : sum[0] / sum[1];
    return 10 * std::log10(std::clamp(ratio, kSmallest, 1 / kSmallest));
  }

 protected:
  Score compare(const Outputs& outputs, const Outputs& reference) const override {
    Score energies{0, 0};
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      const std::vector<double> x = to_doubles(reference[i]);
      const std::vector<double> y = to_doubles(outputs[i]);
      for (std::size_t k = 0; k < x.size(); ++k) {
        energies[0] += x[k] * x[k];
        energies[1] += (x[k] - y[k]) * (x[k] - y[k]);
      }
    }
    return energies;
  }
};

class TopAgreement final : public FidelityMetric {
 public:
  std::string name() const override { return "top1_agreement"; }
  std::optional<ScoreBounds> bounds() const override { return ScoreBounds{0, 1}; }

 protected:
  Score compare(const Outputs& outputs, const Outputs& reference) const override {
    if (outputs.front().get_size() == 0) return {1};
    return {argmax(outputs.front()) == argmax(reference.front()) ? 1.0 : 0.0};
  }
};

class MseToFloat final : public FidelityMetric {
 public:
  std::string name() const override { return "mse_to_float"; }
  bool higher_is_better() const override { return false; }

 protected:
  Score compare(const Outputs& outputs, const Outputs& reference) const override {
    double squares = 0, values = 0;
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      const std::vector<double> x = to_doubles(reference[i]);
      const std::vector<double> y = to_doubles(outputs[i]);
      for (std::size_t k = 0; k < x.size(); ++k) squares += (x[k] - y[k]) * (x[k] - y[k]);
      values += static_cast<double>(x.size());
    }
    return {squares / std::max(values, 1.0)};
  }
};

class Divergence final : public FidelityMetric {
 public:
  std::string name() const override { return "kl"; }
  bool higher_is_better() const override { return false; }

 protected:
  Score compare(const Outputs& outputs, const Outputs& reference) const override {
    const ClassReading reading = read_classes(reference.front());
    const ClassRows& rows = reading.rows;
    if (rows.classes < 2 || rows.count() == 0) {
      throw Error(ErrorKind::input,
                  fmt::format("metric 'kl': the output has the shape {}, which holds no distribution; "
                              "an axis of at least 2 classes is needed (mse_to_float and sqnr compare "
                              "any values)",
                              reference.front().get_shape().to_string()));
    }
    const std::vector<double> float_values = to_doubles(reference.front());
    const std::vector<double> values = to_doubles(outputs.front());
    std::vector<double> log_p(rows.classes), log_q(rows.classes);
    double sum = 0;
    for (std::size_t row = 0; row < rows.count(); ++row) {
      const std::size_t first = row / rows.inner * rows.classes * rows.inner + row % rows.inner;
      for (std::size_t c = 0; c < rows.classes; ++c) {
        log_p[c] = float_values[first + c * rows.inner];
        log_q[c] = values[first + c * rows.inner];
      }
      to_log_probabilities(log_p, reading.values);
      to_log_probabilities(log_q, reading.values);
      double divergence = 0;
      for (std::size_t c = 0; c < rows.classes; ++c) divergence += std::exp(log_p[c]) * (log_p[c] - log_q[c]);
      sum += std::max(divergence, 0.0);  // below zero only by rounding
    }
    return {sum / static_cast<double>(rows.count())};
  }
};

}  // namespace

std::unique_ptr<Metric> make_cosine() { return std::make_unique<Cosine>(); }
std::unique_ptr<Metric> make_sqnr() { return std::make_unique<SignalToNoise>(); }
std::unique_ptr<Metric> make_top1_agreement() { return std::make_unique<TopAgreement>(); }
std::unique_ptr<Metric> make_mse_to_float() { return std::make_unique<MseToFloat>(); }
std::unique_ptr<Metric> make_kl() { return std::make_unique<Divergence>(); }

}  // namespace octune::evaluate
