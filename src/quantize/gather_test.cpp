// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0

// What quantize() and calibrate() keep in options.statistics and find there again.
#include "quantize/gather.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <functional>
#include <openvino/pass/serialize.hpp>
#include <sstream>

#include "graph/normalise.hpp"
#include "octune/calibrate.hpp"
#include "octune/error.hpp"
#include "octune/quantize.hpp"
#include "quantize/estimate.hpp"
#include "quantize/plan_normalised.hpp"
#include "quantize/test_runs.hpp"
#include "testing/models.hpp"

namespace octune::quantization {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

/// Counts how often samples are decoded.
class Counted final : public Dataset {
 public:
  explicit Counted(std::vector<Sample> samples) : samples_(std::move(samples)) {}

  std::size_t size() const override { return samples_.size(); }
  Sample sample(std::size_t index) const override {
    ++decoded;
    return samples_.at(index);
  }
  std::optional<std::uint64_t> source_fingerprint(std::size_t index) const override {
    return cheap ? std::optional<std::uint64_t>(content + index) : std::nullopt;
  }
  std::string preprocessing() const override { return formula; }

  bool cheap = false;         ///< has fingerprints of its own
  std::uint64_t content = 7;  ///< what they are made of
  std::string formula;
  mutable std::atomic<std::size_t> decoded = 0;

 private:
  std::vector<Sample> samples_;
};

class Listener final : public Observer {
 public:
  void message(Severity severity, std::string_view text) override {
    (severity == Severity::warning ? warnings : messages).emplace_back(text);
  }
  void progress(std::string_view stage, std::size_t done, std::size_t total) override {
    if (!stage.starts_with("calibration")) return;
    calibrated = done;
    if (done == total) ++passes;
    if (done >= stop_after && at_stop) at_stop();
  }
  bool should_stop() const override {
    return calibrated >= stop_after || (passes >= stop_after_passes && calibrated < 3);
  }

  std::vector<std::string> messages, warnings;
  std::size_t calibrated = 0;
  std::size_t stop_after = SIZE_MAX;
  std::size_t stop_after_passes = SIZE_MAX;
  std::size_t passes = 0;
  std::function<void()> at_stop;
};

std::string bytes_of(const std::shared_ptr<ov::Model>& model) {
  std::stringstream graph, weights;
  ov::pass::Serialize(graph, weights).run_on_model(model);
  return graph.str() + weights.str();
}

class StatisticsReuse : public ::testing::Test {
 protected:
  static constexpr std::size_t kSamples = 12;

  StatisticsReuse() {
    static std::atomic<int> count = 0;
    folder_ = fs::temp_directory_path() / fmt::format("octune_gather_test_{}_{}", ::getpid(), count++);
    fs::create_directories(folder_);
    options_.subset_size = 0;
    options_.threads = 2;
    options_.statistics = StatisticsFile{folder_ / "statistics.octs", ForeignStatistics::refuse};
  }
  ~StatisticsReuse() override {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }

  const fs::path& file() const { return options_.statistics->path; }
  std::string content() const {
    std::ostringstream text;
    text << std::ifstream(file(), std::ios::binary).rdbuf();
    return text.str();
  }
  std::string error_of(const std::function<void()>& call) const {
    try {
      call();
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::input);
      return error.what();
    }
    return "no error";
  }
  QuantizeOptions without_file(QuantizeOptions options) const {
    options.statistics.reset();
    return options;
  }

  fs::path folder_;
  std::shared_ptr<ov::Model> model_ = testing::small_convnet();
  Counted data_{samples_for(*model_, kSamples)};
  QuantizeOptions options_;
};

TEST_F(StatisticsReuse, TheSecondRunRunsNothingAndMakesTheSameModel) {
  const QuantizeResult first = quantize(model_, data_, options_);
  EXPECT_EQ(first.passes, 1u);
  EXPECT_EQ(first.reused_samples, 0u);
  EXPECT_EQ(data_.decoded, kSamples) << "each sample is decoded once";
  const std::string written = content();
  const auto written_at = fs::last_write_time(file());
  data_.decoded = 0;

  const QuantizeResult second = quantize(model_, data_, options_);
  EXPECT_EQ(second.passes, 0u);
  EXPECT_EQ(second.reused_samples, kSamples);
  EXPECT_EQ(data_.decoded, kSamples) << "without fingerprints of its own, to compare the samples";
  EXPECT_EQ(second.timings_s.count("calibrate"), 0u);
  EXPECT_TRUE(bytes_of(first.model) == bytes_of(second.model));
  EXPECT_TRUE(content() == written);
  EXPECT_EQ(fs::last_write_time(file()), written_at) << "what was not collected is not written";
  EXPECT_EQ(first.model_hash, second.model_hash);
  EXPECT_GT(second.requests, 0u);
}

