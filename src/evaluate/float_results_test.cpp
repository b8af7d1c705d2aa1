// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/float_results.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <sstream>

#include "base/hash.hpp"
#include "evaluate/test_candidates.hpp"

namespace octune::evaluate {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

FloatResults measured(const std::vector<Answers>& given, const std::vector<std::string>& names,
                      const FloatOptions& options = {}) {
  return measure_float(compiled(Pick::float_answer), *dataset_of(given), Labels(given.size(), "1"), metrics_of(names),
                       options, nullptr);
}

TEST(FloatResults, AreTheScoresOfTheFloatModel) {
  const FloatResults results = measured(answers(10, 0, 3), {"accuracy@top1"});
  ASSERT_EQ(results.metrics.size(), 1u);
  EXPECT_EQ(results.metrics[0].name, "accuracy@top1");
  EXPECT_EQ(results.metrics[0].value, 0.7);
  EXPECT_EQ(results.metrics[0].samples, 10u);
  EXPECT_EQ(results.metrics[0].scores[2], Score{0});
  EXPECT_EQ(results.metrics[0].scores[3], Score{1});
  EXPECT_THAT(results.outputs, IsEmpty()) << "nothing compares with them";
}

TEST(FloatResults, MetricsAgainstTheFloatModelAreAtTheirBest) {
  const FloatResults results = measured(answers(10, 0, 3), {"top1_agreement", "cosine"});
  EXPECT_EQ(results.metrics[0].value, 1);
  EXPECT_NEAR(results.metrics[1].value, 1, 1e-12);
  ASSERT_EQ(results.outputs.size(), 10u);
  ASSERT_EQ(results.outputs[0].size(), 1u);
  EXPECT_EQ(results.outputs[0][0].data<const float>()[1], -0.5F);
  EXPECT_EQ(results.outputs[9][0].data<const float>()[1], 0.5F);
}

TEST(FloatResults, OutputsBeyondTheLimitAreNotKept) {
  constexpr std::size_t kBytes = 2 * sizeof(float);
  EXPECT_EQ(measured(answers(10, 0, 0), {"cosine"}, {.output_limit = 10 * kBytes}).outputs.size(), 10u);
  EXPECT_THAT(measured(answers(10, 0, 0), {"cosine"}, {.output_limit = 10 * kBytes - 1}).outputs, IsEmpty());
}

TEST(FloatResults, AnExpectedValueIsMet) {
  const FloatResults results =
      measured(answers(400, 0, 80), {"accuracy@top1"}, {.expected = {{"accuracy@top1", 0.8, 0.01}}});
  EXPECT_EQ(results.metrics[0].value, 0.8);
  EXPECT_EQ(results.metrics[0].scores[79], Score{0}) << "scores are by sample, whatever the order";
  EXPECT_EQ(results.metrics[0].scores[80], Score{1});
}

// 30 % instead of 80 % show after 50 samples already.
TEST(FloatResults, AnUnexpectedValueStopsEarly) {
  const std::string text = error_text(ErrorKind::input, [] {
    measured(answers(2000, 0, 1400), {"accuracy@top1"}, {.expected = {{"accuracy@top1", 0.8, {}}}});
  });
  EXPECT_THAT(text, ::testing::MatchesRegex("float model: accuracy@top1 is 0\\.[0-9]+ on (50|75|100) of 2000 samples, "
                                            "but 0\\.8000 \\+- 0\\.04 is expected; check the preprocessing .*"));
  EXPECT_THROW(measured(answers(2000, 0, 100), {"accuracy@top1"}, {.expected = {{"accuracy@top1", 0.3, {}}}}), Error)
      << "much better is as suspicious";
}

TEST(FloatResults, AnUnexpectedValueOfAnyMetricStopsAtTheEnd) {
  const std::string text = error_text(ErrorKind::input, [] {
    measured(answers(200, 0, 10), {"sqnr"}, {.expected = {{"sqnr", 30, {}}}});
  });
  EXPECT_THAT(text, ::testing::StartsWith("float model: sqnr is 156.5356 on 200 of 200 samples, but 30.0000 +- 1.5"));
}

FloatResultsKey key_of(Pick model, const std::vector<Answers>& given, const Labels& labels) {
  return float_results_key(*picking_model(model), "2026.4.1", "f32", *dataset_of(given), labels, "options", 1);
}

TEST(FloatResultsKey, TellsWhatDiffers) {
  const FloatResultsKey key = key_of(Pick::float_answer, answers(5, 1, 1), Labels(5, "1"));
  EXPECT_EQ(key, key_of(Pick::float_answer, answers(5, 1, 1), Labels(5, "1")));
  const auto differs = [&](const FloatResultsKey& other) { return differences(key, other); };
  EXPECT_THAT(differs(key), IsEmpty());
  EXPECT_THAT(differs(key_of(Pick::own_answer, answers(5, 1, 1), Labels(5, "1"))), ElementsAre("the model"));
  EXPECT_THAT(differs(key_of(Pick::float_answer, answers(5, 1, 2), Labels(5, "1"))), ElementsAre("the samples"));
  EXPECT_THAT(differs(key_of(Pick::float_answer, answers(5, 1, 1), {"1", "1", "1", "1", "0"})),
              ElementsAre("the labels"));
  Labels arrays(4, "1");
  arrays.push_back(Label(floats({2}, {0, 1})));
  const auto with_array = key_of(Pick::float_answer, answers(5, 1, 1), arrays);
  arrays.back() = Label(floats({2}, {0, 2}));
  EXPECT_NE(with_array.labels, key_of(Pick::float_answer, answers(5, 1, 1), arrays).labels);
  FloatResultsKey other = key;
  other.program = other.runtime = other.precision = other.preprocessing = other.options = "?";
  EXPECT_THAT(differs(other), ElementsAre("the version of octune", "the version of OpenVINO", "the precision",
                                          "the preprocessing", "the metrics' options"));
}

TEST(FloatResultsKey, OptionsOfMetricsAreText) {
  MetricOptions options;
  const std::string text = options_text(options);
  EXPECT_EQ(text, options_text({}));
  options.ignore_spaces = true;
  EXPECT_NE(text, options_text(options));
  MetricOptions dictionary, joined;
  dictionary.dictionary = {"a", "b"};
  joined.dictionary = {"a\", \"b"};
  EXPECT_NE(options_text(dictionary), options_text(joined));
  MetricOptions decoder;
  decoder.decoder.score_threshold = 0.25;
  EXPECT_NE(text, options_text(decoder));
}

TEST(FloatResults, ServeFewerMetricsToo) {
  const FloatResults held = measured(answers(10, 0, 3), {"accuracy@top1", "cosine"});
  const auto one = results_for(held, metrics_of({"cosine"}));
  ASSERT_TRUE(one);
  ASSERT_EQ(one->metrics.size(), 1u);
  EXPECT_EQ(one->metrics[0].name, "cosine");
  EXPECT_EQ(one->outputs.size(), 10u);
  const auto labelled = results_for(held, metrics_of({"accuracy@top1"}));
  ASSERT_TRUE(labelled);
  EXPECT_THAT(labelled->outputs, IsEmpty());
  EXPECT_FALSE(results_for(held, metrics_of({"accuracy@top1", "sqnr"})));
}

std::string bytes_of(const FloatResults& results) {
  std::ostringstream out;
  write_float_results(results, out);
  return out.str();
}

FloatResults read(const std::string& bytes) {
  std::istringstream in(bytes);
  return read_float_results(in, "a.octf");
}

std::string refusal(const std::string& bytes) {
  return error_text(ErrorKind::input, [&] { read(bytes); });
}

FloatResults example() {
  FloatResults results = measured(answers(10, 0, 3), {"accuracy@top1", "sqnr"});
  results.key = key_of(Pick::float_answer, answers(10, 0, 3), Labels(10, "1"));
  return results;
}

TEST(FloatResultsFile, GivesBackWhatWasWritten) {
  const FloatResults results = example();
  const FloatResults back = read(bytes_of(results));
  EXPECT_EQ(back.key, results.key);
  ASSERT_EQ(back.metrics.size(), 2u);
  EXPECT_EQ(back.metrics[1].name, "sqnr");
  EXPECT_EQ(back.metrics[1].unit, "dB");
  EXPECT_EQ(back.metrics[1].samples, 10u);
  EXPECT_EQ(back.metrics[1].value, results.metrics[1].value);
  EXPECT_EQ(back.metrics[1].scores, results.metrics[1].scores);
  ASSERT_EQ(back.outputs.size(), 10u);
  for (std::size_t i = 0; i < 10; ++i) {
    EXPECT_EQ(back.outputs[i][0].get_shape(), (ov::Shape{1, 2}));
    EXPECT_EQ(0, std::memcmp(back.outputs[i][0].data(), results.outputs[i][0].data(), 2 * sizeof(float)));
  }
  EXPECT_EQ(bytes_of(back), bytes_of(results));
}

TEST(FloatResultsFile, RefusesWhatItDidNotWrite) {
  const std::string bytes = bytes_of(example());
  EXPECT_EQ(refusal("no results at all, but a text that is long enough"),
            "a.octf: is no file of float results; give one that octune quantize wrote");
  EXPECT_EQ(refusal(bytes.substr(0, 20)),
            "a.octf: is truncated: only 20 bytes of it are there; copy it again or measure the float model again");
  EXPECT_EQ(refusal(bytes.substr(0, bytes.size() - 1)),
            "a.octf: is truncated: only " + std::to_string(bytes.size() - 1) + " of " + std::to_string(bytes.size()) +
                " bytes of it are there; copy it again or measure the float model again");
}

TEST(FloatResultsFile, NoChangedByteGoesUnnoticed) {
  const std::string bytes = bytes_of(example());
  for (std::size_t i = 8; i < bytes.size(); ++i) {
    std::string changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ 0x10);
    EXPECT_EQ(refusal(changed), "a.octf: is damaged; copy it again, or remove it and measure the float model anew")
        << i;
  }
}

/// Lengths that lie, under a hash that does not.
TEST(FloatResultsFile, BelievesNoLength) {
  const std::string bytes = bytes_of(example());
  constexpr std::size_t kHead = 40;
  int refused = 0;
  for (std::size_t i = kHead; i < bytes.size(); ++i) {
    std::string changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ 0x80);
    base::Hash content;
    content.add(std::as_bytes(std::span(changed)).subspan(kHead));
    const std::uint64_t content_hash = content.number();
    std::memcpy(changed.data() + 24, &content_hash, sizeof content_hash);
    base::Hash head;
    head.add(std::as_bytes(std::span(changed)).first(32));
    const std::uint64_t head_hash = head.number();
    std::memcpy(changed.data() + 32, &head_hash, sizeof head_hash);
    try {
      read(changed);
    } catch (const Error& error) {
      EXPECT_STREQ(error.what(), "a.octf: is damaged; copy it again, or remove it and measure the float model anew");
      ++refused;
    }
  }
  EXPECT_GT(refused, 100);
}

}  // namespace
}  // namespace octune::evaluate
