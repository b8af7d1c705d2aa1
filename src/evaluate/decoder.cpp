// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/decoder.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "base/suggest.hpp"
#include "evaluate/ssd.hpp"
#include "evaluate/yolo.hpp"
#include "octune/error.hpp"

namespace octune::evaluate {
namespace {

constexpr std::string_view kYoloV5 = "yolo_v5";
constexpr std::string_view kYoloV8 = "yolo_v8";
constexpr std::string_view kSsd = "ssd";

/// An option that a decoder may have: its range and where its value goes.
struct OptionRule {
  std::string name;
  double low = 0;
  double high = 1;
  bool whole = false;
  void (*set)(DecoderOptions&, double) = nullptr;
};

const std::vector<OptionRule>& option_rules() {
  constexpr double kMost = 1e9;
  static const std::vector<OptionRule> rules{
      {"score_threshold", 0, 1, false, [](DecoderOptions& o, double v) { o.score_threshold = v; }},
      {"iou_threshold", 0, 1, false, [](DecoderOptions& o, double v) { o.iou_threshold = v; }},
      {"max_detections", 1, kMost, true,
       [](DecoderOptions& o, double v) { o.max_detections = static_cast<std::size_t>(v); }},
      {"class_offset", -kMost, kMost, true, [](DecoderOptions& o, double v) { o.class_offset = static_cast<int>(v); }},
      {"normalized", 0, 1, true, [](DecoderOptions& o, double v) { o.normalized = v != 0; }},
      {"box_threshold", 0, 1, false, [](DecoderOptions& o, double v) { o.box_threshold = v; }},
      {"unclip_ratio", 0, 100, false, [](DecoderOptions& o, double v) { o.unclip_ratio = v; }}};
  return rules;
}

void set_option(DecoderOptions& options, const DecoderEntry& decoder, std::string_view text, std::string_view where) {
  if (decoder.options.empty()) {
    throw Error(ErrorKind::input,
                fmt::format("{}: decoder '{}' has no options; leave out ':{}'", where, decoder.name, text));
  }
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) {
    throw Error(ErrorKind::input, fmt::format("{}: '{}' is no option; write {}:NAME=VALUE,NAME=VALUE (options: {})",
                                              where, text, decoder.name, fmt::join(decoder.options, ", ")));
  }
  const std::string name(text.substr(0, equals));
  const std::string_view value = text.substr(equals + 1);
  if (std::find(decoder.options.begin(), decoder.options.end(), name) == decoder.options.end()) {
    throw Error(ErrorKind::input, fmt::format("{}: decoder '{}' has no option '{}'; {}", where, decoder.name, name,
                                              base::did_you_mean(name, decoder.options)));
  }
  const auto rule = std::find_if(option_rules().begin(), option_rules().end(),
                                 [&](const OptionRule& candidate) { return candidate.name == name; });
  double number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  const bool parsed = error == std::errc{} && end == value.data() + value.size();
  if (!parsed || !(number >= rule->low && number <= rule->high) || (rule->whole && number != std::floor(number))) {
    throw Error(ErrorKind::input, fmt::format("{}: {} is '{}'; a{} number from {} to {} is allowed", where, name, value,
                                              rule->whole ? " whole" : "", rule->low, rule->high));
  }
  rule->set(options, number);
}

}  // namespace

std::span<const DecoderEntry> decoder_entries() {
  static const std::vector<DecoderEntry> entries{
      {"classification",
       "the class of the largest of C values; by itself with accuracy, f1_micro, f1_macro and the like",
       {}},
      {"ctc_greedy", "text of [1,T,C], the best class of each step; by itself with exact_match, cer and wer", {}},
      {"embedding", "the vector of a sample; by itself with cosine, sqnr and mse_to_float", {}},
      {"yolo_v5",
       "boxes with objectness and classes, [1,N,5+C] (YOLO v5, v7)",
       {"score_threshold", "iou_threshold", "max_detections", "class_offset"}},
      {"yolo_v8",
       "boxes with classes, [1,4+C,N] (YOLO v8, v9, v11)",
       {"score_threshold", "iou_threshold", "max_detections", "class_offset"}},
      {"ssd",
       "finished detections [1,1,N,7], boxes with classes, or boxes with scores that are yet to be suppressed",
       {"score_threshold", "iou_threshold", "max_detections", "class_offset", "normalized"}},
      {"segmentation", "a class for each pixel: the largest of C maps, or a map of classes", {"score_threshold"}},
      {"db_text",
       "text regions of a probability map, by differentiable binarization",
       {"score_threshold", "box_threshold", "unclip_ratio", "max_detections"}}};
  return entries;
}

DecoderOptions parse_decoder(std::string_view text, std::string_view where) {
  DecoderOptions options;
  if (text.empty()) return options;
  const std::size_t colon = std::min(text.find(':'), text.size());
  options.name = text.substr(0, colon);
  std::vector<std::string> names;
  for (const DecoderEntry& entry : decoder_entries()) names.push_back(entry.name);
  const auto entry = std::find_if(decoder_entries().begin(), decoder_entries().end(),
                                  [&](const DecoderEntry& candidate) { return candidate.name == options.name; });
  if (entry == decoder_entries().end()) {
    throw Error(ErrorKind::input, fmt::format("{}: unknown decoder '{}'; {}", where, options.name,
                                              base::did_you_mean(options.name, names)));
  }
  if (colon == text.size()) return options;
  for (std::string_view rest = text.substr(colon + 1);;) {
    const std::size_t end = std::min(rest.find(','), rest.size());
    set_option(options, *entry, rest.substr(0, end), where);
    if (end == rest.size()) return options;
    rest.remove_prefix(end + 1);
  }
}

std::string require_decoder(const DecoderOptions& options, std::span<const std::string_view> allowed,
                            std::string_view where) {
  if (options.name.empty()) return std::string(allowed.front());
  if (std::find(allowed.begin(), allowed.end(), options.name) == allowed.end()) {
    throw Error(ErrorKind::input, fmt::format("{}: decoder '{}' does not fit; allowed are {}", where, options.name,
                                              fmt::join(allowed, ", ")));
  }
  return options.name;
}

std::vector<Detection> decode_detections(const Outputs& outputs, const DecoderOptions& options,
                                         const std::optional<Frame>& frame, std::string_view where) {
  if (options.name == kYoloV5) return decode_yolo_v5(outputs.front(), options, where);
  if (options.name == kYoloV8) return decode_yolo_v8(outputs.front(), options, where);
  return decode_ssd(outputs, options, frame, where);
}

}  // namespace octune::evaluate
