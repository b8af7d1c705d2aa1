// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <mutex>
#include <set>

#include "calibration/collect.hpp"
#include "calibration/test_nets.hpp"
#include "octune/error.hpp"

namespace octune::calibration {
namespace {

using ::testing::ElementsAre;

/// Every kind of request, all of which small_net() has.
std::vector<StatisticRequest> requests_of_all_kinds() {
  std::vector<StatisticRequest> requests;
  for (const char* tensor : {"x", "conv", "relu", "scaled", "transposed", "fc"}) {
    for (const std::optional<std::size_t> axis : {kWhole, std::optional<std::size_t>(1)}) {
      for (const Reduction reduction : {Reduction::min, Reduction::max, Reduction::mean, Reduction::histogram})
        requests.push_back({{tensor, 0}, reduction, 0, axis});
      for (const double q : {0.001, 0.5, 0.9999}) {
        requests.push_back({{tensor, 0}, Reduction::quantile, q, axis});
        requests.push_back({{tensor, 0}, Reduction::abs_quantile, q, axis});
      }
    }
  }
  return requests;
}

/// Samples in sequences.
class Sequences final : public Dataset {
 public:
  Sequences(Tensors samples, std::size_t length) : samples_(std::move(samples)), length_(length) {}
  std::size_t size() const override { return samples_.size(); }
  std::size_t sequence_length() const override { return length_; }
  Sample sample(std::size_t index) const override { return samples_.sample(index); }

 private:
  Tensors samples_;
  std::size_t length_;
};

/// Asks to stop as soon as so many samples are done, and notes what it is told.
class Stopper : public Observer {
 public:
  explicit Stopper(std::size_t stop_at = ~std::size_t{0}) : stop_at_(stop_at) {}
  void progress(std::string_view, std::size_t done, std::size_t) override { done_ = done; }
  bool should_stop() const override { return done_ >= stop_at_; }
  void message(Severity severity, std::string_view text) override {
    EXPECT_EQ(severity, Severity::warning);
    messages.emplace_back(text);
  }

  std::vector<std::string> messages;

 private:
  std::size_t stop_at_, done_ = 0;
};

class Collecting {
 public:
  Collecting(std::shared_ptr<ov::Model> model, const Dataset& data, std::vector<StatisticRequest> requests)
      : model_(std::move(model)),
        data_(data),
        requests_(std::move(requests)),
        indices_(choose_samples(data.size(), 0, false, 0, data.sequence_length())) {}

  Statistics nothing() const { return empty_statistics(data_.size(), data_.sequence_length()); }

  /// Returns the number of passes.
  std::size_t collect(Statistics& statistics, const CollectOptions& options = {.threads = 2},
                      Observer* observer = nullptr, SampleWatcher* watcher = nullptr) const {
    std::map<std::string, double> timings;
    return calibration::collect(infer::Runtime(), model_, requests_, data_, indices_, options, statistics, timings,
                                observer, watcher);
  }

  Statistics all_at_once() const {
    Statistics statistics = nothing();
    EXPECT_EQ(collect(statistics), 1u);
    return statistics;
  }

  std::size_t seen(const Statistics& statistics) const { return statistics.seen(requests_.front()); }

