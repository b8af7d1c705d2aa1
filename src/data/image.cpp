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
#include <string_view>

#include "base/assert.hpp"
#include "data/bytes.hpp"
#include "data/cut_off.hpp"
#include "data/element.hpp"
#include "data/interpolation.hpp"
#include "data/names.hpp"
#include "data/normalization.hpp"
#include "octune/error.hpp"

namespace octune::data {
namespace fs = std::filesystem;
namespace {

[[noreturn]] void invalid(const InputInfo& input, const std::string& what) {
  throw Error(ErrorKind::input, fmt::format("input '{}': {}", input.name, what));
}

/// Height and width of the input, from --crop or --resize where the model leaves them open.
Size frame_size(const InputInfo& input, const ImageLayout& layout, const Preprocess& preprocess) {
  const ov::Dimension& height = input.shape[layout.height];
  const ov::Dimension& width = input.shape[layout.width];
  const std::optional<std::pair<int, int>> given = preprocess.crop ? preprocess.crop : preprocess.resize;
  if (!given && (height.is_dynamic() || width.is_dynamic())) {
    invalid(input, fmt::format("height or width of its shape {} is open; give --resize HEIGHT,WIDTH",
                               input.shape.to_string()));
  }
  const auto length = [&](const ov::Dimension& dimension, int wanted) {
    return dimension.is_static() ? static_cast<int>(dimension.get_length()) : wanted;
  };
  const auto [wanted_height, wanted_width] = given.value_or(std::pair(0, 0));
  const Size frame{length(height, wanted_height), length(width, wanted_width)};
  if (frame.height < 1 || frame.width < 1 || !height.compatible(frame.height) || !width.compatible(frame.width)) {
    invalid(input, fmt::format("images of {}x{} do not fit its shape {}; give another --resize", frame.height,
                               frame.width, input.shape.to_string()));
  }
  if (preprocess.crop && frame != Size{wanted_height, wanted_width}) {
    invalid(input,
            fmt::format("--crop {}x{} is not its size, {}x{}; leave --crop away, or change the size with --shape",
                        wanted_height, wanted_width, frame.height, frame.width));
  }
  return frame;
}

Size size_before_crop(const InputInfo& input, Size frame, const Preprocess& preprocess) {
  const bool crops = preprocess.resize_mode == ResizeMode::stretch || preprocess.resize_mode == ResizeMode::shorter;
  if (preprocess.crop_fraction) {
    if (!crops) {
      invalid(input, fmt::format("--crop {} needs a resize mode that crops; give --resize-mode shorter or stretch",
                                 *preprocess.crop_fraction));
    }
    const auto before = [&](int side) { return std::floor(side / *preprocess.crop_fraction); };
    constexpr double kMost = 65535;
    if (before(std::max(frame.height, frame.width)) > kMost) {
      invalid(input, fmt::format("--crop {} makes images of more than {} pixels a side; give a larger part",
                                 *preprocess.crop_fraction, kMost));
    }
    return {static_cast<int>(before(frame.height)), static_cast<int>(before(frame.width))};
  }
  if (!preprocess.resize) return frame;
  const Size resize{preprocess.resize->first, preprocess.resize->second};
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

/// The rectangle in the middle with this part of each side, rounded down, but at least a pixel.
cv::Rect centre_of(Size image, double fraction) {
  const int height = std::max(1, static_cast<int>(image.height * fraction));
  const int width = std::max(1, static_cast<int>(image.width * fraction));
  return {(image.width - width) / 2, (image.height - height) / 2, width, height};
}

}  // namespace

bool is_image_name(const fs::path& path) {
  std::string extension = path.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  static constexpr std::array<std::string_view, 7> kKnown{".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff"};
  return std::find(kKnown.begin(), kKnown.end(), extension) != kKnown.end();
}

ImageReader::ImageReader(const InputInfo& input, const Preprocess& common)
    : ImageReader(input, for_input(common, input.name), Own{}) {}

ImageReader::ImageReader(const InputInfo& input, const Preprocess& preprocess, Own)
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
      central_fraction_(preprocess.central_fraction),
      pad_value_(preprocess.pad_value),
      normalization_text_(normalization_text(preprocess)) {
  if (layout_.name.front() == 'N' && !input.shape[0].compatible(1)) {
    invalid(input, fmt::format("images are fed one by one, its shape {} has another batch; give --shape with batch 1",
                               input.shape.to_string()));
  }
  shape_.assign(input.shape.size(), 1);
  shape_[layout_.channel] = channels_;
  shape_[layout_.height] = static_cast<std::size_t>(frame_.height);
  shape_[layout_.width] = static_cast<std::size_t>(frame_.width);

  if (!type_.is_real()) {
    if (!preprocess.mean.empty() || !preprocess.scale.empty() || !preprocess.norm.empty()) {
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
  normalization_ = Normalization(named, {input.name, ov::PartialShape(shape_), input.type});
  visit_element(type_, input_, [](auto) {});  // an unknown type is reported now, not at the first image
}

std::string ImageReader::preprocessing() const {
  std::string text =
      fmt::format("image to {} [{}] {}, {}, {} to {}x{}, {}", type_.get_type_name(), fmt::join(shape_, ","),
                  layout_.name, base::name_of(decode_gray_ ? ColorOrder::gray : color_), base::name_of(mode_),
                  resize_.height, resize_.width, base::name_of(interpolation_));
  const bool pads = mode_ == ResizeMode::letterbox || mode_ == ResizeMode::keep_aspect_height;
  if (pads && pad_value_) text += fmt::format(", padded with {}", *pad_value_);
  if (!normalization_text_.empty()) text += ", " + normalization_text_;
  if (central_fraction_) text += fmt::format(", of the centre {}", *central_fraction_);
  return text;
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

  if (central_fraction_) image = image(centre_of({image.rows, image.cols}, *central_fraction_));
  const Placement placement = place(mode_, {image.rows, image.cols}, resize_, frame_);
  Picture scaled;
  try {
    const PictureView view{image.data, {image.rows, image.cols}, image.channels(), image.step[0]};
    scaled = resized(view, placement.scaled, interpolation_);
  } catch (Error& error) {
    error.add_context(path.string());
    throw;
  }

  // Pixels have 256 values: a table a channel holds the exact result of mean, scale and type for each.
  std::vector<std::array<T, 256>> table(channels_);
  std::vector<T> padding(channels_);
  for (std::size_t channel = 0; channel < channels_; ++channel) {
    for (std::size_t pixel = 0; pixel < 256; ++pixel) {
      table[channel][pixel] = narrowed<T>(normalization_.of(static_cast<double>(pixel), channel));
    }
    padding[channel] = pad_value_ ? narrowed<T>(normalization_.of(*pad_value_, channel)) : T(0);
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
      const std::uint8_t* from = scaled.row(placement.source_top + y) +
                                 static_cast<std::size_t>(placement.source_left) * source_step + source_channel;
      T* to = plane +
              (static_cast<std::size_t>(placement.top + y) * frame_width + static_cast<std::size_t>(placement.left)) *
                  pixel_stride;
      for (std::size_t x = 0; x < copied_width; ++x) to[x * pixel_stride] = values[from[x * source_step]];
    }
  }
}

Framing ImageReader::framing(Size image) const {
  cv::Rect used(0, 0, image.width, image.height);
  if (central_fraction_) used = centre_of(image, *central_fraction_);
  const Size size{used.height, used.width};
  return {image, size, used.y, used.x, place(mode_, size, resize_, frame_), frame_};
}

ov::Tensor ImageReader::read(const fs::path& path) const {
  ov::Tensor tensor(type_, shape_);
  visit_element(type_, input_, [&]<class T>(T) { fill(static_cast<T*>(tensor.data()), path); });
  return tensor;
}

Picture ImageReader::seen(const ov::Tensor& tensor) const {
  OCTUNE_ASSERT(tensor.get_shape() == shape_ && tensor.get_element_type() == type_, "another input's tensor");
  Picture image(frame_, static_cast<int>(channels_));
  const auto pixels = static_cast<std::size_t>(frame_.height) * static_cast<std::size_t>(frame_.width);
  const bool planar = layout_.channel < layout_.height;
  visit_element(type_, input_, [&]<class T>(T) {
    const T* values = static_cast<const T*>(tensor.data());
    for (std::size_t channel = 0; channel < channels_; ++channel) {
      const std::size_t target = channels_ == 3 && color_ == ColorOrder::rgb ? 2 - channel : channel;
      for (std::size_t i = 0; i < pixels; ++i) {
        const auto value = static_cast<double>(values[planar ? channel * pixels + i : i * channels_ + channel]);
        image.pixels[i * channels_ + target] = cv::saturate_cast<std::uint8_t>(normalization_.before(value, channel));
      }
    }
  });
  return image;
}

}  // namespace octune::data
