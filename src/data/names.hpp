// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/enum_names.hpp"
#include "data/open.hpp"

/// The spelling of the preprocessing options, the same on the command line and in files.
namespace octune::base {

template <>
struct EnumNames<data::ResizeMode> {
  static constexpr std::array<std::pair<data::ResizeMode, std::string_view>, 4> table{
      {{data::ResizeMode::stretch, "stretch"},
       {data::ResizeMode::letterbox, "letterbox"},
       {data::ResizeMode::shorter, "shorter"},
       {data::ResizeMode::keep_aspect_height, "keep_aspect_height"}}};
};
template <>
struct EnumNames<data::Interpolation> {
  static constexpr std::array<std::pair<data::Interpolation, std::string_view>, 10> table{
      {{data::Interpolation::linear, "linear"},
       {data::Interpolation::cubic, "cubic"},
       {data::Interpolation::area, "area"},
       {data::Interpolation::nearest, "nearest"},
       {data::Interpolation::pillow_nearest, "pillow_nearest"},
       {data::Interpolation::pillow_box, "pillow_box"},
       {data::Interpolation::pillow_bilinear, "pillow_bilinear"},
       {data::Interpolation::pillow_hamming, "pillow_hamming"},
       {data::Interpolation::pillow_bicubic, "pillow_bicubic"},
       {data::Interpolation::pillow_lanczos, "pillow_lanczos"}}};
};
template <>
struct EnumNames<data::ColorOrder> {
  static constexpr std::array<std::pair<data::ColorOrder, std::string_view>, 3> table{
      {{data::ColorOrder::rgb, "rgb"}, {data::ColorOrder::bgr, "bgr"}, {data::ColorOrder::gray, "gray"}}};
};

}  // namespace octune::base
