// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "data/image_records.hpp"

#include <fmt/format.h>

#include <array>
#include <fstream>
#include <functional>
#include <numeric>

#include "base/assert.hpp"
#include "base/hash.hpp"
#include "data/array_input.hpp"
#include "data/bytes.hpp"
#include "data/layout.hpp"
#include "data/npy.hpp"
#include "data/source_spec.hpp"
#include "octune/error.hpp"

namespace octune::data {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kCifarSide = 32;
constexpr std::size_t kCifarPixels = kCifarSide * kCifarSide;
constexpr std::size_t kCifarChannels = 3;

[[noreturn]] void invalid(const fs::path& path, const std::string& what) {
  throw Error(ErrorKind::input, fmt::format("{}: {}", path.string(), what));
}

std::size_t product(const std::vector<std::size_t>& lengths) {
  return std::accumulate(lengths.begin(), lengths.end(), std::size_t{1}, std::multiplies<>());
}

/// An idx file: its axes and its bytes.
struct Idx {
  std::vector<std::size_t> shape;
  Bytes values;
};

Idx read_idx(const fs::path& path) {
  const Bytes file = Bytes::map(path);
  const auto byte = [&](std::size_t at) { return std::to_integer<std::size_t>(file.view()[at]); };
  constexpr std::size_t kMagic = 4;
  Idx idx;
  const std::size_t axes = file.size() < kMagic ? 0 : byte(3);
  const std::size_t header = kMagic + 4 * axes;
  if (file.size() < header) invalid(path, "is cut off; fetch it again");
  for (std::size_t at = kMagic; at < header; at += 4) {
    idx.shape.push_back(byte(at) << 24U | byte(at + 1) << 16U | byte(at + 2) << 8U | byte(at + 3));
  }
  const std::size_t values = product(idx.shape);
  if (file.size() - header != values) {
    invalid(path, fmt::format("has {} values, its header says {}; fetch it again", file.size() - header, values));
  }
  idx.values = file.part(header, values);
  return idx;
}

std::size_t cifar_labels_of(CifarKind kind) { return kind == CifarKind::cifar10 ? 1 : 2; }

std::size_t cifar_records(const fs::path& path, std::size_t size, CifarKind kind) {
  const std::size_t record = cifar_labels_of(kind) + kCifarChannels * kCifarPixels;
  if (size == 0 || size % record != 0) {
    invalid(path, fmt::format("has {} bytes, which are no records of {}; give a batch of CIFAR-{}, binary version",
                              size, record, kind == CifarKind::cifar10 ? 10 : 100));
  }
  return size / record;
}

const InputInfo& only_input(const fs::path& path, const std::vector<InputInfo>& inputs) {
  if (inputs.size() == 1) return inputs.front();
  invalid(path, fmt::format("one image cannot feed {} inputs ({}); give arrays with these names", inputs.size(),
                            quoted_names(inputs)));
}

/// The input's shape with batch 1.
std::vector<std::size_t> sample_shape(const fs::path& path, const InputInfo& input, std::size_t values) {
  ov::PartialShape shape = input.shape;
  if (shape.rank().is_static() && shape.size() > 1 && shape[0].is_dynamic()) shape[0] = 1;
  if (shape.is_dynamic() || ov::shape_size(shape.to_shape()) != values) {
    invalid(path, fmt::format("its images have {} values, input '{}' takes {}; give a model for them, or its --shape",
                              values, input.name, input.shape.to_string()));
  }
  const ov::Shape fixed = shape.to_shape();
  return {fixed.begin(), fixed.end()};
}

/// Images of one size in one file.
class ImageRecords final : public Dataset {
 public:
  /// Turns the bytes of a record into the values of a sample, in the input's layout.
  using Arrange = std::function<Bytes(const Bytes&)>;

  struct Records {
    Bytes file;  ///< from the first record on
    std::size_t count = 0;
    std::size_t stride = 0;  ///< bytes from one record to the next
    std::size_t offset = 0;  ///< of the pixels in a record
    std::size_t values = 0;  ///< pixels times channels
  };

  ImageRecords(const fs::path& path, Records records, const InputInfo& input, const Preprocess& preprocess,
               Arrange arrange)
      : path_(path),
        records_(std::move(records)),
        input_(input),
        preprocess_(preprocess),
        shape_(sample_shape(path, input, records_.values)),
        arrange_(std::move(arrange)) {
    sample(0);  // what does not fit shows now
  }

  std::size_t size() const override { return records_.count; }
  std::string name(std::size_t index) const override { return fmt::format("{}[{}]", path_.filename().string(), index); }
  std::string preprocessing() const override {
    return fmt::format("{} images of bytes{}", preprocess_.color == ColorOrder::bgr ? "bgr" : "rgb",
                       array_preprocessing(preprocess_).empty() ? "" : ", " + array_preprocessing(preprocess_));
  }

