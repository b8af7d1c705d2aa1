// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <openvino/runtime/tensor.hpp>
#include <optional>
#include <string>

#include "data/framing.hpp"
#include "data/layout.hpp"
#include "data/normalization.hpp"
#include "data/open.hpp"
#include "data/picture.hpp"
#include "data/placement.hpp"

namespace octune::data {

/// True for names that end in .jpg, .jpeg, .png, .bmp, .webp, .tif or .tiff, in any case.
bool is_image_name(const std::filesystem::path& path);

/// Turns image files into one model input: decode, scale, crop or pad, order the channels, subtract mean, divide by
/// scale (or multiply by norm). 8 bits a channel; the orientation in a file's metadata is followed. Immutable and
/// thread-safe.
class ImageReader {
 public:
  /// Error{input} when the input takes no image, or when layout, height, width or channels are unknown or do not fit
  /// the preprocessing (already validated): the message says which option to give.
  ImageReader(const InputInfo& input, const Preprocess& preprocess);

  /// A tensor of the input's rank and type with batch 1. Error{input} naming the file if it does not decode.
  ov::Tensor read(const std::filesystem::path& path) const;

  /// Everything that decides what becomes of the pixels of a file, as text: "image to f32 [1,3,48,320] NCHW, rgb,
  /// stretch to 48x320, linear, mean [127.5], scale [127.5]".
  std::string preprocessing() const;

  Size frame() const { return frame_; }

  /// How an image of this size comes into the tensor.
  Framing framing(Size image) const;

  /// A tensor that read() could have made, as the image the model sees: 8 bits, blue, green, red (or gray), mean and
  /// scale undone, values outside of 0 to 255 clipped.
  Picture seen(const ov::Tensor& tensor) const;

  /// The pixel value that becomes this value of the tensor in its first channel.
  double pixel(double value) const { return normalization_.before(value, 0); }

 private:
  /// Marks a preprocessing whose mean, scale and norm are this input's own.
  struct Own {};
  ImageReader(const InputInfo& input, const Preprocess& preprocess, Own);
  template <class T>
  void fill(T* out, const std::filesystem::path& path) const;
  std::string input_;
  ov::element::Type type_;
  ov::Shape shape_;
  ImageLayout layout_;
  std::size_t channels_ = 3;
  bool decode_gray_ = false;
  ColorOrder color_;
  ResizeMode mode_;
  Interpolation interpolation_;
  Size frame_;   ///< of the input
  Size resize_;  ///< before cropping
  std::optional<double> central_fraction_;
  std::optional<double> pad_value_;
  Normalization normalization_;
  std::string normalization_text_;
};

}  // namespace octune::data
