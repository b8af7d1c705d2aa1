// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "evaluate/test_oracles.hpp"
#include "evaluate/test_values.hpp"
#include "octune/metric.hpp"

/// The metrics against values computed by scikit-learn, scipy, jiwer and scikit-image.
namespace octune::evaluate {
namespace {

constexpr double kExact = 1e-12;

using oracle::grid;
using oracle::kClasses;
using oracle::kSamples;

/// Scores of class `sample`, of `count` values each, from one grid.
ov::Tensor row(std::size_t seed, std::size_t sample, std::size_t size = kClasses) {
  const std::vector<float> values = grid(seed, kSamples * kClasses);
  const auto begin = values.begin() + static_cast<std::ptrdiff_t>(sample * kClasses);
  return floats({1, size}, {begin, begin + static_cast<std::ptrdiff_t>(size)});
}

/// Over the samples, each scored by `score(sample)`.
template <class Function>
double value_of(const Metric& metric, std::size_t samples, Function score) {
  std::vector<Score> scores;
  for (std::size_t i = 0; i < samples; ++i) scores.push_back(score(i));
  return metric.value(scores);
}

double of_classes(const char* name, const std::function<std::size_t(std::size_t)>& label,
                  std::size_t classes = kClasses) {
  const auto metric = make_metric(name);
  return value_of(*metric, kSamples,
                  [&](std::size_t i) { return metric->score({row(1, i, classes)}, std::to_string(label(i))); });
}

TEST(Oracle, Classes) {
  const auto squares = [](std::size_t i) { return i * i % kClasses; };
  EXPECT_NEAR(of_classes("per_class_accuracy", squares), oracle::kPerClassAccuracy, kExact);
  EXPECT_NEAR(of_classes("f1_micro", squares), oracle::kMicroF1, kExact);
  EXPECT_NEAR(of_classes("f1_macro", squares), oracle::kMacroF1, kExact);
}

TEST(Oracle, SetsOfClasses) {
  for (const auto& [name, expected] :
       {std::pair{"f1_micro", oracle::kMicroF1OfSets}, std::pair{"f1_macro", oracle::kMacroF1OfSets}}) {
    MetricOptions options;
    options.threshold = 1;
    const auto metric = make_metric(name, options);
    const double value = value_of(*metric, kSamples, [&](std::size_t i) {
      std::string label;
      for (std::size_t c = 0; c < 4; ++c) {
        if (i * (c + 2) % 3 != 0) continue;
        if (!label.empty()) label += ",";
        label += std::to_string(c);
      }
      ov::Tensor output = row(1, i);
      output.data<float>()[3] = output.data<float>()[4] = 0;
      return metric->score({output}, "[" + label + "]");
    });
    EXPECT_NEAR(value, expected, kExact) << name;
  }
}

/// Sixty answers, in samples of `per_sample`.
double of_answers(const char* name, std::size_t per_sample) {
  MetricOptions options;
  options.threshold = 0.875;
  const auto metric = make_metric(name, options);
  const std::vector<float> values = grid(3, 60), truths = grid(4, 60);
  return value_of(*metric, 60 / per_sample, [&](std::size_t i) {
    std::vector<float> output;
    std::vector<std::int64_t> label;
    for (std::size_t k = i * per_sample; k < (i + 1) * per_sample; ++k) {
      output.push_back(values[k]);
      label.push_back(truths[k] > 0.75F ? 1 : 0);
    }
    return metric->score({floats({per_sample, 1}, output)}, Label(tensor_of<std::int64_t>({per_sample}, label)));
  });
}

TEST(Oracle, AnswersOneASampleOrSeveral) {
  for (const std::size_t per_sample : {1, 12}) {
    EXPECT_NEAR(of_answers("binary_accuracy", per_sample), oracle::kBinaryAccuracy, kExact);
    EXPECT_NEAR(of_answers("f1", per_sample), oracle::kF1, kExact);
    EXPECT_NEAR(of_answers("roc_auc", per_sample), oracle::kRocAuc, kExact);
  }
}

TEST(Oracle, AreaUnderRocOfClasses) {
  EXPECT_NEAR(of_classes("roc_auc", [](std::size_t i) { return i % kClasses; }), oracle::kRocAucOfClasses, kExact);
  EXPECT_NEAR(of_classes(
                  "roc_auc", [](std::size_t i) { return i % 3 == 0 ? 1 : 0; }, 2),
              oracle::kRocAucOfTwo, kExact);
}

TEST(Oracle, Perplexity) {
  const auto metric = make_metric("perplexity");
  // One sample of all positions.
  std::string label;
  for (std::size_t i = 0; i < kSamples; ++i) label += std::to_string(i % kClasses) + " ";
  const ov::Tensor output = floats({1, kSamples, kClasses}, grid(1, kSamples * kClasses));
  EXPECT_NEAR(metric->value(std::vector<Score>{metric->score({output}, label)}), oracle::kPerplexity, kExact);
  EXPECT_NEAR(value_of(*metric, kSamples,
                       [&](std::size_t i) { return metric->score({row(1, i)}, std::to_string(i % kClasses)); }),
              oracle::kPerplexity, kExact);
}

TEST(Oracle, Divergence) {
  const auto metric = make_metric("kl");
  EXPECT_NEAR(
      value_of(*metric, kSamples, [&](std::size_t i) { return metric->score({row(2, i)}, Outputs{row(1, i)}); }),
      oracle::kDivergence, kExact);
}

double of_numbers(const char* name, const std::function<float(float, float)>& x_of) {
  const auto metric = make_metric(name);
  const std::vector<float> x = grid(5, 60), y = grid(6, 60);
  return value_of(*metric, 30, [&](std::size_t i) {
    std::vector<float> output, label;
    for (std::size_t k = 2 * i; k < 2 * i + 2; ++k) {
      label.push_back(y[k] + 1.0F / 64);
      output.push_back(x_of(x[k], label.back()));
    }
    return metric->score({floats({1, 2}, output)}, Label(floats({2}, label)));
  });
}

TEST(Oracle, Numbers) {
  const auto itself = [](float x, float) { return x; };
  EXPECT_NEAR(of_numbers("mse", itself), oracle::kMse, kExact);
  EXPECT_NEAR(of_numbers("mae", itself), oracle::kMae, kExact);
  EXPECT_NEAR(of_numbers("rmse", itself), oracle::kRmse, kExact);
  EXPECT_NEAR(of_numbers("mape", itself), oracle::kMape, kExact);
  EXPECT_NEAR(of_numbers("pearson", itself), oracle::kPearson, kExact);
  EXPECT_NEAR(of_numbers("pearson", std::plus<>()), oracle::kPearsonOfLine, kExact);
  EXPECT_NEAR(of_numbers("spearman", itself), oracle::kSpearman, kExact);
  EXPECT_NEAR(of_numbers("spearman", [](float x, float y) { return (x + y) * (x + y) * (x + y); }),
              oracle::kSpearmanOfCubes, kExact);
}

TEST(Oracle, ImagesInEveryLayout) {
  constexpr std::size_t kHeight = 24, kWidth = 20;
  ov::Tensor label(ov::element::u8, {kHeight, kWidth, 3});
  ov::Tensor same_layout(ov::element::f32, {1, kHeight, kWidth, 3});
  ov::Tensor channels_first(ov::element::f32, {1, 3, kHeight, kWidth});
  for (std::size_t y = 0; y < kHeight; ++y) {
    for (std::size_t x = 0; x < kWidth; ++x) {
      for (std::size_t c = 0; c < 3; ++c) {
        const std::size_t at = (y * kWidth + x) * 3 + c;
        label.data<std::uint8_t>()[at] = static_cast<std::uint8_t>(oracle::pixel(c, y, x));
        const auto value = static_cast<float>(oracle::distorted_pixel(c, y, x));
        same_layout.data<float>()[at] = value;
        channels_first.data<float>()[(c * kHeight + y) * kWidth + x] = value;
      }
    }
  }
  for (const ov::Tensor& output : {same_layout, channels_first}) {
    EXPECT_NEAR(make_metric("psnr")->score({output}, Label(label))[0], oracle::kPsnrOfColours, 1e-10);
    EXPECT_NEAR(make_metric("ssim")->score({output}, Label(label))[0], oracle::kSsimOfColours, 1e-10);
  }
}

TEST(Oracle, GreyImages) {
  constexpr std::size_t kHeight = 17, kWidth = 31;
  ov::Tensor label(ov::element::f32, {kHeight, kWidth}), output(ov::element::f32, {1, 1, kHeight, kWidth});
  for (std::size_t y = 0; y < kHeight; ++y) {
    for (std::size_t x = 0; x < kWidth; ++x) {
      label.data<float>()[y * kWidth + x] = static_cast<float>(oracle::pixel(0, y, x)) / 256;
      output.data<float>()[y * kWidth + x] = static_cast<float>(oracle::distorted_pixel(0, y, x)) / 256;
    }
  }
  MetricOptions options;
  options.data_range = 1;
  EXPECT_NEAR(make_metric("psnr", options)->score({output}, Label(label))[0], oracle::kPsnrOfGrey, 1e-10);
  EXPECT_NEAR(make_metric("ssim", options)->score({output}, Label(label))[0], oracle::kSsimOfGrey, 1e-10);
}

/// The CTC output that is read as `text` with the characters "abc...z ".
ov::Tensor written(const std::string& text) {
  constexpr std::size_t kSymbols = 28;
  std::vector<float> values;
  for (const char c : text) {
    // A blank before each character keeps doubled ones apart.
    for (const std::size_t symbol : {std::size_t{0}, c == ' ' ? kSymbols - 1 : static_cast<std::size_t>(c - 'a' + 1)}) {
      values.resize(values.size() + kSymbols);
      values[values.size() - kSymbols + symbol] = 1;
    }
  }
  return floats({1, values.size() / kSymbols, kSymbols}, values);
}

TEST(Oracle, TextsReadWithErrors) {
  MetricOptions options;
  for (char c = 'a'; c <= 'z'; ++c) options.dictionary.emplace_back(1, c);
  const std::vector<std::pair<const char*, const char*>> texts{{"the quick brown fox", "the quick brown fox"},
                                                               {"jumps over the lazy dog", "jump over lazy a dog"},
                                                               {"a b c", "b c d e"},
                                                               {"hello", ""},
                                                               {"", "so"},
                                                               {"one  two ", "one two"},
                                                               {" edges ", "edge  "}};
  const auto rate = [&](const char* name, std::size_t first, std::size_t count) {
    const auto metric = make_metric(name, options);
    return value_of(*metric, count, [&](std::size_t i) {
      return metric->score({written(texts[first + i].second)}, texts[first + i].first);
    });
  };
  EXPECT_NEAR(rate("wer", 0, 4), oracle::kWordErrorRate, kExact);
  EXPECT_NEAR(rate("cer", 0, 4), oracle::kCharacterErrorRate, kExact);
  EXPECT_NEAR(rate("cer", 5, 2), oracle::kCharacterErrorRateOfSpaces, kExact);
  EXPECT_NEAR(rate("wer", 0, 5), oracle::kWordErrorRateWithEmptyLabel, kExact);
  EXPECT_NEAR(rate("wer", 5, 1), oracle::kWordErrorRateOfSpaces, kExact);
}

}  // namespace
}  // namespace octune::evaluate
