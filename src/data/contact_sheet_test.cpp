// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "data/contact_sheet.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <span>

#include "data/image.hpp"
#include "data/test_files.hpp"
#include "data/value_summary.hpp"

namespace octune::data {
namespace {

using testing::ElementsAre;

InputInfo input(const std::string& name, const ov::PartialShape& shape, ov::element::Type type = ov::element::f32) {
  return {name, shape, type};
}

ov::Tensor tensor(const ov::Shape& shape, const std::vector<float>& values) {
  ov::Tensor result(ov::element::f32, shape);
  std::copy(values.begin(), values.end(), result.data<float>());
  return result;
}

TEST(SeenInput, UndoesMeanAndScaleAndTheOrderOfChannels) {
  const std::vector<InputInfo> inputs{input("ids", {1, 4}), input("x", {1, 3, 1, 2})};
  const Sample sample{{"ids", tensor({1, 4}, {1, 2, 3, 4})}, {"x", tensor({1, 3, 1, 2}, {1, 2, 3, 4, 5, 6})}};
  const auto seen = seen_input(sample, inputs, {.mean = {10}, .scale = {10}}, Content::images);
  ASSERT_TRUE(seen.has_value());
  EXPECT_EQ(seen->input, "x");
  EXPECT_THAT(seen->picture.pixels, ElementsAre(60, 40, 20, 70, 50, 30)) << "blue, green, red of two pixels";
  EXPECT_FALSE(seen->stretched);
}

TEST(SeenInput, StretchesValuesThatAreNoPixels) {
  const std::vector<InputInfo> inputs{input("x", {-1, 1, -1, -1})};
  std::vector<float> values(64, -1);
  std::copy_n(std::array{0.0F, 0.5F, 1.0F}.begin(), 3, values.begin() + 1);
  const Sample sample{{"x", tensor({1, 1, 8, 8}, values)}};
  const auto seen = seen_input(sample, inputs, {}, Content::values);
  ASSERT_TRUE(seen.has_value());
  EXPECT_TRUE(seen->stretched);
  EXPECT_THAT(std::span(seen->picture.pixels).first(4), ElementsAre(0, 128, 191, 255));
  EXPECT_FALSE(seen_input(sample, inputs, {.mean = {127.5}, .scale = {127.5}}, Content::values)->stretched);
  EXPECT_FALSE(
      seen_input({{"h", tensor({1, 1, 128}, std::vector<float>(128))}}, {input("h", {1, 1, 128})}, {}, Content::values))
      << "a state";
  EXPECT_FALSE(seen_input({{"x", tensor({1, 8}, std::vector<float>(8))}}, {input("x", {1, 8})}, {}, Content::values));
}

TEST(ContactSheet, HoldsEveryPicture) {
  const test::TemporaryFolder folder;
  std::vector<Tile> tiles;
  for (int i = 0; i < 5; ++i) {
    Picture picture({120, 150}, 3);
    for (std::size_t at = 0; at < picture.pixels.size(); at += 3) picture.pixels[at + 2] = 200;  // red
    tiles.push_back({std::move(picture), fmt::format("a/quite/long/path/to/an/image/{}.png", i), "label \xc3\xa4"});
  }
  Picture gray({3, 4}, 1);
  std::fill(gray.pixels.begin(), gray.pixels.end(), 77);
  tiles.push_back({std::move(gray), "gray.png", "", {{0, 0, 2, 2}}});
  write_contact_sheet(folder / "sheet.png", tiles);
  // Read back as it is: 3 columns of 166, 2 rows of 168.
  const ImageReader reader(input("x", {1, 3, 336, 498}, ov::element::u8), {.color = ColorOrder::bgr});
  const Picture sheet = reader.seen(reader.read(folder / "sheet.png"));
  const auto count = [&](int blue, int green, int red) {
    std::size_t pixels = 0;
    for (std::size_t at = 0; at < sheet.pixels.size(); at += 3) {
      pixels += sheet.pixels[at] == blue && sheet.pixels[at + 1] == green && sheet.pixels[at + 2] == red ? 1 : 0;
    }
    return pixels;
  };
  EXPECT_EQ(count(0, 0, 200), 5u * 120 * 150);
  EXPECT_GT(count(77, 77, 77), 84u * 112 * 9 / 10) << "3x4 enlarged 28 times, less the box";
  EXPECT_GT(count(0, 200, 0), 100u) << "the box";
}

TEST(ContactSheet, IsOfTheKindThatItsNameSays) {
  const test::TemporaryFolder folder;
  const std::vector<Tile> tiles{{Picture({8, 8}, 1), "a", ""}};
  write_contact_sheet(folder / "sheet.JPG", tiles);
  EXPECT_EQ(base::read_file(folder / "sheet.JPG").substr(0, 3), "\xff\xd8\xff") << "JPEG begins so";
  EXPECT_EQ(
      test::error_of([&] { write_contact_sheet(folder / "sheet.gif", tiles); }),
      (folder / "sheet.gif") + ": its name does not say which kind of image to write; let it end in .png or .jpg");
}

TEST(ValueSummary, IsThatOfAllSamples) {
  const std::vector<InputInfo> inputs{input("x", {1, -1})};
  std::vector<InputSummary> summaries;
  add_to_summary({{"x", tensor({1, 2}, {1, -3})}}, inputs, summaries);
  add_to_summary({{"x", tensor({1, 3}, {5, NAN, 2})}}, inputs, summaries);
  add_to_summary({{"x", tensor({1, 2}, {INFINITY, 0})}}, inputs, summaries);
  ASSERT_EQ(summaries.size(), 1u);
  EXPECT_THAT(summaries[0].shapes, ElementsAre(ov::Shape{1, 2}, ov::Shape{1, 3}));
  EXPECT_EQ(summaries[0].min, -3);
  EXPECT_EQ(summaries[0].max, 5);
  EXPECT_DOUBLE_EQ(summaries[0].mean, 1);
  EXPECT_EQ(summaries[0].non_finite, 2u);
  EXPECT_EQ(summaries[0].values, 5u);
}

}  // namespace
}  // namespace octune::data
