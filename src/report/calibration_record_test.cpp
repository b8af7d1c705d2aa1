// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "report/calibration_record.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "testing/json_schema.hpp"

namespace octune::report {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

json schema() {
  const auto root = std::filesystem::path(__FILE__).parent_path().parent_path().parent_path();
  return json::parse(std::ifstream(root / "docs" / "schema" / "calibration.schema.json"));
}

CalibrationRecord filled() {
  Calibration calibration;
  calibration.key.model = "c0ffee";
  calibration.statistics = Statistics(300);
  for (const Reduction reduction : {Reduction::min, Reduction::max})
    calibration.statistics[{{"x", 0}, reduction, 0, std::nullopt}].add(std::vector<float>{1});
  calibration.statistics.histograms_for({{"y", 0}, Reduction::histogram, 0, std::nullopt}).resize(1);
  calibration.findings = {{Severity::info, "fine"}, {Severity::warning, "odd"}};
  calibration.statistics.set_seen({{"x", 0}, Reduction::min, 0, std::nullopt}, 300);
  calibration.statistics.set_seen({{"x", 0}, Reduction::max, 0, std::nullopt}, 300);
  calibration.statistics.set_seen({{"y", 0}, Reduction::histogram, 0, std::nullopt}, 300);
  CalibrationRecord record = record_of(calibration);
  record.file = "kept/model.octs";
  record.bytes = 123456;
  record.passes = 1;
  record.timings_s = {{"calibrate", 2.0}};
  record.total_s = 3;
  record.peak_rss_mib = 100;
  record.warnings = {"odd"};
  return record;
}

TEST(CalibrationRecord, KeepsToItsSchema) {
  const json document = to_json(filled());
  EXPECT_THAT(octune::testing::schema_violations(document, schema()), IsEmpty());
  EXPECT_EQ(document["samples"], json::parse(R"({"used": 300, "reused": 0})"));
  EXPECT_EQ(document["tensors"], 2);
  EXPECT_EQ(document["requests"], 3);
  EXPECT_EQ(document["timings_s"]["calibrate"], 2.0);
  EXPECT_EQ(document["timings_s"]["other"], 1.0);
  EXPECT_EQ(document["timings_s"]["total"], 3.0);
  EXPECT_EQ(document["findings"][1], json::parse(R"({"severity": "warning", "text": "odd"})"));
}

TEST(CalibrationRecord, TheSchemaFindsMistakes) {
  json document = to_json(filled());
  document.erase("passes");
  document["bytes"] = -1;
  EXPECT_THAT(octune::testing::schema_violations(document, schema()),
              ElementsAre(": lacks 'passes'", "/bytes: is -1, below 0"));
}

TEST(CalibrationRecord, SummarySaysHowMuchAndFromWhere) {
  CalibrationRecord record = filled();
  EXPECT_THAT(summary(record),
              ElementsAre("calibrated:",                                  //
                          "  statistics kept/model.octs, 123.5 kB",       //
                          "  samples    300",                             //
                          "  tensors    2, 3 statistics of them",         //
                          "  data       1 warning, 1 remark, see above",  //
                          "  time       3.0 s",                           //
                          "  memory     105 MB at most"));
  record.reused_samples = 127;
  record.findings.clear();
  EXPECT_EQ(summary(record)[2], "  samples    300, 127 of them were in the file already");
  EXPECT_EQ(summary(record)[4], "  data       nothing odd found");
  record.reused_samples = 300;
  EXPECT_EQ(summary(record)[2], "  samples    300, none had to be run");
}

}  // namespace
}  // namespace octune::report
