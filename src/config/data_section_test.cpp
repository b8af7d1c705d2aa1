// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "config/data_section.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>

#include "config/run_config.hpp"
#include "octune/error.hpp"

namespace octune::config {
namespace {

using testing::ElementsAre;
using testing::Pair;

std::string error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

class DataSection : public testing::Test {
 protected:
  DataSection() : folder_(std::filesystem::temp_directory_path() / fmt::format("octune_data_section_{}", ::getpid())) {
    std::filesystem::create_directories(folder_ / "raw");
    for (const char* name : {"a.bin", "t.csv", "d.npz", "x=1.npy"}) std::ofstream(folder_ / name) << "x";
  }
  ~DataSection() override { std::filesystem::remove_all(folder_); }

  RunConfig engine(const std::string& keys) const {
    return parse_run_config("{\"engine\": {" + keys + "}}", folder_ / "c.json");
  }
  std::string problem(const std::string& keys) const {
    return error_of([&] { engine(keys); });
  }
  /// What becomes of a specification.
  std::string data(const std::string& spec) const { return engine("\"data_source\": \"" + spec + "\"").data; }
  std::string at(const std::string& name) const { return (folder_ / name).string(); }

  std::filesystem::path folder_;
};

TEST_F(DataSection, PathsAreFoundBesideTheFileWhateverIsChosenOfThem) {
  EXPECT_EQ(data("a.bin:f32[2,3]"), at("a.bin") + ":f32[2,3]");
  EXPECT_EQ(data("raw:u8[3,4]"), at("raw") + ":u8[3,4]");
  EXPECT_EQ(data("t.csv:label=kind"), at("t.csv") + ":label=kind");
  EXPECT_EQ(data("d.npz:input:0"), at("d.npz") + ":input:0");
  EXPECT_EQ(data("x=1.npy"), at("x=1.npy"));
  EXPECT_EQ(data("x=a.bin:f32[2,3],y=d.npz:k"), "x=" + at("a.bin") + ":f32[2,3],y=" + at("d.npz") + ":k");
  EXPECT_EQ(data("random:4"), "random:4");
  EXPECT_EQ(
      problem("\"data\": \"b.bin:f32[2]\""),
      at("c.json") + ":1:21: engine.data: no such file or folder 'b.bin'; paths start at the configuration's folder");
}

TEST_F(DataSection, ListsAndNamesAreFoundBesideTheFile) {
  EXPECT_EQ(data("raw:list=t.csv"), at("raw") + ":list=" + at("t.csv"));
  EXPECT_EQ(data("raw:list=none.txt"), at("raw") + ":list=none.txt");
  const auto labels = [&](const std::string& spec) { return engine("\"labels\": \"" + spec + "\"").labels; };
  EXPECT_EQ(labels("folders"), "folders");
  EXPECT_EQ(labels("folders:sorted"), "folders:sorted");
  EXPECT_EQ(labels("folders:cat,dog"), "folders:cat,dog");
  EXPECT_EQ(labels("folders:t.csv"), "folders:" + at("t.csv"));
  EXPECT_EQ(labels("raw:t.csv"), at("raw") + ":" + at("t.csv")) << "names of classes";
  EXPECT_EQ(labels("raw:cat,dog"), at("raw") + ":cat,dog");
  EXPECT_EQ(labels("d.npz:t.csv"), at("d.npz") + ":t.csv") << "a key, although a file is called so";
}

TEST_F(DataSection, PreprocessingKeys) {
  const data::Preprocess preprocess =
      engine(
          "\"crop\": 0.875, \"interp\": \"pillow_bicubic\", \"central_fraction\": 0.5, \"sample_rate\": 16000, "
          "\"mean\": {\"data\": [1, 2, 3], \"info\": 4}, \"norm\": \"data[0.5],info[2]\"")
          .preprocess;
  EXPECT_EQ(preprocess.crop_fraction, 0.875);
  EXPECT_EQ(preprocess.interpolation, data::Interpolation::pillow_bicubic);
  EXPECT_EQ(preprocess.central_fraction, 0.5);
  EXPECT_EQ(preprocess.sample_rate, 16000);
  EXPECT_THAT(preprocess.mean_of, ElementsAre(Pair("data", ElementsAre(1, 2, 3)), Pair("info", ElementsAre(4))));
  EXPECT_THAT(preprocess.norm_of, ElementsAre(Pair("data", ElementsAre(0.5)), Pair("info", ElementsAre(2))));
  EXPECT_EQ(engine("\"crop\": [48, 320]").preprocess.crop, std::pair(48, 320));
  EXPECT_EQ(engine("\"central_fraction\": 1").preprocess.central_fraction, std::nullopt) << "the whole image";
  EXPECT_EQ(problem("\"central_fraction\": 2"),
            at("c.json") + ":1:33: engine.central_fraction is 2; it has to be a number from 0.01 to 1");
  EXPECT_EQ(problem("\"mean\": \"a\""),
            at("c.json") + ":1:21: engine.mean: 'a' is not a list of numbers; write them as 123.675,116.28,103.53");
}

TEST_F(DataSection, IsRecordedAsItWasRead) {
  const nlohmann::json record = preprocess_to_json(
      engine("\"crop\": [4, 5], \"mean\": {\"x\": 1}, \"scale\": [2, 3], \"sample_rate\": 8000").preprocess);
  EXPECT_EQ(record["crop"], nlohmann::json({4, 5}));
  EXPECT_EQ(record["mean"], nlohmann::json({{"x", {1.0}}}));
  EXPECT_EQ(record["scale"], nlohmann::json({2.0, 3.0}));
  EXPECT_EQ(record["norm"], nlohmann::json::array());
  EXPECT_EQ(record["sample_rate"], 8000);
  EXPECT_EQ(record["resize"], nullptr);
  EXPECT_EQ(preprocess_to_json(engine("\"crop\": 0.5").preprocess)["crop"], 0.5);
}

TEST(ChannelValues, ForAllInputsOrForEach) {
  EXPECT_THAT(parse_channel_values("1,2", "--mean").all, ElementsAre(1, 2));
  EXPECT_THAT(parse_channel_values(" [1,2]", "--mean").all, ElementsAre(1, 2));
  const ChannelValues named = parse_channel_values("data[1,2,3],info[4]", "--mean");
  EXPECT_TRUE(named.all.empty());
  EXPECT_THAT(named.of_inputs, ElementsAre(Pair("data", ElementsAre(1, 2, 3)), Pair("info", ElementsAre(4))));
  EXPECT_EQ(error_of([] { parse_channel_values("data[1],2", "--mean"); }),
            "--mean: '2' names no input; write all as data[1,2,3],info[4]");
  EXPECT_EQ(error_of([] { parse_channel_values("a[1],a[2]", "--mean"); }),
            "--mean: input 'a' is named twice; name each once");
  EXPECT_EQ(error_of([] { parse_channel_values("a[x]", "--mean"); }),
            "--mean: '[x]' is not a list of numbers; write them as 123.675,116.28,103.53");
}

TEST(Crop, IsASizeOrAPart) {
  data::Preprocess preprocess;
  parse_crop("224", "--crop", preprocess);
  EXPECT_EQ(preprocess.crop, std::pair(224, 224));
  parse_crop("0.9", "--crop", preprocess);
  EXPECT_EQ(preprocess.crop, std::nullopt);
  EXPECT_EQ(preprocess.crop_fraction, 0.9);
  parse_crop("48,320", "--crop", preprocess);
  EXPECT_EQ(preprocess.crop, std::pair(48, 320));
  EXPECT_EQ(preprocess.crop_fraction, std::nullopt);
  for (const char* wrong : {"", "0", "-1", "1.5", "0.5,0.5", "1,2,3", "x"}) {
    EXPECT_EQ(error_of([&] { parse_crop(wrong, "--crop", preprocess); }),
              std::string("--crop: '") + wrong +
                  "' is no crop; write height,width (224,224), one number for both, or the part of the image (0.875)");
  }
}

}  // namespace
}  // namespace octune::config