  Sample sample(std::size_t index) const override {
    const NpyArray array = NpyArray::of(arrange_(pixels(index)), *raw_type("u8"), shape_, name(index)).as_single_row();
    return {{input_.name, ArrayInput(input_, array, preprocess_).tensor(0)}};
  }

  std::optional<std::uint64_t> source_fingerprint(std::size_t index) const override {
    return base::Hash().add(pixels(index).view()).number();
  }

 private:
  Bytes pixels(std::size_t index) const {
    OCTUNE_ASSERT(index < records_.count, "a sample outside the data set");
    return records_.file.part(index * records_.stride + records_.offset, records_.values);
  }

  fs::path path_;
  Records records_;
  InputInfo input_;
  Preprocess preprocess_;
  std::vector<std::size_t> shape_;
  Arrange arrange_;
};

/// Three planes, red first, as the input wants them.
Bytes arranged(const Bytes& planes, ColorOrder color, bool planar) {
  if (planar && color == ColorOrder::rgb) return planes;
  std::vector<std::byte> result(planes.size());
  for (std::size_t channel = 0; channel < kCifarChannels; ++channel) {
    const std::size_t plane = color == ColorOrder::bgr ? kCifarChannels - 1 - channel : channel;
    for (std::size_t i = 0; i < kCifarPixels; ++i) {
      result[planar ? channel * kCifarPixels + i : i * kCifarChannels + channel] =
          planes.view()[plane * kCifarPixels + i];
    }
  }
  return Bytes::own(std::move(result));
}

Labels labels_of(const fs::path& path, const Dataset& dataset, std::size_t count,
                 const std::function<std::size_t(std::size_t)>& label) {
  if (count != dataset.size()) {
    invalid(path, fmt::format("has {} labels, the data set has {} samples; give the file of the same part", count,
                              dataset.size()));
  }
  Labels labels;
  for (std::size_t i = 0; i < count; ++i) labels.emplace_back(std::to_string(label(i)));
  return labels;
}

}  // namespace

bool is_idx(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::array<char, 4> magic{};
  file.read(magic.data(), magic.size());
  return file && magic[0] == 0 && magic[1] == 0 && magic[2] == 8 && magic[3] >= 1 && magic[3] <= 4;
}

std::optional<CifarKind> cifar_kind(const std::string& option) {
  if (option == "cifar10") return CifarKind::cifar10;
  if (option == "cifar100") return CifarKind::cifar100;
  if (option == "cifar100_coarse") return CifarKind::cifar100_coarse;
  return std::nullopt;
}

std::unique_ptr<Dataset> open_idx(const fs::path& path, const std::vector<InputInfo>& inputs,
                                  const Preprocess& preprocess) {
  require_floating_input(inputs, preprocess);
  const InputInfo& input = only_input(path, inputs);
  const Idx idx = read_idx(path);
  if (idx.shape.size() < 3 || idx.shape[0] == 0) {
    invalid(path, "holds no images; give the file of the images, and that of the labels to --labels");
  }
  const std::size_t values = product({idx.shape.begin() + 1, idx.shape.end()});
  return std::make_unique<ImageRecords>(path, ImageRecords::Records{idx.values, idx.shape[0], values, 0, values}, input,
                                        preprocess, [](const Bytes& pixels) { return pixels; });
}

std::unique_ptr<Dataset> open_cifar(const fs::path& path, const std::vector<InputInfo>& inputs,
                                    const Preprocess& preprocess, CifarKind kind) {
  require_floating_input(inputs, preprocess);
  const InputInfo& input = only_input(path, inputs);
  const Bytes file = Bytes::map(path);
  const std::size_t labels = cifar_labels_of(kind);
  const std::size_t values = kCifarChannels * kCifarPixels;
  const std::size_t count = cifar_records(path, file.size(), kind);
  const ImageLayout layout = image_layout(input, preprocess.layout);
  const bool planar = layout.channel < layout.height;
  const ColorOrder color = preprocess.color;
  return std::make_unique<ImageRecords>(path, ImageRecords::Records{file, count, labels + values, labels, values},
                                        input, preprocess,
                                        [=](const Bytes& planes) { return arranged(planes, color, planar); });
}

Labels idx_labels(const fs::path& path, const Dataset& dataset) {
  const Idx idx = read_idx(path);
  if (idx.shape.size() != 1) invalid(path, "holds no labels, but images; give the file of the labels");
  return labels_of(path, dataset, idx.shape[0],
                   [&](std::size_t i) { return std::to_integer<std::size_t>(idx.values.view()[i]); });
}

Labels cifar_labels(const fs::path& path, const Dataset& dataset, CifarKind kind) {
  const Bytes file = Bytes::map(path);
  const std::size_t count = cifar_records(path, file.size(), kind);
  const std::size_t record = file.size() / count;
  const std::size_t at = kind == CifarKind::cifar100 ? 1 : 0;
  return labels_of(path, dataset, count,
                   [&](std::size_t i) { return std::to_integer<std::size_t>(file.view()[i * record + at]); });
}

}  // namespace octune::data
