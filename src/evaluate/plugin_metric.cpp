// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/plugin_metric.hpp"

#include <fmt/format.h>

#include <cmath>
#include <optional>
#include <span>
#include <vector>

#include "base/plugin.hpp"
#include "octune/error.hpp"

namespace octune::evaluate {
namespace {

/// Tensors as plugins see them. The memory stays that of the given ones, which live as long.
class PluginTensors {
 public:
  explicit PluginTensors(const Outputs& tensors) : shapes_(tensors.size()) {
    for (std::size_t i = 0; i < tensors.size(); ++i) {
      dense_.push_back(tensors[i]);
      if (!tensors[i].is_continuous()) {
        dense_.back() = ov::Tensor(tensors[i].get_element_type(), tensors[i].get_shape());
        tensors[i].copy_to(dense_.back());
      }
      views_.push_back(base::to_plugin(dense_.back(), shapes_[i]));
    }
  }

  const octune_tensor* data() const { return views_.data(); }
  std::size_t size() const { return views_.size(); }

 private:
  Outputs dense_;
  std::vector<std::vector<int64_t>> shapes_;
  std::vector<octune_tensor> views_;
};

extern "C" void add_number(void* context, double number) { static_cast<Score*>(context)->push_back(number); }

class PluginMetric final : public Metric {
 public:
  explicit PluginMetric(const std::string& spec)
      : spec_(spec), table_(base::plugin_metric(spec)), state_(base::open_state(table_, spec)) {}

  std::string name() const override { return table_.name; }
  bool higher_is_better() const override { return table_.higher_is_better != 0; }
  MetricReference reference() const override {
    return table_.reference == OCTUNE_LABELS ? MetricReference::labels : MetricReference::float_outputs;
  }
  Aggregation aggregation() const override {
    if (table_.aggregation == OCTUNE_MEAN) return Aggregation::mean;
    return table_.aggregation == OCTUNE_SUMS ? Aggregation::sums : Aggregation::corpus;
  }
  std::optional<ScoreBounds> bounds() const override {
    if (table_.has_bounds == 0 || table_.aggregation != OCTUNE_MEAN) return std::nullopt;
    return ScoreBounds{table_.low, table_.high};
  }

  Score score(const Outputs& outputs, const Label& label) const override {
    octune_reference reference{label.text.c_str(), nullptr, nullptr, 0};
    if (!label.values) return score_against(outputs, reference);
    const PluginTensors values({label.values});
    reference.label_values = values.data();
    return score_against(outputs, reference);
  }
  Score score(const Outputs& outputs, const Outputs& float_outputs) const override {
    const PluginTensors tensors(float_outputs);
    return score_against(outputs, {"", nullptr, tensors.data(), tensors.size()});
  }

  double value(const Score& sum, std::size_t samples) const override {
    if (table_.aggregation != OCTUNE_SUMS || samples == 0) return Metric::value(sum, samples);
    return computed([&](double& value, octune_message& message) {
      return table_.value_of_sum(state_.get(), sum.data(), sum.size(), samples, &value, &message);
    });
  }
  double value(std::span<const Score> scores) const override {
    if (table_.aggregation != OCTUNE_CORPUS) return Metric::value(scores);
    if (scores.empty()) return 0;
    std::vector<const double*> numbers;
    std::vector<std::size_t> lengths;
    for (const Score& score : scores) {
      numbers.push_back(score.data());
      lengths.push_back(score.size());
    }
    return computed([&](double& value, octune_message& message) {
      return table_.value_of_scores(state_.get(), numbers.data(), lengths.data(), scores.size(), &value, &message);
    });
  }

 private:
  Score score_against(const Outputs& outputs, const octune_reference& reference) const {
    const PluginTensors tensors(outputs);
    Score score;
    octune_score sink{&score, add_number};
    base::call_plugin(spec_, [&](octune_message& message) {
      return table_.score(state_.get(), tensors.data(), tensors.size(), &reference, &sink, &message);
    });
    for (const double number : score) {
      if (!std::isfinite(number))
        throw Error(ErrorKind::input, fmt::format("{}: a score holds {}; give finite numbers", spec_, number));
    }
    if (table_.aggregation != OCTUNE_CORPUS && score.size() != table_.score_length) {
      throw Error(ErrorKind::input, fmt::format("{}: a score has {} numbers; its table says score_length {}", spec_,
                                                score.size(), table_.score_length));
    }
    if (const auto limits = bounds(); limits && (score[0] < limits->low || score[0] > limits->high)) {
      throw Error(ErrorKind::input, fmt::format("{}: a score is {}; its bounds are {} and {}", spec_, score[0],
                                                limits->low, limits->high));
    }
    return score;
  }

  template <class Function>
  double computed(Function function) const {
    double value = 0;
    base::call_plugin(spec_, [&](octune_message& message) { return function(value, message); });
    if (!std::isfinite(value)) {
      throw Error(ErrorKind::input, fmt::format("{}: the value is {}; it has to be finite", spec_, value));
    }
    return value;
  }

  std::string spec_;
  const octune_metric& table_;
  std::shared_ptr<void> state_;
};

}  // namespace

std::unique_ptr<Metric> make_plugin_metric(const std::string& spec) { return std::make_unique<PluginMetric>(spec); }

}  // namespace octune::evaluate
