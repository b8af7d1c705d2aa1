// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "base/extremes.hpp"
#include "base/file.hpp"
#include "base/hash.hpp"
#include "base/names.hpp"
#include "base/parallel.hpp"
#include "base/random.hpp"
#include "base/suggest.hpp"

namespace octune::base {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Error, KindsMapToTheExitCodesOfTheCommandLine) {
  EXPECT_EQ(exit_code(ErrorKind::input), 2);
  EXPECT_EQ(exit_code(ErrorKind::io), 2);
  EXPECT_EQ(exit_code(ErrorKind::unsupported), 3);
  EXPECT_EQ(exit_code(ErrorKind::runtime), 1);
  EXPECT_EQ(exit_code(ErrorKind::internal), 1);
}

TEST(Error, ContextGoesInFront) {
  Error error(ErrorKind::input, "unknown key 'a'; remove it");
  error.add_context("config.json:3:5");
  EXPECT_STREQ(error.what(), "config.json:3:5: unknown key 'a'; remove it");
}

// XXH3_128bits of nothing and of "octune", from the reference implementation.
TEST(Hash, IsTheSameOnEveryMachine) {
  EXPECT_EQ(Hash().text(), "99aa06d3014798d86001c324468d497f");
  EXPECT_EQ(Hash().add(std::as_bytes(std::span(std::string_view("octune")))).text(),
            "41403b35a024192e2f23b37d7e1e272e");
}

TEST(Hash, KeepsTextsApart) {
  EXPECT_NE(Hash().add("ab").add("c").number(), Hash().add("a").add("bc").number());
  EXPECT_EQ(Hash().add("ab").add("c").number(), Hash().add("ab").add("c").number());
  EXPECT_NE(Hash().add(1.0F).number(), Hash().add(2.0F).number());
}

TEST(Extremes, AreThoseOfEveryLength) {
  RandomStream random(1);
  for (std::size_t size = 1; size < 70; ++size) {
    std::vector<float> a, b;
    float low = 1e9F, high = -1e9F, product = 0;
    for (std::size_t i = 0; i < size; ++i) {
      a.push_back(static_cast<float>(random.uniform()) - 0.5F);
      b.push_back(static_cast<float>(random.uniform()));
      low = std::min(low, a.back());
      high = std::max(high, a.back());
      product = std::max(product, std::fabs(a.back() * b.back()));
    }
    EXPECT_EQ(extremes(a), std::pair(low, high));
    EXPECT_EQ(largest_product(a, b), product);
  }
}

TEST(Extremes, OfZerosDoNotDependOnTheirOrder) {
  for (const std::vector<float>& zeros : {std::vector<float>{0.0F, -0.0F}, {-0.0F, 0.0F}}) {
    EXPECT_TRUE(std::signbit(extremes(zeros).first));
    EXPECT_FALSE(std::signbit(extremes(zeros).second));
  }
}

TEST(Extremes, ShowThatAValueIsNotFinite) {
  std::vector<float> values(100, 1.0F);
  values[50] = std::nanf("");
  EXPECT_TRUE(std::isnan(extremes(values).second));
  values[50] = -HUGE_VALF;
  EXPECT_EQ(extremes(values), std::pair(-HUGE_VALF, 1.0F));
}

TEST(ParallelFor, DoesEverythingOnce) {
  for (const int threads : {0, 1, 2, 7}) {
    for (const std::size_t count : {0U, 1U, 1000U}) {
      std::vector<std::atomic<int>> calls(count);
      parallel_for(count, threads, [&](std::size_t i) { ++calls[i]; });
      for (const auto& number : calls) EXPECT_EQ(number, 1);
    }
  }
}

TEST(ParallelFor, ThrowsTheFirstFailure) {
  for (const int threads : {1, 4}) {
    std::atomic<int> calls = 0;
    try {
      parallel_for(100000, threads, [&](std::size_t i) {
        ++calls;
        if (i == 3 || i == 5) throw std::runtime_error(std::to_string(i));
      });
      ADD_FAILURE() << "nothing was thrown";
    } catch (const std::runtime_error& error) {
      EXPECT_STREQ(error.what(), "3");
    }
    EXPECT_LT(calls, 100000);
  }
}

