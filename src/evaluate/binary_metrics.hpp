// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "octune/metric.hpp"

/// Metrics of yes or no. An output and its label are read in one of two ways:
/// - as many numbers in the label as values in the output, 0 or 1 each: every value is an answer of its own, a yes
/// above
///   the threshold (0.5 if none is given; of logits it is 0). One value a sample, or one a frame; the answers of all
///   samples count alike.
/// - one class index for an output with one value for each of several classes ([C], [1,C] or [1,C,1,1]): a yes is
///   the positive class. The output says so if that class has the (first) largest value, or, with a threshold, a value
///   above it.
/// Error{input}: label and output that fit neither, and a positive class that the output does not have.
namespace octune::evaluate {

/// "binary_accuracy": the share of right answers.
std::unique_ptr<Metric> make_binary_accuracy(const MetricOptions& options);

/// "f1": 2 TP / (2 TP + FP + FN) of the yes, 0 if there is nothing to count.
std::unique_ptr<Metric> make_f1(const MetricOptions& options);

/// "roc_auc": the probability that a random yes of the labels is given a larger value than a random no, half for equal
/// values: the area under the receiver operating characteristic. Thresholds do not matter. With one value a class, the
/// values are probabilities (of logits their softmax); two classes give the area of the second one, several the mean of
/// the areas of each class against the rest. An area that is not defined, as the set has no yes or no no, is left out
/// of that mean; 0.5, as for guesses, if there is no other.
std::unique_ptr<Metric> make_roc_auc();

}  // namespace octune::evaluate
