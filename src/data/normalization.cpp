// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "data/normalization.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "data/layout.hpp"
#include "octune/error.hpp"

namespace octune::data {
namespace {

std::vector<double> expanded(const std::vector<double>& values, std::size_t count, double neutral) {
  if (values.empty()) return std::vector<double>(count, neutral);
  if (values.size() == 1) return std::vector<double>(count, values.front());
  return values;
}

}  // namespace

void validate(const Preprocess& preprocess) {
  const auto finite = [](double value) { return std::isfinite(value); };
  for (const auto& [name, values] : {std::pair("mean", &preprocess.mean), std::pair("scale", &preprocess.scale)}) {
    if (!std::all_of(values->begin(), values->end(), finite)) {
      throw Error(ErrorKind::input, fmt::format("{}: [{}] holds a value that is not finite; give numbers", name,
                                                fmt::join(*values, ", ")));
    }
  }
  if (std::find(preprocess.scale.begin(), preprocess.scale.end(), 0.0) != preprocess.scale.end()) {
    throw Error(ErrorKind::input,
                fmt::format("scale: [{}] holds 0, by which nothing can be divided; leave it away or give 1",
                            fmt::join(preprocess.scale, ", ")));
  }
  if (preprocess.mean.size() > 1 && preprocess.scale.size() > 1 && preprocess.mean.size() != preprocess.scale.size()) {
    throw Error(ErrorKind::input, fmt::format("mean: has {} values, scale has {}; give one value or one a channel",
                                              preprocess.mean.size(), preprocess.scale.size()));
  }
  if (preprocess.resize && (preprocess.resize->first < 1 || preprocess.resize->second < 1)) {
    throw Error(ErrorKind::input, fmt::format("resize: {}x{} is no size; give height and width of at least 1",
                                              preprocess.resize->first, preprocess.resize->second));
  }
  if (preprocess.pad_value && !finite(*preprocess.pad_value)) {
    throw Error(ErrorKind::input, fmt::format("pad_value: {} is not finite; give a number", *preprocess.pad_value));
  }
}

std::string normalization_text(const std::vector<double>& mean, const std::vector<double>& scale) {
  std::vector<std::string> parts;
  const auto add = [&](const char* name, std::vector<double> values, double neutral) {
    const bool equal = std::adjacent_find(values.begin(), values.end(), std::not_equal_to<>()) == values.end();
    if (equal) values.resize(std::min<std::size_t>(values.size(), 1));
    if (values.empty() || (equal && values.front() == neutral)) return;
    parts.push_back(fmt::format("{} [{}]", name, fmt::join(values, ", ")));
  };
  add("mean", mean, 0);
  add("scale", scale, 1);
  return fmt::format("{}", fmt::join(parts, ", "));
}

Normalization::Normalization(const Preprocess& preprocess, const InputInfo& input) {
  if (preprocess.mean.empty() && preprocess.scale.empty()) return;
  const ov::Shape shape = input.shape.to_shape();
  const std::size_t count = std::max({preprocess.mean.size(), preprocess.scale.size(), std::size_t{1}});
  if (count == 1) {
    inner_ = ov::shape_size(shape);
  } else {
    const std::size_t axis = channel_axis(input, preprocess.layout);
    if (shape[axis] != count) {
      throw Error(
          ErrorKind::input,
          fmt::format("{}: has {} values, input '{}' of shape {} has {} channels; give one value or one a channel",
                      preprocess.mean.size() == count ? "mean" : "scale", count, input.name, input.shape.to_string(),
                      shape[axis]));
    }
    for (std::size_t i = 0; i < axis; ++i) outer_ *= shape[i];
    for (std::size_t i = axis + 1; i < shape.size(); ++i) inner_ *= shape[i];
  }
  mean_ = expanded(preprocess.mean, count, 0.0);
  scale_ = expanded(preprocess.scale, count, 1.0);
}

template <class T>
void Normalization::apply(T* values) const {
  if (is_identity()) return;
  const std::vector<T> mean(mean_.begin(), mean_.end());
  const std::vector<T> scale(scale_.begin(), scale_.end());
  for (std::size_t i = 0; i < outer_; ++i) {
    for (std::size_t c = 0; c < mean.size(); ++c, values += inner_) {
      const T m = mean[c];
      const T s = scale[c];
      for (std::size_t k = 0; k < inner_; ++k) values[k] = (values[k] - m) / s;
    }
  }
}

template void Normalization::apply(float*) const;
template void Normalization::apply(double*) const;

}  // namespace octune::data
