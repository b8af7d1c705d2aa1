// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "models.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <ostream>
#include <stdexcept>

#include "base/random.hpp"
#include "data/open.hpp"
#include "infer/runtime.hpp"

namespace octune::real_models {
namespace {

namespace fs = std::filesystem;

using base::RandomStream;
constexpr double kTurn = 2 * std::numbers::pi;

double between(RandomStream& random, double low, double high) { return low + (high - low) * random.uniform(); }

ov::Tensor zeros(const ov::Shape& shape) {
  ov::Tensor tensor(ov::element::f32, shape);
  std::fill_n(tensor.data<float>(), tensor.get_size(), 0.0F);
  return tensor;
}

/// A page of text lines for the detector: 320 x 320 pixels.
Sample text_page(std::size_t index) {
  constexpr std::size_t kSize = 320, kLine = 64, kLines = kSize / kLine, kPlane = kLine * kSize;
  ov::Tensor page(ov::element::f32, {1, 3, kSize, kSize});
  for (std::size_t line = 0; line < kLines; ++line) {
    const ov::Tensor part = text_line(index * kLines + line, kLine, kSize).at("x");
    for (std::size_t channel = 0; channel < 3; ++channel) {
      std::copy_n(part.data<const float>() + channel * kPlane, kPlane,
                  page.data<float>() + (channel * kLines + line) * kPlane);
    }
  }
  return {{"x", page}};
}

/// A picture of waves and a few plain rectangles, BGR with the means of Open NSFW taken off.
Sample picture(std::size_t index) {
  constexpr std::size_t kSize = 224;
  constexpr std::array<double, 3> kMean{103.94, 116.78, 123.68};
  RandomStream random(index);
  ov::Tensor tensor(ov::element::f32, {1, kSize, kSize, 3});
  auto* pixels = tensor.data<float>();
  for (std::size_t channel = 0; channel < 3; ++channel) {
    const double level = between(random, 60, 190), contrast = between(random, 20, 60);
    const double across = between(random, 0.5, 12), down = between(random, 0.5, 12), phase = between(random, 0, kTurn);
    for (std::size_t y = 0; y < kSize; ++y) {
      for (std::size_t x = 0; x < kSize; ++x) {
        const double wave =
            std::sin(kTurn * (across * static_cast<double>(x) + down * static_cast<double>(y)) / kSize + phase);
        pixels[(y * kSize + x) * 3 + channel] = static_cast<float>(level + contrast * wave - kMean[channel]);
      }
    }
  }
  for (int rectangle = 0; rectangle < 5; ++rectangle) {
    const std::size_t height = 20 + random.below(100), width = 20 + random.below(100);
    const std::size_t top = random.below(kSize - height), left = random.below(kSize - width);
    for (std::size_t channel = 0; channel < 3; ++channel) {
      const double value = between(random, 0, 255) - kMean[channel];
      for (std::size_t y = top; y < top + height; ++y) {
        for (std::size_t x = left; x < left + width; ++x)
          pixels[(y * kSize + x) * 3 + channel] = static_cast<float>(value);
      }
    }
  }
  return {{"input:0", tensor}};
}

/// The beginning of a file of one of six types.
std::string file_content(std::size_t index) {
  constexpr std::array<std::string_view, 8> kWords{"count", "value", "name", "index", "total", "state", "line", "key"};
  RandomStream random(3000 + index);
  const auto word = [&] { return kWords[random.below(kWords.size())]; };
  const auto number = [&] { return random.below(1000); };
  constexpr std::array<std::string_view, 6> kBegin{
      "#include <stdio.h>\n\n", "id,name,value\n",  "{\n", "<?xml version=\"1.0\"?>\n<list>\n",
      "import sys\n\n",         "\x89PNG\r\n\x1a\n"};
  const std::size_t type = index % kBegin.size();
  std::string content(kBegin[type]);
  const std::size_t length = 300 + random.below(3000);
  while (content.size() < length) {
    switch (type) {
      case 0:
        content += fmt::format("static int {}_{}(int {}) {{\n  return {} + {};\n}}\n\n", word(), number(), word(),
                               word(), number());
        break;
      case 1:
        content += fmt::format("{},{},{}\n", number(), word(), number());
        break;
      case 2:
        content += fmt::format("  \"{}{}\": [{}, \"{}\"],\n", word(), number(), number(), word());
        break;
      case 3:
        content += fmt::format("  <{0} {1}=\"{2}\">{3}</{0}>\n", word(), word(), number(), word());
        break;
      case 4:
        content += fmt::format("def {}_{}({}):\n    return {} * {}\n\n", word(), number(), word(), word(), number());
        break;
      default:
        content += static_cast<char>(random.below(256));
    }
  }
  return content;
}

/// What Magika sees of a file: its first and last 1,024 bytes, 256 where there is none.
Sample file_bytes(std::size_t index) {
  constexpr std::size_t kPart = 1024;
  const std::string content = file_content(index);
  const std::size_t length = std::min(kPart, content.size());
  ov::Tensor tensor(ov::element::i32, {1, 2 * kPart});
  auto* bytes = tensor.data<std::int32_t>();
  std::fill_n(bytes, tensor.get_size(), 256);
  for (std::size_t i = 0; i < length; ++i) {
    bytes[i] = static_cast<unsigned char>(content[i]);
    bytes[2 * kPart - length + i] = static_cast<unsigned char>(content[content.size() - length + i]);
  }
  return {{"bytes", tensor}};
}

/// Something like speech at 16 kHz: harmonics of a gliding pitch, four syllables a second, pauses and noise.
std::vector<float> speech(std::size_t index, std::size_t length) {
  RandomStream random(1000 + index);
  const double pitch = between(random, 90, 250), glide = between(random, -20, 20),
               loudness = between(random, 0.05, 0.3);
  std::vector<float> signal(length);
  for (std::size_t i = 0; i < length; ++i) {
    const double seconds = static_cast<double>(i) / 16000;
    const double turns = (pitch + glide * seconds) * seconds;
    double voice = 0;
    for (int harmonic = 1; harmonic <= 12; ++harmonic) voice += std::sin(kTurn * turns * harmonic) / harmonic;
    const double syllable = std::max(0.0, std::sin(kTurn * 4 * seconds));
    const bool speaks = std::fmod(seconds + 0.1 * static_cast<double>(index), 0.8) < 0.5;
    signal[i] = static_cast<float>((speaks ? loudness * syllable * voice : 0.0) + between(random, -0.01, 0.01));
  }
  return signal;
}

/// `frames` frames of 512 samples, each behind the last 64 of the frame before.
ov::Tensor speech_frames(std::size_t index, std::size_t first, std::size_t frames) {
  constexpr std::size_t kFrame = 512, kContext = 64;
  const std::vector<float> signal = speech(index, kContext + (first + frames) * kFrame);
  ov::Tensor tensor(ov::element::f32, {frames, kContext + kFrame});
  for (std::size_t i = 0; i < frames; ++i) {
    std::copy_n(signal.data() + (first + i) * kFrame, kContext + kFrame,
                tensor.data<float>() + i * (kContext + kFrame));
  }
  return tensor;
}

/// Two seconds of struck strings at 22,050 Hz.
ov::Tensor music(std::size_t index) {
  constexpr std::size_t kLength = 43844;
  RandomStream random(2000 + index);
  ov::Tensor tensor = zeros({1, kLength, 1});
  auto* signal = tensor.data<float>();
  for (int note = 0; note < 6; ++note) {
    const double pitch = 110 * std::exp2(static_cast<double>(random.below(36)) / 12);
    for (std::size_t start = random.below(kLength / 2), i = start; i < kLength; ++i) {
      const double seconds = static_cast<double>(i - start) / 22050;
      double value = 0;
      for (int harmonic = 1; harmonic <= 5; ++harmonic) {
        value += std::sin(kTurn * pitch * seconds * harmonic) / (harmonic * harmonic);
      }
      signal[i] += static_cast<float>(0.1 * std::exp(-3 * seconds) * value);
    }
  }
  return tensor;
}

std::vector<RealModel> all_models() {
  const auto line_48x192 = [](std::size_t index) { return text_line(index, 48, 192); };
  const auto music_for = [](const std::string& input) {
    return [input](std::size_t index) { return Sample{{input, music(index)}}; };
  };
  // The least ratio of each is about 3 dB below what was measured.
  return {
      {"recognition",
       "pp_ocr_v4_recognition.onnx",
       {{"x", {1, 3, 48, 320}}},
       [](std::size_t index) { return text_line(index, 48, 320); },
       16},
      {"orientation", "pp_ocr_orientation.onnx", {{"x", {1, 3, 48, 192}}}, line_48x192, 9},
      {"detection", "pp_ocr_v4_detection.onnx", {{"x", {1, 3, 320, 320}}}, text_page, 14},
      {"magika", "magika.onnx", {{"bytes", {1, 2048}}}, file_bytes, 40},
      // Exported by PyTorch 2.11.
      {"silero_sequence",
       "silero_vad.onnx",
       {{"input", {32, 576}}},
       [](std::size_t index) {
         return Sample{{"input", speech_frames(index, 0, 32)}, {"h", zeros({1, 1, 128})}, {"c", zeros({1, 1, 128})}};
       },
       5},
      {"silero_frame",
       "silero_vad_frame.onnx",
       {},
       [](std::size_t index) {
         return Sample{{"input", speech_frames(index, 3 * index, 1)}, {"state", zeros({2, 1, 128})}};
       },
       10},
      {"resnet50_thin", "open_nsfw.onnx", {{"input:0", {1, 224, 224, 3}}}, picture, 24},
      {"tensorflow", "basic_pitch", {{"input_2", {1, 43844, 1}}}, music_for("input_2"), 8},
      {"tflite",
       "basic_pitch.tflite",
       {{"serving_default_input_2:0", {1, 43844, 1}}},
       music_for("serving_default_input_2:0"),
       8},
      {"paddle", "pp_ocr_orientation.pdmodel", {{"x", {1, 3, 48, 192}}}, line_48x192, 9},
  };
}

}  // namespace

const std::vector<RealModel>& real_models() {
  static const std::vector<RealModel> models = all_models();
  return models;
}

const RealModel& real_model(const std::string& name) {
  const auto& models = real_models();
  const auto found =
      std::find_if(models.begin(), models.end(), [&](const RealModel& model) { return model.name == name; });
  if (found == models.end()) throw std::logic_error("no real model is called " + name);
  return *found;
}

void PrintTo(const RealModel& model, std::ostream* out) { *out << model.file; }

fs::path model_path(const std::string& name) {
  fs::path path = fs::path(OCTUNE_MODELS_DIR) / name;
  if (!fs::exists(path)) {
    throw std::runtime_error(fmt::format("{}: missing; run scripts/setup, which fetches the models", path.string()));
  }
  return path;
}

fs::path text_lines() { return fs::path(OCTUNE_SOURCE_DIR) / "examples/ocr_lines"; }

std::shared_ptr<ov::Model> read(const RealModel& model) {
  const auto result = infer::Runtime().read_model(model_path(model.file));
  if (!model.shapes.empty()) result->reshape(model.shapes);
  return result;
}

std::unique_ptr<Dataset> samples(const RealModel& model, std::size_t count, std::size_t first) {
  return dataset(count, [&model, first](std::size_t index) { return model.sample(first + index); });
}

Sample text_line(std::size_t index, std::size_t height, std::size_t width) {
  const auto lines = data::open_dataset((text_lines() / "calibration").string(),
                                        {{"x", ov::PartialShape(ov::Shape{1, 3, height, width}), ov::element::f32}},
                                        {.resize_mode = data::ResizeMode::keep_aspect_height,
                                         .color = data::ColorOrder::bgr,
                                         .mean = {127.5},
                                         .scale = {127.5}});
  return lines->sample(index % lines->size());
}

}  // namespace octune::real_models
