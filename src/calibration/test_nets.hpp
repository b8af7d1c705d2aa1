// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <openvino/opsets/opset13.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "octune/dataset.hpp"
#include "octune/statistics.hpp"

/// Small networks and samples that several tests collect statistics from.
namespace octune::calibration {

namespace ops = ov::opset13;

inline constexpr std::optional<std::size_t> kWhole;

template <class T>
std::shared_ptr<T> named(const std::string& name, std::shared_ptr<T> node) {
  node->set_friendly_name(name);
  return node;
}

inline std::shared_ptr<ops::Parameter> parameter(const ov::PartialShape& shape,
                                                 ov::element::Type type = ov::element::f32) {
  auto node = named("x", std::make_shared<ops::Parameter>(type, shape));
  node->get_output_tensor(0).set_names({"x"});
  return node;
}

inline std::shared_ptr<ov::Model> model_of(const ov::OutputVector& outputs, const std::shared_ptr<ops::Parameter>& x) {
  return std::make_shared<ov::Model>(outputs, ov::ParameterVector{x});
}

/// Uniform in -1..1.
inline std::vector<float> noise(std::size_t count, std::uint64_t seed) {
  base::RandomStream random(seed);
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>(2 * random.uniform() - 1);
  return values;
}

class Tensors : public Dataset {
 public:
  std::size_t size() const override { return samples.size(); }
  Sample sample(std::size_t index) const override { return {{"x", samples[index]}}; }
  std::string name(std::size_t index) const override { return fmt::format("s{}.png", index); }

  Tensors& add(const ov::Shape& shape, const std::vector<float>& values) {
    samples.emplace_back(ov::element::f32, shape);
    std::copy(values.begin(), values.end(), samples.back().data<float>());
    return *this;
  }

  std::vector<ov::Tensor> samples;
};

inline Tensors noise_samples(std::size_t count, const ov::Shape& shape) {
  Tensors data;
  for (std::size_t i = 0; i < count; ++i) data.add(shape, noise(ov::shape_size(shape), i + 1));
  return data;
}

/// conv 3x3 (4 channels) -> relu -> twice the value -> transpose -> MatMul "fc" over the channels.
inline std::shared_ptr<ov::Model> small_net(const ov::PartialShape& shape) {
  const auto x = parameter(shape);
  const auto w = ops::Constant::create(ov::element::f32, {4, 3, 3, 3}, noise(4 * 27, 99));
  const auto conv = named("conv", std::make_shared<ops::Convolution>(x, w, ov::Strides{1, 1}, ov::CoordinateDiff{1, 1},
                                                                     ov::CoordinateDiff{1, 1}, ov::Strides{1, 1}));
  const auto relu = named("relu", std::make_shared<ops::Relu>(conv));
  const auto scaled =
      named("scaled", std::make_shared<ops::Multiply>(relu, ops::Constant::create(ov::element::f32, {}, {-2.0F})));
  const auto order = ops::Constant::create(ov::element::i64, {4}, {0, 2, 3, 1});
  const auto transposed = named("transposed", std::make_shared<ops::Transpose>(scaled, order));
  const auto fc = named(
      "fc", std::make_shared<ops::MatMul>(transposed, ops::Constant::create(ov::element::f32, {4, 5}, noise(20, 98))));
  return model_of({fc}, x);
}

/// To the bit.
inline bool identical(const Statistics& a, const Statistics& b) {
  if (a.series().size() != b.series().size()) return false;
  for (const auto& [request, series] : a.series()) {
    const Series& other = b.at(request);
    if (series.rows.read() != other.rows.read() || series.lowest != other.lowest || series.highest != other.highest ||
        series.sum != other.sum || series.even_sum != other.even_sum)
      return false;
  }
  for (const StatisticRequest& request : a.requests()) {
    if (a.seen(request) != b.seen(request)) return false;
    if (request.reduction != Reduction::histogram) continue;
    const std::vector<ValueHistogram>&left = a.histograms(request), &right = b.histograms(request);
    if (left.size() != right.size()) return false;
    for (std::size_t c = 0; c < left.size(); ++c) {
      if (left[c].counts() != right[c].counts() || left[c].lowest() != right[c].lowest() ||
          left[c].highest() != right[c].highest())
        return false;
    }
  }
  return true;
}

}  // namespace octune::calibration
