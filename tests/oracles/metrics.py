#!/usr/bin/env python3
# Copyright (C) 2026 octune authors
# SPDX-License-Identifier: Apache-2.0
"""Computes what src/evaluate/test_oracles.hpp holds with other people's metrics: metrics.py > test_oracles.hpp

Needs scikit-learn, scipy, jiwer and scikit-image. The inputs are formulas, which the tests repeat (test_oracles.hpp has
them as functions); their values are exact in single precision, and many are equal.
"""
import importlib.metadata

import jiwer
import numpy as np
import scipy.special
import scipy.stats
import skimage.metrics
import sklearn.metrics

SAMPLES, CLASSES = 40, 5
TEXTS = [  # (label, text that was read)
    ("the quick brown fox", "the quick brown fox"),
    ("jumps over the lazy dog", "jump over lazy a dog"),
    ("a b c", "b c d e"),
    ("hello", ""),
    ("", "so"),
    ("one  two ", "one two"),
    (" edges ", "edge  "),
]


def grid(seed, count):
    return np.array([(seed * 7919 + i * i * 31 + i * 17) % 101 / 64 for i in range(count)])


def image(channels, height, width):
    """[height, width, channels] of 0 to 255."""
    return np.array([[[(7 * x + 13 * y + 29 * c + x * y % 11 * 5) % 256 for c in range(channels)]
                      for x in range(width)] for y in range(height)])


def distorted(pixels):
    y, x, c = np.indices(pixels.shape)
    return np.clip(pixels + (5 * x + 3 * y + 7 * c) % 17 - 8, 0, 255)


def ssim(x, y, data_range, channel_axis=None):
    """As in the paper."""
    return skimage.metrics.structural_similarity(x, y, data_range=data_range, channel_axis=channel_axis,
                                                 gaussian_weights=True, sigma=1.5, use_sample_covariance=False)


def values():
    scores = grid(1, SAMPLES * CLASSES).reshape(SAMPLES, CLASSES)
    answers = scores.argmax(1)
    index = np.arange(SAMPLES)
    squares = index * index % CLASSES  # classes 2 and 3 have no sample
    yield "kPerClassAccuracy", sklearn.metrics.balanced_accuracy_score(squares, answers)
    yield "kMicroF1", sklearn.metrics.f1_score(squares, answers, average="micro")
    yield "kMacroF1", sklearn.metrics.f1_score(squares, answers, average="macro", zero_division=0)

    class_index = np.arange(CLASSES)
    several = (index[:, None] * (class_index + 2) % 3 == 0) & (class_index != 4)  # no label names class 4
    above = (scores > 1) & (class_index != 3) & (class_index != 4)  # no answer names classes 3 and 4
    yield "kMicroF1OfSets", sklearn.metrics.f1_score(several, above, average="micro")
    yield "kMacroF1OfSets", sklearn.metrics.f1_score(several, above, average="macro", zero_division=0)

    yes, score = grid(4, 60) > 0.75, grid(3, 60)
    yield "kBinaryAccuracy", sklearn.metrics.accuracy_score(yes, score > 0.875)
    yield "kF1", sklearn.metrics.f1_score(yes, score > 0.875)
    yield "kRocAuc", sklearn.metrics.roc_auc_score(yes, score)

    in_turn = index % CLASSES
    probabilities = scipy.special.softmax(scores, 1)
    yield "kRocAucOfClasses", sklearn.metrics.roc_auc_score(in_turn, probabilities, multi_class="ovr", average="macro")
    # In the order of the softmax, which itself would round equal ones apart.
    yield "kRocAucOfTwo", sklearn.metrics.roc_auc_score(index % 3 == 0, scores[:, 1] - scores[:, 0])
    yield "kPerplexity", np.exp(sklearn.metrics.log_loss(in_turn, probabilities))
    other = scipy.special.softmax(grid(2, SAMPLES * CLASSES).reshape(SAMPLES, CLASSES), 1)
    yield "kDivergence", np.mean([scipy.stats.entropy(p, q) for p, q in zip(probabilities, other, strict=True)])

    x, y = grid(5, 60), grid(6, 60) + 1 / 64
    yield "kPearson", scipy.stats.pearsonr(x, y).statistic
    yield "kPearsonOfLine", scipy.stats.pearsonr(x + y, y).statistic
    yield "kSpearman", scipy.stats.spearmanr(x, y).statistic
    yield "kSpearmanOfCubes", scipy.stats.spearmanr((x + y)**3, y).statistic
    yield "kMse", sklearn.metrics.mean_squared_error(y, x)
    yield "kMae", sklearn.metrics.mean_absolute_error(y, x)
    yield "kRmse", sklearn.metrics.root_mean_squared_error(y, x)
    yield "kMape", sklearn.metrics.mean_absolute_percentage_error(y, x)

    label = image(3, 24, 20)
    output = distorted(label)
    yield "kPsnrOfColours", skimage.metrics.peak_signal_noise_ratio(label, output, data_range=255)
    yield "kSsimOfColours", ssim(label.astype(np.float64), output.astype(np.float64), 255, 2)
    grey = image(1, 17, 31)[..., 0] / 256
    other = distorted(image(1, 17, 31))[..., 0] / 256
    yield "kPsnrOfGrey", skimage.metrics.peak_signal_noise_ratio(grey, other, data_range=1)
    yield "kSsimOfGrey", ssim(grey, other, 1)

    labels, read = zip(*TEXTS, strict=True)
    yield "kWordErrorRate", jiwer.wer(list(labels[:4]), list(read[:4]))
    yield "kWordErrorRateOfSpaces", jiwer.wer([labels[5]], [read[5]])
    yield "kCharacterErrorRate", jiwer.cer(list(labels[:4]), list(read[:4]))
    yield "kCharacterErrorRateOfSpaces", jiwer.cer(list(labels[5:7]), list(read[5:7]))
    # jiwer refuses empty labels; what is read where there is nothing counts as so many insertions.
    counted = jiwer.process_words(list(labels[:4]), list(read[:4]))
    words = counted.hits + counted.substitutions + counted.deletions
    yield "kWordErrorRateWithEmptyLabel", counted.wer + 1 / words


def main():
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}"
                         for name in ("scikit-learn", "scipy", "jiwer", "scikit-image"))
    print(f"""// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

/// Values of metrics as other programs compute them, written by tests/oracles/metrics.py with
/// {versions}, and the inputs they belong to.
namespace octune::evaluate::oracle {{

constexpr std::size_t kSamples = {SAMPLES};
constexpr std::size_t kClasses = {CLASSES};

/// Multiples of 1/64, many of them equal.
inline std::vector<float> grid(std::size_t seed, std::size_t count) {{
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i)
    values[i] = static_cast<float>((seed * 7919 + i * i * 31 + i * 17) % 101) / 64;
  return values;
}}

/// 0 to 255.
inline int pixel(std::size_t c, std::size_t y, std::size_t x) {{
  return static_cast<int>((7 * x + 13 * y + 29 * c + x * y % 11 * 5) % 256);
}}
inline int distorted_pixel(std::size_t c, std::size_t y, std::size_t x) {{
  return std::clamp(pixel(c, y, x) + static_cast<int>((5 * x + 3 * y + 7 * c) % 17) - 8, 0, 255);
}}
""")
    for name, value in values():
        print(f"constexpr double {name} = {float(value)!r};")
    print("\n}  // namespace octune::evaluate::oracle")


if __name__ == "__main__":
    main()
