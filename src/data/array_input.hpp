// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openvino/runtime/tensor.hpp>
#include <string>

#include "data/normalization.hpp"
#include "data/npy.hpp"
#include "data/open.hpp"

namespace octune::data {

/// The rows of an array as tensors of one model input. A row of the input's rank is fed as it is, one of one rank less
/// gets a leading axis of length 1. mean and scale change floating-point inputs only. Immutable and thread-safe.
class ArrayInput {
 public:
  /// Error{input} when type or shape of the rows do not fit the input: the message names both.
  ArrayInput(const InputInfo& input, NpyArray array, const Preprocess& preprocess);

  const std::string& name() const { return name_; }
  const NpyArray& array() const { return array_; }
  ov::Tensor tensor(std::size_t row) const;

 private:
  std::string name_;
  ov::element::Type type_;
  NpyArray array_;
  ov::Shape shape_;
  Normalization normalization_;
};

/// Error{input} when mean or scale are given and no input could take them.
void require_floating_input(const std::vector<InputInfo>& inputs, const Preprocess& preprocess);

/// Dataset::preprocessing() of arrays: mean and scale, and the layout if it says which axis they belong to. Empty where
/// they change nothing. (Types and shapes are those of the model's inputs.)
std::string array_preprocessing(const Preprocess& preprocess);

/// The arrays of an .npz for all inputs, by key. Error{input} listing keys and inputs when an input has none.
std::vector<NpyArray> arrays_of(const NpzFile& file, const std::vector<InputInfo>& inputs);

/// Names in quotes, separated by commas.
std::string quoted_names(const std::vector<InputInfo>& inputs);

}  // namespace octune::data
