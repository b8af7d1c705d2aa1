// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <openvino/core/model.hpp>

namespace octune::quantization {

/// A convolution or MatMul that multiplies integers made by conversion from 8 bits: ConvInteger and MatMulInteger of
/// ONNX.
bool is_integer_layer(const ov::Node& node);

/// Turns layers behind ONNX's DynamicQuantizeLinear back into floating-point layers. As read, a sample's own range
/// r = max(x, 0) - min(x, 0) gives q = clamp(round(x * 255 / r) + z), and the layer computes
/// (q - z) (w - z_w) * (r / 255) * s_w. That is x (w - z_w) * s_w but for rounding, so the layer reads x, and the
/// factor r / 255 becomes 1. Returns how many layers were turned; those that look otherwise stay.
std::size_t take_out_dynamic_quantization(ov::Model& model);

}  // namespace octune::quantization
