// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "data/contact_sheet.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "base/assert.hpp"
#include "base/file.hpp"
#include "data/element.hpp"
#include "data/image.hpp"
#include "data/label_matching.hpp"
#include "octune/error.hpp"

namespace octune::data {
namespace {

constexpr int kLargestSide = 320;
constexpr int kSmallestSide = 112;
constexpr int kLeastSide = 8;  ///< arrays of less are no images: states, embeddings
constexpr int kMargin = 8;
constexpr int kLine = 16;  ///< height of a line of text
constexpr double kFontScale = 0.4;
const cv::Scalar kPaper(250, 250, 250);
const cv::Scalar kInk(30, 30, 30);
const cv::Scalar kLabelInk(150, 60, 0);
const cv::Scalar kBoxColor(0, 200, 0);

/// The smallest and the largest value of a tensor; not finite ones are left out.
std::pair<double, double> extent(const ov::Tensor& tensor, const std::string& input) {
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  visit_element(tensor.get_element_type(), input, [&]<class T>(T) {
    const T* values = static_cast<const T*>(tensor.data());
    for (std::size_t i = 0; i < tensor.get_size(); ++i) {
      const auto value = static_cast<double>(values[i]);
      if (!std::isfinite(value)) continue;
      low = std::min(low, value);
      high = std::max(high, value);
    }
  });
  return {low, high};
}

/// The preprocessing that shows a tensor of its own size: without resizing.
Preprocess undone(const Preprocess& preprocess) {
  Preprocess own = preprocess;
  own.resize.reset();
  own.crop.reset();
  own.crop_fraction.reset();
  own.central_fraction.reset();
  own.pad_value.reset();
  own.resize_mode = ResizeMode::stretch;
  return own;
}

std::optional<ImageReader> reader_of(const InputInfo& input, const Preprocess& preprocess) {
  try {
    return ImageReader(input, preprocess);
  } catch (const Error&) {  // no image
    return std::nullopt;
  }
}

/// True for values that are brightnesses from 0 to 255; those of [0, 1] or [-1, 1] are not.
bool are_pixels(double low, double high) {
  constexpr double kTolerance = 1;
  return low >= -kTolerance && high <= 255 + kTolerance && high > 2;
}

/// Mean and scale that bring `low` to 0 and `high` to 255 when they are undone.
Preprocess stretched(const Preprocess& preprocess, double low, double high) {
  Preprocess own = preprocess;
  const double range = high > low ? high - low : 1;
  own.mean = {-255 * low / range};
  own.scale = {255 / range};
  own.norm.clear();
  own.mean_of.clear();
  own.scale_of.clear();
  own.norm_of.clear();
  return own;
}

cv::Mat tile_image(const Picture& picture) {
  const PictureView view = picture.view();
  // OpenCV's interface is not const-correct; the picture is read only.
  const cv::Mat own(view.size.height, view.size.width, CV_8UC(view.channels), const_cast<std::uint8_t*>(view.pixels));
  cv::Mat image;
  if (view.channels == 1) {
    cv::cvtColor(own, image, cv::COLOR_GRAY2BGR);
  } else {
    image = own.clone();
  }
  const int longest = std::max(image.rows, image.cols);
  if (longest > kLargestSide) {
    const double factor = static_cast<double>(kLargestSide) / longest;
    cv::resize(image, image,
               cv::Size(std::max(1, static_cast<int>(image.cols * factor)),
                        std::max(1, static_cast<int>(image.rows * factor))),
               0, 0, cv::INTER_AREA);
  } else if (longest < kSmallestSide) {
    const int factor = (kSmallestSide + longest - 1) / longest;
    cv::resize(image, image, cv::Size(), factor, factor, cv::INTER_NEAREST);
  }
  return image;
}

/// The end of a text that fits the width, with dots in place of what was cut off; paths differ at their end.
std::string fitting(const std::string& text, int width) {
  std::string ascii;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xc0) == 0x80) continue;  // a later byte of a character in UTF-8
    ascii.push_back(byte >= 0x20 && byte < 0x7f ? c : '?');
  }
  const auto width_of = [](const std::string& line) {
    return cv::getTextSize(line, cv::FONT_HERSHEY_SIMPLEX, kFontScale, 1, nullptr).width;
  };
  if (width_of(ascii) <= width) return ascii;
  std::string shown = ".." + ascii;
  while (shown.size() > 3 && width_of(shown) > width) shown.erase(2, 1);
  return shown;
}

}  // namespace

