// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/text_metrics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/assert.hpp"
#include "base/suggest.hpp"
#include "evaluate/ctc.hpp"
#include "evaluate/label_values.hpp"
#include "evaluate/utf8.hpp"
#include "octune/error.hpp"

namespace octune::evaluate {
namespace {

/// What these metrics share: the text of the output and that of the label, ready to be compared.
class TextMetric : public Metric {
 public:
  TextMetric(std::string name, const MetricOptions& options)
      : name_(std::move(name)), ignore_spaces_(options.ignore_spaces) {
    if (options.dictionary.empty()) {
      throw Error(ErrorKind::input,
                  fmt::format("metric '{}': no dictionary; give a file with one character a line (the "
                              "model holds none of its own)",
                              name_));
    }
    characters_.reserve(options.dictionary.size());
    for (const std::string& character : options.dictionary) {
      characters_.push_back(
          decode_utf8(character, fmt::format("metric '{}': dictionary entry {}", name_, characters_.size() + 1)));
    }
  }

  using Metric::score;
  std::string name() const override { return name_; }

  Score score(const Outputs& outputs, const Label& label) const override {
    OCTUNE_ASSERT(!outputs.empty(), "text of a model without outputs");
    const std::string where = fmt::format("metric '{}'", name_);
    if (label.values) {
      throw Error(ErrorKind::input,
                  fmt::format("{}: label '{}' is an array of numbers; give texts as labels", where, shown(label)));
    }
    return compare(comparable(decode_ctc(outputs.front(), characters_, where)),
                   comparable(decode_utf8(label.text, where + ": label")));
  }

 protected:
  virtual Score compare(std::u32string_view text, std::u32string_view label) const = 0;

 private:
  std::u32string comparable(std::u32string text) const {
    if (ignore_spaces_) std::erase(text, U' ');
    return text;
  }

  std::string name_;
  bool ignore_spaces_;
  std::vector<std::u32string> characters_;
};

class ExactMatch final : public TextMetric {
 public:
  explicit ExactMatch(const MetricOptions& options) : TextMetric("exact_match", options) {}
  std::optional<ScoreBounds> bounds() const override { return ScoreBounds{0, 1}; }

 protected:
  Score compare(std::u32string_view text, std::u32string_view label) const override {
    return {text == label ? 1.0 : 0.0};
  }
};

/// {edits, length of the label} a sample.
class ErrorRate : public TextMetric {
 public:
  using TextMetric::TextMetric;

  bool higher_is_better() const override { return false; }
  Aggregation aggregation() const override { return Aggregation::sums; }

  using Metric::value;
  double value(const Score& sum, std::size_t samples) const override {
    return samples == 0 ? 0.0 : sum[0] / std::max(sum[1], 1.0);
  }
};

/// Without white space at both ends, as jiwer counts characters: what str.strip() of Python takes away.
std::u32string_view stripped(std::u32string_view text) {
  constexpr std::u32string_view kWhite =
      U"\t\n\v\f\r\x1c\x1d\x1e\x1f \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
      U"\u2028\u2029\u202f\u205f\u3000";
  const std::size_t begin = text.find_first_not_of(kWhite);
  if (begin == std::u32string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kWhite) - begin + 1);
}

class CharacterErrorRate final : public ErrorRate {
 public:
  explicit CharacterErrorRate(const MetricOptions& options) : ErrorRate("cer", options) {}

 protected:
  Score compare(std::u32string_view text, std::u32string_view label) const override {
    const std::u32string_view expected = stripped(label);
    return {static_cast<double>(base::edit_distance(stripped(text), expected)), static_cast<double>(expected.size())};
  }
};

/// Words as numbers, so that a text of words is a string. Words of both texts share them.
class WordNumbers {
 public:
  std::u32string of(std::u32string_view text) {
    constexpr std::u32string_view kSpace = U" \t\r\n";
    std::u32string words;
    while (true) {
      const std::size_t begin = text.find_first_not_of(kSpace);
      if (begin == std::u32string_view::npos) return words;
      text.remove_prefix(begin);
      const std::u32string_view word = text.substr(0, text.find_first_of(kSpace));
      words.push_back(numbers_.emplace(word, static_cast<char32_t>(numbers_.size())).first->second);
      text.remove_prefix(word.size());
    }
  }

 private:
  std::map<std::u32string_view, char32_t> numbers_;
};

class WordErrorRate final : public ErrorRate {
 public:
  explicit WordErrorRate(const MetricOptions& options) : ErrorRate("wer", options) {
    if (options.ignore_spaces) {
      throw Error(ErrorKind::input,
                  "metric 'wer': spaces separate the words, so they cannot be ignored; take cer or leave it out");
    }
  }

 protected:
  Score compare(std::u32string_view text, std::u32string_view label) const override {
    WordNumbers numbers;
    const std::u32string words = numbers.of(text);
    const std::u32string label_words = numbers.of(label);
    return {static_cast<double>(base::edit_distance(words, label_words)), static_cast<double>(label_words.size())};
  }
};

}  // namespace

std::unique_ptr<Metric> make_exact_match(const MetricOptions& options) { return std::make_unique<ExactMatch>(options); }

std::unique_ptr<Metric> make_cer(const MetricOptions& options) { return std::make_unique<CharacterErrorRate>(options); }

std::unique_ptr<Metric> make_wer(const MetricOptions& options) { return std::make_unique<WordErrorRate>(options); }

}  // namespace octune::evaluate
