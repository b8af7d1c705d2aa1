// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "octune/metric.hpp"

/// Metrics of text recognition. The output is decoded with decode_ctc(), the label is the text in UTF-8; they are
/// compared as Unicode code points, without normalisation. With ignore_spaces, U+0020 is removed from both first.
/// The functions throw Error{input} for a dictionary that is empty or not UTF-8.
namespace octune::evaluate {

/// "exact_match": the share of samples whose text equals the label.
std::unique_ptr<Metric> make_exact_match(const MetricOptions& options);

/// "cer": character error rate, the insertions, deletions and substitutions (Levenshtein distance) of all samples
/// divided by the characters of all labels; less is better, above 1 is possible. Labels without any character count
/// as one character altogether, so that what is read into empty images is not lost.
std::unique_ptr<Metric> make_cer(const MetricOptions& options);

/// "wer": word error rate, the same of words: what white space (space, tab, line ends) separates. Error{input} with
/// ignore_spaces, which leaves one word.
std::unique_ptr<Metric> make_wer(const MetricOptions& options);

}  // namespace octune::evaluate
