// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "base/dataset_fingerprint.hpp"
#include "data/open.hpp"
#include "data/sequences.hpp"
#include "data/test_files.hpp"

namespace octune::data {
namespace {

using test::Order;
using test::TemporaryFolder;

const std::vector<InputInfo> kVector{{"x", {1, 4}, ov::element::f32}};
const std::vector<InputInfo> kImage{{"x", {1, 3, 4, 6}, ov::element::f32}};
const std::vector<InputInfo> kTwo{{"x", {1, 2}, ov::element::f32}, {"y", {1, 2}, ov::element::f32}};

std::vector<std::uint64_t> fingerprints(const Dataset& dataset) {
  std::vector<std::uint64_t> result;
  for (std::size_t i = 0; i < dataset.size(); ++i) {
    EXPECT_TRUE(dataset.source_fingerprint(i)) << "would be decoded";
    result.push_back(base::fingerprint(dataset, i));
  }
  return result;
}

std::vector<std::uint64_t> fingerprints(const std::string& spec, const std::vector<InputInfo>& inputs,
                                        const Preprocess& preprocess = {}) {
  return fingerprints(*open_dataset(spec, inputs, preprocess));
}

std::string gradient(int shift) {
  return test::png(5, 7, [&](int y, int x, int c) { return (10 * y + 20 * x + 50 * c + shift) % 256; });
}

TEST(SourceFingerprint, OfArraysIsOfTheirRows) {
  const TemporaryFolder folder;
  const std::vector<float> values{1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4};
  const std::string array = test::npy(values, {3, 4});
  const auto first = fingerprints(folder.write("a.npy", array), kVector);
  EXPECT_EQ(first[0], first[2]);
  EXPECT_NE(first[0], first[1]);
  EXPECT_EQ(fingerprints(folder.write("elsewhere/b.npy", array), kVector), first);
  EXPECT_EQ(fingerprints("x=" + (folder / "a.npy"), kVector), first);
  EXPECT_EQ(fingerprints(folder.write("a.npz", test::zip({{"x.npy", array}})), kVector), first);
  EXPECT_EQ(
      fingerprints(folder.write("p.npz", test::zip({{"x.npy", array}}, {.packing = test::Packing::deflated})), kVector),
      first);
  EXPECT_EQ(fingerprints(folder / "a.npy", kVector, {.mean = {1}}), first) << "preprocessing is said apart";

  std::vector<float> by_column;
  for (std::size_t column = 0; column < 4; ++column) {
    for (std::size_t row = 0; row < 3; ++row) by_column.push_back(values[row * 4 + column]);
  }
  EXPECT_EQ(
      fingerprints(folder.write("f.npy", test::npy("<f4", {3, 4}, test::bytes_of(by_column), Order::fortran)), kVector),
      first);
}

TEST(SourceFingerprint, OfArraysChangesWithEveryByte) {
  const TemporaryFolder folder;
  const std::string bytes = test::bytes_of(std::vector<float>{1, 2, 3, 4});
  std::set<std::uint64_t> seen{fingerprints(folder.write("a.npy", test::npy("<f4", {1, 4}, bytes)), kVector)[0]};
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    const auto found = fingerprints(folder.write("a.npy", test::npy("<f4", {1, 4}, changed)), kVector);
    EXPECT_TRUE(seen.insert(found[0]).second) << "byte " << i;
  }
  // The same bytes as other numbers, or in another shape.
  for (const char* type : {">f4", "<i4", "<u4"}) {
    const auto found = fingerprints(folder.write("a.npy", test::npy(type, {1, 4}, bytes)), kVector);
    EXPECT_TRUE(seen.insert(found[0]).second) << type;
  }
  const std::vector<InputInfo> square{{"x", {1, 2, 2}, ov::element::f32}};
  const auto found = fingerprints(folder.write("a.npy", test::npy("<f4", {1, 2, 2}, bytes)), square);
  EXPECT_TRUE(seen.insert(found[0]).second) << "shape";
}

TEST(SourceFingerprint, TellsInputsApart) {
  const TemporaryFolder folder;
  const std::string a = test::npy({1, 2}, {1, 2}), b = test::npy({3, 4}, {1, 2});
  const auto one = fingerprints(folder.write("a.npz", test::zip({{"x.npy", a}, {"y.npy", b}})), kTwo);
  const auto other = fingerprints(folder.write("a.npz", test::zip({{"x.npy", b}, {"y.npy", a}})), kTwo);
  const auto ignored = fingerprints(folder.write("a.npz", test::zip({{"x.npy", a}, {"y.npy", b}, {"z.npy", b}})), kTwo);
  EXPECT_NE(one, other);
  EXPECT_EQ(one, ignored);
}

TEST(SourceFingerprint, OfFilesIsOfTheirBytes) {
  const TemporaryFolder folder;
  folder.write("one/a.png", gradient(0));
  folder.write("one/b.png", gradient(1));
  folder.write("two/first.png", gradient(0));
  folder.write("two/second.png", gradient(1));
  folder.write("two/third.png", gradient(0));
  const auto one = fingerprints(folder / "one", kImage), two = fingerprints(folder / "two", kImage);
  EXPECT_NE(one[0], one[1]);
  EXPECT_THAT(two, testing::ElementsAre(one[0], one[1], one[0]));
  EXPECT_EQ(fingerprints(folder.write("list.txt", "two/second.png 7\none/a.png 8\n"), kImage),
            (std::vector<std::uint64_t>{one[1], one[0]}));

  folder.write("arrays/a.npy", test::npy({1, 2, 3, 4}, {4}));
  folder.write("arrays/b.npy", test::npy({1, 2, 3, 5}, {4}));
  folder.write("arrays/c.npy", test::npy({1, 2, 3, 4}, {4}));
  const auto arrays = fingerprints(folder / "arrays", kVector);
  EXPECT_NE(arrays[0], arrays[1]);
  EXPECT_EQ(arrays[0], arrays[2]);

  const auto dataset = open_dataset(folder / "arrays", kVector, {});
  std::filesystem::remove(folder / "arrays/b.npy");
  EXPECT_EQ(test::error_of([&] { dataset->source_fingerprint(1); }),
            (folder / "arrays/b.npy") + ": does not exist; check the path");
}

TEST(SourceFingerprint, OfRandomSamples) {
  const auto some = fingerprints("random:20", kTwo);
  EXPECT_EQ(std::set(some.begin(), some.end()).size(), 20u);
  EXPECT_EQ(fingerprints("random:20", kTwo), some);
  EXPECT_NE(fingerprints("random:20", kVector), some);
  std::vector<InputInfo> renamed = kTwo;
  renamed[0].name = "z";
  EXPECT_NE(fingerprints("random:20", renamed), some);
  EXPECT_EQ(fingerprints(*open_dataset("random:20", kTwo, {}, 0)), some);
  std::set<std::uint64_t> all(some.begin(), some.end());
  for (const std::uint64_t seed : {1, 2, 3}) {
    for (const std::uint64_t fingerprint : fingerprints(*open_dataset("random:20", kTwo, {}, seed)))
      all.insert(fingerprint);
  }
  EXPECT_EQ(all.size(), 80u) << "another seed draws other samples";
}

TEST(SourceFingerprint, OfSequencesIsThatOfTheSamples) {
  const auto expected = fingerprints("random:5", kTwo);
  const auto sequences = as_sequences(open_dataset("random:5", kTwo, {}), 2);
  EXPECT_EQ(fingerprints(*sequences), expected);
  const TemporaryFolder folder;
  const auto arrays = open_dataset(folder.write("a.npy", test::npy({1, 2, 3, 4}, {1, 4})), kVector, {.mean = {3}});
  const std::string text = arrays->preprocessing();
  EXPECT_EQ(as_sequences(open_dataset(folder / "a.npy", kVector, {.mean = {3}}), 2)->preprocessing(), text);
}

TEST(Preprocessing, OfArraysSaysWhatChangesThem) {
  const TemporaryFolder folder;
  folder.write("a.npy", test::npy(std::vector<float>(72), {1, 3, 4, 6}));
  const auto text = [&](const Preprocess& preprocess) {
    return open_dataset(folder / "a.npy", kImage, preprocess)->preprocessing();
  };
  EXPECT_EQ(text({}), "");
  EXPECT_EQ(text({.mean = {0}, .scale = {1, 1, 1}}), "");
  EXPECT_EQ(text({.mean = {127.5}}), "mean [127.5]");
  EXPECT_EQ(text({.mean = {127.5, 127.5, 127.5}, .scale = {0.1}}), "mean [127.5], scale [0.1]");
  EXPECT_EQ(text({.mean = {0.485, 0.456, 0.406}}), "mean [0.485, 0.456, 0.406]");
  EXPECT_EQ(text({.mean = {1, 2, 3}, .layout = "NCHW"}), "mean [1, 2, 3], layout NCHW");
  EXPECT_NE(text({.mean = {0.1}}), text({.mean = {0.10000000000000002}}));
  EXPECT_EQ(text({.resize = std::pair(9, 9), .resize_mode = ResizeMode::shorter}), "") << "arrays are not resized";
  EXPECT_EQ(open_dataset("random", kImage, {.mean = {1}}, 7)->preprocessing(), "random values of seed 7")
      << "nothing is done to noise";
}

TEST(Preprocessing, OfImagesChangesWithEveryOption) {
  const TemporaryFolder folder;
  folder.write("a.png", gradient(0));
  const auto text = [&](const Preprocess& preprocess, const std::vector<InputInfo>& inputs = kImage) {
    return open_dataset(folder / "a.png", inputs, preprocess)->preprocessing();
  };
  EXPECT_EQ(text({}), "image to f32 [1,3,4,6] NCHW, rgb, stretch to 4x6, linear");
  EXPECT_EQ(text({.resize_mode = ResizeMode::letterbox,
                  .interpolation = Interpolation::area,
                  .color = ColorOrder::bgr,
                  .pad_value = 114,
                  .mean = {127.5},
                  .scale = {127.5, 127.5, 128}}),
            "image to f32 [1,3,4,6] NCHW, bgr, letterbox to 4x6, area, padded with 114, mean [127.5], "
            "scale [127.5, 127.5, 128]");
  EXPECT_EQ(text({.layout = "NCHW"}), text({})) << "what is guessed and what is said are the same";
  EXPECT_EQ(text({.resize = std::pair(4, 6)}), text({}));
  EXPECT_EQ(text({.pad_value = 3}), text({})) << "nothing is padded";
  EXPECT_EQ(text({.mean_of = {{"x", {3}}}}), text({.mean = {3}}));

  const std::map<std::string, std::function<void(Preprocess&)>> changes{
      {"nothing", [](Preprocess&) {}},
      {"resize",
       [](Preprocess& some) {
         some.resize = {8, 8};
       }},
      {"mode", [](Preprocess& some) { some.resize_mode = ResizeMode::shorter; }},
      {"another mode", [](Preprocess& some) { some.resize_mode = ResizeMode::keep_aspect_height; }},
      {"interpolation", [](Preprocess& some) { some.interpolation = Interpolation::cubic; }},
      {"color", [](Preprocess& some) { some.color = ColorOrder::gray; }},
      {"mean", [](Preprocess& some) { some.mean = {1}; }},
      {"mean of a channel",
       [](Preprocess& some) {
         some.mean = {1, 1, 2};
       }},
      {"scale", [](Preprocess& some) { some.scale = {2}; }},
      {"norm", [](Preprocess& some) { some.norm = {2}; }},
      {"crop", [](Preprocess& some) { some.crop_fraction = 0.75; }},
      {"centre", [](Preprocess& some) { some.central_fraction = 0.75; }},
      {"Pillow", [](Preprocess& some) { some.interpolation = Interpolation::pillow_bicubic; }},
  };
  std::set<std::string> seen;
  for (const auto& [name, change] : changes) {
    Preprocess some;
    change(some);
    EXPECT_TRUE(seen.insert(text(some)).second) << name;
  }
  EXPECT_TRUE(seen.insert(text({}, {{"x", {1, 3, 4, 7}, ov::element::f32}})).second);
  EXPECT_TRUE(seen.insert(text({}, {{"x", {1, 4, 6, 3}, ov::element::f32}})).second);
  EXPECT_TRUE(seen.insert(text({}, {{"x", {1, 3, 4, 6}, ov::element::u8}})).second);
  EXPECT_TRUE(seen.insert(text({}, {{"x", {1, 1, 4, 6}, ov::element::f32}})).second);
}

TEST(Preprocessing, OfFilesOfBothKinds) {
  const TemporaryFolder folder;
  folder.write("a.png", gradient(0));
  folder.write("b.npy", test::npy(std::vector<float>(72), {3, 4, 6}));
  const std::string list = folder.write("list.txt", "a.png\nb.npy\n");
  EXPECT_EQ(open_dataset(list, kImage, {.mean = {1}})->preprocessing(),
            "image to f32 [1,3,4,6] NCHW, rgb, stretch to 4x6, linear, mean [1]; mean [1]");
  EXPECT_EQ(open_dataset(folder.write("arrays.txt", "b.npy\n"), kImage, {.mean = {1}})->preprocessing(), "mean [1]");
}

}  // namespace
}  // namespace octune::data
