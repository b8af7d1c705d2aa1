// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/text_metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <openvino/openvino.hpp>
#include <openvino/opsets/opset13.hpp>
#include <sstream>

#include "base/file.hpp"
#include "base/random.hpp"
#include "evaluate/ctc.hpp"
#include "evaluate/dictionary.hpp"
#include "evaluate/test_values.hpp"
#include "evaluate/utf8.hpp"

namespace octune::evaluate {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// An output [1,T,classes] whose most probable classes are `path`.
ov::Tensor path_output(const std::vector<std::size_t>& path, std::size_t classes) {
  std::vector<float> values(path.size() * classes, -0.5F);
  for (std::size_t t = 0; t < path.size(); ++t) values[t * classes + path[t]] = 2;
  return floats({1, path.size(), classes}, values);
}

// ---------------------------------------------------------------------------------------------------------- UTF-8

TEST(Utf8, CodePointsOfOneToFourBytes) {
  EXPECT_EQ(decode_utf8("a\xC3\xA9\xE6\xBC\xA2\xF0\x9F\x98\x80", "x"), U"a\u00E9\u6F22\U0001F600");
  EXPECT_EQ(decode_utf8("", "x"), U"");
  EXPECT_EQ(decode_utf8("\xED\x9F\xBF\xEE\x80\x80\xF4\x8F\xBF\xBF", "x"), U"\uD7FF\uE000\U0010FFFF");
}

TEST(Utf8, WhatRfc3629Forbids) {
  const std::vector<std::string> broken{"\x80",              // continuation without a lead
                                        "\xC3",              // cut off
                                        "\xC3(",             // no continuation
                                        "\xC0\xAF",          // overlong, 2 bytes
                                        "\xE0\x80\xAF",      // overlong, 3 bytes
                                        "\xF0\x80\x80\xAF",  // overlong, 4 bytes
                                        "\xED\xA0\x80",      // surrogate
                                        "\xF4\x90\x80\x80",  // above U+10FFFF
                                        "\xFF"};
  for (const std::string& text : broken) {
    EXPECT_EQ(error_text(ErrorKind::input, [&] { decode_utf8("ok" + text, "labels.txt:3"); }),
              "labels.txt:3: no valid UTF-8 at byte 2; save the text as UTF-8");
  }
}

// ------------------------------------------------------------------------------------------------------ dictionary

class DictionaryFile : public ::testing::Test {
 protected:
  std::string write(const std::string& content) {
    std::ofstream(path_, std::ios::binary) << content;
    return path_.string();
  }
  void TearDown() override { std::filesystem::remove(path_); }

