// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "config/run_config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "octune/error.hpp"

namespace octune::config {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// A folder with empty files for configurations to point to.
class RunConfigTest : public testing::Test {
 protected:
  void SetUp() override {
    fs::remove_all(folder_);
    fs::create_directories(folder_ / "images");
    for (const char* name : {"m.xml", "m.bin", "other.bin", "x.npz", "y.npy", "labels.txt", "chars.txt"}) {
      std::ofstream(folder_ / name) << "x";
    }
  }
  void TearDown() override { fs::remove_all(folder_); }

  RunConfig parse(const std::string& text) const { return parse_run_config(text, folder_ / "c.json"); }

  /// The lines of the error, without the path of the file.
  std::vector<std::string> problems(const std::string& text, ErrorKind kind = ErrorKind::input) const {
    try {
      parse(text);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), kind) << error.what();
      std::vector<std::string> lines;
      std::istringstream in(error.what());
      for (std::string line; std::getline(in, line);) {
        const std::string prefix = (folder_ / "c.json").string() + ":";
        EXPECT_TRUE(line.starts_with(prefix)) << line;
        lines.push_back(line.substr(std::min(prefix.size(), line.size())));
      }
      return lines;
    }
    return {"no error"};
  }

  std::vector<std::string> algorithm_problems(const std::string& params, ErrorKind kind = ErrorKind::input) const {
    return problems(R"({"compression": {"algorithms": [{"name": "DefaultQuantization", "params": {)" + params + "}}]}}",
                    kind);
  }

  fs::path folder_ = fs::temp_directory_path() / ("octune_run_config_test" + std::to_string(::getpid()));
};

// The shape of POT's own default_quantization template.
constexpr const char* kPotFile = R"(/* template */
{
  "model": {
    "model_name": "net",    // name of the result
    "model": "m.xml",
    "weights": "./m.bin"
  },
  "engine": {
    "type": "simplified",
    "layout": "NCHW",
    "stat_requests_number": 4,
    "data_source": "images" /* folder, */
  },
  "compression": {
    "target_device": "ANY",
    "model_type": "Transformer",
    "inplace_statistics": true,
    "algorithms": [
      {
        "name": "DefaultQuantization",
        "params": {
          "preset": "mixed",
          "stat_subset_size": 300,
          "stat_batch_size": 1,
          "shuffle_data": true,
          "seed": 7,
          "use_fast_bias": true,
          "ignored": {
            "scope": ["a", ["b", "a"]],
            "operations": [
              {"type": "Interpolate", "attributes": {"mode": "linear", "antialias": [false, 1]}},
              {"type": "Softmax"},
            ]
          },
          "weights": {
            "bits": 8, "mode": "symmetric", "level_low": -127, "level_high": 127, "granularity": "perchannel",
            "range_estimator": {"max": {"type": "quantile", "outlier_prob": 0.0001}}
          },
          "activations": {
            "bits": 8, "mode": "asymmetric", "granularity": "pertensor",
            "range_estimator": {
              "preset": "quantile",
              "min": {"aggregator": "hl_estimator", "type": "quantile", "outlier_prob": 0.01, "clipping_value": -3},
              "max": {"aggregator": "median"}
            }
          },
          "saturation_fix": "no",
          "use_layerwise_tuning": false,
        }
      }
    ]
  }
})";

