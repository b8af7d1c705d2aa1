// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "data/normalization.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <set>
#include <string_view>

#include "base/suggest.hpp"
#include "data/layout.hpp"
#include "octune/error.hpp"

namespace octune::data {
namespace {

std::vector<double> expanded(const std::vector<double>& values, std::size_t count, double neutral) {
  if (values.empty()) return std::vector<double>(count, neutral);
  if (values.size() == 1) return std::vector<double>(count, values.front());
  return values;
}

/// Checks mean, scale and norm that belong to the same values.
void validate_values(const Preprocess& preprocess) {
  const auto finite = [](double value) { return std::isfinite(value); };
  const std::array<std::pair<const char*, const std::vector<double>*>, 3> lists{
      {{"mean", &preprocess.mean}, {"scale", &preprocess.scale}, {"norm", &preprocess.norm}}};
  for (const auto& [name, values] : lists) {
    if (!std::all_of(values->begin(), values->end(), finite)) {
      throw Error(ErrorKind::input, fmt::format("{}: [{}] holds a value that is not finite; give numbers", name,
                                                fmt::join(*values, ", ")));
    }
  }
  if (!preprocess.scale.empty() && !preprocess.norm.empty()) {
    throw Error(ErrorKind::input,
                "scale and norm: both are given; give scale, which is divided by, or norm, which is multiplied by");
  }
  if (std::find(preprocess.scale.begin(), preprocess.scale.end(), 0.0) != preprocess.scale.end()) {
    throw Error(ErrorKind::input,
                fmt::format("scale: [{}] holds 0, by which nothing can be divided; leave it away or give 1",
                            fmt::join(preprocess.scale, ", ")));
  }
  if (std::find(preprocess.norm.begin(), preprocess.norm.end(), 0.0) != preprocess.norm.end()) {
    throw Error(ErrorKind::input,
                fmt::format("norm: [{}] holds 0, which makes 0 of every value; leave it away or give 1",
                            fmt::join(preprocess.norm, ", ")));
  }
  for (const char* other : {"scale", "norm"}) {
    const std::vector<double>& values = other == std::string_view("scale") ? preprocess.scale : preprocess.norm;
    if (preprocess.mean.size() > 1 && values.size() > 1 && preprocess.mean.size() != values.size()) {
      throw Error(ErrorKind::input, fmt::format("mean: has {} values, {} has {}; give one value or one a channel",
                                                preprocess.mean.size(), other, values.size()));
    }
  }
}

}  // namespace

void validate(const Preprocess& preprocess) {
  validate_values(preprocess);
  std::set<std::string> named;
  for (const auto* map : {&preprocess.mean_of, &preprocess.scale_of, &preprocess.norm_of}) {
    for (const auto& [input, values] : *map) named.insert(input);
  }
  for (const std::string& input : named) validate_values(for_input(preprocess, input));
  if (preprocess.resize && (preprocess.resize->first < 1 || preprocess.resize->second < 1)) {
    throw Error(ErrorKind::input, fmt::format("resize: {}x{} is no size; give height and width of at least 1",
                                              preprocess.resize->first, preprocess.resize->second));
  }
  if (preprocess.crop && (preprocess.crop->first < 1 || preprocess.crop->second < 1)) {
    throw Error(ErrorKind::input, fmt::format("crop: {}x{} is no size; give height and width of at least 1",
                                              preprocess.crop->first, preprocess.crop->second));
  }
  for (const auto& [name, fraction] :
       {std::pair("crop", preprocess.crop_fraction), std::pair("central_fraction", preprocess.central_fraction)}) {
    if (fraction && !(*fraction > 0 && *fraction <= 1)) {
      throw Error(ErrorKind::input,
                  fmt::format("{}: {} is no part of an image; give more than 0 and at most 1", name, *fraction));
    }
  }
  if (preprocess.crop_fraction && preprocess.resize) {
    throw Error(ErrorKind::input, fmt::format("crop: {} of the image decides the size before cropping, and so does "
                                              "resize; give one of them, or crop as height,width",
                                              *preprocess.crop_fraction));
  }
  if (preprocess.sample_rate && *preprocess.sample_rate < 1) {
    throw Error(ErrorKind::input, fmt::format("sample_rate: {} is out of range; give the samples a second of the files",
                                              *preprocess.sample_rate));
  }
  if (preprocess.pad_value && !std::isfinite(*preprocess.pad_value)) {
    throw Error(ErrorKind::input, fmt::format("pad_value: {} is not finite; give a number", *preprocess.pad_value));
  }
}

Preprocess for_input(const Preprocess& preprocess, const std::string& input) {
  Preprocess own = preprocess;
  const auto replace = [&](const std::map<std::string, std::vector<double>>& named, std::vector<double>& values) {
    if (const auto found = named.find(input); found != named.end()) values = found->second;
  };
  // A factor of its own is in place of the common one, whichever way that is given.
  if (preprocess.scale_of.contains(input) && !preprocess.norm_of.contains(input)) own.norm.clear();
  if (preprocess.norm_of.contains(input) && !preprocess.scale_of.contains(input)) own.scale.clear();
  replace(preprocess.mean_of, own.mean);
  replace(preprocess.scale_of, own.scale);
  replace(preprocess.norm_of, own.norm);
  own.mean_of.clear();
  own.scale_of.clear();
  own.norm_of.clear();
  return own;
}

void require_known_inputs(const std::vector<InputInfo>& inputs, const Preprocess& preprocess) {
  std::vector<std::string> known;
  for (const InputInfo& input : inputs) known.push_back(input.name);
  for (const auto& [option, map] : {std::pair("mean", &preprocess.mean_of), std::pair("scale", &preprocess.scale_of),
                                    std::pair("norm", &preprocess.norm_of)}) {
    for (const auto& [name, values] : *map) {
      const auto input =
          std::find_if(inputs.begin(), inputs.end(), [&](const InputInfo& other) { return other.name == name; });
      if (input == inputs.end()) {
        throw Error(ErrorKind::input,
                    fmt::format("{}: the model has no input '{}'; {}", option, name, base::did_you_mean(name, known)));
      }
      if (!input->type.is_real()) {
        throw Error(ErrorKind::input, fmt::format("{}: input '{}' takes integers ('{}'), which {} would make fractions "
                                                  "of; leave it away",
                                                  option, name, input->type.to_string(), option));
      }
    }
  }
}

std::string normalization_text(const Preprocess& preprocess) {
  std::vector<std::string> parts;
  const auto add = [&](const std::string& name, std::vector<double> values, double neutral) {
    const bool equal = std::adjacent_find(values.begin(), values.end(), std::not_equal_to<>()) == values.end();
    if (equal) values.resize(std::min<std::size_t>(values.size(), 1));
    if (values.empty() || (equal && values.front() == neutral)) return;
    parts.push_back(fmt::format("{} [{}]", name, fmt::join(values, ", ")));
  };
  add("mean", preprocess.mean, 0);
  add("scale", preprocess.scale, 1);
  add("norm", preprocess.norm, 1);
  // Their neutral values stand, too: they replace the common ones.
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  for (const auto& [name, values] : preprocess.mean_of) add(name + ": mean", values, kNone);
  for (const auto& [name, values] : preprocess.scale_of) add(name + ": scale", values, kNone);
  for (const auto& [name, values] : preprocess.norm_of) add(name + ": norm", values, kNone);
  return fmt::format("{}", fmt::join(parts, ", "));
}

Normalization::Normalization(const Preprocess& common, const InputInfo& input) {
  const Preprocess preprocess = for_input(common, input.name);
  if (preprocess.mean.empty() && preprocess.scale.empty() && preprocess.norm.empty()) return;
  const ov::Shape shape = input.shape.to_shape();
  const std::size_t count =
      std::max({preprocess.mean.size(), preprocess.scale.size(), preprocess.norm.size(), std::size_t{1}});
  if (count == 1) {
    inner_ = ov::shape_size(shape);
  } else {
    const std::size_t axis = channel_axis(input, preprocess.layout);
    if (shape[axis] != count) {
      throw Error(
          ErrorKind::input,
          fmt::format("{}: has {} values, input '{}' of shape {} has {} channels; give one value or one a channel",
                      preprocess.mean.size() == count    ? "mean"
                      : preprocess.scale.size() == count ? "scale"
                                                         : "norm",
                      count, input.name, input.shape.to_string(), shape[axis]));
    }
    for (std::size_t i = 0; i < axis; ++i) outer_ *= shape[i];
    for (std::size_t i = axis + 1; i < shape.size(); ++i) inner_ *= shape[i];
  }
  mean_ = expanded(preprocess.mean, count, 0.0);
  step_ = preprocess.norm.empty() ? Step::divide : Step::multiply;
  factor_ = expanded(step_ == Step::divide ? preprocess.scale : preprocess.norm, count, 1.0);
}

double Normalization::of(double value, std::size_t channel) const {
  if (is_identity()) return value;
  const std::size_t k = mean_.size() == 1 ? 0 : channel;
  return step_ == Step::divide ? (value - mean_[k]) / factor_[k] : (value - mean_[k]) * factor_[k];
}

double Normalization::before(double result, std::size_t channel) const {
  if (is_identity()) return result;
  const std::size_t k = mean_.size() == 1 ? 0 : channel;
  return (step_ == Step::divide ? result * factor_[k] : result / factor_[k]) + mean_[k];
}

template <class T>
void Normalization::apply(T* values) const {
  if (is_identity()) return;
  const auto each = [&](auto step) {
    const std::vector<T> mean(mean_.begin(), mean_.end());
    const std::vector<T> factor(factor_.begin(), factor_.end());
    for (std::size_t i = 0; i < outer_; ++i) {
      for (std::size_t c = 0; c < mean.size(); ++c, values += inner_) {
        const T m = mean[c];
        const T f = factor[c];
        for (std::size_t k = 0; k < inner_; ++k) values[k] = step(values[k] - m, f);
      }
    }
  };
  if (step_ == Step::divide) {
    each([](T value, T factor) { return value / factor; });
  } else {
    each([](T value, T factor) { return value * factor; });
  }
}

template void Normalization::apply(float*) const;
template void Normalization::apply(double*) const;

}  // namespace octune::data
