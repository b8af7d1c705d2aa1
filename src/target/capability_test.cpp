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
  EXPECT_EQ(cpu.find("Convolution")->weights.back().execution, Execution::floating)
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

/// The text of the error that parsing `json` gives.
std::string problems_of(std::string_view json) {
  try {
    CapabilityTable::parse(json, "x.json");
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::input);
    return error.what();
  }
  return {};
}

TEST(CapabilityTable, EveryProblemIsReportedAtOnce) {
  EXPECT_EQ(problems_of(R"({
    "name": "X",
    "schemes": {
      "a": [{"bits": 12, "mode": "symmetric", "granularity": "pertensor"}],
      "b": [{"bits": 8, "mode": "symmetrical", "granularity": "pertensor"}],
      "c": [],
      "d": [{"bits": 8, "mode": "symmetric", "granularity": "pertensor", "level_low": 3, "level_high": 9},
            {"bits": 4, "mode": "symmetric", "granularity": "pertensor", "level_low": -9, "level_high": 7},
            {"bits": 8, "mode": "symmetric", "granularity": "pertensor", "unified_zero_point": true},
            {"bits": 8, "mode": "symmetric", "executed_as": "fast"}]
    },
    "operations": [
      {"types": ["MatMul"], "activations": "e"},
      {"types": ["Convolutio", "MatMul"], "activations": "a", "ports": [0, 7]},
      {"types": ["LSTMSequence"], "weights": "a", "weight_ports": [9], "unified_ports": [[0, 8]], "state_port": 7},
      {"types": ["Add"]},
      {"activations": "a"}
    ],
    "agnostic": ["Reshap"],
    "agnstic": [],
    "presets": {"mixt": "accuracy"},
    "as_written": [{"kind": "wheat", "executed_as": "float", "storage_bits": 5}]
  })"),
            "x.json: not a capability table: table: unknown key 'agnstic'; did you mean 'agnostic'? (known: name, "
            "summary, device, schemes, operations, agnostic, unified_scales, presets, as_written, packs_weights, "
            "saturates_without_vnni, smooths_inputs); "
            "schemes.a: bits 12 are out of range (2 to 8, or 16); "
            "schemes.b: unknown value 'symmetrical'; did you mean 'symmetric'? (known: symmetric, asymmetric); "
            "schemes.c: no scheme in the list; give at least one; "
            "schemes.d: levels 3 to 9 do not hold zero below their top; "
            "schemes.d: levels -9 to 7 are more than 4 bits hold (16); "
            "schemes.d: unified_zero_point is for asymmetric schemes: symmetric ones have no zero points; "
            "schemes.d: key 'granularity' not found; "
            "operations of MatMul: unknown scheme 'e'; did you mean 'a'? (known: a, b, c, d); "
            "operations: unknown operation type 'Convolutio'; did you mean 'Convolution'? (closest: Convolution); "
            "operations of MatMul: ports: there is no input 7 (0 to 1); "
            "operations: 'MatMul' is in two entries; "
            "operations of LSTMSequence: weight_ports: there is no input 9 (0 to 6); "
            "operations of LSTMSequence: unified_ports: there is no input 8 (0 to 6); "
            "operations of LSTMSequence: state_port: there is no input 7 (0 to 6); "
            "operations of Add: neither activations nor weights are quantized; give at least one; "
            "operations: key 'types' not found; "
            "agnostic: unknown operation type 'Reshap'; did you mean 'Reshape'? (closest: Reshape); "
            "presets: unknown value 'mixt'; did you mean 'mixed'? (known: performance, mixed, accuracy); "
            "as_written: kind 'wheat' is unknown (known: activations, weights); "
            "as_written: storage_bits 5 are unknown (known: 4, 8, 16); see docs/targets.md");
}

TEST(CapabilityTable, ATableIsAnObjectWithItsRequiredParts) {
  EXPECT_EQ(problems_of("[]"), "x.json: not a capability table: table: must be an object; see docs/targets.md");
  EXPECT_EQ(problems_of("{}"),
            "x.json: not a capability table: name: key 'name' not found; schemes: key 'schemes' not found; "
            "operations: key 'operations' not found; agnostic: key 'agnostic' not found; see docs/targets.md");
}

