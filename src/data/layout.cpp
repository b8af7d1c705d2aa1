// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "data/layout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "octune/error.hpp"

namespace octune::data {
namespace {

constexpr std::array<std::string_view, 4> kImageLayouts{"NCHW", "NHWC", "CHW", "HWC"};

ImageLayout named(std::string_view name) { return {std::string(name), name.find('C'), name.find('H'), name.find('W')}; }

[[noreturn]] void wrong_rank(const InputInfo& input, const std::string& layout) {
  throw Error(
      ErrorKind::input,
      fmt::format("input '{}': layout '{}' has {} axes, the shape {} has {}; give a --layout of as many letters",
                  input.name, layout, layout.size(), input.shape.to_string(), input.shape.size()));
}

[[noreturn]] void cannot_tell(const InputInfo& input) {
  throw Error(ErrorKind::input,
              fmt::format("input '{}': its shape {} does not tell which axis holds the channels; give "
                          "--layout NCHW, NHWC, CHW or HWC",
                          input.name, input.shape.to_string()));
}

}  // namespace

std::optional<ImageLayout> guess_layout(const ov::PartialShape& shape) {
  if (shape.rank().is_dynamic() || (shape.size() != 3 && shape.size() != 4)) return std::nullopt;
  const auto like_channels = [](const ov::Dimension& length) { return length == 1 || length == 3; };
  const bool batch = shape.size() == 4;
  if (like_channels(shape[batch ? 1 : 0])) return named(batch ? "NCHW" : "CHW");
  if (like_channels(shape[batch ? 3 : 2])) return named(batch ? "NHWC" : "HWC");
  return std::nullopt;
}

ImageLayout image_layout(const InputInfo& input, const std::string& name) {
  const bool ranked = input.shape.rank().is_static();
  if (ranked && input.shape.size() != 3 && input.shape.size() != 4) {
    throw Error(ErrorKind::input,
                fmt::format("input '{}': an image cannot be fed to the shape {}; give arrays (.npy or .npz) instead",
                            input.name, input.shape.to_string()));
  }
  if (!ranked) {
    throw Error(ErrorKind::input, fmt::format("input '{}': its shape is unknown; give it with --shape", input.name));
  }
  if (name.empty()) {
    const std::optional<ImageLayout> guess = guess_layout(input.shape);
    if (!guess) cannot_tell(input);
    return *guess;
  }
  if (std::find(kImageLayouts.begin(), kImageLayouts.end(), name) == kImageLayouts.end()) {
    throw Error(ErrorKind::input, fmt::format("input '{}': unknown layout '{}' for images; give NCHW, NHWC, CHW or HWC",
                                              input.name, name));
  }
  if (name.size() != input.shape.size()) wrong_rank(input, name);
  return named(name);
}

std::size_t channel_axis(const InputInfo& input, const std::string& layout) {
  if (layout.empty()) {
    const std::optional<ImageLayout> guess = guess_layout(input.shape);
    if (!guess) cannot_tell(input);
    return guess->channel;
  }
  if (layout.size() != input.shape.size()) wrong_rank(input, layout);
  const std::size_t axis = layout.find('C');
  if (axis == std::string::npos) {
    throw Error(ErrorKind::input,
                fmt::format("input '{}': layout '{}' has no channel axis 'C', which mean and scale of "
                            "several values need; name it",
                            input.name, layout));
  }
  return axis;
}

}  // namespace octune::data
