// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <openvino/core/model.hpp>
#include <vector>

/// Tiny models for tests, built with fixed seeds.
namespace octune::testing {

/// `count` numbers of a normal distribution, the same for the same seed.
std::vector<float> normal(std::size_t count, std::uint64_t seed, float mean = 0, float deviation = 1);

/// x[1,3,16,16] -> Convolution "conv" 3x3, 8 channels -> BatchNormInference -> ReLU
std::shared_ptr<ov::Model> conv_batch_norm_relu();

/// x[1,3,16,16] -> "conv1" 3x3 + "bias1" -> "relu1" -> depthwise "conv2" 3x3 + "bias2" -> "relu2" -> "conv3" 1x1 +
/// "bias3"
/// -> ReduceMean "pool" -> Squeeze -> MatMul "fc" + "bias_fc" -> 10 logits
std::shared_ptr<ov::Model> small_convnet();

/// x[1,8,16] -> one pre-norm attention block (2 heads) and an MLP with GELU: MatMuls "query", "key", "value", "scores",
/// "context", "proj", "ffn1", "ffn2"
std::shared_ptr<ov::Model> small_transformer();

}  // namespace octune::testing
