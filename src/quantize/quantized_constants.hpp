// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <openvino/core/node.hpp>
#include <openvino/op/constant.hpp>
#include <optional>
#include <string>
#include <vector>

#include "octune/plan.hpp"
#include "octune/statistics.hpp"
#include "quantize/bias.hpp"
#include "quantize/weights.hpp"

namespace octune::quantization {

/// What a quantizer of weights made of the constant that its consumer reads.
struct QuantizedConstant {
  std::shared_ptr<ov::Node> node;  ///< of integers; shared by operations that read one constant in the same way
  /// What each output channel of the consumer loses in the mean, if the plan corrects it fast.
  std::optional<SplitMeans> lost{};
  /// The constant in float, if the plan corrects the consumer sequentially.
  std::shared_ptr<ov::op::v0::Constant> original{};
};

/// Quantizes all weights of `plan`: one entry a quantizer, in the order of plan.quantizers (of activations: empty).
/// `nodes` are those of the model, by name. The same for any number of threads (0: all cores).
std::vector<QuantizedConstant> quantize_constants(const std::map<std::string, std::shared_ptr<ov::Node>>& nodes,
                                                  const Plan& plan, const Statistics& statistics, int threads);

}  // namespace octune::quantization
