// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <openvino/core/model.hpp>
#include <vector>

#include "infer/runtime.hpp"
#include "octune/dataset.hpp"

/// What a model takes of disk and memory. Both look at the model as it is written, in a temporary folder; Error{io} if
/// it cannot be written there.
namespace octune::evaluate {

/// Bytes of the .xml and the .bin.
std::uint64_t written_bytes(const std::shared_ptr<const ov::Model>& model);

/// By how much the resident memory of this process rises, at most, while the written model is read, compiled and runs
/// each sample once. Memory mapped from the file counts as far as it is touched. At least 1.
///
/// Measured within this process, so it is what the model adds, without the program and the runtime's libraries. Memory
/// that was freed before and not given back to the system is used again without being seen; it is given back beforehand
/// as far as the C library can. Nothing else may allocate at the same time. Where the system does not tell the peak
/// (Linux tells it in /proc), it is the larger of what is resident after compiling and after running.
/// Error{input} without samples or for one that does not fit.
std::uint64_t peak_memory_bytes(const infer::Runtime& runtime, const std::shared_ptr<const ov::Model>& model,
                                const infer::CompileOptions& options, const std::vector<Sample>& samples);

}  // namespace octune::evaluate