TEST_F(RunConfigTest, APotFileIsReadAsItIs) {
  const RunConfig config = parse(kPotFile);
  EXPECT_EQ(config.model, folder_ / "m.xml");
  EXPECT_EQ(config.name, "net");
  EXPECT_EQ(config.data, (folder_ / "images").string());
  EXPECT_EQ(config.preprocess.layout, "NCHW");
  EXPECT_EQ(config.preprocess.color, data::ColorOrder::bgr) << "POT's simplified engine reads images as BGR";

  const QuantizeOptions& options = config.quantize;
  EXPECT_EQ(options.subset_size, 300u);
  EXPECT_TRUE(options.shuffle);
  EXPECT_EQ(options.seed, 7u);
  const PlanOptions& plan = options.plan;
  EXPECT_EQ(plan.target_device, "CPU");
  EXPECT_EQ(plan.model_type, ModelType::transformer);
  EXPECT_EQ(plan.preset, Preset::mixed);
  EXPECT_EQ(plan.overflow_fix, OverflowFix::off);
  EXPECT_TRUE(plan.channel_alignment);
  EXPECT_EQ(plan.bias_correction, BiasCorrectionMethod::fast);
  EXPECT_THAT(plan.ignored.names, ElementsAre("a", "b"));
  ASSERT_EQ(plan.ignored.types.size(), 2u);
  EXPECT_EQ(plan.ignored.types[0].type, "Interpolate");
  EXPECT_THAT(plan.ignored.types[0].attributes.at("mode"), ElementsAre("linear"));
  EXPECT_THAT(plan.ignored.types[0].attributes.at("antialias"), ElementsAre("false", "1"));
  EXPECT_THAT(plan.ignored.types[1].attributes, IsEmpty());

  EXPECT_EQ(plan.weights.level_low, -127);
  EXPECT_EQ(plan.weights.granularity, Granularity::per_channel);
  EXPECT_EQ(plan.weights.range_estimator.max.type, EstimatorType::quantile);
  EXPECT_EQ(plan.weights.range_estimator.min, BorderOverride{});
  EXPECT_EQ(plan.activations.mode, Mode::asymmetric);
  EXPECT_EQ(plan.activations.range_estimator.preset, EstimatorPreset::quantile);
  EXPECT_EQ(plan.activations.range_estimator.min,
            (BorderOverride{EstimatorType::quantile, Aggregator::hl_estimator, 0.01, std::nullopt, -3.0}));
  EXPECT_EQ(plan.activations.range_estimator.max.aggregator, Aggregator::median);
  for (const Note& note : config.notes) EXPECT_EQ(note.severity, Severity::debug) << note.text;
}

TEST_F(RunConfigTest, WithoutASubsetSizeTheWholeDataSetIsUsed) {
  EXPECT_EQ(parse(R"({"compression": {"algorithms": [{"name": "DefaultQuantization"}]}})").quantize.subset_size, 0u);
}

TEST_F(RunConfigTest, OctunesOwnKeysDescribeDataAndMetrics) {
  const RunConfig config = parse(R"({
    "engine": {"data": "a=x.npz:c_x,b=y.npy", "val_data": "x.npz", "labels": "x.npz:y", "metric": ["cer", "exact_match"],
               "resize": [48, 320], "resize_mode": "keep-aspect-height", "interp": "area", "color": "bgr",
               "mean": 127.5, "scale": "127.5, 127.5,127.5", "pad_value": 1.5, "dictionary": "chars.txt",
               "ignore_spaces": true, "output": "probs", "threshold": 0.25, "positive_class": 2, "data_range": 255,
               "shape": "x[1,3,48,320]", "threads": 2, "sequence_length": 5}})");
  const std::string folder = folder_.string() + "/";
  EXPECT_EQ(config.data, "a=" + folder + "x.npz:c_x,b=" + folder + "y.npy");
  EXPECT_EQ(config.labels, folder + "x.npz:y");
  EXPECT_EQ(config.val_data, folder + "x.npz");
  EXPECT_THAT(config.metrics, ElementsAre("cer", "exact_match"));
  EXPECT_EQ(config.preprocess.resize, std::pair(48, 320));
  EXPECT_EQ(config.preprocess.resize_mode, data::ResizeMode::keep_aspect_height);
  EXPECT_EQ(config.preprocess.interpolation, data::Interpolation::area);
  EXPECT_THAT(config.preprocess.mean, ElementsAre(127.5));
  EXPECT_THAT(config.preprocess.scale, ElementsAre(127.5, 127.5, 127.5));
  EXPECT_EQ(config.preprocess.pad_value, 1.5);
  EXPECT_EQ(config.dictionary, folder + "chars.txt");
  EXPECT_TRUE(config.ignore_spaces);
  EXPECT_EQ(config.judged_output, "probs");
  EXPECT_EQ(config.threshold, 0.25);
  EXPECT_EQ(config.positive_class, 2u);
  EXPECT_EQ(config.data_range, 255);
  EXPECT_EQ(config.shape, "x[1,3,48,320]");
  EXPECT_EQ(config.quantize.threads, 2);
  EXPECT_EQ(config.sequence_length, 5u);
}

