// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "data/open.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <thread>

#include "data/array_dataset.hpp"
#include "data/bytes.hpp"
#include "data/test_files.hpp"

namespace octune::data {
namespace {

using test::bytes_of;
using test::error_of;
using test::npy;
using test::texts_of;
using testing::ElementsAre;

InputInfo input(const std::string& name, const ov::PartialShape& shape, ov::element::Type type = ov::element::f32) {
  return {name, shape, type};
}

std::vector<float> floats(const ov::Tensor& tensor) {
  return {tensor.data<float>(), tensor.data<float>() + tensor.get_size()};
}

std::string png(int value) {
  return test::png(2, 2, [value](int, int, int) { return value; });
}

std::vector<std::string> names(const Dataset& data) {
  std::vector<std::string> result;
  for (std::size_t i = 0; i < data.size(); ++i) result.push_back(data.name(i));
  return result;
}

class OpenDataset : public testing::Test {
 protected:
  std::string error(const std::string& spec, const std::vector<InputInfo>& inputs,
                    const Preprocess& preprocess = {}) const {
    return error_of([&] { open_dataset(spec, inputs, preprocess); });
  }
  /// A .npz with ids (2 rows of 3) and mask (2 rows of 3), and labels of another length.
  std::string tokens() const {
    return folder_.write("t.npz",
                         test::zip({{"ids.npy", npy("<i8", {2, 3}, bytes_of<std::int64_t>({1, 2, 3, 4, 5, 6}))},
                                    {"mask.npy", npy("|u1", {2, 3}, std::string("\1\1\0\1\0\0", 6))},
                                    {"y.npy", npy("<i8", {1}, bytes_of<std::int64_t>({0}))}}));
  }
  std::vector<InputInfo> token_inputs() const {
    return {input("ids", {-1, 3}, ov::element::i64), input("mask", {1, -1}, ov::element::i32)};
  }
  test::TemporaryFolder folder_;
};

TEST_F(OpenDataset, NpzFeedsTheInputsByKeyAndLeavesOtherKeysAlone) {
  const auto data = open_dataset(tokens(), token_inputs(), {});
  ASSERT_EQ(data->size(), 2u);
  const Sample sample = data->sample(1);
  ASSERT_EQ(sample.size(), 2u);
  EXPECT_EQ(sample.at("ids").get_shape(), (ov::Shape{1, 3}));
  EXPECT_THAT(std::span(sample.at("ids").data<std::int64_t>(), 3), ElementsAre(4, 5, 6));
  EXPECT_EQ(sample.at("mask").get_element_type(), ov::element::i32);
  EXPECT_THAT(std::span(sample.at("mask").data<std::int32_t>(), 3), ElementsAre(1, 0, 0));
  EXPECT_THAT(names(*data), ElementsAre("t.npz[0]", "t.npz[1]"));
}

TEST_F(OpenDataset, CompressedNpzToo) {
  const std::string path =
      folder_.write("c.npz", test::zip({{"x.npy", npy({1, 2, 3, 4}, {2, 2})}}, {test::Packing::deflated}));
  EXPECT_THAT(floats(open_dataset(path, {input("x", {1, 2})}, {})->sample(1).at("x")), ElementsAre(3, 4));
}

TEST_F(OpenDataset, AnInputWithoutKeyIsReported) {
  const std::string path = tokens();
  EXPECT_EQ(error(path, {input("ids", {1, 3}, ov::element::i64), input("masc", {1, 3}, ov::element::i32)}),
            path + ": has no key 'masc'; did you mean 'mask'? rename it or write masc=" + path +
                ":KEY (keys: ids, mask, y; inputs: 'ids', 'masc')");
}

TEST_F(OpenDataset, MappingsNameFilesAndKeys) {
  const std::string path = folder_.write("d.npz", test::zip({{"c_x.npy", npy({1, 2}, {2, 1})},
                                                             {"input:0.npy", npy({3, 4}, {2, 1})},
                                                             {"b.npy", npy({7, 8}, {2, 1})}}));
  const std::string array = folder_.write("a.npy", npy({5, 6}, {2, 1}));
  const std::vector<InputInfo> three{input("x", {1, 1}), input("input:0", {1, 1}), input("b", {1, 1})};
  const auto data = open_dataset("x=" + path + ":c_x,input:0=" + path + ":input:0,b=" + path, three, {});
  EXPECT_THAT(floats(data->sample(1).at("x")), ElementsAre(2));
  EXPECT_THAT(floats(data->sample(1).at("input:0")), ElementsAre(4));
  EXPECT_THAT(floats(data->sample(1).at("b")), ElementsAre(8));
  EXPECT_EQ(data->name(1), "d.npz[1]");
  EXPECT_THAT(floats(open_dataset(path + ":c_x", {input("any", {1, 1})}, {})->sample(0).at("any")), ElementsAre(1));
  EXPECT_THAT(floats(open_dataset("x=" + array, {input("x", {1, 1})}, {})->sample(0).at("x")), ElementsAre(5));
  EXPECT_THAT(floats(open_dataset(array, {input("x", {1, 1})}, {})->sample(1).at("x")), ElementsAre(6));
}

TEST_F(OpenDataset, MappingsThatDoNotFitAreReported) {
  const std::string array = folder_.write("a.npy", npy({5, 6}, {2, 1}));
  const std::string longer = folder_.write("b.npy", npy({5, 6, 7}, {3, 1}));
  const std::vector<InputInfo> two{input("ids", {1, 1}), input("mask", {1, 1})};
  EXPECT_EQ(error("idz=" + array, two),
            "idz=" + array + ": the model has no input 'idz'; did you mean 'ids'? (known: ids, mask)");
  EXPECT_EQ(error("ids=" + array + ",ids=" + array, two),
            "ids=" + array + ": input 'ids' is named twice; name each once");
  EXPECT_EQ(error("ids=" + array, two), "data: input 'mask' has no array; add mask=FILE (inputs: 'ids', 'mask')");
  EXPECT_EQ(error("ids=" + array + ",mask=" + longer, two),
            longer + ": has 3 rows, " + array + " has 2; give arrays of one length");
  EXPECT_EQ(error("ids=/none.npy,mask=" + longer, two), "/none.npy: does not exist; check the path");
  const std::string text = folder_.write("a.txt", "x");
  EXPECT_EQ(error("ids=" + text + ",mask=" + longer, two),
            text + ": is neither .npy, .npz nor .bin; give an array for input 'ids'");
  EXPECT_EQ(error(array, two),
            array +
                ": one array cannot feed 2 inputs ('ids', 'mask'); give NAME=FILE,NAME2=FILE2 or an .npz "
                "with these keys");
  EXPECT_EQ(error(std::string(5000, 'x') + ",=", two),
            std::string(5000, 'x') + ",=" +
                ": one array cannot feed 2 inputs ('ids', "
                "'mask'); give NAME=FILE,NAME2=FILE2 or an .npz with these keys");
}

TEST(Mapping, NamesAndPathsWithSpecialCharacters) {
  const auto split = [](const std::string& spec, const std::vector<std::string>& known) {
    std::vector<InputInfo> inputs;
    for (const std::string& name : known) inputs.push_back(input(name, {1}));
    std::vector<std::string> result;
    for (const auto& [name, source] : split_mapping(spec, inputs)) result.push_back(name + "|" + source);
    return result;
  };
  EXPECT_THAT(split("a=1.npy,b=2.npy", {"a", "b"}), ElementsAre("a|1.npy", "b|2.npy"));
  EXPECT_THAT(split("a=x,y.npy,b=2.npy", {"a", "b"}), ElementsAre("a|x,y.npy", "b|2.npy"));
  EXPECT_THAT(split("a=b=1.npy", {"a", "a=b"}), ElementsAre("a=b|1.npy"));
  EXPECT_THAT(split("a=/k=1/2.npy,/c=3/4.npy", {"a"}), ElementsAre("a|/k=1/2.npy,/c=3/4.npy"));
  EXPECT_THAT(split("m/in=1.npy", {"m/in"}), ElementsAre("m/in|1.npy"));
  EXPECT_THAT(split("/k=1/2.npy", {"a"}), ElementsAre());
  EXPECT_THAT(split("z=1.npy", {"a"}), ElementsAre("z|1.npy"));
}

TEST_F(OpenDataset, RowsOfTheInputsRankAndOfOneLess) {
  const std::string path = folder_.write("a.npy", npy({1, 2, 3, 4}, {2, 1, 2}));
  EXPECT_EQ(open_dataset(path, {input("x", {1, 2})}, {})->sample(0).at("x").get_shape(), (ov::Shape{1, 2}));
  EXPECT_EQ(open_dataset(path, {input("x", {-1, 1, 2})}, {})->sample(0).at("x").get_shape(), (ov::Shape{1, 1, 2}));
  EXPECT_EQ(open_dataset(path, {input("x", ov::PartialShape::dynamic())}, {})->sample(0).at("x").get_shape(),
            (ov::Shape{1, 2}));
  EXPECT_EQ(error(path, {input("x", {1, 3})}), path +
                                                   ": its rows (first axis = samples) have shape [1,2], input 'x' "
                                                   "wants [1,3]; give rows of that shape or of the "
                                                   "same without the leading 1, or change the model's with --shape");
  EXPECT_THAT(error(path, {input("x", {1, 1, 1, 2})}),
              testing::HasSubstr("have shape [1,2], input 'x' wants [1,1,1,2]"));
  EXPECT_THAT(error(path, {input("x", {3, 1, 2})}), testing::HasSubstr("have shape [1,2], input 'x' wants [3,1,2]"));
}

TEST_F(OpenDataset, TypesThatDoNotFitAreReported) {
  const std::string fractions = folder_.write("f.npy", npy({1, 2}, {2, 1}));
  EXPECT_EQ(error(fractions, {input("x", {1, 1}, ov::element::i64)}),
            fractions + ": holds fractions ('<f4'), input 'x' wants 'i64'; convert it with astype()");
  const std::string strings = folder_.write("s.npy", npy("|S1", {2, 1}, "ab"));
  EXPECT_EQ(error(strings, {input("x", {1, 1})}),
            strings + ": holds strings ('|S1'), input 'x' wants 'f32'; give numbers");
  const std::string empty = folder_.write("e.npy", npy({}, {0, 1}));
  EXPECT_EQ(error(empty, {input("x", {1, 1})}), empty + ": has no rows; give at least one sample");
  EXPECT_EQ(error_of([&] {
              try {
                open_dataset(fractions, {input("x", {1, 1}, ov::element::string)}, {});
              } catch (const Error& e) {
                throw Error(ErrorKind::input, e.what());
              }
            }),
            fractions + ": holds fractions ('<f4'), input 'x' wants 'string'; convert it with astype()");
}

TEST_F(OpenDataset, MeanAndScaleChangeFloatingPointInputs) {
  const std::string path = folder_.write("u.npy", npy("|u1", {1, 3, 1, 2}, std::string("\x00\x7f\xff\x01\x02\x03", 6)));
  const std::vector<float> raw{0, 127, 255, 1, 2, 3};
  const auto one =
      open_dataset(path, {input("x", {1, 3, 1, 2})}, {.mean = {127.5}, .scale = {127.5}})->sample(0).at("x");
  for (std::size_t i = 0; i < 6; ++i) EXPECT_FLOAT_EQ(one.data<float>()[i], (raw[i] - 127.5f) / 127.5f);
  const auto each =
      open_dataset(path, {input("x", {1, 3, 1, 2})}, {.mean = {1, 2, 3}, .scale = {2}})->sample(0).at("x");
  for (std::size_t i = 0; i < 6; ++i)
    EXPECT_FLOAT_EQ(each.data<float>()[i], (raw[i] - static_cast<float>(1 + i / 2)) / 2);
  const auto half = open_dataset(path, {input("x", {1, 3, 1, 2}, ov::element::f16)}, {.scale = {2}})->sample(0).at("x");
  EXPECT_EQ(half.data<ov::float16>()[2], ov::float16(127.5f));

  const std::string last = folder_.write("l.npy", npy("|u1", {1, 1, 2, 3}, std::string("\x00\x7f\xff\x01\x02\x03", 6)));
  const auto behind =
      open_dataset(last, {input("x", {1, 1, 2, 3})}, {.scale = {1, 2, 4}, .layout = "NHWC"})->sample(0).at("x");
  EXPECT_THAT(floats(behind), ElementsAre(0, 63.5, 63.75, 1, 1, 0.75));
  EXPECT_EQ(error(last, {input("x", {1, 1, 2, 3})}, {.scale = {1, 2, 4}}),
            "scale: has 3 values, input 'x' of shape [1,1,2,3] has 1 channels; give one value or one a channel");
  EXPECT_EQ(error(last, {input("x", {1, 1, 2, 3})}, {.scale = {1, 2, 4}, .layout = "NDHW"}),
            "input 'x': layout 'NDHW' has no channel axis 'C', which mean and scale of several values need; name it");
}

TEST_F(OpenDataset, MeanAndScaleLeaveIntegersAlone) {
  const auto inputs = token_inputs();
  EXPECT_EQ(error(tokens(), inputs, {.scale = {2}}),
            "mean and scale: no input takes fractions (inputs: 'ids', 'mask'); leave them away");
  std::vector<InputInfo> mixed = inputs;
  mixed[1].type = ov::element::f32;
  const Sample sample = open_dataset(tokens(), mixed, {.scale = {2}})->sample(0);
  EXPECT_THAT(std::span(sample.at("ids").data<std::int64_t>(), 3), ElementsAre(1, 2, 3));
  EXPECT_THAT(floats(sample.at("mask")), ElementsAre(0.5, 0.5, 0));
}

TEST_F(OpenDataset, PreprocessingThatCannotBeMeantIsReported) {
  const std::vector<InputInfo> x{input("x", {1, 1})};
  EXPECT_EQ(error("random", x, {.scale = {1, 0}}),
            "scale: [1, 0] holds 0, by which nothing can be divided; leave it away or give 1");
  EXPECT_EQ(error("random", x, {.mean = {1, std::nan("")}}),
            "mean: [1, nan] holds a value that is not finite; give numbers");
  EXPECT_EQ(error("random", x, {.mean = {1, 2}, .scale = {1, 2, 3}}),
            "mean: has 2 values, scale has 3; give one value or one a channel");
  EXPECT_EQ(error("random", x, {.resize = {{0, 5}}}), "resize: 0x5 is no size; give height and width of at least 1");
  EXPECT_EQ(error("random", x, {.pad_value = INFINITY}), "pad_value: inf is not finite; give a number");
  EXPECT_EQ(error("", x), "data: nothing is named; give a folder, .npz, .npy, a text list or random");
  EXPECT_EQ(error("random", {}), "data: the model has no inputs; give a model with inputs");
}

TEST_F(OpenDataset, FoldersOfImagesAreSortedAndSearchedBelow) {
  folder_.write("d/b/2.png", png(2));
  folder_.write("d/b/10.PNG", png(10));
  folder_.write("d/a.png", png(1));
  folder_.write("d/.hidden.png", "x");
  folder_.write("d/.cache/x.png", "x");
  folder_.write("d/labels.npy", "x");
  folder_.write("d/readme.txt", "x");
  const auto data = open_dataset(folder_ / "d", {input("x", {1, 3, 2, 2})}, {});
  EXPECT_THAT(names(*data), ElementsAre("a.png", "b/10.PNG", "b/2.png"));
  EXPECT_EQ(data->sample(1).at("x").data<float>()[0], 10.f);
  EXPECT_EQ(open_dataset(folder_ / "d/b/2.png", {input("x", {1, 3, 2, 2})}, {})->sample(0).at("x").data<float>()[0],
            2.f);
  const std::string image = folder_ / "d/a.png";
  EXPECT_EQ(error(folder_ / "d", {input("x", {1, 3, 2, 2}), input("size", {1, 2})}),
            image + ": one image cannot feed 2 inputs ('x', 'size'); give .npz files with these keys");
}

TEST_F(OpenDataset, FoldersOfArraysHoldOneSampleAFile) {
  folder_.write("n/1.npy", npy({1, 2}, {1, 2}));
  folder_.write("n/2.npy", npy({3, 4}, {2}));
  const auto data = open_dataset(folder_ / "n", {input("x", {1, 2})}, {.scale = {2}});
  EXPECT_THAT(floats(data->sample(0).at("x")), ElementsAre(0.5, 1));
  EXPECT_THAT(floats(data->sample(1).at("x")), ElementsAre(1.5, 2));
  folder_.write("z/1.npz", test::zip({{"a.npy", npy({1}, {1, 1})}, {"b.npy", npy({2}, {1, 1})}}));
  const auto both = open_dataset(folder_ / "z", {input("a", {1, 1}), input("b", {1, 1})}, {});
  EXPECT_THAT(floats(both->sample(0).at("b")), ElementsAre(2));
  EXPECT_EQ(both->name(0), "1.npz");
  EXPECT_THAT(error(folder_ / "z", {input("a", {1, 1}), input("c", {1, 1})}),
              testing::HasSubstr("1.npz: has no key 'c'; "));
}

TEST_F(OpenDataset, EmptyFoldersAndMissingPathsAreReported) {
  folder_.write("e/readme.txt", "x");
  EXPECT_EQ(
      error(folder_ / "e", {input("x", {1, 3, 2, 2})}),
      (folder_ / "e") +
          ": the folder holds no images (jpg, jpeg, png, bmp, webp, tif, tiff), sounds (wav, flac), .npy, .npz or "
          "test_data_set_0; give another");
  EXPECT_EQ(error("/none/data", {input("x", {1, 3, 2, 2})}), "/none/data: does not exist; check the path");
  EXPECT_EQ(error("/none/data.npz", {input("x", {1}), input("y", {1})}),
            "/none/data.npz: does not exist; check the path");
}

TEST_F(OpenDataset, TextListsNamePathsAndMayHoldLabels) {
  folder_.write("i/1.png", png(1));
  folder_.write("i/two words.png", png(2));
  const std::string list =
      folder_.write("list.txt", "i/two words.png a label\r\n\n  i/1.png\n" + (folder_ / "i/1.png") + "\t7\n");
  const auto data = open_dataset(list, {input("x", {1, 3, 2, 2})}, {});
  EXPECT_THAT(names(*data), ElementsAre("i/two words.png", "i/1.png", folder_ / "i/1.png"));
  EXPECT_EQ(data->sample(0).at("x").data<float>()[0], 2.f);
  const std::string labelled = folder_.write("labelled.txt", "i/two words.png a label\ni/1.png b\n");
  EXPECT_THAT(texts_of(read_labels(labelled, *open_dataset(labelled, {input("x", {1, 3, 2, 2})}, {}))),
              ElementsAre("a label", "b"));
}

TEST_F(OpenDataset, ListsThatCannotBeFollowedAreReported) {
  const std::vector<InputInfo> x{input("x", {1, 3, 2, 2})};
  folder_.write("1.png", png(1));
  const std::string list = folder_.write("l.txt", "1.png\nno.png 3\nnor.png\n");
  EXPECT_EQ(error(list, x),
            list + ":2: 'no.png 3' does not exist, nor do 1 others; paths are relative to the list's folder");
  const std::string empty = folder_.write("e.txt", "\n \n");
  EXPECT_EQ(error(empty, x), empty + ": the list is empty; write one path a line");
  const std::string other = folder_.write("o.txt", "o.txt\n");
  EXPECT_EQ(error(other, x), other + ":1: 'o.txt' is neither an image nor .wav, .flac, .npy or .npz; remove the line");
  const std::string binary = folder_.write("b.dat", std::string("\0\1", 2));
  EXPECT_EQ(error(binary, x),
            binary +
                ": is no data set; give a folder, an image, a sound, .npy, .npz, .csv, .jsonl or a text list of "
                "paths");
  EXPECT_EQ(error(folder_ / "1.png:x", x),
            (folder_ / "1.png") + ":x: nothing can be chosen of such data behind a colon; remove ':x'");
}

TEST_F(OpenDataset, RandomSamplesAreNormalAndTheSameEveryTime) {
  const std::vector<InputInfo> inputs{input("x", {-1, 4000}), input("ids", {1, 50}, ov::element::i64),
                                      input("on", {1}, ov::element::boolean)};
  const auto a = open_dataset("random:3", inputs, {});
  const auto b = open_dataset("random", inputs, {});
  EXPECT_EQ(a->size(), 3u);
  EXPECT_EQ(b->size(), 16u);
  const std::vector<float> x = floats(a->sample(1).at("x"));
  EXPECT_EQ(x, floats(b->sample(1).at("x")));
  EXPECT_NE(x, floats(a->sample(2).at("x")));
  EXPECT_EQ(x, floats(open_dataset("random:3", inputs, {}, 0)->sample(1).at("x")));
  EXPECT_NE(x, floats(open_dataset("random:3", inputs, {}, 1)->sample(1).at("x")));
  EXPECT_EQ(a->sample(1).at("x").get_shape(), (ov::Shape{1, 4000}));
  const double mean = std::accumulate(x.begin(), x.end(), 0.0) / 4000;
  const double square = std::inner_product(x.begin(), x.end(), x.begin(), 0.0) / 4000;
  EXPECT_NEAR(mean, 0, 0.08);    // five deviations of the mean of 4,000
  EXPECT_NEAR(square, 1, 0.12);  // five of the mean square
  const ov::Tensor ids = a->sample(0).at("ids");
  const std::set<std::int64_t> seen(ids.data<std::int64_t>(), ids.data<std::int64_t>() + 50);
  EXPECT_THAT(seen, ElementsAre(0, 1));
}

TEST_F(OpenDataset, RandomSamplesThatCannotBeMadeAreReported) {
  EXPECT_EQ(error("random", {input("x", {1, 3, -1, 320})}),
            "input 'x': random data need fixed lengths, its shape is [1,3,?,320]; give --shape");
  EXPECT_EQ(error("random:0", {input("x", {1})}),
            "random:0: '0' is no number of samples; give random:N with N of at least 1");
  EXPECT_EQ(error("random:1x", {input("x", {1})}),
            "random:1x: '1x' is no number of samples; give random:N with N of at least 1");
}

TEST_F(OpenDataset, SamplesAreReadByManyThreadsAtOnce) {
  std::vector<float> values(64 * 3000);
  std::iota(values.begin(), values.end(), 0.f);
  const auto data = open_dataset(folder_.write("a.npy", npy(values, {64, 3000})), {input("x", {1, 3000})}, {});
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&] {
      for (std::size_t i = 0; i < 64; ++i) {
        const ov::Tensor tensor = data->sample(i).at("x");
        if (floats(tensor) != std::vector<float>(values.begin() + static_cast<std::ptrdiff_t>(i) * 3000,
                                                 values.begin() + static_cast<std::ptrdiff_t>(i + 1) * 3000)) {
          ++wrong;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

// Rows large enough that their pages are handed back: reading them again gives the same.
TEST_F(OpenDataset, RowsCanBeReadAgain) {
  std::vector<float> values(3 * 100'000);
  std::iota(values.begin(), values.end(), 0.f);
  const auto data = open_dataset(folder_.write("a.npy", npy(values, {3, 100'000})), {input("x", {1, 100'000})}, {});
  for (int pass = 0; pass < 2; ++pass) {
    for (std::size_t i = 0; i < 3; ++i)
      EXPECT_EQ(data->sample(i).at("x").data<float>()[99'999], values[i * 100'000 + 99'999]);
  }
}

// The same in Fortran order, whose rows are gathered in memory of our own: that must not be handed back.
TEST_F(OpenDataset, GatheredRowsAreNotHandedBack) {
  constexpr std::size_t kLength = 200'000;
  std::vector<float> values(2 * kLength);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i % 2 * kLength + i / 2);
  const std::string path = folder_.write("f.npy", npy("<f4", {2, kLength}, bytes_of(values), test::Order::fortran));
  const std::vector<float> row = floats(open_dataset(path, {input("x", {1, kLength})}, {})->sample(1).at("x"));
  for (std::size_t i = 0; i < kLength; ++i) ASSERT_EQ(row[i], static_cast<float>(kLength + i));
}

TEST(MappedBytes, ReleaseLeavesForeignMemoryAlone) {
  const test::TemporaryFolder folder;
  const Bytes file = Bytes::map(folder.write("a", std::string(1 << 20, 'x')));
  std::vector<std::byte> own(1 << 20, std::byte{7});
  file.release(own);
  EXPECT_EQ(std::count(own.begin(), own.end(), std::byte{7}), 1 << 20);
  file.release(file.view());
  EXPECT_EQ(std::count(file.view().begin(), file.view().end(), std::byte{'x'}), 1 << 20);
}

/// Bytes of files that are resident in this process.
std::size_t resident_file_bytes() {
  std::size_t all = 0, resident = 0, of_files = 0;
  std::ifstream("/proc/self/statm") >> all >> resident >> of_files;
  return of_files * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

// Whatever the size of a row, and in whatever order they are read.
TEST(MappedBytes, RowsThatWereReleasedDoNotAddUp) {
  constexpr std::size_t kSize = 16 << 20;
  const test::TemporaryFolder folder;
  const Bytes file = Bytes::map(folder.write("a", std::string(kSize, 'x')));
  for (const std::size_t row : {512, 8'192, 70'000, 1'000'000}) {
    const std::size_t rows = kSize / row;
    for (const std::size_t step : {std::size_t{1}, std::size_t{37}}) {
      const std::size_t before = resident_file_bytes();
      for (std::size_t i = 0; i < rows; ++i) {
        const auto part = file.view().subspan(i * step % rows * row, row);
        ASSERT_EQ(std::count(part.begin(), part.end(), std::byte{'x'}), row);
        file.release(part);
      }
      EXPECT_LT(resident_file_bytes(), before + kSize / 4) << "rows of " << row << " bytes, every " << step << "th";
    }
  }
}

TEST(MemoryDataset, GivesWhatItWasGiven) {
  ov::Tensor tensor(ov::element::f32, {1});
  tensor.data<float>()[0] = 5;
  const auto fixed = dataset({{{"x", tensor}}});
  EXPECT_EQ(fixed->size(), 1u);
  EXPECT_EQ(fixed->sample(0).at("x").data<float>()[0], 5.f);
  EXPECT_EQ(fixed->name(0), "sample 0");
  EXPECT_THROW(fixed->sample(1), Error);
  const auto made = dataset(3, [&](std::size_t index) {
    ov::Tensor copy(ov::element::f32, {1});
    copy.data<float>()[0] = static_cast<float>(index);
    return Sample{{"x", copy}};
  });
  EXPECT_EQ(made->size(), 3u);
  EXPECT_EQ(made->sample(2).at("x").data<float>()[0], 2.f);
  EXPECT_THROW(made->sample(3), Error);
  EXPECT_EQ(error_of([] { dataset(1, nullptr); }), "dataset: the function that makes samples is empty; give one");
}

TEST(Describe, TheFormulaInWords) {
  const std::vector<InputInfo> image{input("x", {1, 3, 48, 320})};
  EXPECT_EQ(describe(Content::images, {.mean = {127.5}, .scale = {127.5}}, image),
            "(pixel - [127.5]) / [127.5], RGB, NCHW, stretched to 48x320");
  EXPECT_EQ(describe(Content::images, {}, image), "pixel, RGB, NCHW, stretched to 48x320");
  EXPECT_EQ(describe(Content::images, {.color = ColorOrder::bgr, .mean = {1, 2, 3}}, {input("x", {-1, -1, -1, 3})}),
            "pixel - [1, 2, 3], BGR, NHWC, stretched to ?x?");
  EXPECT_EQ(
      describe(Content::images,
               {.resize = {{256, 256}}, .resize_mode = ResizeMode::shorter, .interpolation = Interpolation::cubic},
               {input("x", {1, 3, 224, 224})}),
      "pixel, RGB, NCHW, shorter side to cover 256x256, centre 224x224 cut out (cubic)");
  EXPECT_EQ(describe(Content::images, {.resize = {{256, 300}}}, {input("x", {1, 3, 224, 224})}),
            "pixel, RGB, NCHW, stretched to 256x300, centre 224x224 cut out");
  EXPECT_EQ(describe(Content::images, {.resize_mode = ResizeMode::letterbox, .pad_value = 114, .scale = {255}},
                     {input("x", {1, 1, 64, 64})}),
            "pixel / [255], gray, NCHW, letterboxed to 64x64, padded with 114");
  EXPECT_EQ(
      describe(Content::images, {.resize_mode = ResizeMode::keep_aspect_height, .mean = {127.5}}, image),
      "pixel - [127.5], RGB, NCHW, height to 48, width in proportion, padded with the mean on the right to 48x320");
  EXPECT_EQ(describe(Content::images, {.scale = {2}}, {input("a", {1, 3}), input("b", {1, 3})}), "value / [2]");
  EXPECT_EQ(describe(Content::values, {.mean = {127.5}, .scale = {127.5}}, image), "(value - [127.5]) / [127.5]");
  EXPECT_EQ(describe(Content::images,
                     {.crop_fraction = 0.875,
                      .resize_mode = ResizeMode::shorter,
                      .interpolation = Interpolation::pillow_bicubic,
                      .norm = {0.017}},
                     {input("x", {1, 3, 224, 224})}),
            "pixel * [0.017], RGB, NCHW, shorter side to cover 256x256, centre 224x224 cut out (pillow_bicubic)");
  EXPECT_EQ(describe(Content::images, {.resize = {{40, 40}}, .crop = {{32, 24}}, .central_fraction = 0.5},
                     {input("x", {1, 3, -1, -1})}),
            "pixel, RGB, NCHW, centre 0.5 of each image, stretched to 40x40, centre 32x24 cut out");
  EXPECT_EQ(describe(Content::values, {.scale = {2}, .mean_of = {{"b", {1, 2}}}, .norm_of = {{"b", {3}}}},
                     {input("a", {1, 3}), input("b", {1, 2}), input("ids", {1}, ov::element::i64)}),
            "a: value / [2]; b: (value - [1, 2]) * [3]");
  EXPECT_EQ(describe(Content::sounds, {.norm = {32768}, .sample_rate = 16000}, {input("x", {1, 400})}),
            "value * [32768], sound in [-1, 1], channels averaged, cut or padded with zeros to 400, 16000 a second");
  EXPECT_EQ(describe(Content::sounds, {}, {input("x", {1, -1})}), "value, sound in [-1, 1], channels averaged, whole");
}

}  // namespace
}  // namespace octune::data
