// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "report/metric_text.hpp"

#include <gtest/gtest.h>

namespace octune::report {
namespace {

MetricRecord record(const char* name, double value, const char* unit = "") {
  MetricRecord record;
  record.name = name;
  record.value = value;
  record.unit = unit;
  return record;
}

TEST(MetricText, DigitsThatShowTheValue) {
  EXPECT_EQ(metric_text(record("accuracy@top1", 0.75666)), "accuracy@top1 : 0.7567");
  EXPECT_EQ(metric_text(record("cer", 0)), "cer : 0.0000");
  EXPECT_EQ(metric_text(record("cer", 0.0012345)), "cer : 0.0012");
  EXPECT_EQ(metric_text(record("mse", 1.23456e-6)), "mse : 1.235e-06");
  EXPECT_EQ(metric_text(record("mse", 123456.7)), "mse : 123457");
  EXPECT_EQ(metric_text(record("perplexity", 23.45678)), "perplexity : 23.4568");
  EXPECT_EQ(metric_text(record("pearson", -0.0000123)), "pearson : -1.23e-05");
  EXPECT_EQ(metric_text(record("psnr", 34.4056, "dB")), "psnr : 34.41 dB");
}

TEST(MetricText, ChangesHaveTheSameDigitsOnBothSides) {
  EXPECT_EQ(change_text(record("cer", 0.857), record("cer", 0.853)), "cer : 0.8570 -> 0.8530");
  EXPECT_EQ(change_text(record("accuracy@top1", 0.9), record("accuracy@top1", 0)), "accuracy@top1 : 0.9000 -> 0.0000");
  EXPECT_EQ(change_text(record("mse", 1e-6), record("mse", 2e-6)), "mse : 1e-06 -> 2e-06");
  EXPECT_EQ(change_text(record("psnr", 34.4, "dB"), record("psnr", 33, "dB")), "psnr : 34.40 -> 33.00 dB");
}

TEST(MetricText, DifferencesHaveTheDigitsOfTheirValue) {
  MetricRecord metric = record("cer", 0.853);
  metric.difference = -0.0000004;
  EXPECT_EQ(difference_text(metric), "-0.0000");
  metric.difference = -0.004;
  metric.confidence = evaluate::Interval{-0.011, 0.003};
  EXPECT_EQ(difference_text(metric), "-0.0040, 95 % between -0.0110 and +0.0030");
  metric = record("mse", 2e-6);
  metric.difference = 1e-6;
  metric.confidence = evaluate::Interval{-1.25e-7, 3e-6};
  EXPECT_EQ(difference_text(metric), "+1e-06, 95 % between -1.25e-07 and +3e-06");
  metric = record("sqnr", 30, "dB");
  metric.difference = 0.5;
  EXPECT_EQ(difference_text(metric), "+0.50");
}

TEST(LimitText, SaysDropIntervalLimitAndVerdict) {
  CriterionRecord criterion;
  criterion.result = judge_drop({"accuracy@top1", 0.01, DropType::relative}, 0.8, 0.796, true);
  EXPECT_EQ(limit_text(criterion), "accuracy@top1: relative drop 0.50 %, limit 1 %: accepted");
  criterion.confidence = evaluate::Interval{-0.00125, 0.0113};
  EXPECT_EQ(limit_text(criterion),
            "accuracy@top1: relative drop 0.50 %, 95 % between -0.12 and 1.13 %, limit 1 %: accepted");
  criterion = {};
  criterion.result = judge_drop({"mse", 0.002, DropType::absolute}, 0.5, 0.503, false);
  EXPECT_EQ(limit_text(criterion), "mse: absolute drop 0.003, limit 0.002: not accepted");
}

}  // namespace
}  // namespace octune::report