  const std::filesystem::path path_ = std::filesystem::temp_directory_path() / "octune_dictionary_test.txt";
};

TEST_F(DictionaryFile, OneCharacterALine) {
  EXPECT_THAT(read_dictionary(write("a\n\xE6\xBC\xA2\n \n")), ElementsAre("a", "\xE6\xBC\xA2", " "));
  EXPECT_THAT(read_dictionary(write("a\nb")), ElementsAre("a", "b"));
}

TEST_F(DictionaryFile, WindowsFilesAndEmptyLines) {
  EXPECT_THAT(read_dictionary(write("\xEF\xBB\xBF"
                                    "a\r\nb\r\n")),
              ElementsAre("a", "b"));
  EXPECT_THAT(read_dictionary(write("a\n\nb\n")), ElementsAre("a", "", "b"));
}

TEST_F(DictionaryFile, UnusableFilesAreNamed) {
  const std::string path = write("");
  EXPECT_EQ(error_text(ErrorKind::input, [&] { read_dictionary(path); }),
            path + ": the dictionary is empty; one character a line is expected");
  write("a\n\xE9\n");
  EXPECT_EQ(error_text(ErrorKind::input, [&] { read_dictionary(path); }),
            path + ":2: no valid UTF-8 at byte 0; save the text as UTF-8");
  EXPECT_THAT(error_text(ErrorKind::io, [] { read_dictionary("/nonexistent/dict.txt"); }),
              HasSubstr("/nonexistent/dict.txt"));
}

std::shared_ptr<ov::Model> model_with(const std::string& characters) {
  const auto x = std::make_shared<ov::opset13::Parameter>(ov::element::f32, ov::Shape{1, 2});
  const auto model =
      std::make_shared<ov::Model>(ov::OutputVector{std::make_shared<ov::opset13::Relu>(x)}, ov::ParameterVector{x});
  if (!characters.empty()) model->set_rt_info(characters, "framework", "character");
  return model;
}

TEST(ModelDictionary, NewlinesOrTheirEscapes) {
  EXPECT_THAT(dictionary_of(*model_with("'\na\n\\\nn")), ElementsAre("'", "a", "\\", "n"));
  EXPECT_THAT(dictionary_of(*model_with("a\nb\n")), ElementsAre("a", "b"));
  EXPECT_THAT(dictionary_of(*model_with("a\\nb\\nc")), ElementsAre("a", "b", "c"));
  EXPECT_THAT(dictionary_of(*model_with("a\\nb\\n")), ElementsAre("a", "b"));
  EXPECT_THAT(dictionary_of(*model_with("")), IsEmpty());
}

TEST(ModelDictionary, SurvivesAnIrFile) {
  const std::filesystem::path path = std::filesystem::temp_directory_path() / "octune_dictionary_model.xml";
  ov::save_model(model_with("a\n<\n\xE6\xBC\xA2"), path.string());
  EXPECT_THAT(dictionary_of(*ov::Core().read_model(path.string())), ElementsAre("a", "<", "\xE6\xBC\xA2"));
  std::filesystem::remove(path);
  std::filesystem::remove(std::filesystem::path(path).replace_extension(".bin"));
}

// ------------------------------------------------------------------------------------------------------ CTC decoding

const std::vector<std::u32string> kAbc{U"a", U"b", U"c"};

std::u32string decoded(const std::vector<std::size_t>& path, std::size_t classes = 4) {
  return decode_ctc(path_output(path, classes), kAbc, "ctc");
}

TEST(Ctc, RepeatsCollapseUnlessABlankLiesBetween) {
  EXPECT_EQ(decoded({1, 1, 2, 2, 2, 3}), U"abc");
  EXPECT_EQ(decoded({1, 0, 1}), U"aa");
  EXPECT_EQ(decoded({0, 0, 1, 1, 0, 0, 1, 2, 0}), U"aab");
  EXPECT_EQ(decoded({0, 0, 0}), U"");
  EXPECT_EQ(decoded({1, 2, 1}), U"aba");
}

TEST(Ctc, TheLastOfTwoMoreClassesIsASpace) {
  EXPECT_EQ(decoded({1, 4, 2}, 5), U"a b");
  EXPECT_EQ(decoded({1, 4, 4, 0, 4, 2}, 5), U"a  b");
}

TEST(Ctc, EqualsAPathDecodedInTwoSteps) {
  base::RandomStream random(5);
  for (int round = 0; round < 100; ++round) {
    std::vector<std::size_t> path(12);
    for (std::size_t& step : path) step = random.below(4);
    std::vector<std::size_t> collapsed = path;
    collapsed.erase(std::unique(collapsed.begin(), collapsed.end()), collapsed.end());
    std::u32string expected;
    for (const std::size_t step : collapsed) {
      if (step > 0) expected += kAbc[step - 1];
    }
    EXPECT_EQ(decoded(path), expected);
  }
}

TEST(Ctc, ShapesOfOneSequence) {
  const std::vector<float> values{0, 9, 0, 0, 0, 0, 9, 0};  // a, b
  EXPECT_EQ(decode_ctc(floats({2, 4}, values), kAbc, "ctc"), U"ab");
  EXPECT_EQ(decode_ctc(floats({1, 2, 4}, values), kAbc, "ctc"), U"ab");
  EXPECT_EQ(decode_ctc(floats({2, 1, 4}, values), kAbc, "ctc"), U"ab");
  EXPECT_EQ(decode_ctc(tensor_of<ov::float16>({2, 4}, {0.F, 9.F, 0.F, 0.F, 0.F, 0.F, 9.F, 0.F}), kAbc, "ctc"), U"ab");
  EXPECT_EQ(decode_ctc(floats({2, 4}, std::vector<float>(8, 1)), kAbc, "ctc"), U"");  // ties: the blank
}

TEST(Ctc, OtherShapesAreRefused) {
  for (const ov::Shape& shape : {ov::Shape{8}, ov::Shape{2, 2, 4}, ov::Shape{1, 1, 2, 4}}) {
    const ov::Tensor output(ov::element::f32, shape);
    EXPECT_EQ(error_text(ErrorKind::input, [&] { decode_ctc(output, kAbc, "metric 'cer'"); }),
              "metric 'cer': the output has the shape " + shape.to_string() +
                  "; [T,C], [1,T,C] or [T,1,C] (T time steps, C classes) is needed");
  }
}

TEST(Ctc, BothCountsAreNamedWhenTheDictionaryDoesNotFit) {
  for (const std::size_t classes : {3, 6}) {
    EXPECT_EQ(error_text(ErrorKind::input,
                         [&] {
                           decoded({0, 1}, classes);
                         }),
              "ctc: the dictionary has 3 characters but the output " + std::to_string(classes) +
                  " classes; 4 classes (a blank first) or 5 (a space last, too) fit this dictionary");
  }
}

// ---------------------------------------------------------------------------------------------------- text metrics

const std::string kLetters = "abcdefghijklmnopqrstuvwxyz";

MetricOptions letters(bool ignore_spaces = false) {
  MetricOptions options;
  options.ignore_spaces = ignore_spaces;
  for (const char letter : kLetters) options.dictionary.emplace_back(1, letter);
  return options;
}

/// An output that decodes to `text`, of letters and spaces: a blank after every character.
ov::Tensor output_of(const std::string& text) {
  std::vector<std::size_t> path;
  for (const char letter : text) {
    path.push_back(letter == ' ' ? kLetters.size() + 1 : kLetters.find(letter) + 1);
    path.push_back(0);
  }
  return path_output(path, kLetters.size() + 2);
}

TEST(ExactMatch, OnlyTheWholeTextCounts) {
  const auto metric = make_exact_match(letters());
  EXPECT_EQ(metric->score({output_of("hello world")}, "hello world")[0], 1);
  EXPECT_EQ(metric->score({output_of("hello world")}, "helloworld")[0], 0);
  EXPECT_EQ(metric->score({output_of("hello")}, "hell")[0], 0);
  EXPECT_EQ(metric->score({output_of("")}, "")[0], 1);
}

TEST(ExactMatch, SpacesCanBeIgnoredOnBothSides) {
  const auto metric = make_exact_match(letters(true));
  EXPECT_EQ(metric->score({output_of("hello world")}, "helloworld")[0], 1);
  EXPECT_EQ(metric->score({output_of("helloworld")}, " hello world ")[0], 1);
  EXPECT_EQ(metric->score({output_of("hello")}, "helo")[0], 0);
}

TEST(CharacterErrorRate, DistancesOfTheLiterature) {
  const auto metric = make_cer(letters());
  const auto edits = [&](const std::string& text, const std::string& label) {
    const Score score = metric->score({output_of(text)}, label);
    EXPECT_EQ(score[1], static_cast<double>(label.size()));
    return score[0];
  };
  EXPECT_EQ(edits("kitten", "sitting"), 3);       // Levenshtein's usual example
  EXPECT_EQ(edits("sunday", "saturday"), 3);      // Wagner and Fischer's algorithm, usual example
  EXPECT_EQ(edits("intention", "execution"), 5);  // Jurafsky and Martin, Speech and Language Processing, ch. 2
  EXPECT_EQ(edits("", "abc"), 3);
  EXPECT_EQ(edits("abc", ""), 3);
}

// The documented example of torchmetrics' CharErrorRate: 0.3415.
TEST(CharacterErrorRate, IsTakenOverTheCharactersOfTheWholeSet) {
  const auto metric = make_cer(letters());
  const Score first = metric->score({output_of("this is the prediction")}, "this is the reference");
  const Score second = metric->score({output_of("there is an other sample")}, "there is another one");
  EXPECT_NEAR(metric->value(std::vector<Score>{first, second}), 0.3415, 5e-5);
  EXPECT_FALSE(metric->higher_is_better());
}

TEST(CharacterErrorRate, WhatIsReadIntoEmptyImagesIsNotLost) {
  const auto metric = make_cer(letters());
  EXPECT_EQ(metric->value(metric->score({output_of("")}, ""), 1), 0);
  EXPECT_EQ(metric->value(metric->score({output_of("ab")}, ""), 1), 2);
}

TEST(CharacterErrorRate, CountsCodePointsNotBytes) {
  const auto metric = make_cer({{"\xC3\xA9", "\xE6\xBC\xA2"}, false});
  const Score score = metric->score({path_output({1, 2}, 3)}, "\xC3\xA9\xC3\xA9");
  EXPECT_EQ(score[0], 1);
  EXPECT_EQ(score[1], 2);
}

TEST(CharacterErrorRate, LeavesOutWhiteSpaceAtTheEnds) {
  const auto metric = make_cer(letters());
  EXPECT_EQ(metric->score({output_of(" a b ")},
                          "\xE3\x80\x80"
                          "a b\xC2\xA0\n"),
            (Score{0, 3}))
      << "of all scripts";
  EXPECT_EQ(metric->score({output_of("  ")}, " "), (Score{0, 0}));
  EXPECT_EQ(metric->score({output_of("a  b")}, "a b"), (Score{1, 3})) << "inside it counts";
}

TEST(TextMetrics, BadDictionariesAndLabels) {
  EXPECT_EQ(error_text(ErrorKind::input, [] { make_cer({}); }),
            "metric 'cer': no dictionary; give a file with one character a line (the model holds none of its own)");
  EXPECT_EQ(error_text(ErrorKind::input,
                       [] {
                         make_exact_match({.dictionary = {"a", "\xFF"}});
                       }),
            "metric 'exact_match': dictionary entry 2: no valid UTF-8 at byte 0; save the text as UTF-8");
  const auto metric = make_exact_match(letters());
  EXPECT_EQ(error_text(ErrorKind::input, [&] { metric->score({output_of("a")}, "caf\xE9"); }),
            "metric 'exact_match': label: no valid UTF-8 at byte 3; save the text as UTF-8");
}

TEST(TextMetrics, LabelsAreTexts) {
  EXPECT_EQ(error_text(ErrorKind::input,
                       [] {
                         make_cer(letters())->score({path_output({0, 1}, 4)}, Label(floats({2}, {1, 2})));
                       }),
            "metric 'cer': label '[1, 2]' is an array of numbers; give texts as labels");
}

}  // namespace
}  // namespace octune::evaluate
