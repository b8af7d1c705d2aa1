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

/// "mean [127.5], scale [127.5]": one value where all are equal, nothing where none changes anything; the same text for
/// the same effect.
std::string normalization_text(const std::vector<double>& mean, const std::vector<double>& scale);

/// y = (x - mean[c]) / scale[c] for every value x of channel c.
class Normalization {
 public:
  /// Nothing is changed.
  Normalization() = default;
  /// One value of mean or scale serves all channels; several need an input whose channel axis is known and has as many.
  /// `input` has a static shape. Error{input} otherwise.
  Normalization(const Preprocess& preprocess, const InputInfo& input);

  bool is_identity() const { return mean_.empty(); }
  double mean(std::size_t channel) const { return is_identity() ? 0.0 : mean_[mean_.size() == 1 ? 0 : channel]; }
  double scale(std::size_t channel) const { return is_identity() ? 1.0 : scale_[scale_.size() == 1 ? 0 : channel]; }

  /// In place, on a dense tensor of the input's shape. T: float or double.
  template <class T>
  void apply(T* values) const;

 private:
  std::vector<double> mean_;  ///< one a channel, or one; as many as scale_
  std::vector<double> scale_;
  std::size_t outer_ = 1;  ///< product of the lengths before the channel axis
  std::size_t inner_ = 1;  ///< and behind it
};

}  // namespace octune::data
