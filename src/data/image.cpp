// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "data/image.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <limits>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <string_view>

#include "data/bytes.hpp"
#include "data/cut_off.hpp"
#include "data/element.hpp"
#include "data/names.hpp"
#include "data/normalization.hpp"
#include "octune/error.hpp"

namespace octune::data {
namespace fs = std::filesystem;
namespace {

[[noreturn]] void invalid(const InputInfo& input, const std::string& what) {
  throw Error(ErrorKind::input, fmt::format("input '{}': {}", input.name, what));
}

int opencv_interpolation(Interpolation interpolation) {
  switch (interpolation) {
    case Interpolation::cubic:
      return cv::INTER_CUBIC;
    case Interpolation::area:
      return cv::INTER_AREA;
    case Interpolation::nearest:
      return cv::INTER_NEAREST;
    case Interpolation::linear:
      break;
  }
  return cv::INTER_LINEAR;
}

/// Height and width of the input, from --resize where the model leaves them open.
Size frame_size(const InputInfo& input, const ImageLayout& layout, const Preprocess& preprocess) {
  const ov::Dimension& height = input.shape[layout.height];
  const ov::Dimension& width = input.shape[layout.width];
  if (!preprocess.resize && (height.is_dynamic() || width.is_dynamic())) {
    invalid(input, fmt::format("height or width of its shape {} is open; give --resize HEIGHT,WIDTH",
                               input.shape.to_string()));
  }
  const auto length = [&](const ov::Dimension& dimension, int wanted) {
    return dimension.is_static() ? static_cast<int>(dimension.get_length()) : wanted;
  };
  const auto [wanted_height, wanted_width] = preprocess.resize.value_or(std::pair(0, 0));
  const Size frame{length(height, wanted_height), length(width, wanted_width)};
  if (frame.height < 1 || frame.width < 1 || !height.compatible(frame.height) || !width.compatible(frame.width)) {
    invalid(input, fmt::format("images of {}x{} do not fit its shape {}; give another --resize", frame.height,
                               frame.width, input.shape.to_string()));
  }
  return frame;
}

Size size_before_crop(const InputInfo& input, Size frame, const Preprocess& preprocess) {
  if (!preprocess.resize) return frame;
  const Size resize{preprocess.resize->first, preprocess.resize->second};
  const bool crops = preprocess.resize_mode == ResizeMode::stretch || preprocess.resize_mode == ResizeMode::shorter;
  if (crops && (resize.height < frame.height || resize.width < frame.width)) {
    invalid(input, fmt::format("--resize {}x{} is smaller than the input's {}x{}; give at least that", resize.height,
                               resize.width, frame.height, frame.width));
  }
  if (!crops && resize != frame) {
    invalid(input,
            fmt::format("--resize {}x{} differs from the input's {}x{} and this resize mode does not crop; leave "
                        "--resize away",
                        resize.height, resize.width, frame.height, frame.width));
  }
  return resize;
}

std::size_t channel_count(const InputInfo& input, const ImageLayout& layout, ColorOrder color) {
  const ov::Dimension& channels = input.shape[layout.channel];
  if (channels.is_dynamic()) return color == ColorOrder::gray ? 1 : 3;
  if (channels != 1 && channels != 3) {
    invalid(input,
            fmt::format("an image has 1 or 3 channels, its shape {} as {} wants {}; give another --layout, or arrays",
                        input.shape.to_string(), layout.name, channels.get_length()));
  }
  return static_cast<std::size_t>(channels.get_length());
}

template <class T>
T narrowed(double value) {
  if constexpr (std::is_arithmetic_v<T>) {
    return static_cast<T>(value);
  } else {
    return static_cast<T>(static_cast<float>(value));  // the 16-bit types convert from float only
  }
}

}  // namespace

bool is_image_name(const fs::path& path) {
  std::string extension = path.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  static constexpr std::array<std::string_view, 7> kKnown{".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff"};
  return std::find(kKnown.begin(), kKnown.end(), extension) != kKnown.end();
}

ImageReader::ImageReader(const InputInfo& input, const Preprocess& preprocess)
    : input_(input.name),
      type_(input.type),
      layout_(image_layout(input, preprocess.layout)),
      channels_(channel_count(input, layout_, preprocess.color)),
      decode_gray_(channels_ == 1 || preprocess.color == ColorOrder::gray),
      color_(preprocess.color),
      mode_(preprocess.resize_mode),
      interpolation_(preprocess.interpolation),
      frame_(frame_size(input, layout_, preprocess)),
      resize_(size_before_crop(input, frame_, preprocess)),
      pad_value_(preprocess.pad_value) {
  if (layout_.name.front() == 'N' && !input.shape[0].compatible(1)) {
    invalid(input, fmt::format("images are fed one by one, its shape {} has another batch; give --shape with batch 1",
                               input.shape.to_string()));
  }
  shape_.assign(input.shape.size(), 1);
  shape_[layout_.channel] = channels_;
  shape_[layout_.height] = static_cast<std::size_t>(frame_.height);
  shape_[layout_.width] = static_cast<std::size_t>(frame_.width);

  if (!type_.is_real()) {
    if (!preprocess.mean.empty() || !preprocess.scale.empty()) {
      invalid(input,
              fmt::format("takes integers ('{}'), mean and scale make fractions; leave them away", type_.to_string()));
    }
    if (type_ == ov::element::i8 || type_ == ov::element::boolean) {
      invalid(input,
              fmt::format("takes '{}', which does not hold pixels from 0 to 255; give arrays", type_.to_string()));
    }
    if (pad_value_ && (*pad_value_ < 0 || *pad_value_ > 255 || *pad_value_ != std::floor(*pad_value_))) {
      invalid(input, fmt::format("takes integers ('{}'), a pad value of {} is none from 0 to 255; give one",
                                 type_.to_string(), *pad_value_));
    }
  }
  Preprocess named = preprocess;
  named.layout = layout_.name;
  const Normalization normalization(named, {input.name, ov::PartialShape(shape_), input.type});
  for (std::size_t channel = 0; channel < channels_; ++channel) {
    mean_.push_back(normalization.mean(channel));
    scale_.push_back(normalization.scale(channel));
  }
  visit_element(type_, input_, [](auto) {});  // an unknown type is reported now, not at the first image
}

std::string ImageReader::preprocessing() const {
  std::string text =
      fmt::format("image to {} [{}] {}, {}, {} to {}x{}, {}", type_.get_type_name(), fmt::join(shape_, ","),
                  layout_.name, base::name_of(decode_gray_ ? ColorOrder::gray : color_), base::name_of(mode_),
                  resize_.height, resize_.width, base::name_of(interpolation_));
  const bool pads = mode_ == ResizeMode::letterbox || mode_ == ResizeMode::keep_aspect_height;
  if (pads && pad_value_) text += fmt::format(", padded with {}", *pad_value_);
  const std::string normalization = normalization_text(mean_, scale_);
  if (!normalization.empty()) text += ", " + normalization;
  return text;
}

double ImageReader::converted(double pixel, std::size_t channel) const {
  return (pixel - mean_[channel]) / scale_[channel];
}

template <class T>
void ImageReader::fill(T* out, const fs::path& path) const {
  const Bytes file = Bytes::map(path);
  if (is_cut_off(file.view())) {
    throw Error(ErrorKind::input, fmt::format("{}: the image is cut off; remove it or write it again", path.string()));
  }
  cv::Mat image;
  if (file.size() != 0 && file.size() <= static_cast<std::size_t>(std::numeric_limits<int>::max())) {
    // OpenCV's interface is not const-correct; decoding does not write to its input.
    const cv::Mat encoded(1, static_cast<int>(file.size()), CV_8UC1, const_cast<std::byte*>(file.view().data()));
    try {
      image = cv::imdecode(encoded, decode_gray_ ? cv::IMREAD_GRAYSCALE : cv::IMREAD_COLOR);
    } catch (const cv::Exception&) {
      image.release();  // reported below like every other file that does not decode
    }
  }
  if (image.empty()) {
    throw Error(ErrorKind::input,
                fmt::format("{}: does not decode as an image; remove it or write it again", path.string()));
  }

  const Placement placement = place(mode_, {image.rows, image.cols}, resize_, frame_);
  cv::Mat scaled;
  try {
    cv::resize(image, scaled, cv::Size(placement.scaled.width, placement.scaled.height), 0, 0,
               opencv_interpolation(interpolation_));
  } catch (const cv::Exception&) {  // an extreme aspect: more memory than there is
    throw Error(ErrorKind::input, fmt::format("{}: {}x{} pixels cannot be scaled to {}x{}; remove it", path.string(),
                                              image.rows, image.cols, placement.scaled.height, placement.scaled.width));
  }

  // Pixels have 256 values: a table a channel holds the exact result of mean, scale and type for each.
  std::vector<std::array<T, 256>> table(channels_);
  std::vector<T> padding(channels_);
  for (std::size_t channel = 0; channel < channels_; ++channel) {
    for (std::size_t pixel = 0; pixel < 256; ++pixel) {
      table[channel][pixel] = narrowed<T>(converted(static_cast<double>(pixel), channel));
    }
    padding[channel] = pad_value_ ? narrowed<T>(converted(*pad_value_, channel)) : T(0);
  }

  const auto frame_height = static_cast<std::size_t>(frame_.height);
  const auto frame_width = static_cast<std::size_t>(frame_.width);
  const bool planar = layout_.channel < layout_.height;
  const std::size_t pixel_stride = planar ? 1 : channels_;
  const auto source_step = static_cast<std::size_t>(image.channels());
  const auto copied_width = static_cast<std::size_t>(placement.copied.width);
  for (std::size_t channel = 0; channel < channels_; ++channel) {
    T* plane = out + channel * (planar ? frame_height * frame_width : 1);
    if (placement.copied != frame_) {
      for (std::size_t i = 0; i < frame_height * frame_width; ++i) plane[i * pixel_stride] = padding[channel];
    }
    // OpenCV decodes to blue, green, red.
    const std::size_t source_channel = source_step == 1 ? 0 : (color_ == ColorOrder::rgb ? 2 - channel : channel);
    const std::array<T, 256>& values = table[channel];
    for (int y = 0; y < placement.copied.height; ++y) {
      const std::uint8_t* from = scaled.ptr<std::uint8_t>(placement.source_top + y) +
                                 static_cast<std::size_t>(placement.source_left) * source_step + source_channel;
      T* to = plane +
              (static_cast<std::size_t>(placement.top + y) * frame_width + static_cast<std::size_t>(placement.left)) *
                  pixel_stride;
      for (std::size_t x = 0; x < copied_width; ++x) to[x * pixel_stride] = values[from[x * source_step]];
    }
  }
}

ov::Tensor ImageReader::read(const fs::path& path) const {
  ov::Tensor tensor(type_, shape_);
  visit_element(type_, input_, [&]<class T>(T) { fill(static_cast<T*>(tensor.data()), path); });
  return tensor;
}

}  // namespace octune::data
