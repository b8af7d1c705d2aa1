// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "report/benchmark_record.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "testing/json_schema.hpp"

namespace octune::report {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

json schema() {
  const auto root = std::filesystem::path(__FILE__).parent_path().parent_path().parent_path();
  return json::parse(std::ifstream(root / "docs" / "schema" / "benchmark.schema.json"));
}

evaluate::Latency latency_of(const std::string& label, const std::vector<double>& times,
                             const std::vector<double>& first) {
  const evaluate::Spread spread = evaluate::spread_of(times);
  const evaluate::Ratio ratio = evaluate::paired_ratio(times, first);
  return {label,       spread.median, spread.p10, spread.p90, times.size(),
          ratio.value, ratio.low,     ratio.high, spread.iqr, times};
}

/// FP32 4 ms, BF16 2 ms, int8 `int8_ms`, eight rounds.
BenchmarkRecord timed(double int8_ms) {
  BenchmarkRecord record;
  record.cpu = "a CPU";
  record.cpu_features.cores = 2;
  record.openvino_version = "1.2.3";
  record.data = "random inputs";
  record.samples = 1;
  record.candidates = {{"m.onnx f32", "in/m.onnx", "f32", false, 4'000'000},
                       {"m.onnx bf16", "in/m.onnx", "bf16", false, 4'000'000},
                       {"m.xml auto", "out/m.xml", "auto", true, 1'000'000}};
  const std::vector<double> first(8, 4);
  record.latency = {latency_of("m.onnx f32", first, first), latency_of("m.onnx bf16", std::vector<double>(8, 2), first),
                    latency_of("m.xml auto", std::vector<double>(8, int8_ms), first)};
  record.against_float = against_best_float(record);
  return record;
}

void add_layers(BenchmarkRecord& record) {
  const auto layer = [](const std::string& name, const std::string& type, const std::string& primitive, double ms) {
    return evaluate::LayerTime{{name, type, primitive, "f32", {name}}, ms};
  };
  record.layers = {{layer("conv", "Convolution", "brgconv_f32", 3)},
                   {layer("conv", "Convolution", "brgconv_bf16", 1)},
                   {layer("fq", "FakeQuantize", "jit_f32", 1.5), layer("conv", "Convolution", "brgconv_I8", 0.5)}};
  record.layers_against_float = {
      {2, 1, evaluate::compare_layers(record.layers[1], record.layers[2], {{"conv"}, {{"fq", "conv"}}})}};
}

TEST(BenchmarkRecord, KeepsToItsSchema) {
  BenchmarkRecord record = timed(1);
  EXPECT_THAT(octune::testing::schema_violations(to_json(record), schema()), IsEmpty());
  add_layers(record);
  record.skipped = {{"in/m.onnx", "bf16", "this CPU has no BF16"}};
  record.warnings = {"odd"};
  const json document = to_json(record);
  EXPECT_THAT(octune::testing::schema_violations(document, schema()), IsEmpty());
  EXPECT_EQ(document["latency"][0]["verdict"], "reference");
  EXPECT_EQ(document["latency"][2]["verdict"], "faster");
  EXPECT_EQ(document["latency"][2]["ratio"], 0.25);
  EXPECT_EQ(document["latency"][2]["bytes"], 1'000'000);
  EXPECT_EQ(document["against_float"][0], json::parse(R"({"quantized": "m.xml auto", "float": "m.onnx bf16",
    "ratio": 0.5, "ratio_low": 0.5, "ratio_high": 0.5, "verdict": "faster"})"));
  EXPECT_EQ(document["layers"]["models"][2]["total_ms"], 2.0);
  EXPECT_EQ(document["layers"]["kinds"][0], json::parse(R"({"kind": "Convolution", "layers": [1, 1, 1],
    "ms": [3.0, 1.0, 0.5]})"));
  EXPECT_EQ(document["layers"]["comparisons"][0]["groups"][0]["quantized_layers"], json::parse(R"(["fq", "conv"])"));
}

TEST(BenchmarkRecord, ThroughputIsBetterWhenLarger) {
  BenchmarkRecord record = timed(1);
  record.latency.clear();
  const auto rate = [](const std::string& label, double per_s, double ratio) {
    return evaluate::Throughput{
        label, per_s, per_s, per_s, 0, 8, 2, ratio, ratio, ratio, std::vector<double>(8, per_s)};
  };
  record.throughput = {rate("m.onnx f32", 100, 1), rate("m.onnx bf16", 200, 2), rate("m.xml auto", 300, 3)};
  record.against_float = against_best_float(record);
  const json document = to_json(record);
  EXPECT_THAT(octune::testing::schema_violations(document, schema()), IsEmpty());
  EXPECT_EQ(document["mode"], "throughput");
  EXPECT_EQ(document["throughput"][2]["verdict"], "faster");
  EXPECT_EQ(document["against_float"][0]["float"], "m.onnx bf16");
  EXPECT_EQ(document["against_float"][0]["ratio"], 1.5);
  EXPECT_THAT(summary(record), Contains(HasSubstr("m.xml auto is 1.50x faster than the fastest float form, "
                                                  "m.onnx bf16: 1.500 (1.500 - 1.500)")));
}

TEST(BenchmarkRecord, TheSchemaFindsMistakes) {
  json document = to_json(timed(1));
  document["latency"][0]["verdict"] = "splendid";
  document["speed"] = 1;
  EXPECT_THAT(octune::testing::schema_violations(document, schema()), SizeIs(2));
}

TEST(BenchmarkRecord, BestFloatIsTheFastestNotTheFirst) {
  const std::vector<AgainstFloat> against = against_best_float(timed(1));
  ASSERT_THAT(against, SizeIs(1));
  EXPECT_EQ(against[0].quantized, 2u);
  EXPECT_EQ(against[0].best_float, 1u);
  EXPECT_EQ(against[0].ratio.value, 0.5);

  BenchmarkRecord only_floats = timed(1);
  only_floats.candidates[2].quantized = false;
  EXPECT_THAT(against_best_float(only_floats), IsEmpty());
  BenchmarkRecord no_floats = timed(1);
  for (BenchmarkedModel& candidate : no_floats.candidates) candidate.quantized = true;
  EXPECT_THAT(against_best_float(no_floats), IsEmpty());
}

TEST(BenchmarkRecord, VerdictsFollowTheInterval) {
  EXPECT_EQ(verdict({0.8, 0.7, 0.9}, Better::smaller), "faster");
  EXPECT_EQ(verdict({0.8, 0.7, 0.9}, Better::larger), "slower");
  EXPECT_EQ(verdict({1.2, 1.1, 1.3}, Better::smaller), "slower");
  EXPECT_EQ(verdict({1.2, 1.1, 1.3}, Better::larger), "faster");
  EXPECT_EQ(verdict({0.9, 0.8, 1.0}, Better::smaller), "within noise");
}

TEST(BenchmarkSummary, SaysInWordsWhatTheNumbersMean) {
  const std::vector<std::string> fast = summary(timed(1));
  EXPECT_EQ(fast.front(), "a CPU, 2 threads; random inputs; 8 rounds, the models in turn");
  EXPECT_THAT(fast, Contains(AllOf(HasSubstr("m.xml auto"), HasSubstr("1.0 MB"), HasSubstr("1.000"),
                                   HasSubstr("0.250 (0.250 - 0.250)  4.00x faster"))));
  EXPECT_EQ(fast.back(), "m.xml auto is 2.00x faster than the fastest float form, m.onnx bf16: 0.500 (0.500 - 0.500)");

  const std::vector<std::string> same = summary(timed(2));
  EXPECT_THAT(same, Contains("m.xml auto and the fastest float form, m.onnx bf16, do not differ beyond noise: "
                             "1.000 (1.000 - 1.000)"));
  EXPECT_EQ(same.back(), "where int8 brings no speed, --layers shows which layers lose, and why");
}

TEST(BenchmarkSummary, NamesTheLayersThatLost) {
  BenchmarkRecord record = timed(3);
  add_layers(record);
  const std::vector<std::string> lines = summary(record);
  EXPECT_THAT(lines, Contains("m.xml auto is 1.50x slower than the fastest float form, m.onnx bf16: 1.500 "
                              "(1.500 - 1.500)"));
  EXPECT_THAT(lines, Not(Contains(HasSubstr("--layers"))));
  EXPECT_THAT(lines, Contains("slowest layers of m.xml auto:"));
  EXPECT_THAT(lines, Contains("where m.xml auto is slower than m.onnx bf16, 1.000 ms in all:"));
  EXPECT_THAT(lines, Contains(AllOf(HasSubstr("+1.000"), HasSubstr("conv"),
                                    HasSubstr("its input is quantized in a layer of its own (+1.500 ms)"))));
}

}  // namespace
}  // namespace octune::report
