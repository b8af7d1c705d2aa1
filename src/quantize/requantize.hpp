// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <openvino/core/model.hpp>
#include <string>
#include <vector>

#include "octune/options.hpp"
#include "octune/plan.hpp"

/// Models that arrive quantized. FakeQuantize is what OpenVINO's own tools leave, and what its reader makes of ONNX's
/// QuantizeLinear: FakeQuantize to the numbers of the integer type, Convert to it and back, [Subtract zero point],
/// Multiply scale. FakeConvert does the same for 8-bit floating point. ONNX's dynamic quantization computes ranges from
/// each sample and multiplies integers.
namespace octune::quantization {

/// How much of what a model (and the bodies of its sub-graphs) is quantized with.
struct QuantizationFound {
  std::size_t fake_quantize = 0;
  std::size_t fake_convert = 0;
  std::size_t integer_layers = 0;  ///< convolutions and MatMul that read integers: dynamic quantization
  std::string first;               ///< the first of them

  bool any() const { return fake_quantize + fake_convert + integer_layers != 0; }
  std::string text() const;  ///< "12 FakeQuantize, 3 layers on integers; the first is 'x'"
};

QuantizationFound find_quantization(const ov::Model& model);

struct FloatModel {
  std::shared_ptr<const ov::Model> model;
  std::vector<std::string> warnings;
};

/// The model to be normalised and planned. Of a quantized one: Error{unsupported} that says what was found and what to
/// do, or, if it is to be requantized, a copy without quantization and a warning that lost accuracy does not come back:
/// - FakeQuantize, FakeConvert and conversions to integers and back are bypassed. A FakeQuantize from zero behind a
///   layer or a sum stands for the ReLU or Clip that a tool has absorbed in it: it becomes a Clamp to its range;
/// - dynamically quantized layers read the floating-point tensor again;
/// - constants behind Convert, Subtract and Multiply, or FakeQuantize, become floating-point constants.
/// With AlreadyQuantized::requantize weights that are merely stored in integers become floating-point constants, too.
FloatModel floating_point_model(const std::shared_ptr<const ov::Model>& model, AlreadyQuantized already_quantized);

/// Says of how many operations the weights are compressed already and stay as they are; empty if of none.
std::string warning_about_compressed_weights(const Plan& plan);

}  // namespace octune::quantization
