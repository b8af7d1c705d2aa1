// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/image_quality.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <opencv2/imgproc.hpp>
#include <optional>

#include "base/assert.hpp"
#include "evaluate/label_values.hpp"
#include "evaluate/values.hpp"
#include "octune/error.hpp"

namespace octune::evaluate {
namespace {

constexpr int kWindow = 11;
constexpr double kSigma = 1.5;

/// The channels of an image, one plane of doubles each.
using Planes = std::vector<cv::Mat1d>;

std::optional<Planes> planes_of(const ov::Tensor& tensor) {
  ov::Shape shape = tensor.get_shape();
  while (shape.size() > 2 && shape.front() == 1) shape.erase(shape.begin());
  if (shape.size() == 2) shape.insert(shape.begin(), 1);
  const auto is_channels = [](std::size_t length) { return length == 1 || length == 3 || length == 4; };
  if (shape.size() != 3 || (!is_channels(shape.front()) && !is_channels(shape.back())) || tensor.get_size() == 0)
    return std::nullopt;
  const bool channels_first = is_channels(shape.front());
  const std::size_t channels = channels_first ? shape[0] : shape[2];
  const std::size_t height = channels_first ? shape[1] : shape[0];
  const std::size_t width = channels_first ? shape[2] : shape[1];
  Planes planes;
  for (std::size_t c = 0; c < channels; ++c) planes.emplace_back(static_cast<int>(height), static_cast<int>(width));
  visit_values(tensor, [&](auto values) {
    const std::size_t pixels = height * width;
    for (std::size_t c = 0; c < channels; ++c) {
      auto to = planes[c].begin();
      for (std::size_t i = 0; i < pixels; ++i, ++to)
        *to = to_double(values[channels_first ? c * pixels + i : i * channels + c]);
    }
  });
  return planes;
}

class ImageMetric : public Metric {
 public:
  explicit ImageMetric(std::string name, const MetricOptions& options)
      : name_(std::move(name)), data_range_(options.data_range) {
    if (data_range_ && !(*data_range_ > 0 && std::isfinite(*data_range_))) {
      throw Error(ErrorKind::input, fmt::format("metric '{}': data range {} is not possible; give the largest possible "
                                                "value minus the smallest, as 1 or 255",
                                                name_, *data_range_));
    }
  }

  using Metric::score;
  std::string name() const override { return name_; }

  Score score(const Outputs& outputs, const Label& label) const override {
    OCTUNE_ASSERT(!outputs.empty(), "images of a model without outputs");
    const std::string where = metric_place(name_);
    if (!label.values) {
      throw Error(ErrorKind::input, fmt::format("{}: label '{}' is no array; give images as labels, in the unit of the "
                                                "output",
                                                where, label.text));
    }
    const std::optional<Planes> x = planes_of(outputs.front());
    const std::optional<Planes> y = planes_of(label.values);
    const auto same = [](const cv::Mat1d& a, const cv::Mat1d& b) { return a.size() == b.size(); };
    if (!x || !y || !std::equal(x->begin(), x->end(), y->begin(), y->end(), same)) {
      throw Error(ErrorKind::input,
                  fmt::format("{}: the output has the shape {} and the label {}; both have to be one image of the same "
                              "size, [H,W], [C,H,W] or [H,W,C] with 1, 3 or 4 channels",
                              where, outputs.front().get_shape().to_string(), label.values.get_shape().to_string()));
    }
    return {compare(*x, *y, range_of(label.values, where))};
  }

 protected:
  virtual double compare(const Planes& x, const Planes& y, double range) const = 0;

 private:
  double range_of(const ov::Tensor& label, std::string_view where) const {
    if (data_range_) return *data_range_;
    if (label.get_element_type() == ov::element::u8) return 255;
    if (label.get_element_type() == ov::element::u16) return 65535;
    throw Error(ErrorKind::input, fmt::format("{}: the range of '{}' labels is not known; give it with --data-range (1 "
                                              "for values from 0 to 1, 255 for 0 to 255)",
                                              where, label.get_element_type().to_string()));
  }

  std::string name_;
  std::optional<double> data_range_;
};

class Psnr final : public ImageMetric {
 public:
  explicit Psnr(const MetricOptions& options) : ImageMetric("psnr", options) {}
  std::string unit() const override { return "dB"; }

 protected:
  double compare(const Planes& x, const Planes& y, double range) const override {
    double squares = 0, values = 0;
    for (std::size_t c = 0; c < x.size(); ++c) {
      squares += cv::norm(x[c], y[c], cv::NORM_L2SQR);
      values += static_cast<double>(x[c].total());
    }
    const double relative = squares / values / (range * range);
    return -10 * std::log10(std::max(relative, std::numeric_limits<double>::epsilon()));
  }
};

/// The weighted mean of every window inside the plane.
cv::Mat1d window_means(const cv::Mat1d& plane) {
  static const cv::Mat kernel = cv::getGaussianKernel(kWindow, kSigma, CV_64F);
  cv::Mat1d means;
  cv::sepFilter2D(plane, means, CV_64F, kernel, kernel);
  const int edge = kWindow / 2;
  return means(cv::Rect(edge, edge, plane.cols - 2 * edge, plane.rows - 2 * edge));
}

class Ssim final : public ImageMetric {
 public:
  explicit Ssim(const MetricOptions& options) : ImageMetric("ssim", options) {}
  std::optional<ScoreBounds> bounds() const override { return ScoreBounds{-1, 1}; }

 protected:
  double compare(const Planes& x, const Planes& y, double range) const override {
    if (x.front().rows < kWindow || x.front().cols < kWindow) {
      throw Error(ErrorKind::input,
                  fmt::format("metric 'ssim': the image is {}x{}; height and width of at least {} are "
                              "needed",
                              x.front().rows, x.front().cols, kWindow));
    }
    const double c1 = std::pow(0.01 * range, 2);
    const double c2 = std::pow(0.03 * range, 2);
    double sum = 0;
    for (std::size_t c = 0; c < x.size(); ++c) {
      const cv::Mat1d mean_x = window_means(x[c]);
      const cv::Mat1d mean_y = window_means(y[c]);
      const cv::Mat1d means = mean_x.mul(mean_y);
      const cv::Mat1d squares = mean_x.mul(mean_x) + mean_y.mul(mean_y);
      const cv::Mat1d covariance = window_means(x[c].mul(y[c])) - means;
      const cv::Mat1d variances = window_means(x[c].mul(x[c]) + y[c].mul(y[c])) - squares;
      const cv::Mat1d numerator = (2 * means + c1).mul(2 * covariance + c2);
      const cv::Mat1d denominator = (squares + c1).mul(variances + c2);
      sum += cv::mean(numerator / denominator)[0];
    }
    return std::clamp(sum / static_cast<double>(x.size()), -1.0, 1.0);
  }
};

}  // namespace

std::unique_ptr<Metric> make_psnr(const MetricOptions& options) { return std::make_unique<Psnr>(options); }
std::unique_ptr<Metric> make_ssim(const MetricOptions& options) { return std::make_unique<Ssim>(options); }

}  // namespace octune::evaluate