TEST_F(StatisticsReuse, DataWithFingerprintsOfTheirOwnAreNotEvenDecoded) {
  data_.cheap = true;
  quantize(model_, data_, options_);
  data_.decoded = 0;
  EXPECT_EQ(quantize(model_, data_, options_).passes, 0u);
  EXPECT_EQ(data_.decoded, 0u);
}

TEST_F(StatisticsReuse, WhetherThereIsAFileChangesNothing) {
  const QuantizeResult with = quantize(model_, data_, options_);
  const QuantizeResult without = quantize(model_, data_, without_file(options_));
  EXPECT_TRUE(bytes_of(with.model) == bytes_of(without.model));
}

TEST_F(StatisticsReuse, AnotherPresetAndIgnoredOperationsNeedNoPass) {
  quantize(model_, data_, options_);
  const std::string written = content();
  QuantizeOptions options = options_;
  options.plan.preset = Preset::accuracy;
  options.plan.ignored.names = {"conv2"};
  options.plan.activations.range_estimator.max.aggregator = Aggregator::max;
  const QuantizeResult result = quantize(model_, data_, options);
  EXPECT_EQ(result.passes, 0u);
  EXPECT_TRUE(bytes_of(result.model) == bytes_of(quantize(model_, data_, without_file(options)).model));
  EXPECT_TRUE(content() == written);
}

/// The requests of all presets, switches and ignored operations on `target` that `statistics` lack.
std::vector<StatisticRequest> lacking(const Statistics& statistics, const ov::Model& normal,
                                      const std::string& target) {
  std::vector<std::string> ignored{""};
  for (const auto& [name, node] : graph::nodes_by_name(normal)) {
    if (graph::is_linear(*node)) ignored.push_back(name);
  }
  EXPECT_GT(ignored.size(), 3u);
  std::vector<StatisticRequest> all;
  PlanOptions options;
  options.target_device = target;
  for (const Preset preset : {Preset::performance, Preset::mixed, Preset::accuracy}) {
    options.preset = preset;
    for (const bool rescaled : {true, false}) {
      options.channel_alignment = rescaled;
      options.smooth_quant = rescaled;
      for (const std::string& name : ignored) {
        options.ignored.names.clear();
        if (!name.empty()) options.ignored.names.push_back(name);
        all = united(all, missing(statistics, required_statistics(plan_normalised(normal, options))));
      }
    }
  }
  return all;
}

TEST_F(StatisticsReuse, NoPresetOrIgnoredOperationAsksForMoreAndAfterEverythingNoTargetDoes) {
  for (const auto& model : {testing::small_convnet(), testing::small_transformer()}) {
    fs::remove(file());
    const auto normal = graph::normalise(model);
    const Counted data(samples_for(*model, kSamples));
    quantize(model, data, options_);
    EXPECT_THAT(lacking(load_statistics(file()).statistics, *normal, "CPU"), IsEmpty());
    QuantizeOptions everything = options_;
    everything.collection = Collection::everything;
    const Statistics all = calibrate(model, data, everything).calibration.statistics;
    for (const char* target : {"CPU", "GPU", "NPU", "VPU", "GNA"})
      EXPECT_THAT(lacking(all, *normal, target), IsEmpty()) << target;
  }
}

