// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <openvino/core/model.hpp>
#include <span>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "calibration/data_quality.hpp"
#include "octune/dataset.hpp"
#include "octune/statistics.hpp"

/// Samples and statistics that tests judge the quality of.
namespace octune::calibration {

template <class Number>
inline ov::Tensor tensor(const ov::Shape& shape, ov::element::Type type, const std::vector<Number>& values) {
  ov::Tensor result(type, shape);
  std::copy(values.begin(), values.end(), static_cast<Number*>(result.data()));
  return result;
}

inline ov::Tensor filled(const ov::Shape& shape, float value) {
  return tensor(shape, ov::element::f32, std::vector<float>(ov::shape_size(shape), value));
}

/// Normal noise around zero, other values for every seed; its widest value is set to `reach`, if that is not 0.
inline ov::Tensor noise(const ov::Shape& shape, std::uint64_t seed, float factor = 1) {
  base::RandomStream random(seed);
  ov::Tensor result(ov::element::f32, shape);
  for (std::size_t i = 0; i < result.get_size(); ++i) {
    double sum = 0;
    for (int k = 0; k < 4; ++k) sum += random.uniform() - 0.5;
    result.data<float>()[i] = static_cast<float>(sum) * factor;
  }
  return result;
}

/// Whole numbers from 0 to 255.
inline ov::Tensor pixels(const ov::Shape& shape, std::uint64_t seed) {
  base::RandomStream random(seed);
  ov::Tensor result(ov::element::f32, shape);
  for (std::size_t i = 0; i < result.get_size(); ++i)
    result.data<float>()[i] = static_cast<float>(static_cast<int>(256 * random.uniform()));
  return result;
}

inline ov::Tensor integers(const ov::Shape& shape, const std::vector<std::int64_t>& values) {
  return tensor(shape, ov::element::i64, values);
}

/// Samples in memory, called s0, s1, ... unless they have names.
class Samples : public Dataset {
 public:
  std::size_t size() const override { return std::max(samples.size(), names.size()); }
  Sample sample(std::size_t index) const override { return samples.at(index); }
  std::string name(std::size_t index) const override {
    return index < names.size() ? names[index] : fmt::format("s{}", index);
  }

  std::vector<Sample> samples;
  std::vector<std::string> names;
};

/// Images of noise as normalised pixels are: nothing to say about them.
inline Samples good_images(std::size_t count = 12) {
  Samples data;
  for (std::size_t i = 0; i < count; ++i) data.samples.push_back({{"x", noise({1, 3, 16, 16}, i + 1)}});
  return data;
}

inline void watch(const Samples& data, std::size_t position, DataQuality& quality) {
  quality.sample(position, position, data.samples[position], data.samples[position]);
}

inline void watch_all(const Samples& data, DataQuality& quality) {
  for (std::size_t i = 0; i < data.samples.size(); ++i) watch(data, i, quality);
}

inline std::vector<std::string> texts(const std::vector<DataFinding>& findings) {
  std::vector<std::string> result;
  for (const DataFinding& finding : findings) {
    result.push_back((finding.severity == Severity::warning ? "warning: " : "info: ") + finding.text);
  }
  return result;
}

inline std::vector<std::string> findings(const Samples& data, const Statistics& statistics = Statistics(),
                                         const std::shared_ptr<ov::Model>& model = nullptr) {
  DataQuality quality(data, data.samples.size(), {.model = model.get()});
  watch_all(data, quality);
  return texts(quality.findings(statistics));
}

inline StatisticRequest request(const std::string& node, Reduction reduction) { return {{node, 0}, reduction, 0, {}}; }

inline void fill(Statistics& statistics, const std::string& node, Reduction reduction,
                 const std::vector<float>& values) {
  for (const float& value : values) statistics[request(node, reduction)].add(std::span(&value, 1));
  statistics.set_seen(request(node, reduction), values.size());
}

/// `tensors` tensors whose widths alternate between 1 - spread and 1 + spread.
inline Statistics alternating(std::size_t samples, std::size_t tensors, float spread, std::size_t sequence_length = 1) {
  Statistics statistics(samples, sequence_length);
  const std::size_t rows = samples / sequence_length;
  for (std::size_t t = 0; t < tensors; ++t) {
    std::vector<float> widths;
    for (std::size_t i = 0; i < rows; ++i) widths.push_back(i % 2 == 0 ? 1 - spread : 1 + spread);
    fill(statistics, fmt::format("t{}", t), Reduction::max, widths);
    statistics.set_seen(request(fmt::format("t{}", t), Reduction::max), samples);
  }
  return statistics;
}

}  // namespace octune::calibration
