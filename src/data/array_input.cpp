// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "data/array_input.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <type_traits>

#include "base/suggest.hpp"
#include "data/element.hpp"
#include "octune/error.hpp"

namespace octune::data {
namespace {

/// The static shape of the tensors made of the array's rows.
ov::Shape tensor_shape(const InputInfo& input, const NpyArray& array) {
  array.rows();  // a single value has no rows: say that first
  const std::vector<std::size_t> row = array.row_shape();
  ov::Shape shape(row.begin(), row.end());
  if (input.shape.rank().is_static() && shape.size() + 1 == input.shape.size()) shape.insert(shape.begin(), 1);
  if (!input.shape.compatible(ov::PartialShape(shape))) {
    throw Error(
        ErrorKind::input,
        fmt::format("{}: its rows (first axis = samples) have shape [{}], input '{}' wants {}; give rows of that "
                    "shape or of the same without the leading 1, or change the model's with --shape",
                    array.where(), fmt::join(row, ","), input.name, input.shape.to_string()));
  }
  return shape;
}

}  // namespace

ArrayInput::ArrayInput(const InputInfo& input, NpyArray array, const Preprocess& preprocess)
    : name_(input.name), type_(input.type), array_(std::move(array)), shape_(tensor_shape(input, array_)) {
  if (!array_.type().is_number()) {
    throw Error(ErrorKind::input, fmt::format("{}: holds strings ('{}'), input '{}' wants '{}'; give numbers",
                                              array_.where(), array_.type().text, name_, type_.to_string()));
  }
  if (array_.type().kind == NpyKind::floating && !type_.is_real()) {
    throw Error(ErrorKind::input,
                fmt::format("{}: holds fractions ('{}'), input '{}' wants '{}'; convert it with astype()",
                            array_.where(), array_.type().text, name_, type_.to_string()));
  }
  visit_element(type_, name_, [](auto) {});  // an unknown type is reported now, not at the first sample
  if (type_.is_real()) normalization_ = Normalization(preprocess, {name_, ov::PartialShape(shape_), type_});
}

ov::Tensor ArrayInput::tensor(std::size_t row) const {
  ov::Tensor tensor(type_, shape_);
  visit_element(type_, name_, [&]<class T>(T) {
    T* out = static_cast<T*>(tensor.data());
    if constexpr (std::is_floating_point_v<T>) {
      array_.read_row(row, out);
      normalization_.apply(out);
    } else if (normalization_.is_identity()) {
      array_.read_row(row, out);
    } else {  // 16-bit floating point: mean and scale in 32 bits
      std::vector<float> values(array_.row_size());
      array_.read_row(row, values.data());
      normalization_.apply(values.data());
      for (std::size_t i = 0; i < values.size(); ++i) out[i] = static_cast<T>(values[i]);
    }
  });
  return tensor;
}

void require_floating_input(const std::vector<InputInfo>& inputs, const Preprocess& preprocess) {
  require_known_inputs(inputs, preprocess);
  if (preprocess.mean.empty() && preprocess.scale.empty() && preprocess.norm.empty()) return;
  const bool any =
      std::any_of(inputs.begin(), inputs.end(), [](const InputInfo& input) { return input.type.is_real(); });
  if (any) return;
  throw Error(ErrorKind::input,
              fmt::format("{}: no input takes fractions (inputs: {}); leave them away",
                          preprocess.norm.empty() ? "mean and scale" : "mean and norm", quoted_names(inputs)));
}

std::string array_preprocessing(const Preprocess& preprocess) {
  const auto several = [](const auto& named) { return named.second.size() > 1; };
  bool per_channel = std::max({preprocess.mean.size(), preprocess.scale.size(), preprocess.norm.size()}) > 1;
  for (const auto* map : {&preprocess.mean_of, &preprocess.scale_of, &preprocess.norm_of}) {
    per_channel = per_channel || std::any_of(map->begin(), map->end(), several);
  }
  std::string text = normalization_text(preprocess);
  if (!text.empty() && per_channel && !preprocess.layout.empty()) text += ", layout " + preprocess.layout;
  return text;
}

std::vector<NpyArray> arrays_of(const NpzFile& file, const std::vector<InputInfo>& inputs) {
  std::vector<NpyArray> arrays;
  for (const InputInfo& input : inputs) {
    if (!file.contains(input.name)) {
      const std::vector<std::string> near = base::closest(input.name, file.keys(), 1);
      throw Error(ErrorKind::input,
                  fmt::format("{}: has no key '{}'; {}rename it or write {}={}:KEY (keys: {}; inputs: {})", file.path(),
                              input.name, near.empty() ? "" : fmt::format("did you mean '{}'? ", near.front()),
                              input.name, file.path(), fmt::join(file.keys(), ", "), quoted_names(inputs)));
    }
    arrays.push_back(file.array(input.name));
  }
  return arrays;
}

std::string quoted_names(const std::vector<InputInfo>& inputs) {
  std::vector<std::string> names;
  for (const InputInfo& input : inputs) names.push_back("'" + input.name + "'");
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace octune::data
