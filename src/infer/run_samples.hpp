// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <openvino/runtime/compiled_model.hpp>
#include <openvino/runtime/infer_request.hpp>
#include <span>
#include <string_view>

#include "octune/dataset.hpp"
#include "octune/observer.hpp"

namespace octune::infer {

/// `sample` as `model` wants it: every input present and known by one of its names (an empty name stands for the only
/// input), a rank one lower gets a leading 1, element types are converted where no value is lost, and no NaN or infinity in
/// floating-point data. Error{input} "<sample name>: input 'x' ..." otherwise.
Sample fit_sample(Sample sample, std::string_view sample_name, std::span<const ov::Output<const ov::Node>> inputs);

/// Called in the order of `indices`, from the calling thread; the request's outputs are valid only during the call.
using ResultHandler = std::function<void(std::size_t position, ov::InferRequest& request)>;

/// Runs the samples `indices` of `dataset` through `model`, several requests in flight (one a stream, and one more that
/// is being prepared), and hands the results over in order. Reports progress under `stage`.
/// Throws Interrupted when the observer asks to stop, Error{input} for samples that do not fit.
void run_samples(const ov::CompiledModel& model, const Dataset& dataset, std::span<const std::size_t> indices,
                 std::string_view stage, Observer* observer, const ResultHandler& on_result);

}  // namespace octune::infer
