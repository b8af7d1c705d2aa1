// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "data/open.hpp"

namespace octune::data {

/// Checks what of the preprocessing does not depend on the input. Error{input} naming the option.
void validate(const Preprocess& preprocess);

/// What `preprocess` does to the values of the input of this name: its own mean, scale and norm in place of the common
/// ones.
Preprocess for_input(const Preprocess& preprocess, const std::string& input);

/// Error{input} with did-you-mean if mean, scale or norm are given for an input that the model does not have.
void require_known_inputs(const std::vector<InputInfo>& inputs, const Preprocess& preprocess);

/// "mean [127.5], scale [127.5]": one value where all are equal, nothing where none changes anything; the same text for
/// the same effect. What is given for inputs by name follows: "x: mean [3]".
std::string normalization_text(const Preprocess& preprocess);

/// y = (x - mean[c]) / scale[c], or (x - mean[c]) * norm[c], for every value x of channel c.
class Normalization {
 public:
  /// Nothing is changed.
  Normalization() = default;
  /// One value of mean, scale or norm serves all channels; several need an input whose channel axis is known and has as
  /// many. `input` has a static shape. Error{input} otherwise.
  Normalization(const Preprocess& preprocess, const InputInfo& input);

  bool is_identity() const { return mean_.empty(); }
  /// What becomes of a value of this channel, and the value that becomes `result`.
  double of(double value, std::size_t channel) const;
  double before(double result, std::size_t channel) const;

  /// In place, on a dense tensor of the input's shape. T: float or double.
  template <class T>
  void apply(T* values) const;

 private:
  enum class Step { divide, multiply };

  std::vector<double> mean_;  ///< one a channel, or one; as many as factor_
  std::vector<double> factor_;
  Step step_ = Step::divide;
  std::size_t outer_ = 1;  ///< product of the lengths before the channel axis
  std::size_t inner_ = 1;  ///< and behind it
};

}  // namespace octune::data
