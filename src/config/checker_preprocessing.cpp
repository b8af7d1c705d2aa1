// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "config/checker_preprocessing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <map>
#include <string_view>

#include "base/suggest.hpp"
#include "config/algorithm_section.hpp"
#include "octune/error.hpp"

namespace octune::config {
namespace {

using data::Interpolation;
using data::ResizeMode;

/// Values that a normalization may call by name, in blue, green, red.
const std::map<std::string, std::vector<double>>& named_values() {
  static const std::map<std::string, std::vector<double>> values{
      {"imagenet", {104.00698793, 116.66876762, 122.67891434}}, {"cifar10", {125.307, 122.961, 113.8575}}};
  return values;
}

/// Where a step lands on the way from the file to the tensor.
enum class Geometry { file, resized, final };

/// How a resize keeps the proportions.
enum class Aspect {
  stretch,
  shorter,
  fit,
  height_free,  ///< to a height, however wide it becomes
  height,       ///< to a height, not wider than the size
  none          ///< in a way that has no counterpart, which is noted
};

struct ImageSize {
  int height = 0;
  int width = 0;
  bool operator==(const ImageSize&) const = default;
};

/// One after the other, as the steps are listed.
class Preprocessing {
 public:
  Preprocessing(ReadColors colors, RunConfig& config) : config_(config), colors_(colors) {}

  void read(Section& step) {
    const auto type = step.text("type");
    if (!type) {
      if (!step.has("type")) step.problem("", fmt::format("{} has no 'type'; name the step", step.label("")));
      return;
    }
    static const std::map<std::string, void (Preprocessing::*)(Section&)> readers{
        {"resize", &Preprocessing::resize},
        {"auto_resize", &Preprocessing::auto_resize},
        {"crop", &Preprocessing::crop},
        {"padding", &Preprocessing::padding},
        {"normalization", &Preprocessing::normalize},
        {"bgr_to_rgb", &Preprocessing::swap_colors},
        {"rgb_to_bgr", &Preprocessing::swap_colors},
        {"bgr_to_gray", &Preprocessing::to_gray},
        {"rgb_to_gray", &Preprocessing::to_gray}};
    const auto reader = readers.find(*type);
    if (reader == readers.end()) {
      std::vector<std::string> known;
      for (const auto& [name, function] : readers) known.push_back(name);
      step.problem("type",
                   fmt::format("preprocessing '{}' has no counterpart; {}", *type, base::did_you_mean(*type, known)));
      return;
    }
    (this->*reader->second)(step);
    step.finish();
  }

  /// What the steps add up to.
  void finish(Section* last) {
    data::Preprocess& preprocess = config_.preprocess;
    if (last != nullptr && geometry_ == Geometry::resized && aspect_ != Aspect::stretch && aspect_ != Aspect::none) {
      last->problem("",
                    "the resize keeps the proportions and nothing brings the image to one size after it; add a "
                    "'crop' (aspect_ratio_scale greater) or a 'padding' (fit_to_window, width)");
    }
    preprocess.color = colors_ == ReadColors::gray  ? data::ColorOrder::gray
                       : colors_ == ReadColors::rgb ? data::ColorOrder::rgb
                                                    : data::ColorOrder::bgr;
    const auto changes = [](const std::vector<double>& values, double neutral) {
      return std::any_of(values.begin(), values.end(), [&](double value) { return value != neutral; });
    };
    if (changes(mean_, 0)) preprocess.mean = mean_;
    if (changes(scale_, 1)) preprocess.scale = scale_;
  }

 private:
  // --- sizes -------------------------------------------------------------------------------------------------------

  /// `size`, or `dst_height` and `dst_width`.
  std::optional<ImageSize> size_of(Section& step) {
    constexpr std::int64_t kMost = 1 << 20;
    const auto both = step.integer("size", 1, kMost);
    const auto height = step.integer("dst_height", 1, kMost);
    const auto width = step.integer("dst_width", 1, kMost);
    if (both) return ImageSize{static_cast<int>(*both), static_cast<int>(*both)};
    if (height && width) return ImageSize{static_cast<int>(*height), static_cast<int>(*width)};
    return std::nullopt;
  }

  // --- steps -------------------------------------------------------------------------------------------------------

  void auto_resize(Section& step) {
    if (geometry_ != Geometry::file)
      return step.problem("type", "the image is resized twice; octune resizes once, leave one of them out");
    geometry_ = Geometry::final;
  }