TEST_F(RunConfigTest, AllProblemsAreReportedAtOnceWithTheirPlaces) {
  EXPECT_THAT(
      problems(R"({
  "model": {"model": "missing.xml", "wieghts": "m.bin"},
  "engine": {"data_source": "images", "labels": "none.txt", "resize_mode": "letterbx"},
  "compression": {
    "algorithms": [{
      "name": "DefaultQuantization",
      "params": {
        "presett": "mixed",
        "preset": "mixd",
        "stat_subset_size": "many",
        "weights": {"bits": 99, "granularity": "perchanel"}
      }
    }]
  },
  "extra": 1
})"),
      ElementsAre(
          "2:22: model.model: no such file 'missing.xml'; paths start at the configuration's folder",
          "2:37: unknown key 'wieghts' in model; did you mean 'weights'? (known: model_name, cascade, model, weights, "
          "output_dir)",
          "3:49: engine.labels: no such file or folder 'none.txt'; paths start at the configuration's folder",
          "3:76: engine.resize_mode: unknown value 'letterbx'; did you mean 'letterbox'? (known: stretch, letterbox, "
          "shorter, keep_aspect_height)",
          "10:29: compression.algorithms[0].params.stat_subset_size is \"many\"; it has to be a whole number of at "
          "least 1",
          "9:19: compression.algorithms[0].params.preset: unknown value 'mixd'; did you mean 'mixed'? (known: "
          "performance, mixed, accuracy)",
          "11:29: compression.algorithms[0].params.weights.bits is 99; it has to be 2 to 8, or 16 for devices that "
          "have it",
          "11:48: compression.algorithms[0].params.weights.granularity: unknown value 'perchanel'; did you mean "
          "'perchannel'? (known: pertensor, perchannel)",
          HasSubstr("8:9: unknown key 'presett' in compression.algorithms[0].params; did you mean 'preset'? (known: "),
          "15:3: unknown key 'extra' in the file; (known: model, engine, compression, optimizer)"));
}

TEST_F(RunConfigTest, WhatThisVersionLacksIsUnsupported) {
  EXPECT_THAT(problems(R"({"optimizer": {"name": "Tpe", "params": {"max_trials": 9}}})", ErrorKind::unsupported),
              ElementsAre("1:15: tuning is not available in this version; remove the section 'optimizer'"));
  EXPECT_THAT(
      problems(R"({"compression": {"algorithms": [{"name": "TunableQuantization", "params": {"tuning_scope": []}}]}})",
               ErrorKind::unsupported),
      ElementsAre("1:42: tuning by 'TunableQuantization' is not available in this version; use DefaultQuantization"));
}

TEST_F(RunConfigTest, ValuesOfTheWrongTypeSayWhatIsWanted) {
  EXPECT_THAT(
      algorithm_problems(R"("shuffle_data": 1, "ignored": [], "weights": {"level_low": 5, "level_high": 5})"),
      ElementsAre("1:92: compression.algorithms[0].params.shuffle_data is 1; it has to be true or false",
                  "1:106: compression.algorithms[0].params.ignored is []; it has to be an object {...}",
                  "1:135: compression.algorithms[0].params.weights.level_low is 5, level_high is 5; level_low has "
                  "to be the lower one"));
  EXPECT_THAT(problems("[]"), ElementsAre(HasSubstr("1:1: not a configuration")));
  EXPECT_THAT(problems(R"({"model": {"model": "m.xml", "weights": "other.bin"}})"),
              ElementsAre(HasSubstr("is not the .bin of the model")));
  EXPECT_THAT(problems(R"({"engine": {"data": "images", "data_source": "images"}})"),
              ElementsAre("1:46: both 'data' and 'data_source' are given; remove one of them"));
}

