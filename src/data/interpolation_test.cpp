// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "data/interpolation.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "data/names.hpp"

namespace octune::data {
namespace {

/// The pixels that tests/oracles/resize_vectors.py starts from.
Picture source(int height, int width, int channels) {
  Picture image({height, width}, channels);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      for (int c = 0; c < channels; ++c) {
        image.row(y)[x * channels + c] =
            static_cast<std::uint8_t>(37 * y + 53 * x + 91 * c + 11 * x * y + 3 * x * x * (c + 1));
      }
    }
  }
  return image;
}

// Expected values: OpenCV and Pillow themselves, written by tests/oracles/resize_vectors.py. Pillow's are met bit for
// bit, OpenCV's too but for cubic, where its own versions differ from each other by up to 1.
TEST(Interpolation, IsWhatOpenCvAndPillowCompute) {
  std::ifstream file(std::filesystem::path(__FILE__).parent_path() / "fixtures" / "resize_vectors.txt");
  const std::map<std::string, int> allowed{{"cubic", 1}};
  std::size_t cases = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) continue;
    std::istringstream fields(line);
    std::string name, bytes;
    int height = 0, width = 0, channels = 0;
    Size size;
    fields >> name >> height >> width >> channels >> size.height >> size.width >> bytes;
    const Picture result =
        resized(source(height, width, channels).view(), size, base::parse_enum<Interpolation>(name, "vectors"));
    ASSERT_EQ(result.size, size);
    ASSERT_EQ(bytes.size(), 2 * result.pixels.size()) << line;
    int largest = 0;
    for (std::size_t i = 0; 2 * i < bytes.size(); ++i) {
      largest = std::max(largest, std::abs(result.pixels[i] - std::stoi(bytes.substr(2 * i, 2), nullptr, 16)));
    }
    EXPECT_LE(largest, allowed.contains(name) ? allowed.at(name) : 0) << line.substr(0, 60);
    ++cases;
  }
  EXPECT_EQ(cases, base::names_of<Interpolation>().size() * 6);
}

TEST(Interpolation, TheSameSizeLeavesAnImageAsItIs) {
  const Picture image = source(6, 5, 3);
  for (const std::string& name : base::names_of<Interpolation>()) {
    EXPECT_EQ(resized(image.view(), {6, 5}, base::parse_enum<Interpolation>(name, "test")).pixels, image.pixels)
        << name;
  }
}

// A centre cut out of a larger image has gaps between its rows.
TEST(Interpolation, ReadsPartsOfImages) {
  const Picture image = source(9, 11, 3);
  PictureView part = image.view();
  part.size = {6, 7};
  part.pixels = image.view().row(1) + 2 * 3;
  Picture copy(part.size, 3);
  for (int y = 0; y < 6; ++y) std::copy_n(part.row(y), copy.row_bytes(), copy.row(y));
  for (const std::string& name : base::names_of<Interpolation>()) {
    const auto interpolation = base::parse_enum<Interpolation>(name, "test");
    EXPECT_EQ(resized(part, {4, 9}, interpolation).pixels, resized(copy.view(), {4, 9}, interpolation).pixels) << name;
  }
}

}  // namespace
}  // namespace octune::data
