// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "octune/dataset.hpp"

namespace octune::data {

/// One data set cut into two parts that share no sample, as indices in ascending order.
struct Split {
  std::vector<std::size_t> calibration;
  std::vector<std::size_t> validation;
};

/// Draws the samples for validation: `validation` below 1 is that part of the data set (rounded to the nearest number,
/// but at least one sample), from 1 on that many samples. Each choice is equally likely; the same seed and size give
/// the same one on every machine. Sequences stay whole: the parts are made of them, and the last, shorter one is for
/// calibration. Error{input} if nothing would be left for one of the parts, or `validation` is not a number above 0.
Split split_dataset(const Dataset& dataset, double validation, std::uint64_t seed);

/// The samples of `dataset` with these indices, in this order. They share the data set, so that both parts of a split
/// are views of one. Sequences are of the same length; the indices hold whole ones.
std::unique_ptr<Dataset> subset(std::shared_ptr<const Dataset> dataset, std::vector<std::size_t> indices);

/// The labels of a subset.
Labels subset(const Labels& labels, const std::vector<std::size_t>& indices);

struct OverlapOptions {
  std::size_t samples = 2000;  ///< looked at in each data set, evenly spaced; 0: all
};

/// Samples that two data sets have in common.
struct Overlap {
  std::size_t common = 0;                                     ///< of the `compared` samples of the second data set
  std::size_t compared = 0;                                   ///< 0: the samples do not say cheaply what they are
  std::vector<std::pair<std::string, std::string>> examples;  ///< names in the first and the second, at most three
};

/// Compares the content that samples are decoded from (Dataset::source_fingerprint); nothing is decoded, but files are
/// read. With fewer samples looked at than there are, what is found is a lower bound.
Overlap find_overlap(const Dataset& first, const Dataset& second, const OverlapOptions& options = {});

}  // namespace octune::data