TEST(Suggest, EditDistanceOfKnownPairs) {
  EXPECT_EQ(edit_distance(std::string_view("kitten"), std::string_view("sitting")), 3u);
  EXPECT_EQ(edit_distance(std::string_view(""), std::string_view("abc")), 3u);
  EXPECT_EQ(edit_distance(std::u32string_view(U"äö"), std::u32string_view(U"aö")), 1u);
}

TEST(Suggest, TheNearestComesFirstAndFarOnesAreLeftOut) {
  const std::vector<std::string> known{"performance", "mixed", "accuracy"};
  EXPECT_THAT(closest("performence", known), ElementsAre("performance"));
  EXPECT_THAT(closest("zzzzzzzz", known), ElementsAre());
  EXPECT_EQ(did_you_mean("mixd", known), "did you mean 'mixed'? (known: performance, mixed, accuracy)");
}

TEST(Suggest, OfADetailedNameTheNameAloneWillDo) {
  const std::vector<std::string> known{"mse", "accuracy@top1", "accuracy@top5"};
  EXPECT_THAT(closest("acuracy", known), ElementsAre("accuracy@top1", "accuracy@top5"));
  EXPECT_THAT(closest("accuracy@top2", known, 1), ElementsAre("accuracy@top1"));
  EXPECT_THAT(closest("top1", known), ElementsAre());
}

TEST(EnumNames, ParsesWhatItPrintsAndRejectsTheRest) {
  for (const std::string& name : names_of<Aggregator>()) EXPECT_EQ(name_of(parse_enum<Aggregator>(name, "x")), name);
  try {
    parse_enum<Preset>("mixd", "--preset");
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(),
                 "--preset: unknown value 'mixd'; did you mean 'mixed'? (known: performance, mixed, accuracy)");
    EXPECT_EQ(error.kind(), ErrorKind::input);
  }
}

TEST(File, AWrittenFileIsReadBackAndLeavesNoTemporary) {
  const auto folder = std::filesystem::temp_directory_path() / "octune_file_test";
  std::filesystem::remove_all(folder);
  require_writable_folder(folder);
  write_file(folder / "a.json", "one");
  write_file(folder / "a.json", "two");
  EXPECT_EQ(read_file(folder / "a.json"), "two");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder), {}), 1);
}

TEST(File, MissingFilesAndFoldersThatAreFilesAreReported) {
  EXPECT_THROW(read_file("/nonexistent/file"), Error);
  const auto file = std::filesystem::temp_directory_path() / "octune_file_test_plain";
  std::ofstream(file) << "x";
  EXPECT_THROW(require_writable_folder(file), Error);
  EXPECT_THROW(write_file("/nonexistent/folder/file", "x"), Error);
}

TEST(Random, SameSeedSameSubsetInOrder) {
  RandomStream a(7), b(7), c(8);
  const auto x = sample_without_replacement(100, 10, a);
  EXPECT_EQ(x, sample_without_replacement(100, 10, b));
  EXPECT_NE(x, sample_without_replacement(100, 10, c));
  EXPECT_TRUE(std::is_sorted(x.begin(), x.end()));
  EXPECT_EQ(std::adjacent_find(x.begin(), x.end()), x.end());
  EXPECT_EQ(sample_without_replacement(3, 10, a).size(), 3u);
}

// The reference values are the first outputs of the published SplitMix64 for seed 0.
TEST(Random, IsSplitMix64) {
  RandomStream random(0);
  EXPECT_EQ(random.next(), 0xE220A8397B1DCDAFULL);
  EXPECT_EQ(random.next(), 0x6E789E6AA1B965F4ULL);
}

}  // namespace
}  // namespace octune::base
