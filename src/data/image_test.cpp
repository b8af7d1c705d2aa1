// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "data/image.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/cut_off.hpp"
#include "data/normalization.hpp"
#include "data/test_files.hpp"

namespace octune::data {
namespace {

using test::error_of;
using testing::ElementsAre;

InputInfo input(const ov::PartialShape& shape, ov::element::Type type = ov::element::f32) { return {"x", shape, type}; }

/// Blue, green, red of the test image at (y, x); 5 x 7 pixels.
std::uint8_t pixel(int y, int x, int c) { return static_cast<std::uint8_t>(37 * y + 53 * x + 91 * c); }

std::string test_image() { return test::png(5, 7, pixel); }

std::string write_test_image(const test::TemporaryFolder& folder) { return folder.write("i.png", test_image()); }

std::vector<float> values(const ov::Tensor& tensor) {
  return {tensor.data<float>(), tensor.data<float>() + tensor.get_size()};
}

TEST(Placement, StretchFillsTheFrameOrCutsItsCentre) {
  EXPECT_EQ(place(ResizeMode::stretch, {5, 7}, {3, 4}, {3, 4}), (Placement{{3, 4}, {3, 4}, 0, 0, 0, 0}));
  EXPECT_EQ(place(ResizeMode::stretch, {5, 7}, {7, 10}, {3, 4}), (Placement{{7, 10}, {3, 4}, 2, 3, 0, 0}));
}

TEST(Placement, ShorterSideIsScaledAndTheCentreCut) {
  // 640x480 (width x height) to 256: 341 (341.33 rounded down) x 256; the 224 in its centre begin at 58 (58.5 to
  // even), 16.
  EXPECT_EQ(place(ResizeMode::shorter, {480, 640}, {256, 256}, {224, 224}),
            (Placement{{256, 341}, {224, 224}, 16, 58, 0, 0}));
  EXPECT_EQ(place(ResizeMode::shorter, {640, 480}, {256, 256}, {224, 224}),
            (Placement{{341, 256}, {224, 224}, 58, 16, 0, 0}));
  EXPECT_EQ(place(ResizeMode::shorter, {9, 9}, {4, 6}, {4, 6}), (Placement{{6, 6}, {4, 6}, 1, 0, 0, 0}));
}

TEST(Placement, LetterboxCentresTheLongerSide) {
  EXPECT_EQ(place(ResizeMode::letterbox, {1080, 810}, {640, 640}, {640, 640}),
            (Placement{{640, 480}, {640, 480}, 0, 0, 0, 80}));
  EXPECT_EQ(place(ResizeMode::letterbox, {480, 641}, {640, 640}, {640, 640}),
            (Placement{{479, 640}, {479, 640}, 0, 0, 80, 0}));
  EXPECT_EQ(place(ResizeMode::letterbox, {1, 5000}, {8, 8}, {8, 8}), (Placement{{1, 8}, {1, 8}, 0, 0, 3, 0}));
}

TEST(Placement, KeepAspectHeightRoundsTheWidthUp) {
  EXPECT_EQ(place(ResizeMode::keep_aspect_height, {5, 7}, {6, 12}, {6, 12}), (Placement{{6, 9}, {6, 9}, 0, 0, 0, 0}));
  EXPECT_EQ(place(ResizeMode::keep_aspect_height, {10, 1000}, {48, 320}, {48, 320}),
            (Placement{{48, 320}, {48, 320}, 0, 0, 0, 0}));
  EXPECT_EQ(place(ResizeMode::keep_aspect_height, {1000, 1}, {48, 320}, {48, 320}),
            (Placement{{48, 1}, {48, 1}, 0, 0, 0, 0}));
}

// For any sizes: what is copied lies inside the scaled image and inside the frame, and scaling keeps the aspect to a
// pixel.
TEST(Placement, NothingLiesOutside) {
  for (const ResizeMode mode :
       {ResizeMode::stretch, ResizeMode::letterbox, ResizeMode::shorter, ResizeMode::keep_aspect_height}) {
    const bool crops = mode == ResizeMode::stretch || mode == ResizeMode::shorter;
    for (int height = 1; height < 40; height += 3) {
      for (int width = 1; width < 40; width += 2) {
        for (const Size frame : {Size{8, 8}, Size{7, 20}, Size{16, 3}}) {
          const Size resize = crops ? Size{frame.height + 3, frame.width + 2} : frame;
          const Placement p = place(mode, {height, width}, resize, frame);
          EXPECT_GE(std::min({p.scaled.height, p.scaled.width, p.copied.height, p.copied.width}), 1);
          EXPECT_GE(std::min({p.source_top, p.source_left, p.top, p.left}), 0);
          EXPECT_LE(p.source_top + p.copied.height, p.scaled.height);
          EXPECT_LE(p.source_left + p.copied.width, p.scaled.width);
          EXPECT_LE(p.top + p.copied.height, frame.height);
          EXPECT_LE(p.left + p.copied.width, frame.width);
          if (crops) {
            EXPECT_EQ(p.copied, frame);
          }
          if (mode == ResizeMode::letterbox) {
            EXPECT_TRUE(p.scaled.height == frame.height || p.scaled.width == frame.width);
          }
          if (mode == ResizeMode::shorter) {
            EXPECT_TRUE(p.scaled.height == resize.height || p.scaled.width == resize.width);
            const double factor = std::max(double(resize.height) / height, double(resize.width) / width);
            EXPECT_NEAR(p.scaled.height, height * factor, 1);
            EXPECT_NEAR(p.scaled.width, width * factor, 1);
          }
        }
      }
    }
  }
}

// An image of the input's size goes through unchanged but for order, mean and scale: the naive formula is the oracle.
TEST(Image, LayoutAndColoursAndFormula) {
  const test::TemporaryFolder folder;
  const std::string path = write_test_image(folder);
  for (const bool planar : {true, false}) {
    for (const ColorOrder color : {ColorOrder::rgb, ColorOrder::bgr}) {
      for (const bool batch : {true, false}) {
        Preprocess preprocess;
        preprocess.color = color;
        preprocess.mean = {100, 50, 25};
        preprocess.scale = {2, 4, 8};
        ov::PartialShape shape = planar ? ov::PartialShape{3, 5, 7} : ov::PartialShape{5, 7, 3};
        if (batch) shape.insert(shape.begin(), 1);
        const ov::Tensor tensor = ImageReader(input(shape), preprocess).read(path);
        EXPECT_EQ(tensor.get_shape(), shape.to_shape());
        for (int y = 0; y < 5; ++y) {
          for (int x = 0; x < 7; ++x) {
            for (int c = 0; c < 3; ++c) {
              const int at = planar ? (c * 5 + y) * 7 + x : (y * 7 + x) * 3 + c;
              const int source = color == ColorOrder::rgb ? 2 - c : c;
              const auto k = static_cast<std::size_t>(c);
              const double expected = (pixel(y, x, source) - preprocess.mean[k]) / preprocess.scale[k];
              EXPECT_FLOAT_EQ(tensor.data<float>()[at], static_cast<float>(expected));
            }
          }
        }
      }
    }
  }
}

// Expected values: OpenCV's Python binding, resize of the same image to 4x3, first (blue) channel.
TEST(Image, InterpolationsAsOpenCvComputesThem) {
  const test::TemporaryFolder folder;
  const std::string path = write_test_image(folder);
  const std::vector<std::pair<Interpolation, std::vector<float>>> cases{
      {Interpolation::linear, {32, 125, 218, 54, 94, 187, 55, 116, 155, 216, 85, 178}},
      {Interpolation::cubic, {25, 124, 245, 38, 90, 191, 48, 120, 154, 225, 81, 185}},
      {Interpolation::area, {38, 128, 183, 54, 97, 173, 110, 113, 156, 174, 82, 172}},
      {Interpolation::nearest, {0, 53, 159, 9, 37, 90, 196, 46, 111, 164, 14, 120}}};
  for (const auto& [interpolation, expected] : cases) {
    Preprocess preprocess;
    preprocess.interpolation = interpolation;
    preprocess.color = ColorOrder::bgr;
    const ov::Tensor tensor = ImageReader(input({1, 3, 3, 4}), preprocess).read(path);
    for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(tensor.data<float>()[i], expected[i], 1) << i;
  }
}

// Expected values: the usual preprocessing of text recognition in Python (resize to the height, x / 255, - 0.5, / 0.5,
// zeros on the right) of the same image, 6 x 12, first channel.
TEST(Image, TextLinesAsRecognitionWantsThem) {
  const test::TemporaryFolder folder;
  Preprocess preprocess;
  preprocess.resize_mode = ResizeMode::keep_aspect_height;
  preprocess.color = ColorOrder::bgr;
  preprocess.mean = {127.5};
  preprocess.scale = {127.5};
  const ov::Tensor tensor = ImageReader(input({1, 3, 6, 12}), preprocess).read(write_test_image(folder));
  const std::vector<double> rows_0_and_5{-1.0,       -0.7254902, -0.4039216, -0.0745098, 0.2470589, 0.5686275,
                                         -0.2235294, -0.7960784, -0.5137255, 0,          0,         0,
                                         0.1607844,  0.4352942,  0.7568628,  0.6392157,  -0.6,      -0.2784314,
                                         0.0431373,  0.3725490,  0.6470588,  0,          0,         0};
  const float* first = tensor.data<float>();
  for (std::size_t x = 0; x < 12; ++x) {
    EXPECT_NEAR(first[x], rows_0_and_5[x], 0.009) << x;  // one grey level is 0.0078
    EXPECT_NEAR(first[5 * 12 + x], rows_0_and_5[12 + x], 0.009) << x;
  }
  for (int channel = 0; channel < 3; ++channel) {
    for (int y = 0; y < 6; ++y) {
      for (int x = 9; x < 12; ++x) EXPECT_EQ(first[(channel * 6 + y) * 12 + x], 0.f);
    }
  }
}

TEST(Image, PaddingIsZeroAfterMeanAndScaleUnlessAValueIsGiven) {
  const test::TemporaryFolder folder;
  const std::string path = folder.write("i.png", test::png(2, 4, [](int, int, int c) { return 10 * (c + 1); }));
  Preprocess preprocess;
  preprocess.resize_mode = ResizeMode::letterbox;
  preprocess.mean = {5, 6, 7};
  const ov::Tensor zero = ImageReader(input({1, 3, 4, 4}), preprocess).read(path);
  EXPECT_THAT(std::span(zero.data<float>(), 8), ElementsAre(0, 0, 0, 0, 25, 25, 25, 25));
  EXPECT_THAT(std::span(zero.data<float>() + 40, 8), ElementsAre(3, 3, 3, 3, 0, 0, 0, 0));
  preprocess.pad_value = 114;
  const ov::Tensor gray = ImageReader(input({1, 3, 4, 4}), preprocess).read(path);
  EXPECT_THAT(std::span(gray.data<float>(), 8), ElementsAre(109, 109, 109, 109, 25, 25, 25, 25));
}

TEST(Image, OneChannelIsDecodedGray) {
  const test::TemporaryFolder folder;
  const std::string path = folder.write("g.png", test::png(2, 2, [](int y, int x, int) { return 60 * (2 * y + x); }));
  EXPECT_THAT(values(ImageReader(input({1, 1, 2, 2}), {}).read(path)), ElementsAre(0, 60, 120, 180));
  Preprocess preprocess;
  preprocess.color = ColorOrder::gray;
  preprocess.layout = "NHWC";
  EXPECT_THAT(values(ImageReader(input({1, 2, 2, 3}), preprocess).read(path)),
              ElementsAre(0, 0, 0, 60, 60, 60, 120, 120, 120, 180, 180, 180));
}

TEST(Image, OpenSizesComeFromResize) {
  const test::TemporaryFolder folder;
  Preprocess preprocess;
  preprocess.resize = {3, 4};
  const ov::Tensor tensor = ImageReader(input({-1, 3, -1, -1}), preprocess).read(write_test_image(folder));
  EXPECT_EQ(tensor.get_shape(), (ov::Shape{1, 3, 3, 4}));
}

TEST(Image, BytesAndHalfPrecision) {
  const test::TemporaryFolder folder;
  const std::string path = folder.write("i.png", test::png(2, 2, [](int, int, int c) { return 10 * (c + 1); }));
  const ov::Tensor bytes = ImageReader(input({1, 3, 2, 2}, ov::element::u8), {}).read(path);
  EXPECT_THAT(std::span(bytes.data<std::uint8_t>(), 5), ElementsAre(30, 30, 30, 30, 20));
  Preprocess preprocess;
  preprocess.scale = {255};
  const ov::Tensor half = ImageReader(input({1, 3, 2, 2}, ov::element::f16), preprocess).read(path);
  EXPECT_EQ(half.data<ov::float16>()[0], ov::float16(30.f / 255.f));
  const ov::Tensor wide = ImageReader(input({1, 3, 2, 2}, ov::element::f64), preprocess).read(path);
  EXPECT_EQ(wide.data<double>()[0], 30. / 255.);
}

TEST(Image, FilesThatDoNotDecodeAreNamed) {
  const test::TemporaryFolder folder;
  const ImageReader reader(input({1, 3, 2, 2}), {});
  for (const std::string& content : {std::string(), std::string("no image")}) {
    const std::string path = folder.write("bad.png", content);
    EXPECT_EQ(error_of([&] { reader.read(path); }),
              path + ": does not decode as an image; remove it or write it again");
  }
  const std::string cut = folder.write("cut.png", test_image().substr(0, 60));
  EXPECT_EQ(error_of([&] { reader.read(cut); }), cut + ": the image is cut off; remove it or write it again");
  EXPECT_EQ(error_of([&] { reader.read(folder / "none.png"); }),
            (folder / "none.png") + ": does not exist; check the path");
}

bool cut_off(const std::string& text) { return is_cut_off(std::as_bytes(std::span(text))); }

TEST(CutOff, EveryBeginningOfAPngIs) {
  const std::string whole = test_image();
  EXPECT_FALSE(cut_off(whole));
  EXPECT_FALSE(cut_off(whole + "trailing bytes"));
  for (std::size_t size = 8; size < whole.size(); ++size) EXPECT_TRUE(cut_off(whole.substr(0, size))) << size;
}

TEST(CutOff, EveryBeginningOfAJpegIs) {
  // A segment that holds an end marker (as thumbnails do), a scan with an escaped 0xff, a restart and a fill byte, a
  // second scan, the end.
  const auto bytes = [](std::initializer_list<int> values) {
    std::string text;
    for (const int value : values) text.push_back(static_cast<char>(value));
    return text;
  };
  const std::string whole = bytes({0xff, 0xd8, 0xff, 0xe1, 0,    6, 1,    0xff, 0xd9, 2, 0xff, 0xda, 0, 3,    9,   7,
                                   0xff, 0,    8,    0xff, 0xd0, 5, 0xff, 0xff, 0xda, 0, 3,    9,    4, 0xff, 0xd9});
  EXPECT_FALSE(cut_off(whole));
  EXPECT_FALSE(cut_off(whole + "trailing bytes"));
  for (std::size_t size = 3; size < whole.size(); ++size) EXPECT_TRUE(cut_off(whole.substr(0, size))) << size;
}

TEST(CutOff, OtherContentIsNotJudged) {
  EXPECT_FALSE(cut_off(""));
  EXPECT_FALSE(cut_off("BM and so on"));
}

TEST(Image, InputsThatTakeNoImageSayWhatToGive) {
  const auto error = [](const InputInfo& info, const Preprocess& preprocess = {}) {
    return error_of([&] { ImageReader reader(info, preprocess); });
  };
  EXPECT_EQ(error(input({1, 64})),
            "input 'x': an image cannot be fed to the shape [1,64]; give arrays (.npy or .npz) instead");
  EXPECT_EQ(error(input(ov::PartialShape::dynamic())), "input 'x': its shape is unknown; give it with --shape");
  EXPECT_EQ(error(input({1, -1, 8, 8})),
            "input 'x': its shape [1,?,8,8] does not tell which axis holds the channels; give "
            "--layout NCHW, NHWC, CHW or HWC");
  EXPECT_EQ(error(input({1, 3, -1, 320})),
            "input 'x': height or width of its shape [1,3,?,320] is open; give --resize HEIGHT,WIDTH");
  EXPECT_EQ(error(input({4, 3, 8, 8})),
            "input 'x': images are fed one by one, its shape [4,3,8,8] has another batch; give --shape with batch 1");
  EXPECT_EQ(error(input({1, 3, 8, 8}), {.layout = "NCWH"}),
            "input 'x': unknown layout 'NCWH' for images; give NCHW, NHWC, CHW or HWC");
  EXPECT_EQ(error(input({1, 3, 8, 8}), {.layout = "CHW"}),
            "input 'x': layout 'CHW' has 3 axes, the shape [1,3,8,8] has 4; give a --layout of as many letters");
  EXPECT_EQ(
      error(input({1, 3, 8, 8}), {.layout = "NHWC"}),
      "input 'x': an image has 1 or 3 channels, its shape [1,3,8,8] as NHWC wants 8; give another --layout, or arrays");
  EXPECT_EQ(error(input({1, 3, 8, 8}, ov::element::u8), {.mean = {127.5}}),
            "input 'x': takes integers ('u8'), mean and scale make fractions; leave them away");
  EXPECT_EQ(error(input({1, 3, 8, 8}, ov::element::i8)),
            "input 'x': takes 'i8', which does not hold pixels from 0 to 255; give arrays");
  EXPECT_EQ(error(input({1, 3, 8, 8}, ov::element::u8), {.pad_value = 0.5}),
            "input 'x': takes integers ('u8'), a pad value of 0.5 is none from 0 to 255; give one");
  EXPECT_EQ(error(input({1, 3, 8, 8}), {.mean = {1, 2}}),
            "mean: has 2 values, input 'x' of shape [1,3,8,8] has 3 channels; give one value or one a channel");
  EXPECT_EQ(error(input({1, 3, 8, 8}), {.resize = {{6, 10}}}),
            "input 'x': --resize 6x10 is smaller than the input's 8x8; give at least that");
  EXPECT_EQ(
      error(input({1, 3, 8, 8}), {.resize = {{9, 9}}, .resize_mode = ResizeMode::letterbox}),
      "input 'x': --resize 9x9 differs from the input's 8x8 and this resize mode does not crop; leave --resize away");
  EXPECT_EQ(error(input({1, 3, ov::Dimension(16, 32), 8}), {.resize = {{8, 8}}}),
            "input 'x': images of 8x8 do not fit its shape [1,3,16..32,8]; give another --resize");
}

TEST(Layout, ChannelsBeforeAreGuessedFirst) {
  EXPECT_EQ(guess_layout({1, 3, 8, 8})->name, "NCHW");
  EXPECT_EQ(guess_layout({1, 8, 8, 3})->name, "NHWC");
  EXPECT_EQ(guess_layout({1, 3, 8, 3})->name, "NCHW");
  EXPECT_EQ(guess_layout({1, 8, 8})->name, "CHW");
  EXPECT_EQ(guess_layout({8, 8, 1})->name, "HWC");
  EXPECT_EQ(guess_layout({-1, -1, -1, 3})->name, "NHWC");
  EXPECT_FALSE(guess_layout({1, 8, 8, 8}));
  EXPECT_FALSE(guess_layout({1, 3}));
  EXPECT_FALSE(guess_layout(ov::PartialShape::dynamic()));
}

TEST(Image, NamesAreRecognisedInAnyCase) {
  for (const char* name : {"a.jpg", "a.JPEG", "b/a.Png", "a.bmp", "a.webp", "a.tif", "a.TIFF"})
    EXPECT_TRUE(is_image_name(name));
  for (const char* name : {"a.npy", "jpg", "a.txt", "a.jpg.txt", "a.gif"}) EXPECT_FALSE(is_image_name(name));
}

TEST(Image, NormMultiplies) {
  const test::TemporaryFolder folder;
  const std::string path = write_test_image(folder);
  const ov::Tensor tensor =
      ImageReader(input({1, 3, 5, 7}), {.color = ColorOrder::bgr, .mean = {100}, .norm = {0.5, 2, 4}}).read(path);
  for (int c = 0; c < 3; ++c) {
    const double factor = std::vector<double>{0.5, 2, 4}[static_cast<std::size_t>(c)];
    EXPECT_FLOAT_EQ(tensor.data<float>()[c * 35 + 9], static_cast<float>((pixel(1, 2, c) - 100) * factor));
  }
  EXPECT_EQ(ImageReader(input({1, 3, 5, 7}), {.norm = {0.5, 0.5, 0.5}}).preprocessing(),
            "image to f32 [1,3,5,7] NCHW, rgb, stretch to 5x7, linear, norm [0.5]");
}

TEST(Image, MeanAndScaleOfThisInput) {
  const test::TemporaryFolder folder;
  const std::string path = write_test_image(folder);
  const Preprocess preprocess{
      .mean = {1}, .norm = {9}, .mean_of = {{"x", {100}}, {"y", {5}}}, .scale_of = {{"x", {2}}}};
  const ov::Tensor tensor = ImageReader(input({1, 1, 5, 7}), preprocess).read(path);
  const ov::Tensor same = ImageReader(input({1, 1, 5, 7}), {.mean = {100}, .scale = {2}}).read(path);
  EXPECT_EQ(values(tensor), values(same));
}

// A part of the image, as the recipes of image models name it: the size before cropping is the input's divided by it,
// rounded down.
TEST(Image, CropAsAPartDecidesTheSizeBefore) {
  const test::TemporaryFolder folder;
  const std::string path = write_test_image(folder);
  const ResizeMode mode = ResizeMode::shorter;
  const ov::Tensor part = ImageReader(input({1, 3, 4, 4}), {.crop_fraction = 0.875, .resize_mode = mode}).read(path);
  const ov::Tensor none = ImageReader(input({1, 3, 4, 4}), {.resize_mode = mode}).read(path);
  EXPECT_EQ(values(part), values(none)) << "4 / 0.875 rounded down is 4";
  const ov::Tensor half = ImageReader(input({1, 3, 4, 4}), {.crop_fraction = 0.5, .resize_mode = mode}).read(path);
  const ov::Tensor size = ImageReader(input({1, 3, 4, 4}), {.resize = {{8, 8}}, .resize_mode = mode}).read(path);
  EXPECT_EQ(values(half), values(size));
  const ov::Tensor open =
      ImageReader(input({1, 3, -1, -1}), {.resize = {{8, 8}}, .crop = {{4, 4}}, .resize_mode = mode}).read(path);
  EXPECT_EQ(open.get_shape(), (ov::Shape{1, 3, 4, 4}));
  EXPECT_EQ(values(open), values(size));
}

// As POT's image loader: int(side * fraction), begun at half of the rest, rounded down.
TEST(Image, TheCentreOfTheFileIsCutOutBeforeResizing) {
  const test::TemporaryFolder folder;
  const std::string path = write_test_image(folder);
  const ov::Tensor tensor =
      ImageReader(input({1, 3, 3, 4}), {.central_fraction = 0.6, .color = ColorOrder::bgr}).read(path);
  for (int y = 0; y < 3; ++y) {
    for (int x = 0; x < 4; ++x) EXPECT_EQ(tensor.data<float>()[y * 4 + x], pixel(y + 1, x + 1, 0));
  }
  EXPECT_EQ(ImageReader(input({1, 3, 3, 4}), {.central_fraction = 0.6}).preprocessing(),
            "image to f32 [1,3,3,4] NCHW, rgb, stretch to 3x4, linear, of the centre 0.6");
}

TEST(Image, CropsThatDoNotFitAreReported) {
  const auto error = [](const ov::PartialShape& shape, const Preprocess& preprocess) {
    return error_of([&] { ImageReader(input(shape), preprocess); });
  };
  EXPECT_EQ(error({1, 3, 4, 4}, {.crop = {{5, 5}}}),
            "input 'x': --crop 5x5 is not its size, 4x4; leave --crop away, or change the size with --shape");
  EXPECT_EQ(error({1, 3, 4, 4}, {.crop_fraction = 0.5, .resize_mode = ResizeMode::letterbox}),
            "input 'x': --crop 0.5 needs a resize mode that crops; give --resize-mode shorter or stretch");
  EXPECT_EQ(error({1, 3, 4, 4}, {.crop_fraction = 1e-9}),
            "input 'x': --crop 1e-09 makes images of more than 65535 pixels a side; give a larger part");
}

TEST(Image, WhatTheModelSeesIsTheImageAgain) {
  const test::TemporaryFolder folder;
  const std::string path = write_test_image(folder);
  for (const bool planar : {true, false}) {
    for (const ColorOrder color : {ColorOrder::rgb, ColorOrder::bgr}) {
      const ov::PartialShape shape = planar ? ov::PartialShape{1, 3, 5, 7} : ov::PartialShape{1, 5, 7, 3};
      const ImageReader reader(input(shape), {.color = color, .mean = {1, 2, 3}, .scale = {58, 57, 56}});
      Picture picture = reader.seen(reader.read(path));
      ASSERT_EQ(picture.size, (Size{5, 7}));
      for (int y = 0; y < 5; ++y) {
        for (int x = 0; x < 7; ++x) {
          for (int c = 0; c < 3; ++c) EXPECT_EQ(picture.row(y)[3 * x + c], pixel(y, x, c));
        }
      }
    }
  }
}

TEST(Normalization, OptionsThatContradictAreReported) {
  const auto error = [](const Preprocess& preprocess) { return error_of([&] { validate(preprocess); }); };
  EXPECT_EQ(error({.scale = {2}, .norm = {0.5}}),
            "scale and norm: both are given; give scale, which is divided by, or norm, which is multiplied by");
  EXPECT_EQ(error({.scale = {2}, .norm_of = {{"x", {0.5}}}}), "") << "the input's own takes the place";
  EXPECT_EQ(error({.scale_of = {{"x", {2}}}, .norm_of = {{"x", {0.5}}}}),
            "scale and norm: both are given; give scale, which is divided by, or norm, which is multiplied by");
  EXPECT_EQ(error({.norm = {0.5, 0}}), "norm: [0.5, 0] holds 0, which makes 0 of every value; leave it away or give 1");
  EXPECT_EQ(error({.mean = {1, 2}, .norm = {1, 2, 3}}),
            "mean: has 2 values, norm has 3; give one value or one a channel");
  EXPECT_EQ(error({.resize = {{8, 8}}, .crop_fraction = 0.5}),
            "crop: 0.5 of the image decides the size before cropping, and so does resize; give one of them, or crop as "
            "height,width");
  EXPECT_EQ(error({.crop_fraction = 1.5}), "crop: 1.5 is no part of an image; give more than 0 and at most 1");
  EXPECT_EQ(error({.central_fraction = 0}),
            "central_fraction: 0 is no part of an image; give more than 0 and at most 1");
  EXPECT_EQ(error({.sample_rate = 0}), "sample_rate: 0 is out of range; give the samples a second of the files");
  const std::vector<InputInfo> inputs{{"data", {1}, ov::element::f32}, {"ids", {1}, ov::element::i64}};
  EXPECT_EQ(error_of([&] {
              require_known_inputs(inputs, {.mean_of = {{"dat", {1}}}});
            }),
            "mean: the model has no input 'dat'; did you mean 'data'? (known: data, ids)");
  EXPECT_EQ(error_of([&] {
              require_known_inputs(inputs, {.norm_of = {{"ids", {1}}}});
            }),
            "norm: input 'ids' takes integers ('i64'), which norm would make fractions of; leave it away");
}

// The text is part of the key of statistics: what changes nothing must not change it.
TEST(Normalization, TextNamesEachEffectOnce) {
  EXPECT_EQ(normalization_text({}), "");
  EXPECT_EQ(normalization_text({.mean = {0}, .scale = {1, 1, 1}}), "");
  EXPECT_EQ(normalization_text({.mean = {127.5, 127.5}, .scale = {2}}), "mean [127.5], scale [2]");
  EXPECT_EQ(normalization_text({.norm = {2}}), "norm [2]");
  EXPECT_EQ(normalization_text({.scale = {2}, .mean_of = {{"x", {0}}}}), "scale [2], x: mean [0]");
}

}  // namespace
}  // namespace octune::data
