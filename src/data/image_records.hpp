// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "data/open.hpp"
#include "octune/dataset.hpp"

/// Files of many small images of one size: MNIST's idx and CIFAR's binary batches.
namespace octune::data {

/// True for an idx file of bytes, by its first bytes (0, 0, 8, number of axes).
bool is_idx(const std::filesystem::path& path);

/// What is behind the colon of "data_batch_1.bin:cifar10": records of 1 label and 3 x 32 x 32 pixels, or of 2 labels
/// (cifar100: the second, fine one counts; cifar100_coarse: the first).
enum class CifarKind { cifar10, cifar100, cifar100_coarse };
std::optional<CifarKind> cifar_kind(const std::string& option);

/// The images of an idx file [N,H,W] as samples: pixels from 0 to 255 in the input's shape, which has to have as many
/// values; mean and scale apply. Nothing is resized. Error{input}: no images, cut off, several inputs, another size.
std::unique_ptr<Dataset> open_idx(const std::filesystem::path& path, const std::vector<InputInfo>& inputs,
                                  const Preprocess& preprocess);

/// The same of a CIFAR batch, for an input of 3 x 32 x 32 or 32 x 32 x 3; --color says the order of channels.
std::unique_ptr<Dataset> open_cifar(const std::filesystem::path& path, const std::vector<InputInfo>& inputs,
                                    const Preprocess& preprocess, CifarKind kind);

/// The labels in an idx file [N] or in a CIFAR batch, one a sample, in their order. Error{input}: as above, or another
/// number than the data set's samples.
Labels idx_labels(const std::filesystem::path& path, const Dataset& dataset);
Labels cifar_labels(const std::filesystem::path& path, const Dataset& dataset, CifarKind kind);

}  // namespace octune::data