  void resize(Section& step) {
    const auto size = size_of(step);
    for (const char* key : {"factor", "scale", "include_boundary"}) {
      if (step.has(key)) step.problem(key, fmt::format("'{}' has no counterpart; give the size as numbers", key));
    }
    const auto interpolation = interpolation_of(step);
    const Aspect aspect = aspect_of(step, size);
    if (geometry_ != Geometry::file)
      return step.problem("type", "the image is resized twice; octune resizes once, leave one of them out");
    geometry_ = Geometry::resized;
    aspect_ = aspect;
    if (!size) {
      step.problem("", fmt::format("{} names no size; give 'size', or 'dst_height' and 'dst_width'", step.label("")));
      return;
    }
    size_ = *size;
    if (interpolation) config_.preprocess.interpolation = *interpolation;
    config_.preprocess.resize = {size->height, size->width};
    if (aspect == Aspect::shorter) config_.preprocess.resize_mode = ResizeMode::shorter;
  }

  std::optional<Interpolation> interpolation_of(Section& step) {
    std::string library = step.one_of("resize_realization", {"opencv", "pillow", "tf"}).value_or("");
    const bool pillow = step.flag("use_pillow").value_or(false);
    const bool tensorflow = step.flag("use_tensorflow").value_or(false);
    if (library.empty()) library = pillow ? "pillow" : tensorflow ? "tf" : "opencv";
    std::string name = step.text("interpolation").value_or(library == "pillow" ? "BILINEAR" : "LINEAR");
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::toupper(c); });
    if (library == "tf") {
      step.problem(step.has("resize_realization") ? "resize_realization" : "use_tensorflow",
                   "TensorFlow's way of resizing has no counterpart; ours are OpenCV's and, with use_pillow, Pillow's");
      return std::nullopt;
    }
    static const std::map<std::string, Interpolation> opencv{
        {"NEAREST", Interpolation::nearest}, {"LINEAR", Interpolation::linear}, {"BILINEAR", Interpolation::linear},
        {"CUBIC", Interpolation::cubic},     {"BICUBIC", Interpolation::cubic}, {"AREA", Interpolation::area}};
    static const std::map<std::string, Interpolation> of_pillow{
        {"NEAREST", Interpolation::pillow_nearest}, {"NONE", Interpolation::pillow_nearest},
        {"BOX", Interpolation::pillow_box},         {"BILINEAR", Interpolation::pillow_bilinear},
        {"LINEAR", Interpolation::pillow_bilinear}, {"HAMMING", Interpolation::pillow_hamming},
        {"BICUBIC", Interpolation::pillow_bicubic}, {"CUBIC", Interpolation::pillow_bicubic},
        {"LANCZOS", Interpolation::pillow_lanczos}, {"ANTIALIAS", Interpolation::pillow_lanczos}};
    const auto& known = library == "pillow" ? of_pillow : opencv;
    if (const auto found = known.find(name); found != known.end()) return found->second;
    std::vector<std::string> names;
    for (const auto& [text, value] : known) names.push_back(text);
    step.problem("interpolation",
                 fmt::format("interpolation '{}' has no counterpart; {}", name, base::did_you_mean(name, names)));
    return std::nullopt;
  }

  Aspect aspect_of(Section& step, const std::optional<ImageSize>& size) {
    const auto scale = step.text("aspect_ratio_scale");
    if (!scale) return Aspect::stretch;
    const bool square = size && size->height == size->width;
    if (*scale == "min_ratio" || (*scale == "greater" && square)) return Aspect::shorter;
    if (*scale == "fit_to_window" || (*scale == "frcnn_keep_aspect_ratio" && square)) return Aspect::fit;
    // The Accuracy Checker multiplies the width, not the height, by the image's ratio: of others it distorts the image.
    if (*scale == "width" && square) return Aspect::height_free;
    if (*scale == "ppocr_cls_ratio") return Aspect::height;
    step.problem(
        "aspect_ratio_scale",
        fmt::format("aspect_ratio_scale '{}' has no counterpart{}; ours are greater and width (of a "
                    "square), min_ratio, fit_to_window and ppocr_cls_ratio",
                    *scale, *scale == "greater" || *scale == "width" ? " for sides of different lengths" : ""));
    return Aspect::none;
  }

