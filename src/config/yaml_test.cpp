// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "config/yaml.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "config/document.hpp"
#include "octune/error.hpp"

namespace octune::config {
namespace {

using nlohmann::json;
using testing::HasSubstr;

std::string error_of(const std::string& text) {
  try {
    parse_yaml(text, "a.yml");
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::input);
    return error.what();
  }
  return "";
}

json value_of(const std::string& text) { return parse_yaml("x: " + text, "a.yml").root["x"]; }

// As PyYAML's safe_load reads them, which Accuracy Checker uses; but 1e-3 is a text there, for lack of a point.
TEST(Yaml, WordsMeanWhatTheyMeanInPython) {
  EXPECT_EQ(value_of("True"), json(true));
  EXPECT_EQ(value_of("off"), json(false));
  EXPECT_EQ(value_of("'True'"), json("True"));
  EXPECT_EQ(value_of("224"), json(224));
  EXPECT_EQ(value_of("+7"), json(7));
  EXPECT_EQ(value_of("-0.5"), json(-0.5));
  EXPECT_EQ(value_of("1e-3"), json(0.001));
  EXPECT_EQ(value_of("\"224\""), json("224"));
  EXPECT_EQ(value_of("1,3,224,224"), json("1,3,224,224"));
  EXPECT_EQ(value_of("(123.675,116.28,103.53)"), json("(123.675,116.28,103.53)"));
  EXPECT_EQ(value_of("~"), json(nullptr));
  EXPECT_EQ(value_of(""), json(nullptr));
  EXPECT_EQ(value_of(".*scores*"), json(".*scores*"));
  EXPECT_EQ(value_of("[a, 1, {b: no}]"), json({"a", 1, {{"b", false}}}));
}

TEST(Yaml, EveryKeyAndValueHasAPlace) {
  const YamlValues values = parse_yaml("# nothing\nmodels:\n  - name: a\n    sizes: [1, 22]\n", "a.yml");
  const auto place = [](const std::map<std::string, Position>& places, const char* pointer) {
    return std::pair(places.at(pointer).line, places.at(pointer).column);
  };
  EXPECT_EQ(place(values.keys, "/models"), std::pair(std::size_t{2}, std::size_t{1}));
  EXPECT_EQ(place(values.values, "/models"), std::pair(std::size_t{3}, std::size_t{3}));
  EXPECT_EQ(place(values.values, "/models/0/name"), std::pair(std::size_t{3}, std::size_t{11}));
  EXPECT_EQ(place(values.keys, "/models/0/sizes"), std::pair(std::size_t{4}, std::size_t{5}));
  EXPECT_EQ(place(values.values, "/models/0/sizes/1"), std::pair(std::size_t{4}, std::size_t{16}));
}

TEST(Yaml, AnchorsAndMergeKeysAreFollowed) {
  const json root =
      parse_yaml("common: &c {size: 224, mode: a}\nother: *c\nown: {size: 256, <<: *c}\nlist: {<<: [{x: 1}, {x: 2}]}\n",
                 "a.yml")
          .root;
  EXPECT_EQ(root["other"], json({{"size", 224}, {"mode", "a"}}));
  EXPECT_EQ(root["own"], json({{"size", 256}, {"mode", "a"}}));
  EXPECT_EQ(root["list"], json({{"x", 1}}));
}

TEST(Yaml, MistakesAreNamedWithTheirPlace) {
  EXPECT_EQ(error_of("a: 1\nb: 2\na: 3\n"), "a.yml:3:1: the key 'a' is given twice; remove one of them");
  EXPECT_EQ(error_of("? [a]\n: 1\n"), "a.yml:1:3: a key is no text; write a name");
  EXPECT_EQ(error_of("a: {<<: 5}\n"), "a.yml:1:9: '<<' takes an object; name one with *");
  EXPECT_THAT(error_of("a: [1, 2\nb: 3\n"), HasSubstr("not valid YAML ("));
  EXPECT_THAT(error_of("a: [1, 2\nb: 3\n"), testing::StartsWith("a.yml:"));
  EXPECT_THAT(error_of("a: &x [*x]\n"), HasSubstr("nested too deeply"));
  EXPECT_EQ(error_of("a: 1\n---\nb: 2\n"), "a.yml:3:1: a second document begins here; put each into a file of its own");
  EXPECT_THAT(error_of("a: *none\n"), HasSubstr("not valid YAML ("));
}

TEST(Yaml, ShortTextsCannotGrowWithoutEnd) {
  std::string text = "l0: &l0 [a, a, a, a, a, a, a, a, a, a]\n";
  for (int i = 1; i < 12; ++i) {
    const std::vector<std::string> ten(10, fmt::format("*l{}", i - 1));
    text += fmt::format("l{}: &l{} [{}]\n", i, i, fmt::join(ten, ", "));
  }
  EXPECT_THAT(error_of(text), HasSubstr("or too many"));
}

TEST(Yaml, ADocumentMayBeYaml) {
  const Document document = Document::parse("engine:\n  type: simplified\n", "pot.yaml");
  EXPECT_EQ(document.root()["engine"]["type"], "simplified");
  EXPECT_EQ(document.where_key(json::json_pointer("/engine/type")), "pot.yaml:2:3");
}

}  // namespace
}  // namespace octune::config
