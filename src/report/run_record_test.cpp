// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "report/run_record.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>

#include "report/json.hpp"
#include "testing/json_schema.hpp"

namespace octune::report {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

json schema() {
  const auto root = std::filesystem::path(__FILE__).parent_path().parent_path().parent_path();
  return json::parse(std::ifstream(root / "docs" / "schema" / "run.schema.json"));
}

MetricRecord metric(const std::string& name, const std::string& model, const std::string& precision, double value) {
  MetricRecord record;
  record.name = name;
  record.model = model;
  record.precision = precision;
  record.value = value;
  record.samples = 600;
  if (model == "int8") {
    record.difference = -0.004;
    record.confidence = evaluate::Interval{-0.011, 0.003};
  }
  return record;
}

RunRecord filled() {
  RunRecord record;
  for (const char* key : {"model", "data", "target_device", "preset", "model_type", "subset_size", "seed", "threads",
                          "preprocess", "ignored", "channel_alignment", "bias_correction"}) {
    record.configuration[key] = nullptr;
  }
  record.openvino_version = "2026.4.1";
  record.cpu = "A CPU";
  record.timings_s = {{"read", 0.1}, {"calibrate", 2.0}, {"compile", 0.6}};
  record.total_s = 3.2;
  record.peak_rss_mib = 100;
  record.samples_used = 300;
  record.samples_available = 500;
  record.statistics = {"out/statistics.octs", 4096, "c0ffee", 12, 1, 0};
  record.plan.target = "CPU";
  record.plan.preset = "mixed";
  record.plan.total_operations = 9;
  Quantizer quantizer;
  quantizer.name = "conv/fq_input_0";
  quantizer.tensor = {"x", 0};
  quantizer.group = 3;
  record.plan.quantizers = {quantizer};
  record.plan.operations = {{"conv", "Convolution", true, "", ""},
                            {"bias", "Add", false, "fused into 'conv'", "conv"},
                            {"fc", "MatMul", true, "", ""},
                            {"add", "Add", false, "in the ignored scope", ""}};
  record.plan.aligned_pairs = {{"a", "b", {"a", 0}}};
  record.plan.bias_corrections = {{"conv", {"x", 0}, 1}};
  record.executed = {
      {"conv", "Convolution", "i8", true}, {"fc", "MatMul", "f32", true}, {"table", "Embedding", "f32", false}};
  TunedLayer tuned;
  tuned.name = "conv";
  tuned.kept = true;
  tuned.fixed_weights = "there are fewer than 32 rows to tune on";
  tuned.loss_untuned = 0.04;
  tuned.loss_before = 0.03;
  tuned.loss_after = 0.01;
  tuned.target_power = 2;
  tuned.rows = 4096;
  tuned.bytes = 1'000'000;
  tuned.seconds = 0.5;
  TunedLayer left;
  left.name = "lstm";
  left.reason = "recurrent cells are not tuned";
  record.tuned_layers = {tuned, left};
  record.warnings = {"one"};
  record.metrics = {metric("cer", "float", "f32", 0.857), metric("cer", "int8", "auto", 0.853),
                    metric("cer", "int8", "f32", 0.854)};
  record.input_model = "in/model.onnx";
  record.output_model = "out/model.xml";
  record.input_bytes = 10'900'000;
  record.output_bytes = 2'900'000;
  return record;
}

TEST(RunRecord, KeepsToTheSchema) {
  EXPECT_THAT(octune::testing::schema_violations(to_json(filled()), schema()), IsEmpty());
  EXPECT_THAT(octune::testing::schema_violations(json::parse(text_of(to_json(filled()))), schema()), IsEmpty());
}

// Without this the test above could pass for a schema that allows everything.
TEST(RunRecord, ABrokenDocumentIsNoticed) {
  json document = to_json(filled());
  document.erase("seed");
  document["metrics"][0]["samples"] = -1;
  document["plan"]["quantizers"][0]["kind"] = "bias";
  document["timings_s"]["read"] = "fast";
  document["new"] = 1;
  EXPECT_THAT(octune::testing::schema_violations(document, schema()),
              ElementsAre(": lacks 'seed'", "/metrics/0/samples: is -1, below 0", ": has the unknown member 'new'",
                          "/plan/quantizers/0/kind: is \"bias\", not one of [\"activation\",\"weights\"]",
                          "/timings_s/read: is \"fast\", not of type [\"number\"]"));
}

TEST(RunRecord, ThePartsOfTheTimeAddUpToTheTotal) {
  for (const double total : {3.2, 2.0, 0.0}) {
    RunRecord record = filled();
    record.total_s = total;
    const json times = to_json(record)["timings_s"];
    double sum = 0;
    for (const auto& [name, seconds] : times.items()) {
      EXPECT_GE(seconds.get<double>(), 0) << name;
      if (name != "total") sum += seconds.get<double>();
    }
    EXPECT_NEAR(sum, times["total"].get<double>(), 1e-9);
    EXPECT_EQ(times["choose"], 0.0);
  }
}

TEST(RunRecord, CountsWhatThePlanAndTheRuntimeMadeOfTheOperations) {
  const RunRecord record = filled();
  const OperationCounts counts = count_operations(record.plan, record.executed);
  EXPECT_EQ(counts.total, 9u);
  EXPECT_EQ(counts.quantizable, 3u);
  EXPECT_EQ(counts.quantized, 2u);
  EXPECT_EQ(counts.in_float, 1u);
}

TEST(RunRecord, ValuesThatJsonCannotHoldBecomeNullOrAreReplaced) {
  RunRecord record = filled();
  record.metrics[0].value = std::numeric_limits<double>::infinity();
  record.warnings = {"file \xFF.png"};
  const json document = json::parse(text_of(to_json(record)));
  EXPECT_TRUE(document["metrics"][0]["value"].is_null());
  EXPECT_EQ(document["warnings"][0], "file \xEF\xBF\xBD.png");
  EXPECT_THAT(octune::testing::schema_violations(document, schema()), IsEmpty());
}

TEST(Summary, SaysWhatAUserAsksFirst) {
  EXPECT_THAT(
      summary(filled(), "out/run.json"),
      ElementsAre("quantized:",                                              //
                  "  model      out/model.xml",                              //
                  "  report     out/run.json",                               //
                  "  size       2.9 MB, 27 % of the float model's 10.9 MB",  //
                  "  metrics    cer : 0.8570 -> 0.8530 (-0.0040, 95 % between -0.0110 and +0.0030), 600 samples",
                  "  operations 1 of 3 quantizable in int8 (9 in all); 1 quantized ones run in float",
                  "  layers     1 of 1 tuned; median error 0.02 -> 0.005 (-75 %) on samples held out",
                  "  time       3.2 s (calibrate 2.0, compile 0.6, read 0.1)",  //
                  "  memory     105 MB at most",                                //
                  "  next       octune benchmark in/model.onnx out/model.xml"));
}

TEST(Summary, OfAFloatModelThatWasKeptTellsNothingOfInt8) {
  RunRecord record = filled();
  record.choice = ChoiceRecord{};
  record.choice->chosen = Chosen::floating;
  record.tuned_layers.reset();
  record.metrics = {metric("cer", "float", "f32", 0.857), metric("cer", "float", "auto", 0.856)};
  EXPECT_THAT(summary(record, "out/run.json"),
              ElementsAre("not quantized: int8 does not pay on this machine",        //
                          "  model      out/model.xml",                              //
                          "  report     out/run.json",                               //
                          "  size       2.9 MB, 27 % of the float model's 10.9 MB",  //
                          "  metrics    cer : 0.8560, 600 samples",                  //
                          "  operations none in int8; the best plan has 1 of 3 quantizable (9 in all)",
                          "  time       3.2 s (calibrate 2.0, compile 0.6, read 0.1)",  //
                          "  memory     105 MB at most"));
}

TEST(Summary, TheHintKeepsTheShapeTheModelWasQuantizedFor) {
  RunRecord record = filled();
  record.configuration["shape"] = "1,3,48,320";
  EXPECT_EQ(summary(record, "out/run.json").back(),
            "  next       octune benchmark in/model.onnx out/model.xml --shape 1,3,48,320");
  record.configuration["shape"] = "x[1,3,48,320]";
  EXPECT_EQ(summary(record, "out/run.json").back(),
            "  next       octune benchmark in/model.onnx out/model.xml --shape 'x[1,3,48,320]'");
}

TEST(RunRecord, SaysWhereTheStatisticsCameFrom) {
  RunRecord record = filled();
  EXPECT_EQ(to_json(record)["statistics"],
            json::parse(R"({"reused": false, "file": "out/statistics.octs", "bytes": 4096, "model": "c0ffee",
                            "requests": 12, "passes": 1, "samples_reused": 0})"));
  record.statistics.passes = 0;
  EXPECT_EQ(to_json(record)["statistics"]["reused"], true);
}

TEST(Summary, SaysThatNothingHadToBeCollected) {
  RunRecord record = filled();
  record.statistics.passes = 0;
  EXPECT_THAT(summary(record, "out/run.json"),
              ::testing::Contains("  statistics reused from out/statistics.octs, no inference"));
  for (int i = 0; i < 9; ++i) record.metrics.push_back(metric(fmt::format("m{}", i), "int8", "auto", 0.5));
  EXPECT_EQ(summary(record, "out/run.json").size(), 12u);
}

TEST(Summary, NeverHasMoreThanTwelveLines) {
  RunRecord record = filled();
  record.metrics.clear();
  for (int i = 0; i < 9; ++i) record.metrics.push_back(metric(fmt::format("m{}", i), "int8", "auto", 0.5));
  const std::vector<std::string> lines = summary(record, "out/run.json");
  EXPECT_EQ(lines.size(), 12u);
  EXPECT_THAT(lines, ::testing::Contains("             ... and 7 more in the report"));
}

TEST(Failure, CarriesKindMessageAndExitCode) {
  EXPECT_EQ(failure(Error(ErrorKind::unsupported, "a: b; c")),
            json::parse(R"({"error": {"kind": "unsupported", "message": "a: b; c"}, "exit_code": 3})"));
}

TEST(ModelBytes, CountsTheWeightsOfAnIr) {
  const auto folder = std::filesystem::temp_directory_path() / ("octune_model_bytes" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "m.xml") << "12345";
  EXPECT_EQ(model_bytes(folder / "m.xml"), 5u);
  std::ofstream(folder / "m.bin") << "123";
  EXPECT_EQ(model_bytes(folder / "m.xml"), 8u);
  EXPECT_EQ(model_bytes(folder / "none.onnx"), 0u);
  std::filesystem::remove_all(folder);
}

CriterionRecord criterion(const std::string& metric, double value) {
  return {
      judge_drop({metric, 0.01, DropType::relative}, 0.8, value, true), evaluate::Interval{-0.01, 0.02}, {600, 600}};
}

TEST(Criteria, OnlyATargetCanBeMissed) {
  RunRecord record = filled();
  record.criteria = {criterion("accuracy@top1", 0.7), criterion("f1", 0.8)};
  EXPECT_FALSE(misses_target(record));
  EXPECT_EQ(to_json(record)["result"], "done");
  record.target = true;
  EXPECT_TRUE(misses_target(record));
  EXPECT_EQ(to_json(record)["result"], "target_not_reached");
  record.float_results = FloatResultsRecord{"out/float_results.octf", true};
  EXPECT_THAT(octune::testing::schema_violations(to_json(record), schema()), IsEmpty());
  EXPECT_EQ(to_json(record)["criteria"][0]["accepted"], false);
  record.criteria[0] = criterion("accuracy@top1", 0.8);
  EXPECT_FALSE(misses_target(record));
}

TEST(Criteria, AreOneLineOfTheSummary) {
  RunRecord record = filled();
  const auto target = [&] {
    for (const std::string& line : summary(record, "run.json")) {
      if (line.starts_with("  target")) return line;
    }
    return std::string();
  };
  EXPECT_EQ(target(), "");
  record.criteria = {criterion("accuracy@top1", 0.796)};
  EXPECT_EQ(target(),
            "  target     accuracy@top1: relative drop 0.50 %, 95 % between -1.00 and 2.00 %, limit 1 %: accepted");
  record.criteria.push_back(criterion("f1", 0.8));
  EXPECT_EQ(target(), "  target     all 2 limits are kept");
  record.criteria.push_back(criterion("cer", 0.7));
  EXPECT_EQ(target(),
            "  target     cer: relative drop 12.50 %, 95 % between -1.00 and 2.00 %, limit 1 %: not accepted (1 of 3 "
            "limits are not kept)");
  for (int i = 0; i < 9; ++i) record.metrics.push_back(metric(fmt::format("m{}", i), "int8", "auto", 0.5));
  EXPECT_LE(summary(record, "run.json").size(), 12u);
}

}  // namespace
}  // namespace octune::report
