// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "data/split.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "data/sequences.hpp"
#include "data/test_files.hpp"

namespace octune::data {
namespace {

using test::error_of;
using testing::ElementsAre;
using testing::IsEmpty;

/// Samples that are known by a number each.
class Numbered final : public Dataset {
 public:
  explicit Numbered(std::vector<std::uint64_t> numbers, bool known = true)
      : numbers_(std::move(numbers)), known_(known) {}
  explicit Numbered(std::size_t size) : numbers_(size) { std::iota(numbers_.begin(), numbers_.end(), 0); }

  std::size_t size() const override { return numbers_.size(); }
  Sample sample(std::size_t index) const override {
    ov::Tensor tensor(ov::element::u64, {1});
    *tensor.data<std::uint64_t>() = numbers_.at(index);
    return {{"x", tensor}};
  }
  std::optional<std::uint64_t> source_fingerprint(std::size_t index) const override {
    return known_ ? std::optional(numbers_.at(index)) : std::nullopt;
  }
  std::string preprocessing() const override { return "as it is"; }
  std::string name(std::size_t index) const override { return fmt::format("n{}", numbers_.at(index)); }

 private:
  std::vector<std::uint64_t> numbers_;
  bool known_ = true;
};

TEST(Split, PartsTheSamples) {
  for (const double validation : {0.3, 30.0}) {
    const Split split = split_dataset(Numbered(100), validation, 7);
    EXPECT_EQ(split.validation.size(), 30u);
    std::vector<std::size_t> all = split.calibration;
    all.insert(all.end(), split.validation.begin(), split.validation.end());
    EXPECT_TRUE(std::is_sorted(split.calibration.begin(), split.calibration.end()));
    EXPECT_TRUE(std::is_sorted(split.validation.begin(), split.validation.end()));
    std::sort(all.begin(), all.end());
    std::vector<std::size_t> expected(100);
    std::iota(expected.begin(), expected.end(), 0u);
    EXPECT_EQ(all, expected);
  }
  EXPECT_EQ(split_dataset(Numbered(10), 0.01, 0).validation.size(), 1u) << "at least one sample";
  EXPECT_EQ(split_dataset(Numbered(10), 0.26, 0).validation.size(), 3u);
}

TEST(Split, DependsOnTheSeedAlone) {
  EXPECT_EQ(split_dataset(Numbered(50), 0.5, 3).validation, split_dataset(Numbered(50), 25, 3).validation);
  EXPECT_NE(split_dataset(Numbered(50), 0.5, 3).validation, split_dataset(Numbered(50), 0.5, 4).validation);
  // Every sample has the same chance: 2,000 splits of 10, 3 each; 600 expected, deviation 20.
  std::vector<int> times(10);
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    for (const std::size_t index : split_dataset(Numbered(10), 3, seed).validation) ++times[index];
  }
  for (const int count : times) EXPECT_NEAR(count, 600, 100);
}

TEST(Split, KeepsSequencesWhole) {
  const auto frames = as_sequences(std::make_unique<Numbered>(23), 5);
  const Split split = split_dataset(*frames, 7, 1);
  ASSERT_EQ(split.validation.size(), 10u) << "two sequences hold 7 samples";
  for (std::size_t i = 0; i < 10; i += 5) {
    EXPECT_EQ(split.validation[i] % 5, 0u);
    EXPECT_EQ(split.validation[i + 4], split.validation[i] + 4);
  }
  EXPECT_EQ(split.calibration.back(), 22u) << "the short sequence at the end";
}

TEST(Split, IntoNothingIsRefused) {
  EXPECT_EQ(error_of([] { split_dataset(Numbered(4), 4, 0); }),
            "split: 4 of 4 samples for validation leaves none for calibration; give fewer, or more data");
  EXPECT_EQ(error_of([] { split_dataset(Numbered(1), 0.5, 0); }),
            "split: 50 % of 1 samples for validation leaves none for calibration; give fewer, or more data");
  for (const char* number : {"0", "-0.5", "1.5", "nan", "inf"}) {
    EXPECT_EQ(error_of([&] { split_dataset(Numbered(4), std::stod(number), 0); }),
              fmt::format("split: {} is no part of a data set; give a number between 0 and 1, or of samples", number));
  }
}

TEST(Subset, IsAViewOfTheSameSamples) {
  const auto whole = std::make_shared<Numbered>(std::vector<std::uint64_t>{10, 11, 12, 13});
  const auto part = subset(whole, {3, 1});
  EXPECT_EQ(part->size(), 2u);
  EXPECT_EQ(*part->sample(0).at("x").data<std::uint64_t>(), 13u);
  EXPECT_EQ(part->name(1), "n11");
  EXPECT_EQ(part->source_fingerprint(0), 13u);
  EXPECT_EQ(part->preprocessing(), "as it is");
  EXPECT_THAT(test::texts_of(subset(Labels{"a", "b", "c", "d"}, {3, 1})), ElementsAre("d", "b"));
}

TEST(Overlap, CountsCommonSamples) {
  const Numbered first({1, 2, 3, 4});
  const Overlap overlap = find_overlap(first, Numbered({5, 4, 2, 4, 1}));
  EXPECT_EQ(overlap.common, 4u);
  EXPECT_EQ(overlap.compared, 5u);
  EXPECT_THAT(overlap.examples, ElementsAre(std::pair("n4", "n4"), std::pair("n2", "n2"), std::pair("n4", "n4")));
  EXPECT_EQ(find_overlap(first, Numbered({7, 8})).common, 0u);
  EXPECT_THAT(find_overlap(first, Numbered({7, 8})).examples, IsEmpty());
}

TEST(Overlap, LooksAtSoManySamplesOnly) {
  EXPECT_EQ(find_overlap(Numbered(10000), Numbered(9000), {.samples = 100}).compared, 100u);
  EXPECT_EQ(find_overlap(Numbered(10), Numbered(10), {.samples = 0}).common, 10u);
  EXPECT_EQ(find_overlap(Numbered({1}, false), Numbered({1})).compared, 0u) << "it would have to decode";
  EXPECT_EQ(find_overlap(Numbered({1}), Numbered({1}, false)).compared, 0u);
}

}  // namespace
}  // namespace octune::data
