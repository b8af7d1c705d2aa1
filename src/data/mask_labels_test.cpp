// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "data/mask_labels.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/open.hpp"
#include "data/test_files.hpp"

namespace octune::data {
namespace {

using test::error_of;
using testing::ElementsAre;

/// A PNG of one channel (ISO/IEC 15948): colour type 3 with a palette of six colours, or 0, grey. `rows` are packed.
std::string index_png(int height, int width, int depth, int type, const std::vector<std::string>& rows) {
  const auto big_endian = [](std::uint64_t number) { return test::swapped(test::little_endian(number, 4), 4); };
  const auto chunk = [&](const std::string& content) {
    const uLong checksum = crc32(0, reinterpret_cast<const Bytef*>(content.data()), static_cast<uInt>(content.size()));
    return big_endian(content.size() - 4) + content + big_endian(checksum);
  };
  std::string raw;
  for (const std::string& row : rows) raw += '\0' + row;
  std::string packed(compressBound(raw.size()), '\0');
  uLongf size = packed.size();
  compress(reinterpret_cast<Bytef*>(packed.data()), &size, reinterpret_cast<const Bytef*>(raw.data()), raw.size());
  packed.resize(size);
  std::string image =
      "\x89PNG\r\n\x1a\n" +
      chunk("IHDR" + big_endian(static_cast<std::uint64_t>(width)) + big_endian(static_cast<std::uint64_t>(height)) +
            static_cast<char>(depth) + static_cast<char>(type) + std::string(3, '\0'));
  if (type == 3) image += chunk("PLTE" + std::string(6UL * 3, '\x40'));
  return image + chunk("IDAT" + packed) + chunk("IEND");
}

class Masks : public testing::Test {
 protected:
  Mask load(const std::string& content, const std::string& name = "m.png") {
    return load_mask(R"({"mask": ")" + folder_.write(name, content) + "\"}");
  }
  test::TemporaryFolder folder_;
};

TEST_F(Masks, IndicesOfAPaletteAreNotItsColours) {
  const Mask mask = load(index_png(2, 3, 8, 3, {std::string("\1\2\5", 3), std::string("\0\4\3", 3)}));
  EXPECT_EQ(mask.size, (Size{2, 3}));
  EXPECT_THAT(mask.classes, ElementsAre(1, 2, 5, 0, 4, 3));
}

TEST_F(Masks, FewBitsAndManyBits) {
  // 4 and 2 bits a pixel, the first pixel in the high bits; grey values of 4 bits are not stretched to 255.
  EXPECT_THAT(load(index_png(1, 3, 4, 3, {std::string("\x12\x50", 2)})).classes, ElementsAre(1, 2, 5));
  EXPECT_THAT(load(index_png(1, 3, 4, 0, {std::string("\x1f\x50", 2)})).classes, ElementsAre(1, 15, 5));
  EXPECT_THAT(load(index_png(1, 4, 1, 0, {std::string("\xa0", 1)})).classes, ElementsAre(1, 0, 1, 0));
  EXPECT_THAT(load(index_png(1, 2, 16, 0, {std::string("\1\2\0\7", 4)})).classes, ElementsAre(258, 7));
}

TEST_F(Masks, DamagedFilesAreReported) {
  const auto error = [&](const std::string& content) {
    const std::string message = error_of([&] { load(content); });
    const std::string path = folder_ / "m.png";
    EXPECT_EQ(message.substr(0, path.size()), path);
    return message.substr(std::min(path.size(), message.size()));
  };
  EXPECT_EQ(error("no image"), ": does not decode as PNG (Not a PNG file); write it again");
  EXPECT_EQ(error(index_png(1, 3, 8, 3, {"\1\2\5"}).substr(0, 60)),
            ": does not decode as PNG (it is cut off); write it again");
  EXPECT_EQ(error(test::png(1, 1, [](int, int, int) { return 1; })),
            ": has colours, so its pixels are no classes; give a palette or grey values");
  EXPECT_EQ(error_of([&] { load_mask(R"({"mask": "/none/m.png"})"); }),
            "/none/m.png: does not exist; check the path of the mask");
  EXPECT_EQ(error_of([&] { load_mask("7"); }),
            R"(mask: label '7' names no mask; give {"mask": "FILE"} or an array of classes)");
}

TEST_F(Masks, GoWhereTheImageGoes) {
  // The mask of a 2 x 4 image: columns of the classes 1 to 4.
  const std::string row("\1\2\3\4", 4);
  folder_.write("masks/a.png", index_png(2, 4, 8, 3, {row, row}));
  folder_.write("images/a.png", test::png(2, 4, [](int, int, int) { return 7; }));
  const auto placed = [&](const Preprocess& preprocess) {
    const auto data = open_dataset(folder_ / "images", {{"x", {1, 3, 4, 4}, ov::element::f32}}, preprocess);
    return load_mask(read_labels(folder_ / "masks", *data).at(0).text).classes;
  };
  Preprocess preprocess;
  EXPECT_THAT(placed(preprocess), ElementsAre(1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4));
  preprocess.resize_mode = ResizeMode::letterbox;
  EXPECT_THAT(placed(preprocess), ElementsAre(255, 255, 255, 255, 1, 2, 3, 4, 1, 2, 3, 4, 255, 255, 255, 255));
  preprocess.resize_mode = ResizeMode::shorter;  // 4 x 8, of which the middle is taken
  EXPECT_THAT(placed(preprocess), ElementsAre(2, 2, 3, 3, 2, 2, 3, 3, 2, 2, 3, 3, 2, 2, 3, 3));
  preprocess.resize_mode = ResizeMode::stretch;
  preprocess.central_fraction = 0.5;  // one row of the two columns in the middle
  EXPECT_THAT(placed(preprocess), ElementsAre(2, 2, 3, 3, 2, 2, 3, 3, 2, 2, 3, 3, 2, 2, 3, 3));
}

TEST_F(Masks, OfListsLieBesideThem) {
  const std::string row("\1\2\3\4", 4);
  folder_.write("masks/of_a.png", index_png(2, 4, 8, 3, {row, row}));
  folder_.write("images/a.png", test::png(2, 4, [](int, int, int) { return 7; }));
  Preprocess preprocess;
  preprocess.resize_mode = ResizeMode::letterbox;
  const auto data = open_dataset(folder_ / "images", {{"x", {1, 3, 4, 4}, ov::element::f32}}, preprocess);
  const std::string lines = folder_.write("l.jsonl", R"({"file": "a.png", "mask": "masks/of_a.png"})");
  const std::string label = read_labels(lines, *data).at(0).text;
  EXPECT_THAT(load_mask(label).classes, ElementsAre(255, 255, 255, 255, 1, 2, 3, 4, 1, 2, 3, 4, 255, 255, 255, 255));
  // Another content is another label.
  folder_.write("masks/of_a.png", index_png(2, 4, 8, 3, {row, std::string("\1\2\3\5", 4)}));
  EXPECT_NE(read_labels(lines, *data).at(0).text, label);
  const std::string missing = folder_.write("m.jsonl", R"({"file": "a.png", "mask": "b.png"})");
  EXPECT_EQ(error_of([&] { read_labels(missing, *data); }),
            (folder_ / "b.png") + ": does not exist; check the path of the mask");
}

TEST_F(Masks, EverySampleHasOne) {
  folder_.write("masks/b.png", index_png(1, 1, 8, 3, {"\1"}));
  folder_.write("images/a.png", test::png(2, 4, [](int, int, int) { return 7; }));
  const auto data = open_dataset(folder_ / "images", {{"x", {1, 3, 4, 4}, ov::element::f32}}, {});
  EXPECT_EQ(
      error_of([&] { read_labels(folder_ / "masks", *data); }),
      (folder_ / "masks") + ": 1 of 1 samples have no mask: 'a.png'; give one for each image, named as the image");
}

TEST_F(Masks, ThoseOfOtherProportionsAreTold) {
  folder_.write("images/a.png", test::png(2, 6, [](int, int, int) { return 7; }));
  const auto data = open_dataset(folder_ / "images", {{"x", {1, 3, 4, 4}, ov::element::f32}}, {});
  const auto warnings = [&](int height, int width) {
    folder_.write("masks/a.png", index_png(height, width, 8, 0,
                                           std::vector<std::string>(static_cast<std::size_t>(height),
                                                                    std::string(static_cast<std::size_t>(width), 1))));
    test::Listener listener;
    read_labels(folder_ / "masks", *data, &listener);
    return listener.warnings;
  };
  EXPECT_THAT(warnings(2, 6), ElementsAre());
  EXPECT_THAT(warnings(4, 12), ElementsAre());
  EXPECT_THAT(
      warnings(12, 4),
      ElementsAre((folder_ / "masks") +
                  ": 1 of 1 images have other proportions than they are annotated with, so that boxes and masks "
                  "are misplaced: 'a.png' has 2x6 pixels (height x width), annotated are 12x4, as if it were "
                  "turned by 90 degrees; check that annotations and images belong together, and whether an "
                  "orientation in the images' metadata (EXIF) turns them"));
}

}  // namespace
}  // namespace octune::data