TEST(Values, BytesMayHaveAUnit) {
  EXPECT_EQ(parse_bytes("0", "--max-memory"), 0u);
  EXPECT_EQ(parse_bytes("1000000", "--max-memory"), 1000000u);
  EXPECT_EQ(parse_bytes("64K", "--max-memory"), 65536u);
  EXPECT_EQ(parse_bytes("512M", "--max-memory"), 536870912u);
  EXPECT_EQ(parse_bytes("2g", "--max-memory"), 2147483648u);
  EXPECT_EQ(parse_bytes("2GiB", "--max-memory"), 2147483648u);
  EXPECT_EQ(parse_bytes("1TB", "--max-memory"), 1099511627776u);
  EXPECT_EQ(parse_bytes("1.5G", "--max-memory"), 1610612736u);
  EXPECT_EQ(parse_bytes("0.5k", "--max-memory"), 512u);
  EXPECT_EQ(parse_bytes(".1K", "--max-memory"), 102u) << "rounded";
  EXPECT_EQ(parse_bytes("7.0", "--max-memory"), 7u);
  for (const char* wrong : {"", "-1", "1.5", "1.2.3G", "1,5G", ".G", "1e3", "inf", "G", "2X", "2 G", "2GG",
                            "12345678901234567890", "99999999T"}) {
    try {
      parse_bytes(wrong, "--max-memory");
      FAIL() << wrong;
    } catch (const Error& error) {
      EXPECT_EQ(error.what(), "--max-memory: '" + std::string(wrong) +
                                  "' is not a number of bytes; write 1.5G, 512M, 64K or the bytes, 0 for no limit");
    }
  }
}

TEST(Values, NumbersAndSizes) {
  EXPECT_THAT(parse_numbers("[1, 2.5,3]", "--mean"), ElementsAre(1, 2.5, 3));
  EXPECT_EQ(parse_size("48,320", "--resize"), std::pair(48, 320));
  EXPECT_EQ(parse_size("256", "--resize"), std::pair(256, 256));
  for (const char* wrong : {"", "1,2,3", "0", "1.5", "a", "-3,4"}) {
    EXPECT_THROW(parse_size(wrong, "--resize"), Error) << wrong;
  }
  try {
    parse_numbers("1,,2", "--mean");
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "--mean: '1,,2' is not a list of numbers; write them as 123.675,116.28,103.53");
  }
}

TEST(Values, NamesInPotsSpellings) {
  EXPECT_EQ(parse_preset("symmetric", ""), Preset::performance);
  EXPECT_EQ(parse_preset("Mixed", ""), Preset::mixed);
  EXPECT_EQ(parse_model_type("None", ""), ModelType::none);
  EXPECT_EQ(parse_model_type("TRANSFORMER", ""), ModelType::transformer);
  EXPECT_EQ(parse_layout("x[nchw]", ""), "NCHW");
  EXPECT_THROW(parse_layout("NCWH", ""), Error);
  EXPECT_EQ(parse_target("any", ""), "CPU");
  EXPECT_EQ(parse_target("CPU_SPR", ""), "CPU");
  EXPECT_EQ(parse_target("GNA3.5", ""), "GNA");
  EXPECT_EQ(parse_target("npu", ""), "NPU");
}

TEST_F(RunConfigTest, TheEffectiveConfigurationIsRecordedInFull) {
  const nlohmann::json json = to_json(parse(kPotFile));
  EXPECT_EQ(json.at("preset"), "mixed");
  EXPECT_EQ(json.at("activations").at("range_estimator").at("max").at("aggregator"), "median");
  EXPECT_EQ(json.at("ignored").at("types").at(0).at("attributes").at("mode").at(0), "linear");
  EXPECT_EQ(json.at("preprocess").at("resize"), nullptr);
  EXPECT_EQ(json.at("subset_size"), 300);
  EXPECT_EQ(json.at("bias_correction"), "fast");
  EXPECT_EQ(json.at("bias_threshold"), nullptr);
  EXPECT_EQ(json.at("requantize"), false);
  EXPECT_EQ(json.at("sequence_length"), 1);
  EXPECT_EQ(json.at("algorithms"), nlohmann::json::array({"DefaultQuantization"}));
}

}  // namespace
}  // namespace octune::config
