// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "config/document.hpp"

#include <gtest/gtest.h>

#include "octune/error.hpp"

namespace octune::config {
namespace {

using nlohmann::json;
using Pointer = json::json_pointer;

std::string message(std::string_view text) {
  try {
    Document::parse(text, "c.json");
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::input);
    return error.what();
  }
  return "no error";
}

TEST(Document, CommentsAndTrailingCommasAreReadAsPotReadsThem) {
  const Document document = Document::parse(R"(/* a
   comment */ {
  "a": 1, // one
  "b": ["//x", "/* y */", "z\"",], /* list, */
})",
                                            "c.json");
  EXPECT_EQ(document.root(), (json{{"a", 1}, {"b", {"//x", "/* y */", "z\""}}}));
}

TEST(Document, EveryKeyAndValueKnowsItsPlace) {
  const Document document = Document::parse("{\n  // note\n  \"a\": {\"b\": [10,\n 20]}\n}", "c.json");
  EXPECT_EQ(document.where(Pointer()), "c.json:1:1");
  EXPECT_EQ(document.where_key(Pointer("/a")), "c.json:3:3");
  EXPECT_EQ(document.where(Pointer("/a")), "c.json:3:8");
  EXPECT_EQ(document.where(Pointer("/a/b/0")), "c.json:3:15");
  EXPECT_EQ(document.where(Pointer("/a/b/1")), "c.json:4:2");
}

TEST(Document, KeysWithSlashesEscapesAndQuotesAreFound) {
  const Document document = Document::parse(R"({"x/y": 1, "q\"~": {"": 2}})", "c.json");
  EXPECT_EQ(document.where(Pointer() / "x/y"), "c.json:1:9");
  EXPECT_EQ(document.where(Pointer() / "q\"~" / ""), "c.json:1:25");
}

TEST(Document, SyntaxErrorsCarryLineAndColumn) {
  const std::string text = message("{\n  // note\n  \"algorithms\": [ \"name\": 1 ]\n}");
  EXPECT_TRUE(text.starts_with("c.json:3:25: not valid JSON (")) << text;
  EXPECT_TRUE(text.ends_with("; correct the file")) << text;
  EXPECT_TRUE(message("").starts_with("c.json:1:1: not valid JSON"));
  EXPECT_TRUE(message("{\"a\": \"").starts_with("c.json:1:")) << message("{\"a\": \"");
  EXPECT_TRUE(message("{ /* open").starts_with("c.json:1:")) << message("{ /* open");
}

TEST(Document, AKeyGivenTwiceIsRefused) {
  EXPECT_EQ(message("{\"a\": 1,\n \"a\": 2}"), "c.json:2:2: the key 'a' is given twice; remove one of them");
}

TEST(Document, AMissingFileIsAnIoError) {
  try {
    Document::read("/nonexistent/c.json");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::io);
  }
}

}  // namespace
}  // namespace octune::config
