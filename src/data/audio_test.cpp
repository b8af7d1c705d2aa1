// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "data/audio.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "data/test_files.hpp"

namespace octune::data {
namespace {

using test::error_of;
using test::from_hex;
using testing::ElementsAre;
using testing::FloatNear;
using testing::HasSubstr;
using testing::Pointwise;

InputInfo input(const ov::PartialShape& shape, ov::element::Type type = ov::element::f32) { return {"x", shape, type}; }

/// A sound of 16 bits and one channel (RIFF): value / 32768 is what is heard.
std::string wav(const std::vector<std::int16_t>& values, std::uint64_t rate = 16000) {
  using test::little_endian;
  const std::string data = test::bytes_of(values);
  return "RIFF" + little_endian(36 + data.size(), 4) + "WAVEfmt " + little_endian(16, 4) + little_endian(1, 2) +
         little_endian(1, 2) + little_endian(rate, 4) + little_endian(2 * rate, 4) + little_endian(2, 2) +
         little_endian(16, 2) + "data" + little_endian(data.size(), 4) + data;
}

std::vector<float> values(const ov::Tensor& tensor) {
  return {tensor.data<float>(), tensor.data<float>() + tensor.get_size()};
}

// Files and values: the soundfile package, written by tests/oracles/sounds.py.
TEST(Audio, IsReadAsSoundfileReadsIt) {
  const test::TemporaryFolder folder;
  for (const std::string& line : test::fixture_lines("sounds.txt")) {
    std::istringstream fields(line);
    std::string extension, subtype, rate, channels, expected, file;
    fields >> extension >> subtype >> rate >> channels >> expected >> file;
    const std::string path = folder.write("s." + extension, from_hex(file));
    const ov::Tensor tensor = AudioReader(input({1, -1}), {.sample_rate = 8000}).read(path);
    const std::string bytes = from_hex(expected);
    std::vector<float> wanted(bytes.size() / 4);
    std::memcpy(wanted.data(), bytes.data(), bytes.size());
    EXPECT_EQ(tensor.get_shape(), (ov::Shape{1, wanted.size()}));
    EXPECT_THAT(values(tensor), Pointwise(FloatNear(1e-7F), wanted)) << extension << " " << subtype << " " << channels;
  }
}

TEST(Audio, IsCutOrPaddedToAFixedLength) {
  const test::TemporaryFolder folder;
  const std::string path = folder.write("s.wav", wav({16384, -16384, 8192}));
  EXPECT_THAT(values(AudioReader(input({1, 2}), {}).read(path)), ElementsAre(0.5F, -0.5F));
  EXPECT_THAT(values(AudioReader(input({1, 1, 5}), {}).read(path)), ElementsAre(0.5F, -0.5F, 0.25F, 0, 0));
  EXPECT_THAT(values(AudioReader(input({-1}), {}).read(path)), ElementsAre(0.5F, -0.5F, 0.25F));
  const AudioReader behind(input({-1, -1, 1}), {});
  EXPECT_EQ(behind.read(path).get_shape(), (ov::Shape{1, 3, 1}));
  EXPECT_EQ(AudioReader(input({1, 5}), {}).length(), 5u);
}

TEST(Audio, MeanScaleAndNormFollow) {
  const test::TemporaryFolder folder;
  const std::string path = folder.write("s.wav", wav({16384, 0}));
  EXPECT_THAT(values(AudioReader(input({3}), {.mean = {0.25}, .scale = {0.5}}).read(path)),
              ElementsAre(0.5F, -0.5F, -0.5F));
  const AudioReader louder(input({1, 2}), {.norm = {32768}});
  EXPECT_THAT(values(louder.read(path)), ElementsAre(16384, 0));
  EXPECT_EQ(louder.preprocessing(), "audio to f32 [1,2], mono, cut or padded, norm [32768]");
  EXPECT_EQ(AudioReader(input({1, -1}), {}).preprocessing(), "audio to f32 [1,?], mono, whole");
  const ov::Tensor half = AudioReader(input({1, 2}, ov::element::f16), {}).read(path);
  EXPECT_EQ(static_cast<float>(half.data<ov::float16>()[0]), 0.5F);
}

TEST(Audio, WhatDoesNotFitIsReported) {
  const test::TemporaryFolder folder;
  const std::string path = folder.write("s.wav", wav({1, 2}));
  const auto error = [](const InputInfo& info, const Preprocess& preprocess, const std::string& file) {
    return error_of([&] { AudioReader(info, preprocess).read(file); });
  };
  const auto takes_none = [](const std::string& what) {
    return "input 'x': sound cannot be fed to " + what +
           "; it wants floating point and one axis of time, as [N], [1,N] or [1,1,N]; give arrays (.npy or .npz)";
  };
  EXPECT_EQ(error(input({1, 3, 8, 8}), {}, path), takes_none("'f32' [1,3,8,8]"));
  EXPECT_EQ(error(input({1, 80, 3000}), {}, path), takes_none("'f32' [1,80,3000]"));
  EXPECT_EQ(error(input({1, 8}, ov::element::i16), {}, path), takes_none("'i16' [1,8]"));
  EXPECT_EQ(error(input({1, 8}), {.mean = {1, 2}}, path),
            "input 'x': sound has one channel; give one value of mean, scale or norm");
  EXPECT_EQ(error(input({1, 8}), {.sample_rate = 8000}, path),
            path + ": has 16000 samples a second, --sample-rate wants 8000; convert the file, octune does not");
  EXPECT_EQ(error(input({1, 8}), {}, folder / "no.wav"), (folder / "no.wav") + ": does not exist; check the path");
  const std::string text = folder.write("t.flac", "no sound");
  EXPECT_THAT(error(input({1, 8}), {}, text), HasSubstr(text + ": does not decode as sound ("));
  EXPECT_EQ(error(input({1, 8}), {}, folder.write("e.wav", wav({}))),
            (folder / "e.wav") + ": holds no sound; remove it");
  EXPECT_EQ(error(input({1, {4, 9}}), {}, path),
            path + ": has 2 values, input 'x' wants [1,4..9]; give others, or --shape");
}

}  // namespace
}  // namespace octune::data
