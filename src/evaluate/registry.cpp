// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/registry.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>

#include "base/plugin.hpp"
#include "base/suggest.hpp"
#include "evaluate/accuracy.hpp"
#include "evaluate/binary_metrics.hpp"
#include "evaluate/classification.hpp"
#include "evaluate/coco_map.hpp"
#include "evaluate/command_metric.hpp"
#include "evaluate/fidelity.hpp"
#include "evaluate/hmean.hpp"
#include "evaluate/image_quality.hpp"
#include "evaluate/judged_output.hpp"
#include "evaluate/perplexity.hpp"
#include "evaluate/plugin_metric.hpp"
#include "evaluate/regression.hpp"
#include "evaluate/segmentation_metrics.hpp"
#include "evaluate/text_metrics.hpp"
#include "evaluate/voc_map.hpp"
#include "octune/error.hpp"

namespace octune {
namespace evaluate {
namespace {

constexpr std::string_view kAccuracy = "accuracy@top";

/// The N of "accuracy@topN", N >= 1.
std::optional<std::size_t> top_of(std::string_view name) {
  if (!name.starts_with(kAccuracy)) return std::nullopt;
  const std::string_view digits = name.substr(kAccuracy.size());
  std::size_t top = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), top);
  if (error != std::errc{} || end != digits.data() + digits.size() || top == 0) return std::nullopt;
  return top;
}

}  // namespace

