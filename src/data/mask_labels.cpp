// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "data/mask_labels.hpp"

#include <fmt/format.h>
#include <png.h>

#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <opencv2/imgcodecs.hpp>
#include <tuple>

#include "base/hash.hpp"
#include "base/parallel.hpp"
#include "data/annotated_sizes.hpp"
#include "data/bytes.hpp"
#include "data/file_dataset.hpp"
#include "data/framing.hpp"
#include "data/label_matching.hpp"
#include "octune/error.hpp"

namespace octune::data {
namespace fs = std::filesystem;
using nlohmann::json;
namespace {

[[noreturn]] void invalid(const std::string& where, const std::string& what) {
  throw Error(ErrorKind::input, fmt::format("{}: {}", where, what));
}

[[noreturn]] void no_mask(const fs::path& path) {
  invalid(path.string(), "does not exist; check the path of the mask");
}

/// A PNG as libpng decodes it, with indices where OpenCV would give the palette's colours.
class PngReader {
 public:
  explicit PngReader(const fs::path& path) : path_(path.string()), file_(Bytes::map(path)) {
    png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, &PngReader::fail, [](png_structp, png_const_charp) {});
    info_ = png_ == nullptr ? nullptr : png_create_info_struct(png_);
    if (info_ == nullptr) {
      png_destroy_read_struct(&png_, nullptr, nullptr);
      invalid(path_, "there is no memory to decode it");
    }
  }
  ~PngReader() { png_destroy_read_struct(&png_, &info_, nullptr); }
  PngReader(const PngReader&) = delete;
  PngReader& operator=(const PngReader&) = delete;

  /// Reads the header.
  Size size() {
    guarded([this] {
      png_set_read_fn(png_, this, &PngReader::next);
      png_read_info(png_, info_);
    });
    return {static_cast<int>(png_get_image_height(png_, info_)), static_cast<int>(png_get_image_width(png_, info_))};
  }

  /// The values of the pixels; once, instead of size().
  cv::Mat read() {
    const auto [height, width] = size();
    const int type = png_get_color_type(png_, info_);
    if ((type & PNG_COLOR_MASK_COLOR) != 0 && type != PNG_COLOR_TYPE_PALETTE) {
      invalid(path_, "has colours, so its pixels are no classes; give a palette or grey values");
    }
    cv::Mat image(height, width, png_get_bit_depth(png_, info_) == 16 ? CV_16UC1 : CV_8UC1);
    std::vector<png_bytep> rows;
    for (int y = 0; y < image.rows; ++y) rows.push_back(image.ptr(y));
    guarded([&] {
      png_set_packing(png_);  // at least one byte a pixel, values as they are
      png_set_strip_alpha(png_);
      png_set_swap(png_);  // the format's 16 bits begin with the high byte
      png_set_interlace_handling(png_);
      png_read_update_info(png_, info_);
      png_read_image(png_, rows.data());
    });
    return image;
  }

 private:
  /// Runs calls of libpng, which leaves them by longjmp when something is wrong: nothing that has to be destroyed may
  /// be made in them.
  template <class Calls>
  void guarded(Calls&& calls) {
    if (setjmp(png_jmpbuf(png_)) == 0) {
      calls();
      return;
    }
    invalid(path_, fmt::format("does not decode as PNG ({}); write it again", problem_.data()));
  }

  static void fail(png_structp png, png_const_charp what) {
    auto* reader = static_cast<PngReader*>(png_get_error_ptr(png));
    std::snprintf(reader->problem_.data(), reader->problem_.size(), "%s", what);
    png_longjmp(png, 1);
  }

  static void next(png_structp png, png_bytep out, std::size_t size) {
    auto* reader = static_cast<PngReader*>(png_get_io_ptr(png));
    if (size > reader->file_.size() - reader->at_) png_error(png, "it is cut off");
    const auto* from = reinterpret_cast<const png_byte*>(reader->file_.view().data()) + reader->at_;
    std::copy(from, from + size, out);
    reader->at_ += size;
  }

