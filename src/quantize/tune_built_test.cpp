// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/tune_built.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "graph/normalise.hpp"
#include "layerwise/tune_layers.hpp"
#include "octune/error.hpp"
#include "octune/quantize.hpp"
#include "quantize/apply.hpp"
#include "quantize/estimate.hpp"
#include "quantize/plan_normalised.hpp"
#include "quantize/test_runs.hpp"
#include "testing/models.hpp"

namespace octune::quantization {
namespace {

QuantizeOptions four_bits() {
  QuantizeOptions options;
  options.plan.preset = Preset::performance;
  options.plan.weights.bits = 4;  // so that rounding hurts
  options.subset_size = 0;
  return options;
}

LayerwiseOptions few_rows() {
  LayerwiseOptions layerwise;
  layerwise.rows = 500;
  layerwise.steps = 40;
  return layerwise;
}

/// Layers with one row a sample need so many to be tuned at all.
constexpr std::size_t kSamples = 160;

/// Signal to noise on samples that nothing was tuned on.
double fidelity(const std::shared_ptr<ov::Model>& model, const QuantizeResult& result) {
  std::vector<Sample> unseen = samples_for(*model, kSamples + 10);
  unseen.erase(unseen.begin(), unseen.begin() + kSamples);
  return signal_to_noise_db(run(model, unseen), run(result.model, unseen));
}

void expect_gain(const std::shared_ptr<ov::Model>& model, std::size_t layers) {
  const auto data = dataset(samples_for(*model, kSamples));
  QuantizeOptions options = four_bits();
  const QuantizeResult plain = quantize(model, *data, options);
  EXPECT_TRUE(plain.tuned_layers.empty());
  options.layerwise = few_rows();
  const QuantizeResult tuned = quantize(model, *data, options);
  EXPECT_EQ(tuned.tuned_layers.size(), layers);
  EXPECT_GT(tuned.timings_s.at("layerwise"), 0);
  const layerwise::Totals totals = layerwise::totals(tuned.tuned_layers);
  EXPECT_LT(totals.median_after, 0.9 * totals.median_before);
  EXPECT_GT(fidelity(model, tuned), fidelity(model, plain) + 1);
  EXPECT_EQ(to_text(tuned.plan), to_text(plain.plan));
}

TEST(TuneBuilt, TunesConvolutionsWhoseChannelsAreAligned) { expect_gain(testing::small_convnet(), 4); }

TEST(TuneBuilt, TunesTransformersWhoseInputsAreSmoothed) { expect_gain(testing::small_transformer(), 6); }

// The runtime leaves 16-bit quantizers of activations out: what the layers read is neither rounded nor cut off.
TEST(TuneBuilt, TakesInputsOf16BitsAsTheRuntimeDoes) {
  for (const auto& model : {testing::small_convnet(), testing::small_transformer()}) {
    const auto data = dataset(samples_for(*model, kSamples));
    QuantizeOptions options = four_bits();
    options.plan.activations.bits = 16;
    const QuantizeResult plain = quantize(model, *data, options);
    options.layerwise = few_rows();
    const QuantizeResult tuned = quantize(model, *data, options);
    const TunedLayer& first = tuned.tuned_layers.front();
    EXPECT_NEAR(first.loss_before, first.loss_untuned, 1e-3 * first.loss_untuned) << "nothing is tuned in front of it";
    EXPECT_GT(fidelity(model, tuned), fidelity(model, plain) + 1);
  }
}

/// The float model that layers are compared with computes what the model does.
TEST(Rescaled, ComputesTheSame) {
  for (const auto& model : {testing::small_convnet(), testing::small_transformer()}) {
    const auto normal = graph::normalise(model);
    const Plan plan = plan_normalised(*normal, {.preset = Preset::performance});
    const auto samples = samples_for(*model, 5);
    const Statistics statistics = collect(normal, required_statistics(plan), samples);
    EXPECT_GT(signal_to_noise_db(run(model, samples), run(rescaled(normal, plan, statistics), samples)), 90);
  }
}

}  // namespace
}  // namespace octune::quantization