TEST_F(StatisticsReuse, OtherEstimatorsTakeOnePassForWhatIsMissing) {
  quantize(model_, data_, options_);
  const std::size_t before = load_statistics(file()).statistics.requests().size();
  for (const EstimatorPreset estimator : {EstimatorPreset::quantile, EstimatorPreset::mse}) {
    QuantizeOptions options = options_;
    options.plan.activations.range_estimator.preset = estimator;
    Listener listener;
    const QuantizeResult found = quantize(model_, data_, options, &listener);
    EXPECT_EQ(found.passes, 1u);
    EXPECT_THAT(listener.messages,
                Contains(AllOf(StartsWith(file().string() + ": "), EndsWith(" more are collected now"))));
    EXPECT_EQ(quantize(model_, data_, options).passes, 0u) << "now they are there";
    EXPECT_TRUE(bytes_of(found.model) == bytes_of(quantize(model_, data_, without_file(options)).model));
  }
  EXPECT_GT(load_statistics(file()).statistics.requests().size(), before);
  EXPECT_EQ(quantize(model_, data_, options_).passes, 0u) << "what was there stays";
}

TEST_F(StatisticsReuse, AfterEverythingNoEstimatorNeedsAPass) {
  options_.collection = Collection::everything;
  const CalibrateResult calibrated = calibrate(model_, data_, options_);
  EXPECT_EQ(calibrated.passes, 1u);
  EXPECT_EQ(calibrated.calibration.statistics.samples(), kSamples);
  EXPECT_EQ(calibrated.calibration.key.samples.size(), kSamples);
  for (const EstimatorPreset estimator : {EstimatorPreset::standard, EstimatorPreset::quantile,
                                          EstimatorPreset::histogram, EstimatorPreset::mse, EstimatorPreset::kl}) {
    QuantizeOptions options = options_;
    options.plan.activations.range_estimator.preset = estimator;
    options.plan.preset = Preset::mixed;
    EXPECT_EQ(quantize(model_, data_, options).passes, 0u) << static_cast<int>(estimator);
    EXPECT_EQ(quantize(model_, calibrated.calibration, options).passes, 0u) << static_cast<int>(estimator);
  }
  EXPECT_EQ(calibrate(model_, data_, options_).passes, 0u);
}

/// A file with everything must not make another model than one with the least.
TEST_F(StatisticsReuse, WhatElseAFileHoldsDoesNotMatter) {
  options_.plan.activations.range_estimator.preset = EstimatorPreset::mse;
  const std::string least = bytes_of(quantize(model_, data_, without_file(options_)).model);
  options_.collection = Collection::everything;
  calibrate(model_, data_, options_);
  EXPECT_TRUE(bytes_of(quantize(model_, data_, options_).model) == least);
}

TEST_F(StatisticsReuse, StatisticsOfSomethingElseAreRefusedWithTheNameOfWhatDiffers) {
  data_.cheap = true;
  data_.formula = "value / 255";
  options_.shuffle = true;
  options_.subset_size = 8;
  quantize(model_, data_, options_);
  const auto refusal = [&](const std::shared_ptr<ov::Model>& model) {
    return error_of([&] { quantize(model, data_, options_); });
  };
  const std::string held = file().string() + ": holds statistics of another run; what differs: ";
  const std::string advice = "; name another file, or remove this one to collect them anew";
  const auto changed = model_->clone();
  for (const auto& node : changed->get_ops()) {
    if (node->get_friendly_name() == "relu1") node->set_friendly_name("first");
  }
  EXPECT_THAT(refusal(changed), AllOf(StartsWith(held), HasSubstr("the model"), EndsWith(advice)));
  options_.seed = 5;
  EXPECT_THAT(refusal(model_), AllOf(StartsWith(held), HasSubstr("seed"), EndsWith(advice)));
  options_.seed = 0;
  data_.formula = "value";
  EXPECT_THAT(refusal(model_), AllOf(StartsWith(held), HasSubstr("preprocessing"), EndsWith(advice)));
  data_.formula = "value / 255";
  data_.content = 1000;
  EXPECT_THAT(refusal(model_), AllOf(StartsWith(held), HasSubstr("8 of 8 samples"), EndsWith(advice)));
  data_.content = 7;
  EXPECT_EQ(quantize(model_, data_, options_).passes, 0u) << "everything is as it was";
}

