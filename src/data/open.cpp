// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "data/open.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <filesystem>

#include "data/array_dataset.hpp"
#include "data/bytes.hpp"
#include "data/file_dataset.hpp"
#include "data/image.hpp"
#include "data/layout.hpp"
#include "data/names.hpp"
#include "data/normalization.hpp"
#include "data/npy.hpp"
#include "data/random_dataset.hpp"
#include "octune/error.hpp"

namespace octune::data {
namespace fs = std::filesystem;
namespace {

/// The N of "random" or "random:N"; none if the specification is another one.
std::optional<std::size_t> random_size(const std::string& spec) {
  constexpr std::string_view kWord = "random";
  constexpr std::size_t kDefault = 16;
  if (spec == kWord) return kDefault;
  if (!spec.starts_with("random:")) return std::nullopt;
  std::size_t size = 0;
  const char* end = spec.data() + spec.size();
  const auto [stop, status] = std::from_chars(spec.data() + kWord.size() + 1, end, size);
  if (status != std::errc() || stop != end || size == 0) {
    throw Error(ErrorKind::input, fmt::format("{}: '{}' is no number of samples; give random:N with N of at least 1",
                                              spec, spec.substr(kWord.size() + 1)));
  }
  return size;
}

/// "(pixel - [127.5]) / [127.5]", with what is not given left away.
std::string formula(const Preprocess& preprocess, const std::string& value) {
  std::string text = value;
  if (!preprocess.mean.empty()) {
    text = fmt::format("{} - [{}]", value, fmt::join(preprocess.mean, ", "));
    if (!preprocess.scale.empty()) text = "(" + text + ")";
  }
  if (!preprocess.scale.empty()) text += fmt::format(" / [{}]", fmt::join(preprocess.scale, ", "));
  return text;
}

std::string padding_text(const Preprocess& preprocess) {
  if (preprocess.pad_value) return fmt::format("padded with {}", *preprocess.pad_value);
  return preprocess.mean.empty() ? "padded with 0" : "padded with the mean";
}

std::string geometry(const Preprocess& preprocess, const ov::PartialShape& shape, const ImageLayout& layout) {
  const auto side = [&](std::size_t axis, int wanted) {
    if (shape[axis].is_static()) return std::to_string(shape[axis].get_length());
    return preprocess.resize ? std::to_string(wanted) : std::string("?");
  };
  const auto [height, width] = preprocess.resize.value_or(std::pair(0, 0));
  const std::string frame = fmt::format("{}x{}", side(layout.height, height), side(layout.width, width));
  const std::string resize = preprocess.resize ? fmt::format("{}x{}", height, width) : frame;
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

}  // namespace

std::unique_ptr<Dataset> open_dataset(const std::string& spec, const std::vector<InputInfo>& inputs,
                                      const Preprocess& preprocess) {
  if (spec.empty()) {
    throw Error(ErrorKind::input, "data: nothing is named; give a folder, .npz, .npy, a text list or random");
  }
  if (inputs.empty()) throw Error(ErrorKind::input, "data: the model has no inputs; give a model with inputs");
  validate(preprocess);
  const fs::path path(spec);
  if (!path_exists(path)) {
    if (const auto size = random_size(spec)) return random_dataset(*size, inputs);
    return open_arrays(spec, inputs, preprocess);
  }
  if (fs::is_directory(path)) return open_files(list_folder(path), inputs, preprocess);
  if (path.extension() == ".npz" || path.extension() == ".npy") return open_arrays(spec, inputs, preprocess);
  if (is_image_name(path)) return open_files({{path, path.filename().string()}}, inputs, preprocess);
  return open_files(read_list(path), inputs, preprocess);
}

std::string describe(const std::string& spec, const Preprocess& preprocess, const std::vector<InputInfo>& inputs) {
  const bool arrays = spec.find(".npz") != std::string::npos || spec.find(".npy") != std::string::npos ||
                      spec == "random" || spec.starts_with("random:");
  std::optional<ImageLayout> layout;
  if (!arrays && inputs.size() == 1 && inputs.front().shape.rank().is_static()) {
    try {
      layout = image_layout(inputs.front(), preprocess.layout);
    } catch (const Error&) {
      layout.reset();  // no image: the formula alone
    }
  }
  if (!layout) return formula(preprocess, "value");
  const ov::PartialShape& shape = inputs.front().shape;
  const std::string color = shape[layout->channel] == 1 ? "gray" : color_text(preprocess.color);
  std::string text = fmt::format("{}, {}, {}, {}", formula(preprocess, "pixel"), color, layout->name,
                                 geometry(preprocess, shape, *layout));
  if (preprocess.interpolation != Interpolation::linear) {
    text += fmt::format(" ({})", base::name_of(preprocess.interpolation));
  }
  return text;
}

}  // namespace octune::data