 private:
  std::shared_ptr<ov::Model> model_;
  const Dataset& data_;
  std::vector<StatisticRequest> requests_;
  std::vector<std::size_t> indices_;
};

TEST(CollectInterrupted, AnotherCallGoesOnToTheSameStatistics) {
  const Tensors data = noise_samples(11, {1, 3, 8, 6});
  const Collecting collecting(small_net({1, 3, 8, 6}), data, requests_of_all_kinds());
  const Statistics expected = collecting.all_at_once();
  for (const std::size_t stop_at : {0u, 1u, 4u, 10u, 11u}) {
    Statistics statistics = collecting.nothing();
    Stopper first(stop_at);
    if (stop_at < data.size()) {
      EXPECT_THROW(collecting.collect(statistics, {.threads = 2}, &first), Interrupted);
    } else {
      collecting.collect(statistics, {.threads = 2}, &first);  // the last result was there already
    }
    EXPECT_GE(collecting.seen(statistics), stop_at);
    EXPECT_LE(collecting.seen(statistics), stop_at + 4) << "more than was in flight";
    const bool was_complete = collecting.seen(statistics) == data.size();
    EXPECT_EQ(collecting.collect(statistics), was_complete ? 0u : 1u) << stop_at;
    EXPECT_TRUE(identical(statistics, expected)) << stop_at;
  }
}

TEST(CollectInterrupted, SequencesAreWhole) {
  const Sequences data(noise_samples(10, {1, 3, 8, 6}), 4);
  const Collecting collecting(small_net({1, 3, 8, 6}), data, requests_of_all_kinds());
  const Statistics expected = collecting.all_at_once();
  for (const std::size_t stop_at : {1u, 3u, 5u}) {
    Statistics statistics = collecting.nothing();
    Stopper first(stop_at);
    EXPECT_THROW(collecting.collect(statistics, {.threads = 1}, &first), Interrupted);
    EXPECT_EQ(collecting.seen(statistics) % 4, 0u) << stop_at;
    EXPECT_GE(collecting.seen(statistics), stop_at);
    collecting.collect(statistics, {.threads = 2});
    EXPECT_TRUE(identical(statistics, expected)) << stop_at;
  }
}

// The first sample of all has the fixed shape, also when collecting goes on behind it.
TEST(CollectInterrupted, ShapesMayChange) {
  Tensors data = noise_samples(1, {1, 3, 8, 64});
  for (std::size_t i = 1; i < 9; ++i) data.add({1, 3, 8, 24}, noise(std::size_t{3} * 8 * 24, i + 1));
  const Collecting collecting(small_net({1, 3, 8, -1}), data, requests_of_all_kinds());
  const Statistics expected = collecting.all_at_once();
  Statistics statistics = collecting.nothing();
  Stopper first(4);
  EXPECT_THROW(collecting.collect(statistics, {.threads = 2}, &first), Interrupted);
  collecting.collect(statistics);
  EXPECT_TRUE(identical(statistics, expected));
}

TEST(CollectInterrupted, RequestsThatSawDifferentNumbersTakeAPassEach) {
  const Tensors data = noise_samples(5, {1, 3, 8, 6});
  const StatisticRequest max{{"conv", 0}, Reduction::max, 0, kWhole}, min{{"conv", 0}, Reduction::min, 0, kWhole};
  const Collecting one(small_net({1, 3, 8, 6}), data, {max}), both(small_net({1, 3, 8, 6}), data, {max, min});
  Statistics statistics = one.nothing();
  Stopper stopper(1);
  EXPECT_THROW(one.collect(statistics, {.threads = 1}, &stopper), Interrupted);
  EXPECT_EQ(both.collect(statistics), 2u);
  EXPECT_TRUE(identical(statistics, both.all_at_once()));
}

TEST(CollectWatched, EverySampleOnceInTheFirstPassOnly) {
  class Watcher : public SampleWatcher {
   public:
    void sample(std::size_t position, std::size_t index, const Sample& decoded, const Sample& fitted) override {
      const std::lock_guard lock(mutex);
      EXPECT_TRUE(seen.insert(position).second) << "twice";
      EXPECT_EQ(position, index);
      EXPECT_EQ(decoded.at("x").data(), fitted.at("x").data());
    }
    std::mutex mutex;
    std::set<std::size_t> seen;
  };
  const Tensors data = noise_samples(7, {1, 3, 8, 6});
  const Collecting collecting(small_net({-1, 3, -1, -1}), data, requests_of_all_kinds());
  Watcher watcher;
  Statistics statistics = collecting.nothing();
  EXPECT_GT(collecting.collect(statistics, {.threads = 2, .max_memory = 1}, nullptr, &watcher), 1u);
  EXPECT_THAT(watcher.seen, ElementsAre(0, 1, 2, 3, 4, 5, 6));
}

TEST(CollectWithinMemory, MorePassesAndTheSameStatistics) {
  const Tensors data = noise_samples(5, {1, 3, 8, 6});
  const Collecting collecting(small_net({1, 3, 8, 6}), data, requests_of_all_kinds());
  const Statistics expected = collecting.all_at_once();

  Statistics unlimited = collecting.nothing();
  Stopper quiet;
  EXPECT_EQ(collecting.collect(unlimited, {.threads = 2, .max_memory = std::uint64_t{1} << 50}, &quiet), 1u);
  EXPECT_TRUE(identical(unlimited, expected));
  EXPECT_TRUE(quiet.messages.empty());

  Statistics tight = collecting.nothing();
  Stopper told;
  // Behind "scaled" the values only change places: without channels they are the same tensor.
  EXPECT_EQ(collecting.collect(tight, {.threads = 2, .max_memory = 1}, &told), 6u);
  EXPECT_TRUE(identical(tight, expected));
  ASSERT_EQ(told.messages.size(), 1u);
  EXPECT_THAT(
      told.messages[0],
      testing::MatchesRegex("calibration: 1 KiB of memory are allowed, but inference alone takes [0-9]+ MiB and "
                            "statistics [0-9]+ MiB \\(most of it for tensor '[a-z]+'\\); it goes on in 6 passes and "
                            "takes more than that; allow at least [0-9]+ MiB, or use fewer threads"));
}

TEST(ChooseSamples, TheFirstOnesOrARandomSubset) {
  EXPECT_THAT(choose_samples(5, 3, false, 0), ElementsAre(0, 1, 2));
  EXPECT_THAT(choose_samples(2, 3, false, 0), ElementsAre(0, 1));
  EXPECT_THAT(choose_samples(3, 0, true, 7), ElementsAre(0, 1, 2));
  EXPECT_EQ(choose_samples(100, 10, true, 7), choose_samples(100, 10, true, 7));
  EXPECT_NE(choose_samples(100, 10, true, 7), choose_samples(100, 10, true, 8));
}

TEST(ChooseSamples, SequencesAreTakenWhole) {
  EXPECT_THAT(choose_samples(10, 5, false, 0, 4), ElementsAre(0, 1, 2, 3, 4, 5, 6, 7));
  EXPECT_THAT(choose_samples(10, 0, false, 0, 4), ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
  EXPECT_THAT(choose_samples(3, 1, false, 0, 8), ElementsAre(0, 1, 2));
  const std::vector<std::size_t> drawn = choose_samples(100, 20, true, 7, 10);
  ASSERT_EQ(drawn.size(), 20u);
  for (std::size_t i = 0; i < drawn.size(); ++i) EXPECT_EQ(drawn[i] % 10, i % 10);
  EXPECT_NE(drawn, choose_samples(100, 20, false, 7, 10));
}

/// x[1,1] -> y = memory + x, kept as the memory: the sums of a sequence.
TEST(Collect, StateIsCarriedOverASequence) {
  const auto x = std::make_shared<ops::Parameter>(ov::element::f32, ov::PartialShape{1, 1});
  x->output(0).set_names({"x"});
  const auto variable = std::make_shared<ov::op::util::Variable>(
      ov::op::util::VariableInfo{ov::PartialShape{1, 1}, ov::element::f32, "memory"});
  const auto zero = ops::Constant::create(ov::element::f32, {1, 1}, {0.0F});
  const auto read = std::make_shared<ops::ReadValue>(zero, variable);
  const auto sum = std::make_shared<ops::Add>(read, x);
  sum->set_friendly_name("sum");
  const auto assign = std::make_shared<ops::Assign>(sum, variable);
  const auto model = std::make_shared<ov::Model>(ov::ResultVector{std::make_shared<ops::Result>(sum)},
                                                 ov::SinkVector{assign}, ov::ParameterVector{x});
  class Ones final : public Dataset {
   public:
    explicit Ones(std::size_t length) : length_(length) {}
    std::size_t size() const override { return 6; }
    std::size_t sequence_length() const override { return length_; }
    Sample sample(std::size_t) const override {
      ov::Tensor one(ov::element::f32, {1, 1});
      *one.data<float>() = 1;
      return {{"x", one}};
    }

   private:
    std::size_t length_;
  };
  const StatisticRequest highest{{"sum"}, Reduction::max, 0, {}};
  const auto rows = [&](std::size_t length) {
    std::map<std::string, double> timings;
    const std::vector<StatisticRequest> requests{highest};
    const Ones data(length);
    return collect(infer::Runtime(), model, requests, data, choose_samples(6, 0, false, 0, length), {.threads = 2},
                   timings, nullptr)
        .at(highest)
        .rows.read();
  };
  EXPECT_THAT(rows(1), ElementsAre(1, 1, 1, 1, 1, 1));
  EXPECT_THAT(rows(3), ElementsAre(3, 3));  // a sequence gives one row
  EXPECT_THAT(rows(4), ElementsAre(4, 2));
}

}  // namespace
}  // namespace octune::calibration