std::span<const MetricEntry> metric_entries() {
  static const std::vector<MetricEntry> entries{
      {"accuracy@top1", "share of samples whose most probable class is the label, or one of several labels",
       [](const MetricOptions&) { return make_accuracy(1); }},
      {"accuracy@top5", "share of samples with the label among the 5 most probable classes (any accuracy@topN)",
       [](const MetricOptions&) { return make_accuracy(5); }},
      {"per_class_accuracy", "mean of the classes' recalls (balanced accuracy)",
       [](const MetricOptions&) { return make_per_class_accuracy(); }},
      {"binary_accuracy",
       "share of right answers yes or no, above --threshold (0.5); one value a sample or one a frame",
       [](const MetricOptions& options) { return make_binary_accuracy(options); }},
      {"f1", "F1 of the yes, above --threshold (0.5), or of --positive-class (1) of an output with one value a class",
       [](const MetricOptions& options) { return make_f1(options); }},
      {"f1_micro", "F1 of all classes counted together; several classes a sample with --threshold",
       [](const MetricOptions& options) { return make_f1_micro(options); }},
      {"f1_macro", "mean of the classes' F1; several classes a sample with --threshold",
       [](const MetricOptions& options) { return make_f1_macro(options); }},
      {"roc_auc", "area under the ROC curve; of more than two classes the mean of each against the rest",
       [](const MetricOptions&) { return make_roc_auc(); }},
      {"pearson", "correlation of the outputs with the labels' numbers",
       [](const MetricOptions&) { return make_pearson(); }},
      {"spearman", "rank correlation of the outputs with the labels' numbers",
       [](const MetricOptions&) { return make_spearman(); }},
      {"mse", "mean squared error against the labels' numbers; less is better",
       [](const MetricOptions&) { return make_mse(); }},
      {"mae", "mean absolute error; less is better", [](const MetricOptions&) { return make_mae(); }},
      {"rmse", "square root of the mean squared error; less is better",
       [](const MetricOptions&) { return make_rmse(); }},
      {"mape", "mean absolute error relative to the label, a fraction; less is better",
       [](const MetricOptions&) { return make_mape(); }},
      {"psnr", "peak signal to noise ratio of images in dB (--data-range)",
       [](const MetricOptions& options) { return make_psnr(options); }},
      {"ssim", "structural similarity of images, gaussian window 11x11 (--data-range)",
       [](const MetricOptions& options) { return make_ssim(options); }},
      {"perplexity", "of the labels' token ids (-100: none) under an output [1,T,V]; less is better",
       [](const MetricOptions&) { return make_perplexity(); }},
      {"coco_map", "mean average precision of detection at overlaps 0.50 to 0.95, as COCO has it (needs a decoder)",
       [](const MetricOptions& options) { return make_coco_map("coco_map", options); }},
      {"coco_map@50", "the same at overlap 0.50",
       [](const MetricOptions& options) { return make_coco_map("coco_map@50", options); }},
      {"coco_map@75", "the same at overlap 0.75",
       [](const MetricOptions& options) { return make_coco_map("coco_map@75", options); }},
      {"coco_map@small", "coco_map of objects up to 32 x 32 pixels",
       [](const MetricOptions& options) { return make_coco_map("coco_map@small", options); }},
      {"coco_map@medium", "coco_map of objects between 32 x 32 and 96 x 96 pixels",
       [](const MetricOptions& options) { return make_coco_map("coco_map@medium", options); }},
      {"coco_map@large", "coco_map of objects from 96 x 96 pixels on",
       [](const MetricOptions& options) { return make_coco_map("coco_map@large", options); }},
      {"coco_ar@1", "mean average recall of detection, 1 detection of each class in a sample",
       [](const MetricOptions& options) { return make_coco_map("coco_ar@1", options); }},
      {"coco_ar@10", "the same of 10 detections",
       [](const MetricOptions& options) { return make_coco_map("coco_ar@10", options); }},
      {"coco_ar@100", "the same of 100 detections",
       [](const MetricOptions& options) { return make_coco_map("coco_ar@100", options); }},
      {"voc_map", "mean average precision of detection at overlap 0.5, area under the curve (needs a decoder)",
       [](const MetricOptions& options) { return make_voc_map("voc_map", options); }},
      {"voc_map@07", "the same from the precision at eleven recalls, as in 2007",
       [](const MetricOptions& options) { return make_voc_map("voc_map@07", options); }},
      {"mean_iou", "intersection over union of the pixels of a class, mean over the classes",
       [](const MetricOptions& options) { return make_mean_iou(options); }},
      {"dice", "F1 of the pixels of a class, mean over the classes",
       [](const MetricOptions& options) { return make_dice(options); }},
      {"hmean", "text regions found and wanted that match, harmonic mean of precision and recall",
       [](const MetricOptions& options) { return make_hmean(options); }},
      {"exact_match", "share of texts read without any error (CTC greedy decoding; needs a dictionary)",
       [](const MetricOptions& options) { return make_exact_match(options); }},
      {"cer",
       "character error rate: edits divided by the characters of the labels (CTC, needs a dictionary); less is "
       "better",
       [](const MetricOptions& options) { return make_cer(options); }},
      {"wer", "word error rate: edits divided by the words of the labels (CTC, needs a dictionary); less is better",
       [](const MetricOptions& options) { return make_wer(options); }},
      {"cosine", "cosine similarity to the float model's outputs, mean over the samples; no labels",
       [](const MetricOptions&) { return make_cosine(); }},
      {"sqnr", "signal to quantization noise ratio against the float model's outputs in dB; no labels",
       [](const MetricOptions&) { return make_sqnr(); }},
      {"top1_agreement", "share of samples whose largest output is where the float model's is; no labels",
       [](const MetricOptions&) { return make_top1_agreement(); }},
      {"kl", "divergence of the model's distributions from the float model's, in nats; less is better, no labels",
       [](const MetricOptions&) { return make_kl(); }},
      {"mse_to_float", "mean squared error against the float model's outputs; less is better, no labels",
       [](const MetricOptions&) { return make_mse_to_float(); }}};
  return entries;
}

}  // namespace evaluate

std::unique_ptr<Metric> make_metric(std::string_view name, const MetricOptions& options) {
  if (evaluate::is_command(name)) {
    throw Error(ErrorKind::input, fmt::format("metric: '{}' measures whole models, not outputs; 'octune evaluate' and "
                                              "'octune quantize' run commands",
                                              name));
  }
  std::unique_ptr<Metric> metric;
  if (base::is_plugin(name)) metric = evaluate::make_plugin_metric(std::string(name));
  std::vector<std::string> names;
  for (const evaluate::MetricEntry& entry : evaluate::metric_entries()) {
    if (!metric && entry.name == name) metric = entry.make(options);
    names.push_back(entry.name);
  }
  if (const auto top = evaluate::top_of(name); top && !metric) metric = evaluate::make_accuracy(*top);
  if (!metric)
    throw Error(ErrorKind::input, fmt::format("metric: unknown name '{}'; {}", name, base::did_you_mean(name, names)));
  return options.output ? evaluate::of_output(std::move(metric), *options.output) : std::move(metric);
}

}  // namespace octune