  void crop(Section& step) {
    const auto size = size_of(step);
    const auto fraction = step.number("central_fraction", 0, 1);
    step.flag("use_pillow");  // the same pixels, but for the rounding of odd rests
    if (step.flag("max_square").value_or(false))
      return step.problem("max_square", "'max_square' has no counterpart; resize with aspect_ratio_scale greater");
    if (geometry_ == Geometry::file && fraction && *fraction >= 0.01) {
      if (config_.preprocess.central_fraction)
        return step.problem("type", "the file is cropped twice; octune does so once, leave one of them out");
      if (*fraction != 1) config_.preprocess.central_fraction = fraction;
      return;
    }
    if (geometry_ == Geometry::file) {
      return step.problem("type",
                          "a crop of the file to a fixed size has no counterpart; octune crops after the resize, or "
                          "takes a part of the file ('central_fraction')");
    }
    if (geometry_ == Geometry::final)
      return step.problem("type", "a crop has no counterpart here; octune crops or pads once, after the resize");
    geometry_ = Geometry::final;
    if (aspect_ == Aspect::none) return;
    if (aspect_ != Aspect::stretch && aspect_ != Aspect::shorter)
      return step.problem("type", "a crop after this resize has no counterpart; use aspect_ratio_scale greater");
    ImageSize cut{};
    if (size) {
      cut = *size;
    } else if (fraction && aspect_ == Aspect::stretch) {
      cut = {static_cast<int>(size_.height * *fraction), static_cast<int>(size_.width * *fraction)};
    } else {
      return step.problem(fraction ? "central_fraction" : "",
                          "a crop to a size that depends on the image has no counterpart; give 'size'");
    }
    if (cut.height > size_.height || cut.width > size_.width) {
      return step.problem("", fmt::format("a crop of {}x{} out of {}x{} has no counterpart; resize to at least that",
                                          cut.height, cut.width, size_.height, size_.width));
    }
    config_.preprocess.crop = {cut.height, cut.width};
  }

  void padding(Section& step) {
    const auto size = size_of(step);
    const std::string type = step.one_of("pad_type", {"center", "left_top", "right_bottom"}).value_or("center");
    const auto stride = step.integer("stride", 1, 1 << 20);
    std::optional<double> value = pad_value(step);
    step.flag("use_numpy");
    const std::string numpy_mode = step.text("numpy_pad_mode").value_or("constant");
    const bool enlarges = step.flag("enable_resize").value_or(false);
    const bool extends = step.flag("left_top_extend").value_or(false);
    if (numpy_mode != "constant")
      step.problem("numpy_pad_mode", "padding with the image's own values has no counterpart; ours is 'constant'");
    if (enlarges)
      step.problem("enable_resize", "'enable_resize' has no counterpart; resize with aspect_ratio_scale fit_to_window");
    if (extends)
      step.problem("left_top_extend", "'left_top_extend' has no counterpart; the odd rest is below and right");
    if (geometry_ != Geometry::resized || !leaves_room()) {
      if (aspect_ != Aspect::none) {
        step.problem("type",
                     "a padding has no counterpart here; octune pads what a resize with aspect_ratio_scale "
                     "fit_to_window or width leaves free");
      }
      geometry_ = Geometry::final;
      return;
    }
    geometry_ = Geometry::final;
    const std::string wanted = aspect_ == Aspect::fit ? "center" : "right_bottom";
    if (type != wanted) {
      step.problem(step.has("pad_type") ? "pad_type" : "",
                   fmt::format("padding '{}' after this resize has no counterpart; ours is '{}'", type, wanted));
    }
    if (aspect_ == Aspect::height_free && size && size->height == size_.height) {
      size_ = *size;
      config_.preprocess.resize = {size_.height, size_.width};
    } else if (aspect_ == Aspect::height_free && !size) {
      step.problem("", "the width to pad to is missing; give 'dst_height' and 'dst_width'");
    } else if (size && *size != size_) {
      step.problem("", fmt::format("the padded size {}x{} is not that of the resize, {}x{}, which has no counterpart; "
                                   "give both the same",
                                   size->height, size->width, size_.height, size_.width));
    }
    if (stride && (size_.height % *stride != 0 || size_.width % *stride != 0)) {
      step.problem("stride",
                   fmt::format("{}x{} is no multiple of the stride {}, which has no counterpart; resize to one",
                               size_.height, size_.width, *stride));
    }
    config_.preprocess.resize_mode = aspect_ == Aspect::fit ? ResizeMode::letterbox : ResizeMode::keep_aspect_height;
    if (!value) return;
    if (!normalized_) {
      config_.preprocess.pad_value = value;
      return;
    }
    // After mean and scale 0 is what octune pads with by itself; other values have to be one pixel value.
    if (*value == 0) {
      zero_padded_ = true;
      return;
    }
    std::vector<double> pixels;
    for (std::size_t c = 0; c < std::max(mean_.size(), scale_.size()); ++c)
      pixels.push_back(*value * at(scale_, c, 1) + at(mean_, c, 0));
    if (std::any_of(pixels.begin(), pixels.end(), [&](double pixel) { return pixel != pixels.front(); })) {
      step.problem("pad_value",
                   "this value is another pixel value in each channel, which has no counterpart; pad "
                   "before the normalization");
      return;
    }
    config_.preprocess.pad_value = pixels.front();
  }

  /// Whether the resize leaves part of the frame free.
  bool leaves_room() const {
    return aspect_ == Aspect::fit || aspect_ == Aspect::height || aspect_ == Aspect::height_free;
  }

