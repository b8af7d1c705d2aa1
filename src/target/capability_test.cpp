// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "target/capability.hpp"

#include <gtest/gtest.h>

#include "octune/error.hpp"

namespace octune::target {
namespace {

TEST(CapabilityTable, TheBuiltInCpuTable) {
  const CapabilityTable cpu = find_table("cpu");
  EXPECT_EQ(cpu.name(), "CPU");
  ASSERT_NE(cpu.find("Convolution"), nullptr);
  EXPECT_EQ(cpu.find("Convolution")->weights.front().scheme.granularity, Granularity::per_channel);
  EXPECT_FALSE(cpu.find("Convolution")->weights.back().executed_in_integers)
      << "asymmetric weights run in float on CPUs";
  EXPECT_EQ(cpu.find("DepthwiseConvolution")->activations.front().scheme.granularity, Granularity::per_channel);
  EXPECT_EQ(cpu.find("Softmax"), nullptr);
  EXPECT_TRUE(cpu.is_agnostic("Reshape"));
  EXPECT_TRUE(cpu.unifies_scales("Concat"));
}

TEST(CapabilityTable, AnyIsCpuAndOtherNamesAreQuestioned) {
  EXPECT_EQ(find_table("ANY").name(), "CPU");
  try {
    find_table("CPI");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::input);
    EXPECT_NE(std::string(error.what()).find("unknown device 'CPI'; did you mean 'CPU'?"), std::string::npos)
        << error.what();
  }
}

TEST(CapabilityTable, EveryProblemOfATableIsReportedAtOnce) {
  try {
    CapabilityTable::parse(
        R"({"name": "X", "schemes": {"a": [{"bits": 99, "mode": "symmetric", "granularity": "pertensor"}]},
                               "operations": [{"types": ["MatMul"], "activations": "b"}], "agnostic": [], "agnstic": []})",
        "x.json");
    FAIL();
  } catch (const Error& error) {
    const std::string text = error.what();
    EXPECT_EQ(text.find("x.json: not a capability table: "), 0u) << text;
    EXPECT_NE(text.find("unknown key 'agnstic'; did you mean 'agnostic'?"), std::string::npos) << text;
    EXPECT_NE(text.find("bits 99 are out of range (2 to 16)"), std::string::npos) << text;
    EXPECT_NE(text.find("unknown scheme 'b'"), std::string::npos) << text;
  }
}

TEST(CapabilityTable, TextThatIsNoJsonIsReported) {
  EXPECT_THROW(CapabilityTable::parse("{", "x.json"), Error);
  EXPECT_THROW(find_table("/nonexistent/table.json"), Error);
}

}  // namespace
}  // namespace octune::target
