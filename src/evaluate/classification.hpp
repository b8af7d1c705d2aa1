// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "octune/metric.hpp"

/// Metrics of classes that need more than the share of right answers. The output has one value a class, of shape [C],
/// [1,C] or [1,C,1,1]. The answer is the class of the (first) largest value and the label one class; with a threshold
/// f1_micro and f1_macro take every class whose value is above it, and the label is a set of classes, which may be
/// empty (label_classes()). Error{input}: another shape, fewer than two classes, a label that is no class of the
/// output.
namespace octune::evaluate {

/// "per_class_accuracy": the mean of the classes' recalls, also called balanced accuracy. Classes of which the set has
/// no sample are left out.
std::unique_ptr<Metric> make_per_class_accuracy();

/// "f1_micro": 2 TP / (2 TP + FP + FN) with the counts of all classes together, 0 if there is nothing to count. With
/// one class a sample it is the accuracy.
std::unique_ptr<Metric> make_f1_micro(const MetricOptions& options);

/// "f1_macro": the mean over the classes of each class's F1, which is 0 for a class without TP, FP and FN. Counted are
/// the classes that a label or an answer names, or, with a threshold, all of the output.
std::unique_ptr<Metric> make_f1_macro(const MetricOptions& options);

}  // namespace octune::evaluate
