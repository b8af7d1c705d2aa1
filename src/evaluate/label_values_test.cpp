// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/label_values.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "evaluate/class_scores.hpp"
#include "evaluate/test_values.hpp"

namespace octune::evaluate {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pointwise;

// --------------------------------------------------------------------------------------------------------- numbers

TEST(LabelNumbers, OfTextAndOfArrays) {
  EXPECT_THAT(label_numbers("1.5", "x"), ElementsAre(1.5));
  EXPECT_THAT(label_numbers(" -2e3 ", "x"), ElementsAre(-2000));
  EXPECT_THAT(label_numbers("[0, 1,1]", "x"), ElementsAre(0, 1, 1));
  EXPECT_THAT(label_numbers("[[1,2],[3,4]]", "x"), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(label_numbers("3|5", "x"), ElementsAre(3, 5));
  EXPECT_THAT(label_numbers("1 2\t3", "x"), ElementsAre(1, 2, 3));
  EXPECT_THAT(label_numbers(Label(floats({2, 1}, {0.5F, -1})), "x"), ElementsAre(0.5, -1));
}

TEST(LabelNumbers, WhatIsNone) {
  const auto text_of = [](const Label& label) {
    return error_text(ErrorKind::input, [&] { label_numbers(label, "metric 'mse'"); });
  };
  EXPECT_EQ(text_of("cat"),
            "metric 'mse': label 'cat': 'cat' is no finite number; numbers are allowed, as '1.5' or "
            "'[0.5, 2]'");
  EXPECT_EQ(text_of("1, 2x"),
            "metric 'mse': label '1, 2x': '2x' is no finite number; numbers are allowed, as '1.5' or "
            "'[0.5, 2]'");
  for (const char* label : {"", "[]", "nan", "1,inf", "1;2", "0x10", "1e999"}) {
    EXPECT_THROW(label_numbers(label, "x"), Error) << label;
  }
  EXPECT_EQ(text_of(Label(floats({2}, {1, std::numeric_limits<float>::quiet_NaN()}))),
            "metric 'mse': label '[1, nan]': 'nan' is no finite number; numbers are allowed, as '1.5' or '[0.5, 2]'");
}

TEST(LabelNumbers, LongArraysAreShownInPart) {
  EXPECT_EQ(shown(Label(floats({10}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}))), "[0, 1, 2, 3, 4, 5, 6, 7, ...]");
  EXPECT_EQ(shown(Label(floats({1}, {2.5F}))), "2.5");
  EXPECT_EQ(shown("3|5"), "3|5");
}

// --------------------------------------------------------------------------------------------------------- classes

TEST(LabelClasses, IndicesAndOnesAClass) {
  EXPECT_THAT(label_classes("2", 4, "x"), ElementsAre(2));
  EXPECT_THAT(label_classes("[3,1]", 4, "x"), ElementsAre(3, 1));
  EXPECT_THAT(label_classes("[0,1,1]", 3, "x"), ElementsAre(1, 2));
  EXPECT_THAT(label_classes("[0,1,1]", 4, "x"), ElementsAre(0, 1, 1)) << "three numbers are not one a class";
  EXPECT_THAT(label_classes("3 1", 4, "x"), ElementsAre(3, 1));
  EXPECT_THAT(label_classes("[ 3 ,1 | 2 ]", 4, "x"), ElementsAre(3, 1, 2));
  EXPECT_THAT(label_classes("0 1 0 0", 4, "x"), ElementsAre(1));
  EXPECT_THAT(label_classes("0,1", 2, "x"), ElementsAre(1));
  EXPECT_THAT(label_classes("0|1", 2, "x"), ElementsAre(0, 1));
  EXPECT_THAT(label_classes(Label(floats({1, 3}, {1, 0, 1})), 3, "x"), ElementsAre(0, 2));
  EXPECT_THAT(label_classes("[]", 3, "x"), IsEmpty());
  EXPECT_THAT(label_classes("[0,0,0]", 3, "x"), IsEmpty());
}

TEST(LabelClasses, SeparatorsWithoutANumberBetween) {
  for (const char* label : {"1,,2", "1,", ",1", "1 , ,2", "|", "1|"})
    EXPECT_THROW(label_classes(label, 4, "x"), Error) << label;
}

TEST(LabelClasses, ArraysOfFractionsAreNoIndices) {
  EXPECT_EQ(error_text(ErrorKind::input, [] { label_classes(Label(floats({1}, {0.5F})), 3, "metric 'm'"); }),
            "metric 'm': label '0.5' is no class index; an integer is allowed, or several acceptable ones as '[3,5]', "
            "'3|5' or '3,5' (folders with names: --labels folders:sorted or folders:names.txt)");
}

TEST(LabelClasses, ExactlyOne) {
  EXPECT_EQ(label_class("2", 3, "x"), 2u);
  EXPECT_EQ(label_class("[0,0,1]", 3, "x"), 2u);
  EXPECT_EQ(error_text(ErrorKind::input, [] { label_class("0|2", 3, "metric 'm'"); }),
            "metric 'm': label '0|2' names 2 classes; one is needed");
}

// ---------------------------------------------------------------------------------------------------- class scores

TEST(ClassScores, WhereTheClassesLie) {
  const auto axes = [](const ov::Shape& shape) {
    const ClassRows rows = read_classes(floats(shape, std::vector<float>(ov::shape_size(shape), 7))).rows;
    return std::vector<std::size_t>{rows.outer, rows.classes, rows.inner};
  };
  EXPECT_THAT(axes({5}), ElementsAre(1, 5, 1));
  EXPECT_THAT(axes({1, 5}), ElementsAre(1, 5, 1));
  EXPECT_THAT(axes({1, 5, 1, 1}), ElementsAre(1, 5, 1));
  EXPECT_THAT(axes({1, 4, 5}), ElementsAre(4, 5, 1));
  EXPECT_THAT(axes({1, 2, 3, 4}), ElementsAre(1, 2, 12));
  EXPECT_THAT(axes({}), ElementsAre(1, 1, 1));
}

TEST(ClassScores, ProbabilitiesTellTheirAxis) {
  // [1,2,2,2]: pairs along the last axis add up to 1, those along axis 1 do not.
  const ClassReading last = read_classes(floats({1, 2, 2, 2}, {0.1F, 0.9F, 0.2F, 0.8F, 0.3F, 0.7F, 0.4F, 0.6F}));
  EXPECT_EQ(last.values, ClassValues::probabilities);
  EXPECT_EQ(last.rows.inner, 1u);
  const ClassReading second = read_classes(floats({1, 2, 2, 2}, {0.1F, 0.2F, 0.3F, 0.4F, 0.9F, 0.8F, 0.7F, 0.6F}));
  EXPECT_EQ(second.values, ClassValues::probabilities);
  EXPECT_EQ(second.rows.inner, 4u);
}

TEST(ClassScores, WhatPassesForProbabilities) {
  const auto values_of = [](const ov::Tensor& output) { return read_classes(output).values; };
  EXPECT_EQ(values_of(floats({3}, {0.2F, 0.3F, 0.5F})), ClassValues::probabilities);
  EXPECT_EQ(values_of(floats({3}, {0.2F, 0.3F, 0.505F})), ClassValues::logits);
  EXPECT_EQ(values_of(floats({3}, {-0.2F, 0.7F, 0.5F})), ClassValues::logits);
  EXPECT_EQ(values_of(tensor_of<ov::float16>({3}, {ov::float16(0.2F), ov::float16(0.3F), ov::float16(0.505F)})),
            ClassValues::probabilities);
  EXPECT_EQ(values_of(tensor_of<std::int32_t>({2}, {0, 1})), ClassValues::logits)
      << "class indices are no distribution";
  EXPECT_EQ(values_of(floats({1}, {1})), ClassValues::logits);
}

std::vector<double> logs(std::vector<double> row, ClassValues values) {
  to_log_probabilities(row, values);
  return row;
}

TEST(ClassScores, LogarithmsOfProbabilities) {
  EXPECT_THAT(logs({0.25, 0.75}, ClassValues::probabilities),
              Pointwise(DoubleNear(1e-15), std::vector<double>{std::log(0.25), std::log(0.75)}));
  EXPECT_THAT(logs({1, 3}, ClassValues::probabilities),
              Pointwise(DoubleNear(1e-15), std::vector<double>{std::log(0.25), std::log(0.75)}));
  EXPECT_THAT(logs({1000, 1000 + std::log(3.0)}, ClassValues::logits),
              Pointwise(DoubleNear(1e-12), std::vector<double>{std::log(0.25), std::log(0.75)}));
  const double smallest = -126 * std::log(2.0);
  EXPECT_THAT(logs({1, 0}, ClassValues::probabilities), Pointwise(DoubleNear(1e-12), std::vector<double>{0, smallest}));
  EXPECT_THAT(logs({0, -1e4}, ClassValues::logits), Pointwise(DoubleNear(1e-12), std::vector<double>{0, smallest}));
  EXPECT_THAT(logs({0, 0}, ClassValues::probabilities),
              Pointwise(DoubleNear(1e-15), std::vector<double>{std::log(0.5), std::log(0.5)}));
}

}  // namespace
}  // namespace octune::evaluate
