// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0

// docs/schema/config.schema.json says what the reader reads: the same keys, the same names of values.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/names.hpp"
#include "config/algorithm_section.hpp"
#include "config/embedded_schemas.hpp"
#include "config/reader.hpp"
#include "data/names.hpp"
#include "testing/json_schema.hpp"

namespace octune::config {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const fs::path& root() {
  static const fs::path path = fs::path(__FILE__).parent_path().parent_path().parent_path();
  return path;
}

std::string content(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

const json& schema() {
  static const json document = json::parse(embedded_schemas().at("config"));
  return document;
}

const json& resolved(const json& node) {
  return node.contains("$ref") ? schema().at(json::json_pointer(node["$ref"].get<std::string>().substr(1))) : node;
}

/// The schema of the params of an algorithm.
const json& params_of(std::string_view algorithm) {
  for (const json& rule : schema()["properties"]["compression"]["properties"]["algorithms"]["items"]["allOf"]) {
    if (rule["if"]["properties"]["name"]["const"] == algorithm) return resolved(rule["then"]["properties"]["params"]);
  }
  throw std::invalid_argument("the schema lacks " + std::string(algorithm));
}

/// A document with every object that `node` describes, and nothing in them but objects.
json skeleton(const json& node, std::string_view algorithm) {
  json document = json::object();
  for (const auto& [key, member] : node["properties"].items()) {
    const json& kind = resolved(member);
    if (key == "algorithms") {
      document[key] = json::array({{{"name", algorithm}, {"params", skeleton(params_of(algorithm), algorithm)}}});
    } else if (kind.contains("properties")) {
      document[key] = skeleton(kind, algorithm);
    } else if (kind.contains("items") && resolved(kind["items"]).contains("properties")) {
      document[key] = json::array({skeleton(resolved(kind["items"]), algorithm)});
    }
  }
  return document;
}

using Keys = std::map<std::string, std::set<std::string>>;

/// The keys the schema gives each object, called as the reader calls it.
void collect_keys(const json& node, const std::string& label, std::string_view algorithm, Keys& keys) {
  for (const auto& [key, member] : node["properties"].items()) {
    keys[label].insert(key);
    const json& kind = key == "params" && label.starts_with("compression") ? params_of(algorithm) : resolved(member);
    const std::string inner = label == "the file" ? key : label + "." + key;
    if (kind.contains("properties")) {
      collect_keys(kind, inner, algorithm, keys);
    } else if (kind.contains("items") && resolved(kind["items"]).contains("properties")) {
      collect_keys(resolved(kind["items"]), inner + "[0]", algorithm, keys);
    }
  }
}

class KeysOf : public ::testing::TestWithParam<const char*> {};

TEST_P(KeysOf, AreTheSameInTheReaderAndInTheSchema) {
  Problems problems;
  read_document(Document::parse(skeleton(schema(), GetParam()).dump(), "c.json"), problems);
  Keys in_schema;
  collect_keys(schema(), "the file", GetParam(), in_schema);
  EXPECT_EQ(problems.known_keys(), in_schema);
}

INSTANTIATE_TEST_SUITE_P(Schema, KeysOf,
                         ::testing::Values("DefaultQuantization", "ActivationChannelAlignment", "MinMaxQuantization",
                                           "FastBiasCorrection", "BiasCorrection", "TunableQuantization",
                                           "AccuracyAwareQuantization"));

TEST(Schema, NamesTheAlgorithmsThatTheReaderKnows) {
  const json names =
      schema()["properties"]["compression"]["properties"]["algorithms"]["items"]["properties"]["name"]["enum"];
  for (const json& name : names) EXPECT_NE(find_algorithm(name.get<std::string>()), nullptr) << name;
  for (const std::string& name : available_algorithms()) EXPECT_THAT(names, ::testing::Contains(name));
}

template <class Enum>
json names() {
  return base::names_of<Enum>();
}

TEST(Schema, NamesOfValuesAreThoseOfTheProgram) {
  const json& defs = schema()["$defs"];
  EXPECT_EQ(defs["scheme"]["properties"]["mode"]["enum"], names<Mode>());
  EXPECT_EQ(defs["granularity"]["enum"], names<Granularity>());
  EXPECT_EQ(defs["range_estimator"]["properties"]["preset"]["enum"], names<EstimatorPreset>());
  EXPECT_EQ(defs["border"]["properties"]["type"]["enum"], names<EstimatorType>());
  EXPECT_EQ(defs["border"]["properties"]["aggregator"]["enum"], names<Aggregator>());
  const json& engine = schema()["properties"]["engine"]["properties"];
  EXPECT_EQ(engine["interp"]["enum"], names<data::Interpolation>());
  EXPECT_EQ(engine["color"]["enum"], names<data::ColorOrder>());
  for (const json& name : engine["resize_mode"]["enum"])
    EXPECT_NO_THROW(parse_resize_mode(name.get<std::string>(), ""));
  for (const json& name : names<data::ResizeMode>())
    EXPECT_THAT(engine["resize_mode"]["enum"], ::testing::Contains(name));
  for (const json& name : defs["preset"]["enum"]) EXPECT_NO_THROW(parse_preset(name.get<std::string>(), ""));
  for (const json& name : names<Preset>()) EXPECT_THAT(defs["preset"]["enum"], ::testing::Contains(name));
  for (const json& name : defs["model_type"]["enum"]) {
    if (name.is_null()) continue;
    EXPECT_NO_THROW(parse_model_type(name.get<std::string>(), ""));
  }
  for (const json& name : names<ModelType>()) EXPECT_THAT(defs["model_type"]["enum"], ::testing::Contains(name));
}

TEST(Schema, TheProgramHoldsTheFilesOfTheDocumentation) {
  std::size_t files = 0;
  for (const auto& entry : fs::directory_iterator(root() / "docs" / "schema")) {
    const std::string name = entry.path().stem().stem().string();
    ASSERT_TRUE(embedded_schemas().contains(name)) << entry.path();
    EXPECT_EQ(embedded_schemas().at(name), content(entry.path())) << name;
    ++files;
  }
  EXPECT_EQ(files, embedded_schemas().size());
}

/// The blocks of a Markdown text that are configurations: those of the language jsonc.
std::vector<std::string> configurations_in(const std::string& markdown) {
  std::vector<std::string> blocks;
  const std::string fence = "```";
  for (std::size_t at = markdown.find(fence + "jsonc\n"); at != std::string::npos;
       at = markdown.find(fence + "jsonc\n", at)) {
    const std::size_t start = markdown.find('\n', at) + 1;
    const std::size_t end = markdown.find(fence, start);
    blocks.push_back(markdown.substr(start, end - start));
    at = end;
  }
  return blocks;
}

std::vector<std::string> violations(const std::string& text) {
  return octune::testing::schema_violations(Document::parse(text, "example").root(), schema());
}

TEST(Schema, EveryShippedConfigurationKeepsToIt) {
  std::size_t checked = 0;
  for (const char* folder : {"src/config/fixtures", "tests", "examples"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root() / folder)) {
      if (entry.path().extension() != ".json") continue;
      const std::string text = content(entry.path());
      if (!Document::parse(text, entry.path()).root().contains("compression")) continue;
      EXPECT_THAT(violations(text), IsEmpty()) << entry.path();
      ++checked;
    }
  }
  EXPECT_GE(checked, 6u);
  for (const char* page : {"docs/configuration.md", "docs/coming_from_pot.md"}) {
    const auto blocks = configurations_in(content(root() / page));
    EXPECT_THAT(blocks, ::testing::Not(IsEmpty())) << page;
    for (const std::string& block : blocks) EXPECT_THAT(violations(block), IsEmpty()) << page << "\n" << block;
  }
}

// Without this the test above could pass for a schema that allows everything.
TEST(Schema, MistakesAreViolations) {
  EXPECT_THAT(violations(R"({
    "model": {"modle": "m.xml"},
    "compression": {"algorithms": [
      {"name": "MinMaxQuantization", "params": {"use_fast_bias": true, "weights": {"bits": 9, "level_low": -40000}}},
      {"name": "TunableQuantization", "params": {"outlier_prob_choices": [0.5], "tuning_scope": ["layers"]}},
      {"name": "MinMax"}]},
    "optimizer": {"name": "Tpe", "params": {"max_trials": 0}}})"),
              ::testing::UnorderedElementsAre(
                  "/model: has the unknown member 'modle'",
                  "/compression/algorithms/0/params: has the unknown member 'use_fast_bias'",
                  HasSubstr("/compression/algorithms/0/params/weights/bits: is 9, not one of"),
                  "/compression/algorithms/0/params/weights/level_low: is -40000, below -32768",
                  "/compression/algorithms/1/params/outlier_prob_choices/0: is 0.5, not below 0.5",
                  HasSubstr("/compression/algorithms/1/params/tuning_scope/0: is \"layers\", not one of"),
                  HasSubstr("/compression/algorithms/2/name: is \"MinMax\", not one of"),
                  "/optimizer/params/max_trials: is 0, below 1"));
  EXPECT_THAT(violations(R"({"compression": {"algorithms": []}})"),
              ElementsAre("/compression/algorithms: has fewer than 1 items"));
  EXPECT_THAT(violations(R"({"compression": {}})"), ElementsAre("/compression: lacks 'algorithms'"));
}

}  // namespace
}  // namespace octune::config