TEST_F(StatisticsReuse, StatisticsOfSomethingElseAreReplacedIfTheyMayBe) {
  quantize(model_, data_, options_);
  options_.statistics->foreign = ForeignStatistics::replace;
  const Counted other(samples_for(*model_, kSamples, 2));
  Listener listener;
  EXPECT_EQ(quantize(model_, other, options_, &listener).passes, 1u);
  EXPECT_THAT(listener.messages, Contains(AllOf(HasSubstr("12 of 12 samples"), EndsWith("; they are collected anew"))));
  EXPECT_EQ(quantize(model_, other, options_).passes, 0u);
}

TEST_F(StatisticsReuse, ADamagedFileIsAnErrorOrReplaced) {
  std::ofstream(file()) << "nonsense";
  EXPECT_THAT(error_of([&] { quantize(model_, data_, options_); }), HasSubstr(file().string()));
  EXPECT_EQ(data_.decoded, 0u);
  options_.statistics->foreign = ForeignStatistics::replace;
  const QuantizeResult result = quantize(model_, data_, options_);
  EXPECT_EQ(result.passes, 1u);
  EXPECT_THAT(result.warnings, Contains(EndsWith("; the statistics are collected anew")));
  EXPECT_EQ(quantize(model_, data_, options_).passes, 0u);
}

TEST_F(StatisticsReuse, AnInterruptedRunGoesOnWhereItStopped) {
  data_.cheap = true;
  const std::string whole = bytes_of(quantize(model_, data_, without_file(options_)).model);
  data_.decoded = 0;
  Listener listener;
  listener.stop_after = 5;
  std::string text;
  try {
    quantize(model_, data_, options_, &listener);
  } catch (const Interrupted& interrupted) {
    text = interrupted.what();
  }
  ASSERT_THAT(text, AllOf(StartsWith("interrupted; "),
                          EndsWith(" of 12 samples are kept in " + file().string() + "; the same command goes on")));
  const std::size_t kept = std::stoul(text.substr(std::string("interrupted; ").size()));
  EXPECT_GE(kept, 5u);
  EXPECT_LT(kept, kSamples);

  data_.decoded = 0;
  const QuantizeResult result = quantize(model_, data_, options_);
  EXPECT_EQ(result.passes, 1u);
  EXPECT_EQ(result.reused_samples, kept);
  EXPECT_LE(data_.decoded, kSamples - kept);
  EXPECT_TRUE(bytes_of(result.model) == whole);
  EXPECT_EQ(quantize(model_, data_, options_).passes, 0u);
}

// An interrupted file is of the samples that were chosen, not of those that were seen.
TEST_F(StatisticsReuse, AnInterruptedRunOverOtherSamplesIsForeign) {
  Listener listener;
  listener.stop_after = 5;
  std::string text;
  try {
    quantize(model_, data_, options_, &listener);
  } catch (const Interrupted& interrupted) {
    text = interrupted.what();
  }
  ASSERT_THAT(text, StartsWith("interrupted; "));
  options_.subset_size = std::stoul(text.substr(std::string("interrupted; ").size()));
  ASSERT_LT(options_.subset_size, kSamples);
  EXPECT_THAT(error_of([&] { quantize(model_, data_, options_); }),
              HasSubstr(fmt::format("an interrupted run over {} samples, not {}", kSamples, options_.subset_size)));
}

// What is odd about the data is said after an interruption too, whenever that came.
TEST_F(StatisticsReuse, FindingsSurviveAnInterruptionInALaterPass) {
  data_.cheap = true;
  options_.collection = Collection::everything;
  options_.max_memory = 1;
  const std::vector<DataFinding> expected = calibrate(model_, data_, without_file(options_)).calibration.findings;
  Listener listener;
  listener.stop_after_passes = 1;
  EXPECT_THROW(calibrate(model_, data_, options_, &listener), Interrupted);
  const std::vector<DataFinding> kept = calibrate(model_, data_, options_).calibration.findings;
  ASSERT_FALSE(expected.empty());
  ASSERT_EQ(kept.size(), expected.size());
  for (std::size_t i = 0; i < kept.size(); ++i) EXPECT_EQ(kept[i].text, expected[i].text);
}

TEST_F(StatisticsReuse, AnInterruptedRunGoesOnWithoutFingerprintsToo) {
  const std::string whole = bytes_of(quantize(model_, data_, without_file(options_)).model);
  for (int times = 0; times < 2; ++times) {
    Listener listener;
    listener.stop_after = 2;
    EXPECT_THROW(quantize(model_, data_, options_, &listener), Interrupted);
  }
  EXPECT_TRUE(bytes_of(quantize(model_, data_, options_).model) == whole);
}

