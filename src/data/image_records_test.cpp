// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "data/image_records.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/test_files.hpp"

namespace octune::data {
namespace {

using test::error_of;
using test::texts_of;
using testing::ElementsAre;

std::string idx(const std::vector<std::size_t>& shape, const std::string& values) {
  std::string file("\0\0\x08", 3);
  file.push_back(static_cast<char>(shape.size()));
  for (const std::size_t length : shape) file += test::swapped(test::little_endian(length, 4), 4);
  return file + values;
}

std::vector<float> values(const Sample& sample) {
  const ov::Tensor& tensor = sample.at("x");
  return {tensor.data<float>(), tensor.data<float>() + tensor.get_size()};
}

class ImageRecordFiles : public testing::Test {
 protected:
  const std::vector<InputInfo> input_{{"x", {1, 1, 2, 3}, ov::element::f32}};
  test::TemporaryFolder folder_;
};

TEST_F(ImageRecordFiles, Mnist) {
  const std::string images =
      folder_.write("t-images-idx3-ubyte", idx({2, 2, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}));
  Preprocess preprocess;
  preprocess.scale = {2};
  const auto data = open_dataset(images, input_, preprocess);
  EXPECT_EQ(data->size(), 2U);
  EXPECT_EQ(data->name(1), "t-images-idx3-ubyte[1]");
  EXPECT_EQ(data->sample(1).at("x").get_shape(), (ov::Shape{1, 1, 2, 3}));
  EXPECT_THAT(values(data->sample(1)), ElementsAre(3.5F, 4, 4.5F, 5, 5.5F, 6));
  EXPECT_NE(data->source_fingerprint(0), data->source_fingerprint(1));
  // Any shape of as many values.
  EXPECT_EQ(open_dataset(images, {{"x", {-1, 6}, ov::element::f32}}, {})->sample(0).at("x").get_shape(),
            (ov::Shape{1, 6}));
  EXPECT_THAT(texts_of(read_labels(folder_.write("t-labels-idx1-ubyte", idx({2}, {7, 0})), *data)),
              ElementsAre("7", "0"));
}

TEST_F(ImageRecordFiles, DamagedIdxFilesAreReported) {
  const std::string images = folder_.write("images", idx({1, 2, 3}, {1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(error_of([&] {
              open_dataset(images, {{"x", {1, 1, 4, 4}, ov::element::f32}}, {});
            }),
            images + ": its images have 6 values, input 'x' takes [1,1,4,4]; give a model for them, or its --shape");
  const std::string cut = folder_.write("cut", idx({2, 2, 3}, {1, 2, 3}));
  EXPECT_EQ(error_of([&] { open_dataset(cut, input_, {}); }),
            cut + ": has 3 values, its header says 12; fetch it again");
  const std::string labels = folder_.write("labels", idx({2}, {7, 0}));
  EXPECT_EQ(error_of([&] { open_dataset(labels, input_, {}); }),
            labels + ": holds no images; give the file of the images, and that of the labels to --labels");
  const auto data = open_dataset(images, input_, {});
  EXPECT_EQ(error_of([&] { read_labels(labels, *data); }),
            labels + ": has 2 labels, the data set has 1 samples; give the file of the same part");
  EXPECT_EQ(error_of([&] { read_labels(images, *data); }),
            images + ": holds no labels, but images; give the file of the labels");
}

TEST_F(ImageRecordFiles, Cifar) {
  std::string batch;
  for (int image = 0; image < 2; ++image) {
    batch += {static_cast<char>(image), static_cast<char>(40 + image)};
    for (int plane = 1; plane <= 3; ++plane) batch += std::string(1024, static_cast<char>(10 * image + plane));
  }
  const std::string path = folder_.write("test.bin", batch);
  const std::vector<InputInfo> planar{{"x", {1, 3, 32, 32}, ov::element::f32}};
  const std::vector<InputInfo> interleaved{{"x", {1, 32, 32, 3}, ov::element::f32}};
  const auto data = open_dataset(path + ":cifar100", planar, {});
  ASSERT_EQ(data->size(), 2U);
  const std::vector<float> pixels = values(data->sample(1));
  EXPECT_THAT((std::vector{pixels[0], pixels[1024], pixels[3071]}), ElementsAre(11, 12, 13));
  const std::vector<float> mixed = values(open_dataset(path + ":cifar100", interleaved, {})->sample(1));
  EXPECT_THAT((std::vector{mixed[0], mixed[1], mixed[2], mixed[3]}), ElementsAre(11, 12, 13, 11));
  Preprocess preprocess;
  preprocess.color = ColorOrder::bgr;
  EXPECT_EQ(values(open_dataset(path + ":cifar100", planar, preprocess)->sample(0))[0], 3);
  EXPECT_THAT(texts_of(read_labels(path + ":cifar100", *data)), ElementsAre("40", "41"));
  EXPECT_THAT(texts_of(read_labels(path + ":cifar100_coarse", *data)), ElementsAre("0", "1"));
  EXPECT_EQ(error_of([&] { open_dataset(path + ":cifar10", planar, {}); }),
            path + ": has 6148 bytes, which are no records of 3073; give a batch of CIFAR-10, binary version");
}

}  // namespace
}  // namespace octune::data
