// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/judged_output.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <vector>

#include "base/suggest.hpp"
#include "octune/error.hpp"

namespace octune::evaluate {
namespace {

class OfOutput final : public Metric {
 public:
  OfOutput(std::unique_ptr<Metric> metric, std::size_t output) : metric_(std::move(metric)), output_(output) {}

  std::string name() const override { return metric_->name(); }
  bool higher_is_better() const override { return metric_->higher_is_better(); }
  std::string unit() const override { return metric_->unit(); }
  MetricReference reference() const override { return metric_->reference(); }
  Aggregation aggregation() const override { return metric_->aggregation(); }
  std::optional<ScoreBounds> bounds() const override { return metric_->bounds(); }

  Score score(const Outputs& outputs, const Label& label) const override {
    return metric_->score(alone(outputs), label);
  }
  Score score(const Outputs& outputs, const Outputs& reference) const override {
    return metric_->score(alone(outputs), alone(reference));
  }
  double value(const Score& sum, std::size_t samples) const override { return metric_->value(sum, samples); }
  double value(std::span<const Score> scores) const override { return metric_->value(scores); }

 private:
  Outputs alone(const Outputs& outputs) const {
    if (output_ >= outputs.size()) {
      throw Error(ErrorKind::input,
                  fmt::format("metric '{}': output {} is to be judged but the model has {}; count them "
                              "from 0",
                              name(), output_, outputs.size()));
    }
    return {outputs[output_]};
  }

  std::unique_ptr<Metric> metric_;
  std::size_t output_;
};

}  // namespace

std::unique_ptr<Metric> of_output(std::unique_ptr<Metric> metric, std::size_t output) {
  return std::make_unique<OfOutput>(std::move(metric), output);
}

std::size_t output_index(const ov::Model& model, std::string_view name) {
  const std::string wanted(name);
  std::vector<std::string> known;
  for (std::size_t i = 0; i < model.outputs().size(); ++i) {
    const ov::Output<const ov::Node> output = model.output(i);
    const std::string node = output.get_node()->get_input_node_ptr(0)->get_friendly_name();
    const auto& names = output.get_names();
    if (names.contains(wanted) || node == wanted) return i;
    known.push_back(names.empty() ? node : *std::min_element(names.begin(), names.end()));
  }
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), index);
  if (error == std::errc{} && end == name.data() + name.size() && index < known.size()) return index;
  throw Error(ErrorKind::input,
              fmt::format("output: the model has no '{}'; {}", name, base::did_you_mean(name, known)));
}

}  // namespace octune::evaluate