TEST(CapabilityTable, BuiltInTables) {
  std::vector<std::string> names;
  for (const auto& [name, table] : built_in_tables()) {
    names.push_back(name);
    EXPECT_FALSE(table.summary().empty()) << name;
    EXPECT_NE(table.find("Convolution"), nullptr) << name;
    EXPECT_NE(table.find("MatMul"), nullptr) << name;
  }
  EXPECT_EQ(names, (std::vector<std::string>{"CPU", "GNA", "GPU", "NPU", "VPU"}));
}

TEST(CapabilityTable, OnlyTheCpuCanBeAskedHere) {
  const auto execution = [](const char* device) {
    return find_table(device).find("Convolution")->activations.front().execution;
  };
  EXPECT_EQ(execution("CPU"), Execution::integer);
  for (const char* device : {"GPU", "NPU", "VPU", "GNA"}) EXPECT_EQ(execution(device), Execution::unknown) << device;
}

Scheme scheme(int bits, Mode mode = Mode::symmetric, Granularity granularity = Granularity::per_tensor) {
  return {bits, mode, granularity, std::nullopt, std::nullopt};
}

TEST(CapabilityTable, TheFirstRuleThatFitsSaysHowSomethingAsWrittenRuns) {
  const CapabilityTable table = CapabilityTable::parse(R"({
    "name": "X", "schemes": {"a": [{"bits": 8, "mode": "symmetric", "granularity": "pertensor"}]},
    "operations": [{"types": ["MatMul"], "activations": "a"}], "agnostic": [], "packs_weights": true,
    "as_written": [
      {"kind": "weights", "types": ["MatMul"], "mode": "asymmetric", "executed_as": "float", "storage_bits": 16},
      {"kind": "weights", "most_bits": 4, "executed_as": "integer"},
      {"kind": "activations", "granularity": "pertensor", "levels": [16, 256], "executed_as": "integer"},
      {"kind": "activations", "executed_as": "float"}]})",
                                                       "x.json");
  const auto execution = [&](const char* type, QuantizerKind kind, const Scheme& scheme, int levels) {
    return table.execution_as_written(type, kind, scheme, levels);
  };
  const Scheme symmetric = scheme(4), asymmetric = scheme(4, Mode::asymmetric),
               per_channel = scheme(4, Mode::symmetric, Granularity::per_channel);
  EXPECT_EQ(execution("MatMul", QuantizerKind::weights, asymmetric, 16), Execution::floating);
  EXPECT_EQ(execution("Convolution", QuantizerKind::weights, asymmetric, 16), Execution::integer);
  EXPECT_EQ(execution("MatMul", QuantizerKind::weights, scheme(8), 255), Execution::unknown);
  EXPECT_EQ(execution("MatMul", QuantizerKind::activation, symmetric, 16), Execution::integer);
  EXPECT_EQ(execution("MatMul", QuantizerKind::activation, symmetric, 15), Execution::floating);
  EXPECT_EQ(execution("MatMul", QuantizerKind::activation, per_channel, 16), Execution::floating);
  EXPECT_EQ(table.storage_bits("MatMul", asymmetric, 16), 16);
  EXPECT_EQ(table.storage_bits("MatMul", symmetric, 16), 4);
  EXPECT_EQ(table.storage_bits("MatMul", scheme(5), 32), 8);
  EXPECT_EQ(table.storage_bits("MatMul", scheme(16), 65535), 16);
  EXPECT_EQ(find_table("CPU").storage_bits("MatMul", symmetric, 16), 8) << "packed weights run in float on CPUs";
}

TEST(CapabilityTable, TextThatIsNoJsonIsReported) {
  EXPECT_THROW(CapabilityTable::parse("{", "x.json"), Error);
  EXPECT_THROW(find_table("/nonexistent/table.json"), Error);
}

}  // namespace
}  // namespace octune::target
