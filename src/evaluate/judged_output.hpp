// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <openvino/core/model.hpp>
#include <string_view>

#include "octune/metric.hpp"

/// Which of several outputs of a model a metric looks at.
namespace octune::evaluate {

/// `metric` as if the model had this output alone. Its scores throw Error{input} if there are not as many outputs.
std::unique_ptr<Metric> of_output(std::unique_ptr<Metric> metric, std::size_t output);

/// The position of an output of `model` from its name (of the tensor or of the operation that makes it) or from its
/// number; Error{input} with did-you-mean otherwise.
std::size_t output_index(const ov::Model& model, std::string_view name);

}  // namespace octune::evaluate
