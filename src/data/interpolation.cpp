// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "data/interpolation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <new>
#include <numbers>
#include <opencv2/imgproc.hpp>
#include <stdexcept>
#include <vector>

#include "octune/error.hpp"

namespace octune::data {
namespace {

/// A kernel of convolution with its values outside of [-support, support] 0. The formulas and constants are Pillow's.
struct Kernel {
  double support;
  double (*value)(double x);
};

double box(double x) { return x > -0.5 && x <= 0.5 ? 1 : 0; }

double triangle(double x) { return std::max(0.0, 1 - std::abs(x)); }

double hamming(double x) {
  x = std::abs(x);
  if (x == 0) return 1;
  if (x >= 1) return 0;
  x *= std::numbers::pi;
  // The cosine's factor is a float in Pillow.
  return std::sin(x) / x * (static_cast<double>(0.54F) + static_cast<double>(0.46F) * std::cos(x));
}

/// Keys' cubic with a = -0.5.
double cubic(double x) {
  constexpr double kA = -0.5;
  x = std::abs(x);
  if (x < 1) return ((kA + 2) * x - (kA + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * kA;
  return 0;
}

double sinc(double x) {
  if (x == 0) return 1;
  x *= std::numbers::pi;
  return std::sin(x) / x;
}

double lanczos(double x) { return x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0; }

Kernel kernel_of(Interpolation interpolation) {
  switch (interpolation) {
    case Interpolation::pillow_box:
      return {0.5, box};
    case Interpolation::pillow_hamming:
      return {1, hamming};
    case Interpolation::pillow_bicubic:
      return {2, cubic};
    case Interpolation::pillow_lanczos:
      return {3, lanczos};
    default:
      return {1, triangle};
  }
}

constexpr int kFractionBits = 32 - 8 - 2;

/// The source pixels that make one pixel: `weights[k]` belongs to pixel first + k.
struct Window {
  int first = 0;
  std::vector<int> weights;
};

std::vector<Window> windows(int from, int to, const Kernel& kernel) {
  const double scale = static_cast<double>(from) / to;
  const double stretch = std::max(1.0, scale);
  const double support = kernel.support * stretch;
  std::vector<Window> result(static_cast<std::size_t>(to));
  std::vector<double> weights;
  for (int x = 0; x < to; ++x) {
    const double centre = (x + 0.5) * scale;
    const double step = 1 / stretch;
    const int first = std::max(0, static_cast<int>(std::trunc(centre - support + 0.5)));
    const int end = std::min(from, static_cast<int>(std::trunc(centre + support + 0.5)));
    weights.clear();
    double sum = 0;
    for (int k = 0; k < end - first; ++k) {
      weights.push_back(kernel.value((k + first - centre + 0.5) * step));
      sum += weights.back();
    }
    Window& window = result[static_cast<std::size_t>(x)];
    window.first = first;
    for (double weight : weights) {
      if (sum != 0) weight /= sum;
      const double fixed = weight * (1 << kFractionBits);
      window.weights.push_back(static_cast<int>(weight < 0 ? -0.5 + fixed : 0.5 + fixed));
    }
  }
  return result;
}

std::uint8_t rounded(int sum) { return static_cast<std::uint8_t>(std::clamp(sum >> kFractionBits, 0, 255)); }

/// Every row's pixels weighted into a row of another length.
template <int kChannels>
void convolve_rows(const PictureView& from, const std::vector<Window>& windows, Picture& to) {
  for (int y = 0; y < to.size.height; ++y) {
    std::uint8_t* out = to.row(y);
    for (const Window& window : windows) {
      std::array<int, kChannels> sums;
      sums.fill(1 << (kFractionBits - 1));
      const std::uint8_t* pixel = from.row(y) + static_cast<std::ptrdiff_t>(window.first) * kChannels;
      for (const int weight : window.weights) {
        for (int& sum : sums) sum += *pixel++ * weight;
      }
      for (const int sum : sums) *out++ = rounded(sum);
    }
  }
}

/// The same along the columns: whole rows are summed up, which is the order of memory.
void convolve_columns(const PictureView& from, const std::vector<Window>& windows, Picture& to) {
  const std::size_t width = to.row_bytes();
  std::vector<int> sums(width);
  for (int y = 0; y < to.size.height; ++y) {
    const Window& window = windows[static_cast<std::size_t>(y)];
    std::fill(sums.begin(), sums.end(), 1 << (kFractionBits - 1));
    for (std::size_t k = 0; k < window.weights.size(); ++k) {
      const std::uint8_t* source = from.row(window.first + static_cast<int>(k));
      const int weight = window.weights[k];
      for (std::size_t x = 0; x < width; ++x) sums[x] += source[x] * weight;
    }
    std::uint8_t* out = to.row(y);
    for (std::size_t x = 0; x < width; ++x) out[x] = rounded(sums[x]);
  }
}

Picture convolved(const PictureView& image, Size size, const Kernel& kernel) {
  const bool narrows = size.width != image.size.width;
  Picture rows;
  if (narrows) {
    rows = Picture({image.size.height, size.width}, image.channels);
    const std::vector<Window> across = windows(image.size.width, size.width, kernel);
    if (image.channels == 3) {
      convolve_rows<3>(image, across, rows);
    } else {
      convolve_rows<1>(image, across, rows);
    }
    if (size.height == image.size.height) return rows;
  }
  Picture result(size, image.channels);
  convolve_columns(narrows ? rows.view() : image, windows(image.size.height, size.height, kernel), result);
  return result;
}

/// The source of each of `to` pixels. Pillow adds the step up; its rounding errors belong to the result.
std::vector<int> nearest_sources(int from, int to) {
  const double step = static_cast<double>(from) / to;
  std::vector<int> sources;
  double position = step * 0.5;
  for (int x = 0; x < to; ++x, position += step) sources.push_back(std::min(static_cast<int>(position), from - 1));
  return sources;
}

Picture nearest(const PictureView& image, Size size) {
  Picture result(size, image.channels);
  const std::vector<int> columns = nearest_sources(image.size.width, size.width);
  const std::vector<int> rows = nearest_sources(image.size.height, size.height);
  const auto channels = static_cast<std::size_t>(image.channels);
  for (int y = 0; y < size.height; ++y) {
    const std::uint8_t* source = image.row(rows[static_cast<std::size_t>(y)]);
    std::uint8_t* out = result.row(y);
    for (const int column : columns) {
      out = std::copy_n(source + static_cast<std::size_t>(column) * channels, channels, out);
    }
  }
  return result;
}

Picture resized_by_opencv(const PictureView& image, Size size, int interpolation) {
  Picture result(size, image.channels);
  const int type = CV_8UC(image.channels);
  // OpenCV's interface is not const-correct; resizing does not write to its input.
  const cv::Mat from(image.size.height, image.size.width, type, const_cast<std::uint8_t*>(image.pixels),
                     image.row_bytes);
  cv::Mat to(size.height, size.width, type, result.pixels.data());
  cv::resize(from, to, to.size(), 0, 0, interpolation);
  return result;
}

Picture computed(const PictureView& image, Size size, Interpolation interpolation) {
  if (image.size == size) {
    Picture copy(size, image.channels);
    for (int y = 0; y < size.height; ++y) std::copy_n(image.row(y), copy.row_bytes(), copy.row(y));
    return copy;
  }
  switch (interpolation) {
    case Interpolation::linear:
      return resized_by_opencv(image, size, cv::INTER_LINEAR);
    case Interpolation::cubic:
      return resized_by_opencv(image, size, cv::INTER_CUBIC);
    case Interpolation::area:
      return resized_by_opencv(image, size, cv::INTER_AREA);
    case Interpolation::nearest:
      return resized_by_opencv(image, size, cv::INTER_NEAREST);
    case Interpolation::pillow_nearest:
      return nearest(image, size);
    default:
      return convolved(image, size, kernel_of(interpolation));
  }
}

}  // namespace

Picture resized(const PictureView& image, Size size, Interpolation interpolation) {
  const auto refuse = [&] {
    throw Error(ErrorKind::input, fmt::format("{}x{} pixels cannot be scaled to {}x{}; give another image",
                                              image.size.height, image.size.width, size.height, size.width));
  };
  // An extreme aspect makes more pixels than there is memory.
  try {
    return computed(image, size, interpolation);
  } catch (const cv::Exception&) {
    refuse();
  } catch (const std::bad_alloc&) {
    refuse();
  } catch (const std::length_error&) {
    refuse();
  }
  return {};
}

}  // namespace octune::data
