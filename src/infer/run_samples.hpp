// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <openvino/runtime/compiled_model.hpp>
#include <openvino/runtime/infer_request.hpp>
#include <span>
#include <string>
#include <string_view>

#include "octune/dataset.hpp"
#include "octune/observer.hpp"

namespace octune::infer {

/// How samples and messages call a model's input: a name of its tensor, or of its node if the tensor has none.
std::string input_name(const ov::Output<const ov::Node>& input);

/// `sample` as `model` wants it, keyed by input_name(): every input present and known by one of its names (an empty
/// name stands for the only input), a rank one lower gets a leading 1, element types are converted where no value is
/// lost in kind (integers that fit, any number to floating point), and no NaN or infinity in floating-point data.
/// Memory is shared with the given tensors where nothing is converted. Error{input} "<sample name>: input 'x' ..."
/// otherwise.
Sample fit_sample(Sample sample, std::string_view sample_name, std::span<const ov::Output<const ov::Node>> inputs);

/// Called in the order of `indices`, from the calling thread; the request's outputs are valid only during the call.
using ResultHandler = std::function<void(std::size_t position, ov::InferRequest& request)>;

/// Runs the samples `indices` of `dataset` through `model`, several requests in flight (two a stream, so that none
/// idles while the calling thread prepares the next sample), and hands the results over in order. Samples that take
/// long to decode are decoded by further threads, a few ahead. Reports progress under `stage`.
///
/// A model with state starts every sequence of the dataset (with sequence_length() 1: every sample) with its initial
/// state and keeps it while consecutive samples of one sequence follow each other; one request runs at a time then.
///
/// Throws Interrupted when the observer asks to stop, after whole sequences only and with the results of all of their
/// samples handed over; Error{input} for samples that do not fit, Error{runtime} naming the sample when inference
/// fails, always of the first sample that has an error; no request is in flight any more then.
void run_samples(const ov::CompiledModel& model, const Dataset& dataset, std::span<const std::size_t> indices,
                 std::string_view stage, Observer* observer, const ResultHandler& on_result);

/// Whether the sample at `position` goes on with the sequence of the sample before it.
bool goes_on_with_sequence(std::span<const std::size_t> indices, std::size_t position, std::size_t sequence_length);

/// The compiled model that is to run a sample that fits. Called in order, from the calling thread.
using ModelChoice = std::function<ov::CompiledModel&(const Sample& fitted)>;

/// Looks at a sample, as the data set gave it and as the model is fed it. Called once for every sample, by the threads
/// that decode: several at once, in any order, also for samples that an interruption leaves without a result.
using SampleHook = std::function<void(std::size_t position, const Sample& decoded, const Sample& fitted)>;

/// The same with several compiled forms of one model, whose inputs are `inputs`; `in_flight` requests at once, and as
/// many samples decoded ahead at most.
void run_samples(const ModelChoice& choose_model, std::span<const ov::Output<const ov::Node>> inputs,
                 std::size_t in_flight, const Dataset& dataset, std::span<const std::size_t> indices,
                 std::string_view stage, Observer* observer, const ResultHandler& on_result,
                 const SampleHook& on_decoded = {});

}  // namespace octune::infer
