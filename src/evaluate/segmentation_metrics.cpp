// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/segmentation_metrics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/assert.hpp"
#include "data/mask_labels.hpp"
#include "evaluate/class_map.hpp"
#include "evaluate/decoder.hpp"
#include "evaluate/values.hpp"
#include "octune/error.hpp"

namespace octune::evaluate {
namespace {

constexpr std::size_t kCounts = 3;  ///< TP, found, wanted
constexpr std::size_t kMostClasses = 1024;
constexpr std::size_t kClassesOfIndices = 256;

/// The label's classes; 0 x 0 is impossible.
ClassMap wanted_classes(const Label& label, std::string_view where) {
  if (!label.values) {
    data::Mask mask = data::load_mask(label.text);
    return {static_cast<std::size_t>(mask.size.height), static_cast<std::size_t>(mask.size.width), 0,
            std::move(mask.classes)};
  }
  const ov::Shape shape = label.values.get_shape();
  const bool map = shape.size() == 2 || (shape.size() == 3 && shape[0] == 1);
  if (!map || label.values.get_size() == 0) {
    throw Error(ErrorKind::input,
                fmt::format("{}: the label is an array {}; [H,W] or [1,H,W] is needed", where, shape.to_string()));
  }
  ClassMap result{shape[shape.size() - 2], shape.back(), 0, {}};
  result.values.reserve(label.values.get_size());
  for (const double value : to_doubles(label.values)) result.values.push_back(static_cast<std::int32_t>(value));
  return result;
}

class SegmentationMetric : public Metric {
 public:
  SegmentationMetric(std::string name, const DecoderOptions& decoder) : name_(std::move(name)), decoder_(decoder) {
    constexpr std::array<std::string_view, 1> kDecoders{"segmentation"};
    require_decoder(decoder, kDecoders, where());
  }

  using Metric::score;
  using Metric::value;
  std::string name() const override { return name_; }
  Aggregation aggregation() const override { return Aggregation::sums; }

  Score score(const Outputs& outputs, const Label& label) const override {
    OCTUNE_ASSERT(!outputs.empty(), "segmentation by a model without outputs");
    const ClassMap found = decode_classes(outputs.front(), decoder_, where());
    const ClassMap wanted = resampled(wanted_classes(label, where()), found.height, found.width);
    const std::size_t classes = found.classes == 0 ? kClassesOfIndices : found.classes;
    if (classes > kMostClasses) {
      throw Error(ErrorKind::input,
                  fmt::format("{}: the output has {} classes; {} are possible", where(), classes, kMostClasses));
    }
    Score counts(classes * kCounts, 0.0);
    for (std::size_t i = 0; i < wanted.values.size(); ++i) {
      if (wanted.values[i] == data::kIgnoredClass) continue;
      const std::size_t right = checked(wanted.values[i], classes, "label");
      const std::size_t got = checked(found.values[i], classes, "output");
      if (right == got) counts[right * kCounts] += 1;
      counts[got * kCounts + 1] += 1;
      counts[right * kCounts + 2] += 1;
    }
    return counts;
  }

  double value(const Score& sum, std::size_t /*samples*/) const override {
    double total = 0;
    std::size_t present = 0;
    for (std::size_t at = 0; at + kCounts <= sum.size(); at += kCounts) {
      const double both = sum[at + 1] + sum[at + 2];
      if (both == 0) continue;
      total += overlap(sum[at], both);
      ++present;
    }
    return present == 0 ? 0.0 : total / static_cast<double>(present);
  }

 protected:
  /// Of a class with `right` pixels found; `both` is the number of pixels found and that of pixels wanted, added up.
  virtual double overlap(double right, double both) const = 0;

 private:
  std::string where() const { return fmt::format("metric '{}'", name_); }

  std::size_t checked(std::int32_t value, std::size_t classes, std::string_view whose) const {
    if (value >= 0 && static_cast<std::size_t>(value) < classes) return static_cast<std::size_t>(value);
    throw Error(ErrorKind::input,
                fmt::format("{}: the {} has a pixel of class {}; 0 to {} are allowed, and {} for pixels that do not "
                            "count",
                            where(), whose, value, classes - 1, data::kIgnoredClass));
  }

  std::string name_;
  DecoderOptions decoder_;
};

class MeanIou final : public SegmentationMetric {
 public:
  explicit MeanIou(const DecoderOptions& decoder) : SegmentationMetric("mean_iou", decoder) {}

 protected:
  double overlap(double right, double both) const override { return right / (both - right); }
};

class Dice final : public SegmentationMetric {
 public:
  explicit Dice(const DecoderOptions& decoder) : SegmentationMetric("dice", decoder) {}

 protected:
  double overlap(double right, double both) const override { return 2 * right / both; }
};

}  // namespace

std::unique_ptr<Metric> make_mean_iou(const MetricOptions& options) {
  return std::make_unique<MeanIou>(options.decoder);
}

std::unique_ptr<Metric> make_dice(const MetricOptions& options) { return std::make_unique<Dice>(options.decoder); }

}  // namespace octune::evaluate
