// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <optional>

#include "data/audio.hpp"
#include "data/framing.hpp"
#include "data/layout.hpp"
#include "data/names.hpp"
#include "data/normalization.hpp"
#include "data/open.hpp"
#include "octune/error.hpp"

namespace octune::data {
namespace {

/// "(pixel - [127.5]) / [127.5]", with what is not given left away.
std::string formula(const Preprocess& preprocess, const std::string& value) {
  std::string text = value;
  const bool has_factor = !preprocess.scale.empty() || !preprocess.norm.empty();
  if (!preprocess.mean.empty()) {
    text = fmt::format("{} - [{}]", value, fmt::join(preprocess.mean, ", "));
    if (has_factor) text = "(" + text + ")";
  }
  if (!preprocess.scale.empty()) text += fmt::format(" / [{}]", fmt::join(preprocess.scale, ", "));
  if (!preprocess.norm.empty()) text += fmt::format(" * [{}]", fmt::join(preprocess.norm, ", "));
  return text;
}

/// The same for values of all inputs, apart where they differ.
std::string formulas(const Preprocess& preprocess, const std::vector<InputInfo>& inputs) {
  if (preprocess.mean_of.empty() && preprocess.scale_of.empty() && preprocess.norm_of.empty())
    return formula(preprocess, "value");
  std::vector<std::string> texts;
  for (const InputInfo& input : inputs) {
    if (input.type.is_real())
      texts.push_back(fmt::format("{}: {}", input.name, formula(for_input(preprocess, input.name), "value")));
  }
  return fmt::format("{}", fmt::join(texts, "; "));
}

std::string padding_text(const Preprocess& preprocess) {
  if (preprocess.pad_value) return fmt::format("padded with {}", *preprocess.pad_value);
  return preprocess.mean.empty() ? "padded with 0" : "padded with the mean";
}

std::string geometry(const Preprocess& preprocess, const ov::PartialShape& shape, const ImageLayout& layout) {
  const std::optional<std::pair<int, int>> given = preprocess.crop ? preprocess.crop : preprocess.resize;
  const auto side = [&](std::size_t axis, int wanted) {
    if (shape[axis].is_static()) return std::to_string(shape[axis].get_length());
    return given ? std::to_string(wanted) : std::string("?");
  };
  const auto before_crop = [&](std::size_t axis) {
    if (shape[axis].is_dynamic()) return std::string("?");
    return fmt::format("{}", std::floor(static_cast<double>(shape[axis].get_length()) / *preprocess.crop_fraction));
  };
  const auto [height, width] = given.value_or(std::pair(0, 0));
  const std::string frame = fmt::format("{}x{}", side(layout.height, height), side(layout.width, width));
  std::string resize = frame;
  if (preprocess.resize) resize = fmt::format("{}x{}", preprocess.resize->first, preprocess.resize->second);
  if (preprocess.crop_fraction) resize = fmt::format("{}x{}", before_crop(layout.height), before_crop(layout.width));
  const std::string crop = resize == frame ? std::string() : fmt::format(", centre {} cut out", frame);
  switch (preprocess.resize_mode) {
    case ResizeMode::letterbox:
      return fmt::format("letterboxed to {}, {}", frame, padding_text(preprocess));
    case ResizeMode::shorter:
      return fmt::format("shorter side to cover {}, centre {} cut out", resize, frame);
    case ResizeMode::keep_aspect_height:
      return fmt::format("height to {}, width in proportion, {} on the right to {}", side(layout.height, height),
                         padding_text(preprocess), frame);
    case ResizeMode::stretch:
      break;
  }
  return fmt::format("stretched to {}{}", resize, crop);
}

std::string color_text(ColorOrder color) {
  switch (color) {
    case ColorOrder::bgr:
      return "BGR";
    case ColorOrder::gray:
      return "gray";
    case ColorOrder::rgb:
      break;
  }
  return "RGB";
}

std::string describe_images(const Preprocess& common, const InputInfo& input) {
  std::optional<ImageLayout> layout;
  try {
    layout = image_layout(input, common.layout);
  } catch (const Error&) {
    return formulas(common, {input});  // no image
  }
  const Preprocess preprocess = for_input(common, input.name);
  const std::string color = input.shape[layout->channel] == 1 ? "gray" : color_text(preprocess.color);
  std::string text = fmt::format("{}, {}, {}, ", formula(preprocess, "pixel"), color, layout->name);
  if (preprocess.central_fraction) text += fmt::format("centre {} of each image, ", *preprocess.central_fraction);
  text += geometry(preprocess, input.shape, *layout);
  if (preprocess.interpolation != Interpolation::linear) {
    text += fmt::format(" ({})", base::name_of(preprocess.interpolation));
  }
  return text;
}

std::string describe_sounds(const Preprocess& preprocess, const InputInfo& input) {
  std::string text = formula(for_input(preprocess, input.name), "value") + ", sound in [-1, 1], channels averaged, ";
  const std::optional<std::size_t> length = AudioReader(input, preprocess).length();
  text += length ? fmt::format("cut or padded with zeros to {}", *length) : std::string("whole");
  if (preprocess.sample_rate) text += fmt::format(", {} a second", *preprocess.sample_rate);
  return text;
}

}  // namespace

Content content_of(const Dataset& dataset) {
  if (dataset.size() == 0) return Content::values;
  if (const auto* framed = dynamic_cast<const FramedImages*>(&dataset); framed != nullptr && framed->image_file(0))
    return Content::images;
  return is_audio_name(dataset.name(0)) ? Content::sounds : Content::values;
}

std::string describe(Content content, const Preprocess& preprocess, const std::vector<InputInfo>& inputs) {
  if (inputs.size() == 1 && content == Content::images) return describe_images(preprocess, inputs.front());
  if (inputs.size() == 1 && content == Content::sounds) return describe_sounds(preprocess, inputs.front());
  return formulas(preprocess, inputs);
}

}  // namespace octune::data