std::optional<SeenInput> seen_input(const Sample& sample, const std::vector<InputInfo>& inputs,
                                    const Preprocess& preprocess, Content content) {
  if (content == Content::sounds) return std::nullopt;
  const Preprocess own = undone(preprocess);
  for (const InputInfo& input : inputs) {
    const auto found = sample.find(input.name);
    if (found == sample.end() || found->second.get_size() == 0) continue;
    const ov::Tensor& tensor = found->second;
    const InputInfo shown{input.name, ov::PartialShape(tensor.get_shape()), tensor.get_element_type()};
    const std::optional<ImageReader> reader = reader_of(shown, own);
    if (!reader) continue;
    const Size frame = reader->frame();
    if (content != Content::images && std::min(frame.height, frame.width) < kLeastSide) continue;
    Picture picture = reader->seen(tensor);
    if (content == Content::images) return SeenInput{input.name, std::move(picture), false};
    const auto [low, high] = extent(tensor, input.name);
    if (!(low <= high)) continue;
    const double a = reader->pixel(low);
    const double b = reader->pixel(high);
    if (are_pixels(std::min(a, b), std::max(a, b))) return SeenInput{input.name, std::move(picture), false};
    if (!tensor.get_element_type().is_real()) return SeenInput{input.name, std::move(picture), false};
    return SeenInput{input.name, ImageReader(shown, stretched(own, low, high)).seen(tensor), true};
  }
  return std::nullopt;
}

void require_sheet_name(const std::filesystem::path& file) {
  const std::string extension = lower(file.extension().string());
  if (extension == ".png" || extension == ".jpg" || extension == ".jpeg") return;
  throw Error(
      ErrorKind::input,
      fmt::format("{}: its name does not say which kind of image to write; let it end in .png or .jpg", file.string()));
}

void write_contact_sheet(const std::filesystem::path& file, const std::vector<Tile>& tiles) {
  require_sheet_name(file);
  OCTUNE_ASSERT(!tiles.empty(), "a contact sheet without pictures");
  std::vector<cv::Mat> images;
  int width = 0;
  int height = 0;
  for (const Tile& tile : tiles) {
    images.push_back(tile_image(tile.picture));
    const double factor = static_cast<double>(images.back().cols) / tile.picture.size.width;
    for (const Box& box : tile.boxes) {
      const auto at = [&](double x, double y) {
        return cv::Point(static_cast<int>(std::lround(x * factor)), static_cast<int>(std::lround(y * factor)));
      };
      cv::rectangle(images.back(), at(box.left, box.top), at(box.right, box.bottom), kBoxColor, 1);
    }
    width = std::max(width, images.back().cols);
    height = std::max(height, images.back().rows);
  }
  const int cell_width = width + 2 * kMargin;
  const int cell_height = height + kMargin + 2 * kLine + kMargin;
  // About as wide as high.
  const double cells = static_cast<double>(tiles.size());
  const int columns = std::clamp(static_cast<int>(std::ceil(std::sqrt(cells * cell_height / cell_width))), 1,
                                 static_cast<int>(tiles.size()));
  const int rows = (static_cast<int>(tiles.size()) + columns - 1) / columns;
  cv::Mat sheet(rows * cell_height, columns * cell_width, CV_8UC3, kPaper);
  for (std::size_t i = 0; i < tiles.size(); ++i) {
    const int x = static_cast<int>(i) % columns * cell_width + kMargin;
    const int y = static_cast<int>(i) / columns * cell_height + kMargin;
    images[i].copyTo(sheet(cv::Rect(x, y, images[i].cols, images[i].rows)));
    const auto write = [&](const std::string& text, int line, const cv::Scalar& ink) {
      cv::putText(sheet, fitting(text, width), cv::Point(x, y + height + line * kLine - 4), cv::FONT_HERSHEY_SIMPLEX,
                  kFontScale, ink, 1, cv::LINE_AA);
    };
    write(tiles[i].name, 1, kInk);
    write(tiles[i].label, 2, kLabelInk);
  }
  std::vector<std::uint8_t> image;
  cv::imencode(lower(file.extension().string()), sheet, image);
  base::write_file(file, std::string_view(reinterpret_cast<const char*>(image.data()), image.size()));
}

}  // namespace octune::data