  std::string path_;
  Bytes file_;
  std::size_t at_ = 0;
  std::array<char, 128> problem_{};
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
};

bool is_png(const fs::path& path) { return lower(path.extension().string()) == ".png"; }

Size header_size(const fs::path& path) { return is_png(path) ? PngReader(path).size() : image_size(path); }

cv::Mat decode(const fs::path& path) {
  if (!path_exists(path)) no_mask(path);
  if (is_png(path)) return PngReader(path).read();
  cv::Mat image;
  try {
    image = cv::imread(path.string(), cv::IMREAD_UNCHANGED);
  } catch (const cv::Exception&) {
    image.release();
  }
  if (image.empty()) invalid(path.string(), "does not decode as an image; write it again");
  if (image.channels() != 1) {
    invalid(path.string(), "has colours, so its pixels are no classes; give grey values, or a palette as PNG");
  }
  if (image.depth() != CV_8U && image.depth() != CV_16U) {
    invalid(path.string(), "its pixels are no numbers of 8 or 16 bits; write it so");
  }
  return image;
}

json pair(int first, int second) { return json::array({first, second}); }
json pair(Size size) { return pair(size.height, size.width); }

std::pair<int, int> pair_of(const json& label, const char* key) { return label.at(key).get<std::pair<int, int>>(); }
Size size_of(const json& label, const char* key) {
  const auto [height, width] = pair_of(label, key);
  return {height, width};
}

/// How the mask comes into the frame.
json placement_json(const Framing& framing) {
  const Placement& placement = framing.placement;
  return {{"image", pair(framing.image)},
          {"used", pair(framing.used)},
          {"used_at", pair(framing.used_top, framing.used_left)},
          {"scaled", pair(placement.scaled)},
          {"cut_at", pair(placement.source_top, placement.source_left)},
          {"copied", pair(placement.copied)},
          {"at", pair(placement.top, placement.left)},
          {"frame", pair(framing.frame)}};
}

Framing framing_of(const json& label) {
  Framing framing;
  framing.image = size_of(label, "image");
  framing.used = size_of(label, "used");
  std::tie(framing.used_top, framing.used_left) = pair_of(label, "used_at");
  framing.placement.scaled = size_of(label, "scaled");
  std::tie(framing.placement.source_top, framing.placement.source_left) = pair_of(label, "cut_at");
  framing.placement.copied = size_of(label, "copied");
  std::tie(framing.placement.top, framing.placement.left) = pair_of(label, "at");
  framing.frame = size_of(label, "frame");
  return framing;
}

/// The position, among `from` pixels, of the one nearest to the centre of pixel `at` of `to`.
int nearest(int at, int from, int to) {
  return static_cast<int>(std::min<std::int64_t>((std::int64_t{2} * at + 1) * from / (std::int64_t{2} * to), from - 1));
}

Mask framed(const cv::Mat& image, const Framing& framing) {
  const Placement& placement = framing.placement;
  Mask mask{framing.frame, {}};
  const auto width = static_cast<std::size_t>(mask.size.width);
  mask.classes.assign(static_cast<std::size_t>(mask.size.height) * width, kIgnoredClass);
  for (int y = 0; y < placement.copied.height; ++y) {
    const int from_y =
        framing.used_top + nearest(placement.source_top + y, framing.used.height, placement.scaled.height);
    for (int x = 0; x < placement.copied.width; ++x) {
      const int from_x =
          framing.used_left + nearest(placement.source_left + x, framing.used.width, placement.scaled.width);
      const int value =
          image.depth() == CV_8U ? image.at<std::uint8_t>(from_y, from_x) : image.at<std::uint16_t>(from_y, from_x);
      mask.classes[static_cast<std::size_t>(placement.top + y) * width + static_cast<std::size_t>(placement.left + x)] =
          value;
    }
  }
  return mask;
}

}  // namespace

std::string mask_label(const fs::path& mask, const Dataset& dataset, std::size_t index) {
  if (!path_exists(mask)) no_mask(mask);
  json label;
  const auto* images = dynamic_cast<const FramedImages*>(&dataset);
  if (images != nullptr && images->image_file(index)) {
    label = placement_json(images->framing(index, header_size(mask)));
  }
  label["mask"] = mask.string();
  label["content"] = base::Hash().add(Bytes::map(mask).view()).text();
  return label.dump();
}

Labels mask_labels(const fs::path& folder, const Dataset& dataset) {
  std::vector<SampleFile> files;
  std::vector<std::string> names;
  for (SampleFile& file : list_folder(folder)) {
    names.push_back(file.name);
    files.push_back(std::move(file));
  }
  const auto matches = match_paths(names, dataset, Extension::ignored);
  require_all(matches, dataset, folder.string(), "mask", "give one for each image, named as the image");
  Labels labels(dataset.size());
  base::parallel_for(dataset.size(), 0,
                     [&](std::size_t i) { labels[i].text = mask_label(files[*matches[i]].path, dataset, i); });
  return labels;
}

void warn_of_other_masks(const Labels& labels, const Dataset& dataset, const std::string& where, Observer* observer) {
  const auto mask_size = [&](std::size_t sample) -> Size {
    const std::string& text = labels[sample].text;
    if (!text.starts_with('{')) return {};
    const json label = json::parse(text, nullptr, false);
    if (!label.is_object() || !label.contains("mask") || !label.contains("image")) return {};
    return size_of(label, "image");
  };
  warn_of_other_proportions(dataset, mask_size, where, observer);
}

Mask load_mask(const std::string& label) {
  const json object = json::parse(label, nullptr, false);
  const auto path = object.is_object() ? object.find("mask") : object.end();
  if (!object.is_object() || path == object.end() || !path->is_string()) {
    invalid("mask", fmt::format("label '{}' names no mask; give {{\"mask\": \"FILE\"}} or an array of classes", label));
  }
  const cv::Mat image = decode(path->get<std::string>());
  const Size size{image.rows, image.cols};
  Framing framing{size, size, 0, 0, {size, size, 0, 0, 0, 0}, size};
  if (object.contains("frame")) {
    try {
      framing = framing_of(object);
    } catch (const json::exception&) {
      invalid("mask", fmt::format("label '{}' does not say how the mask is placed; leave 'frame' away", label));
    }
  }
  return framed(image, framing);
}

}  // namespace octune::data
