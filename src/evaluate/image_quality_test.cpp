// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/image_quality.hpp"

#include <gtest/gtest.h>

#include "evaluate/test_values.hpp"

namespace octune::evaluate {
namespace {

MetricOptions range(double data_range) {
  MetricOptions options;
  options.data_range = data_range;
  return options;
}

ov::Tensor filled(const ov::Shape& shape, float value) {
  return floats(shape, std::vector<float>(ov::shape_size(shape), value));
}

TEST(ImageQuality, PsnrIsRelativeToTheRange) {
  const ov::Tensor output = filled({1, 1, 4, 4}, 0.1F);
  const Label label(filled({4, 4}, 0));
  EXPECT_NEAR(make_psnr(range(1))->score({output}, label)[0], 20, 1e-6);
  EXPECT_NEAR(make_psnr(range(10))->score({output}, label)[0], 40, 1e-6);
}

TEST(ImageQuality, EqualImagesAreAtTheTopOfBothScales) {
  const ov::Tensor image = filled({1, 3, 16, 16}, 0.5F);
  EXPECT_NEAR(make_psnr(range(1))->score({image}, Label(image))[0], 156.5, 0.1);
  EXPECT_EQ(make_ssim(range(1))->score({image}, Label(image))[0], 1);
}

TEST(ImageQuality, IntegersTellTheirRange) {
  ov::Tensor label(ov::element::u16, {2, 2});
  std::fill_n(label.data<std::uint16_t>(), 4, std::uint16_t{0});
  EXPECT_NEAR(make_psnr({})->score({filled({2, 2}, 655.35F)}, Label(label))[0], 40, 1e-5);
  EXPECT_EQ(error_text(ErrorKind::input,
                       [] {
                         make_psnr({})->score({filled({2, 2}, 0)}, Label(filled({2, 2}, 0)));
                       }),
            "metric 'psnr': the range of 'f32' labels is not known; give it with --data-range (1 for values from 0 to "
            "1, 255 for 0 to 255)");
  EXPECT_EQ(error_text(ErrorKind::input, [] { make_ssim(range(0)); }),
            "metric 'ssim': data range 0 is not possible; give the largest possible value minus the smallest, as 1 or "
            "255");
}

TEST(ImageQuality, WhatIsNoImage) {
  const auto text_of = [](const ov::Shape& output, const Label& label) {
    return error_text(ErrorKind::input, [&] { make_ssim(range(1))->score({filled(output, 0)}, label); });
  };
  EXPECT_EQ(text_of({1, 3, 16, 16}, "cat"),
            "metric 'ssim': label 'cat' is no array; give images as labels, in the unit of the output");
  for (const ov::Shape& shape :
       {ov::Shape{16, 16}, ov::Shape{3, 16, 17}, ov::Shape{2, 3, 16, 16}, ov::Shape{5, 16, 16}}) {
    EXPECT_EQ(text_of({1, 3, 16, 16}, Label(filled(shape, 0))),
              "metric 'ssim': the output has the shape [1,3,16,16] and the label " + shape.to_string() +
                  "; both have to be one image of the same size, [H,W], [C,H,W] or [H,W,C] with 1, 3 or 4 channels");
  }
  EXPECT_EQ(text_of({10, 16}, Label(filled({10, 16}, 0))),
            "metric 'ssim': the image is 10x16; height and width of at least 11 are needed");
}

}  // namespace
}  // namespace octune::evaluate
