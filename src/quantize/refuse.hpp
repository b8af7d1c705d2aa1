// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openvino/core/model.hpp>

namespace octune::quantization {

/// Throws Error{unsupported} that names the first FakeQuantize or FakeConvert of a model that is quantized already.
void refuse_quantized(const ov::Model& model);

}  // namespace octune::quantization