TEST_F(StatisticsReuse, AnInterruptionIsNotHiddenByAFileThatCannotBeWritten) {
  Listener listener;
  listener.stop_after = 3;
  listener.at_stop = [&] { fs::remove_all(folder_); };
  EXPECT_THROW(quantize(model_, data_, options_, &listener), Interrupted);
  EXPECT_THAT(listener.warnings, Contains(StartsWith("what was collected could not be kept: ")));
}

TEST_F(StatisticsReuse, AnInterruptionBeforeTheFirstSampleLeavesNothing) {
  Listener listener;
  listener.stop_after = 0;
  EXPECT_THROW(quantize(model_, data_, options_, &listener), Interrupted);
  EXPECT_FALSE(fs::exists(file()));
}

TEST_F(StatisticsReuse, AFolderThatCannotBeWrittenIsFoundBeforeAnyInference) {
  std::ofstream(folder_ / "occupied") << "a file";
  options_.statistics->path = folder_ / "occupied" / "statistics.octs";
  try {
    quantize(model_, data_, options_);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::io);
  }
  EXPECT_EQ(data_.decoded, 0u);
}

TEST_F(StatisticsReuse, StatisticsAloneMakeTheSameModel) {
  const QuantizeResult from_data = quantize(model_, data_, options_);
  const QuantizeResult alone = quantize(model_, load_statistics(file()), without_file(options_));
  EXPECT_TRUE(bytes_of(alone.model) == bytes_of(from_data.model));
  EXPECT_EQ(alone.passes, 0u);
  EXPECT_EQ(alone.samples_used, kSamples);
  EXPECT_EQ(alone.reused_samples, kSamples);
  EXPECT_EQ(alone.model_hash, from_data.model_hash);
}

TEST_F(StatisticsReuse, StatisticsAloneHaveToFitModelAndPlan) {
  quantize(model_, data_, options_);
  const Calibration calibration = load_statistics(file());
  EXPECT_THAT(error_of([&] { quantize(testing::conv_batch_norm_relu(), calibration); }),
              AllOf(StartsWith("the statistics are not of this model; what differs: the model"),
                    EndsWith("; collect them with 'octune calibrate MODEL --data SPEC -o FILE'")));
  QuantizeOptions options;
  options.plan.activations.range_estimator.preset = EstimatorPreset::quantile;
  EXPECT_THAT(error_of([&] { quantize(model_, calibration, options); }),
              AllOf(StartsWith("of the "), HasSubstr(" are not in the file (which holds "),
                    EndsWith("; 'octune calibrate MODEL --data SPEC -o FILE' with the same options collects them")));
  options.plan.activations.range_estimator.preset.reset();
  options.plan.bias_correction = BiasCorrectionMethod::sequential;
  try {
    quantize(model_, calibration, options);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::input);
    EXPECT_STREQ(error.what(),
                 "sequential bias correction runs the model on calibration data, and there are statistics only; give "
                 "data, or choose --bias-correction fast");
  }
}

TEST_F(StatisticsReuse, StatisticsOfAnInterruptedRunAreNotEnoughAlone) {
  Listener listener;
  listener.stop_after = 5;
  EXPECT_THROW(quantize(model_, data_, options_, &listener), Interrupted);
  EXPECT_THAT(error_of([&] { quantize(model_, load_statistics(file())); }),
              AllOf(StartsWith("the run that collected the statistics was interrupted after "),
                    EndsWith(" of 12 samples; let the same command go on first")));
}

TEST_F(StatisticsReuse, ASequentialCorrectionReusesWhatItsPlanNeeds) {
  options_.plan.bias_correction = BiasCorrectionMethod::sequential;
  const QuantizeResult first = quantize(model_, data_, options_);
  const QuantizeResult second = quantize(model_, data_, options_);
  EXPECT_EQ(second.passes, 0u);
  EXPECT_TRUE(bytes_of(first.model) == bytes_of(second.model));
}

}  // namespace
}  // namespace octune::quantization