  /// One value for all channels; 0 if none is given.
  std::optional<double> pad_value(Section& step) {
    if (!step.has("pad_value")) return 0;
    if (step.is_text("pad_value") && *step.text("pad_value") == "background") {
      step.problem("pad_value", "'background' has no counterpart; ours is a number");
      return std::nullopt;
    }
    const auto values = step.numbers("pad_value");
    if (!values) return std::nullopt;
    if (std::any_of(values->begin(), values->end(), [&](double value) { return value != values->front(); })) {
      step.problem("pad_value", "another value for each channel has no counterpart; ours is one number");
      return std::nullopt;
    }
    return values->front();
  }

  void normalize(Section& step) {
    const auto mean = channel_values(step, "mean");
    const auto std = channel_values(step, "std");
    step.flag("images_only");
    if (mean && std::any_of(mean->begin(), mean->end(), [](double value) { return value != 0; })) keep_padding(step);
    if (!mean && !std && !step.has("mean") && !step.has("std"))
      step.problem("", fmt::format("{} has neither 'mean' nor 'std'; give one", step.label("")));
    normalized_ = true;
    // (x - m) / s, then (y - mean) / std of that: (x - (m + mean s)) / (s std).
    const std::size_t channels =
        std::max({mean_.size(), scale_.size(), mean ? mean->size() : 0, std ? std->size() : 0});
    std::vector<double> means(channels);
    std::vector<double> scales(channels);
    for (std::size_t c = 0; c < channels; ++c) {
      const double before = at(scale_, c, 1);
      means[c] = at(mean_, c, 0) + (mean ? at(*mean, c, 0) : 0) * before;
      scales[c] = before * (std ? at(*std, c, 1) : 1);
    }
    mean_ = std::move(means);
    scale_ = std::move(scales);
  }

  /// Before a normalization that moves 0: a padding with the 0 of the last one becomes the pixel value that this was.
  void keep_padding(Section& step) {
    if (!zero_padded_) return;
    zero_padded_ = false;
    if (std::any_of(mean_.begin(), mean_.end(), [&](double pixel) { return pixel != mean_.front(); })) {
      step.problem("",
                   "the padding before this normalization is another pixel value in each channel, which has no "
                   "counterpart; pad before or after all of them");
      return;
    }
    config_.preprocess.pad_value = mean_.empty() ? 0 : mean_.front();
  }

  std::optional<std::vector<double>> channel_values(Section& step, const std::string& key) {
    if (step.is_text(key)) {
      std::string text = *step.text(key);
      if (const auto named = named_values().find(text); named != named_values().end()) return named->second;
      // "(104, 117, 123)" is a tuple there.
      if (text.size() >= 2 && text.front() == '(' && text.back() == ')') text = text.substr(1, text.size() - 2);
      std::optional<std::vector<double>> values;
      step.parsed(key, [&] { values = parse_numbers(text, step.label(key)); });
      return checked(step, key, std::move(values));
    }
    return checked(step, key, step.numbers(key));
  }

  std::optional<std::vector<double>> checked(Section& step, const std::string& key,
                                             std::optional<std::vector<double>> values) {
    if (values && key == "std" && std::find(values->begin(), values->end(), 0.0) != values->end()) {
      step.problem(key, fmt::format("{} is 0; it has to be a number to divide by", step.label(key)));
      return std::nullopt;
    }
    return values;
  }

  void swap_colors(Section& step) {
    if (colors_ == ReadColors::gray) return step.problem("type", "the image is gray already; leave this step out");
    colors_ = colors_ == ReadColors::bgr ? ReadColors::rgb : ReadColors::bgr;
    std::reverse(mean_.begin(), mean_.end());
    std::reverse(scale_.begin(), scale_.end());
  }

  void to_gray(Section& step) {
    if (normalized_) return step.problem("type", "gray after the normalization has no counterpart; put it before that");
    colors_ = ReadColors::gray;
  }

  /// One value counts for all channels.
  static double at(const std::vector<double>& values, std::size_t channel, double neutral) {
    if (values.empty()) return neutral;
    return values.size() == 1 ? values.front() : channel < values.size() ? values[channel] : neutral;
  }

  RunConfig& config_;
  ReadColors colors_;
  Geometry geometry_ = Geometry::file;
  Aspect aspect_ = Aspect::stretch;
  ImageSize size_;  ///< of the resize
  bool normalized_ = false;
  bool zero_padded_ = false;          ///< with 0 after the normalizations so far
  std::vector<double> mean_, scale_;  ///< in the order that the colours have at this step
};

}  // namespace

void read_checker_preprocessing(std::vector<Section> steps, ReadColors colors, RunConfig& config) {
  Preprocessing preprocessing(colors, config);
  for (Section& step : steps) preprocessing.read(step);
  preprocessing.finish(steps.empty() ? nullptr : &steps.back());
}

}  // namespace octune::config
