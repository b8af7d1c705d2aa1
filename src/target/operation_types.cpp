// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "target/operation_types.hpp"

#include <map>
#include <openvino/opsets/opset.hpp>
#include <set>

namespace octune::target {

const std::vector<std::string>& known_operation_types() {
  static const std::vector<std::string> types = [] {
    std::set<std::string> names{"DepthwiseConvolution", "Embedding"};
    for (const auto& [name, operation_set] : ov::get_available_opsets()) {
      for (const ov::NodeTypeInfo& type : operation_set().get_types_info()) names.insert(type.name);
    }
    return std::vector<std::string>(names.begin(), names.end());
  }();
  return types;
}

std::size_t most_inputs(const std::string& type) {
  // From OpenVINO's operation specifications: the types that compute, and some that move values.
  static const std::map<std::string, std::size_t> counts{{"Abs", 1},
                                                         {"AdaptiveAvgPool", 2},
                                                         {"AdaptiveMaxPool", 2},
                                                         {"Add", 2},
                                                         {"AvgPool", 1},
                                                         {"Clamp", 1},
                                                         {"Convolution", 2},
                                                         {"ConvolutionBackpropData", 3},
                                                         {"DeformableConvolution", 4},
                                                         {"DepthwiseConvolution", 2},
                                                         {"Divide", 2},
                                                         {"Embedding", 3},
                                                         {"Equal", 2},
                                                         {"Exp", 1},
                                                         {"FloorMod", 2},
                                                         {"GRUCell", 5},
                                                         {"GRUSequence", 6},
                                                         {"Gather", 3},
                                                         {"Gelu", 1},
                                                         {"Greater", 2},
                                                         {"GreaterEqual", 2},
                                                         {"GroupConvolution", 2},
                                                         {"GroupConvolutionBackpropData", 3},
                                                         {"GroupNormalization", 3},
                                                         {"Interpolate", 4},
                                                         {"LSTMCell", 6},
                                                         {"LSTMSequence", 7},
                                                         {"Less", 2},
                                                         {"LessEqual", 2},
                                                         {"MVN", 2},
                                                         {"MatMul", 2},
                                                         {"MaxPool", 1},
                                                         {"Maximum", 2},
                                                         {"Minimum", 2},
                                                         {"Multiply", 2},
                                                         {"NormalizeL2", 2},
                                                         {"NotEqual", 2},
                                                         {"PRelu", 2},
                                                         {"Power", 2},
                                                         {"RNNCell", 5},
                                                         {"RNNSequence", 6},
                                                         {"ReduceL1", 2},
                                                         {"ReduceL2", 2},
                                                         {"ReduceMax", 2},
                                                         {"ReduceMean", 2},
                                                         {"ReduceMin", 2},
                                                         {"ReduceSum", 2},
                                                         {"Relu", 1},
                                                         {"Reshape", 2},
                                                         {"ScaledDotProductAttention", 6},
                                                         {"Sigmoid", 1},
                                                         {"Softmax", 1},
                                                         {"SquaredDifference", 2},
                                                         {"Subtract", 2},
                                                         {"Swish", 2},
                                                         {"Tanh", 1},
                                                         {"Transpose", 2}};
  const auto found = counts.find(type);
  constexpr std::size_t kAnyNumber = 64;
  return found == counts.end() ? kAnyNumber : found->second;
}

}  // namespace octune::target
