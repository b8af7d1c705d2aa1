// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "config/checker_model.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

#include "base/suggest.hpp"
#include "config/algorithm_section.hpp"
#include "config/checker_samples.hpp"
#include "octune/error.hpp"

namespace octune::config {
namespace {

/// Notes that something has no counterpart, if it is given and not `fine`.
void refuse_flag(Section& section, const std::string& key, const std::string& instead) {
  if (section.flag(key).value_or(false)) section.problem(key, fmt::format("'{}' has no counterpart; {}", key, instead));
}

void refuse(Section& section, const std::string& key, const std::string& instead) {
  if (section.has(key)) section.problem(key, fmt::format("'{}' has no counterpart; {}", key, instead));
}

// --- adapters --------------------------------------------------------------------------------------------------------

/// All that an adapter's options change.
struct AdapterReading {
  CheckerOutputs& outputs;
  RunConfig& config;
};

void judge_output(Section& adapter, const std::string& key, RunConfig& config) {
  if (const auto name = adapter.text(key)) config.judged_output = *name;
}

/// Outputs that octune finds by their shapes and types.
void found_by_shape(Section& adapter, std::initializer_list<const char*> keys, RunConfig& config) {
  for (const char* key : keys)
    without_effect(adapter, key, "outputs are found by their shapes", Severity::debug, config);
}

void read_classification(Section& adapter, AdapterReading& reading) {
  judge_output(adapter, "classification_output", reading.config);
  for (const char* key : {"argmax_output", "fixed_output", "block"})
    refuse_flag(adapter, key, "ours judges one value a class");
  adapter.integer("fixed_output_index", 0, INT64_MAX);
  adapter.flag("label_as_array");
  adapter.flag("do_softmax");  // changes neither the order of classes nor what the metrics make of it
  if (const auto threshold = adapter.number("multi_label_threshold")) reading.config.threshold = threshold;
}

void read_segmentation(Section& adapter, AdapterReading& reading) {
  reading.outputs.decoder = "segmentation";
  adapter.flag("make_argmax");
}

void read_segmentation_one_class(Section& adapter, AdapterReading& reading) {
  reading.outputs.decoder = "segmentation";
  if (const auto threshold = adapter.number("threshold", 0, 1)) reading.outputs.options["score_threshold"] = *threshold;
}

void read_ssd(Section& adapter, AdapterReading& reading) {
  reading.outputs.decoder = "ssd";
  reading.outputs.shares = true;
  refuse_flag(adapter, "custom_output_order", "ours reads class, score, x1, y1, x2, y2");
}

void read_ssd_onnx(Section& adapter, AdapterReading& reading) {
  reading.outputs.decoder = "ssd";
  reading.outputs.shares = true;
  found_by_shape(adapter, {"labels_out", "scores_out", "bboxes_out"}, reading.config);
}

void read_yolov8(Section& adapter, AdapterReading& reading) {
  reading.outputs.decoder = "yolo_v8";
  constexpr double kDefault = 0.25;
  reading.outputs.options["score_threshold"] = adapter.number("conf_threshold", 0, 1).value_or(kDefault);
  reading.outputs.options["iou_threshold"] = 1;  // until a step of the postprocessing suppresses boxes
  if (!adapter.flag("multi_label").value_or(true))
    adapter.problem("multi_label", "one class a box has no counterpart; ours takes each class above the threshold");
}

void read_yolor(Section& adapter, AdapterReading& reading) {
  reading.outputs.decoder = "yolo_v5";
  constexpr double kDefault = 0.001;
  reading.outputs.options["score_threshold"] = adapter.number("threshold", 0, 1).value_or(kDefault);
  reading.outputs.options["iou_threshold"] = 1;
  judge_output(adapter, "output_name", reading.config);
  constexpr std::int64_t kValues = 5;
  if (adapter.integer("num", 1, INT64_MAX).value_or(kValues) != kValues)
    adapter.problem("num", "rows of another layout have no counterpart; ours are x, y, w, h, objectness, classes");
}

void read_vocabulary(Section& adapter, const AdapterReading& reading) {
  // Without one, the characters are those that the model carries, or of 'dictionary' of engine.
  if (const auto file = checker_path(adapter, "vocabulary_file")) reading.config.dictionary = *file;
}

void read_ppocr(Section& adapter, AdapterReading& reading) {
  read_vocabulary(adapter, reading);
  if (!adapter.flag("remove_duplicates").value_or(true))
    adapter.problem("remove_duplicates", "text with its repeats has no counterpart; ours collapses them");
}

void read_ctc_greedy(Section& adapter, AdapterReading& reading) {
  judge_output(adapter, "logits_output", reading.config);
  if (adapter.integer("blank_label", 0, INT64_MAX).value_or(0) != 0)
    adapter.problem("blank_label", "another blank than class 0 has no counterpart; ours is 0");
  refuse(adapter, "custom_label_map", "give the characters in 'vocabulary_file', one a line");
  read_vocabulary(adapter, reading);
  if (adapter.has("vocabulary_file") && !adapter.flag("shift_labels").value_or(false)) {
    adapter.problem("vocabulary_file",
                    "a vocabulary that begins with the blank has no counterpart; leave its first line out and set "
                    "'shift_labels' to true");
  }
}

struct Adapter {
  std::string_view name;
  void (*read)(Section& adapter, AdapterReading& reading);
};
constexpr std::array<Adapter, 10> kAdapters{{{"classification", read_classification},
                                             {"segmentation", read_segmentation},
                                             {"segmentation_one_class", read_segmentation_one_class},
                                             {"ssd", read_ssd},
                                             {"ssd_onnx", read_ssd_onnx},
                                             {"yolov8_detection", read_yolov8},
                                             {"yolo_v8_detection", read_yolov8},
                                             {"yolor", read_yolor},
                                             {"ppocr", read_ppocr},
                                             {"ctc_greedy_search_decoder", read_ctc_greedy}}};

/// What of ours is near.
const std::map<std::string, std::string>& near_adapters() {
  static const std::string yolo =
      "ours, --decoder yolo_v5 and yolo_v8, read outputs whose boxes are in pixels; export the model with the decoding";
  static const std::map<std::string, std::string> near{
      {"yolo_v2", yolo},
      {"yolo_v3", yolo},
      {"yolo_v5", yolo},
      {"yolox", yolo},
      {"yolof", yolo},
      {"yolo_v3_onnx", yolo},
      {"tiny_yolo_v1", yolo},
      {"pytorch_ssd_decoder", "ours is --decoder ssd, of models that make boxes themselves"},
      {"beam_search_decoder", "ours is greedy: ctc_greedy_search_decoder"},
      {"simple_decoder", "ours is CTC: ctc_greedy_search_decoder"},
      {"reid", "ours without labels is --metric cosine"}};
  return near;
}

// --- postprocessing --------------------------------------------------------------------------------------------------

struct Step {
  std::string_view name;
  void (*read)(Section& step, CheckerOutputs& outputs, RunConfig& config);
};

void boxes_to_pixels(Section& step, CheckerOutputs& outputs, RunConfig& /*config*/) {
  outputs.shares = false;
  refuse_flag(step, "rescale", "boxes in pixels of the input are taken by the decoders of YOLO");
  step.flag("unpadding");  // labels follow the padding
  refuse_flag(step, "uncrop", "ours crops after the resize");
}

void boxes_to_file(Section& step, CheckerOutputs& outputs, RunConfig& /*config*/) {
  outputs.shares = false;
  for (const char* key : {"size", "dst_height", "dst_width"}) step.integer(key, 1, INT64_MAX);
  refuse_flag(step, "rescale", "boxes in pixels of the input are taken by the decoders of YOLO");
}

void suppress(Section& step, CheckerOutputs& outputs, RunConfig& config) {
  const auto overlap = step.number("overlap", 0, 1);
  refuse_flag(step, "include_boundaries", "boxes are edges here");
  refuse_flag(step, "use_min_area", "ours divides by the union");
  refuse(step, "keep_top_k", "ours is max_detections of the decoder");
  if (!outputs.decoder.starts_with("yolo")) {
    step.problem("type", "suppression of boxes has no counterpart after this adapter; the decoders of YOLO do it");
    return;
  }
  constexpr double kDefault = 0.5;
  outputs.options["iou_threshold"] = overlap.value_or(kDefault);
  if (step.text("type") == "nms") {
    config.notes.push_back({Severity::warning, fmt::format("{}: boxes of one class suppress each other, where 'nms' of "
                                                           "the Accuracy Checker does so across classes",
                                                           step.where("type"))});
  }
}

void filter(Section& step, CheckerOutputs& outputs, RunConfig& /*config*/) {
  const std::string target = step.one_of("apply_to", {"prediction", "annotation", "all"}).value_or("prediction");
  const auto confidence = step.number("min_confidence", 0, 1);
  step.flag("remove_filtered");
  for (const char* key : {"labels", "height_range", "width_range", "is_empty", "min_visibility", "aspect_ratio",
                          "area_ratio", "area_range", "size_range"}) {
    refuse(step, key, "ours filters by 'min_confidence' alone");
  }
  if (target != "prediction")
    step.problem("apply_to", fmt::format("a filter of '{}' has no counterpart; ours is of predictions", target));
  if (confidence && !outputs.decoder.empty()) {
    double& threshold = outputs.options["score_threshold"];
    threshold = std::max(threshold, *confidence);
  }
}

void shift_labels(Section& step, CheckerOutputs& outputs, RunConfig& /*config*/) {
  const auto offset = step.integer("offset", -1'000'000, 1'000'000);
  if (offset) outputs.class_offset += static_cast<int>(*offset);
  const bool detects = !outputs.decoder.empty() && outputs.decoder != "segmentation";
  if (offset && *offset != 0 && outputs.known && !detects)
    step.problem("type", "'shift_labels' has no counterpart after this adapter; shift the labels, as in val.txt:+1");
  step.one_of("apply_to", {"prediction"});
}

void mask_size(Section& step, CheckerOutputs& /*outputs*/, RunConfig& config) {
  for (const char* key : {"size", "dst_height", "dst_width"}) step.integer(key, 1, INT64_MAX);
  step.flag("to_dst_image_size");
  const std::string target = step.one_of("apply_to", {"prediction", "annotation", "all"}).value_or("all");
  if (target != "annotation") {
    config.notes.push_back({Severity::warning, fmt::format("{}: the label is brought to the size of the output, where "
                                                           "the Accuracy Checker scales the output: values differ "
                                                           "slightly",
                                                           step.where("type"))});
  }
}

void encode_mask(Section& step, CheckerOutputs& /*outputs*/, RunConfig& /*config*/) {
  // A palette's indices are the classes.
  step.one_of("apply_to", {"annotation"});
}

constexpr std::array<Step, 8> kSteps{{{"resize_prediction_boxes", boxes_to_pixels},
                                      {"faster_rcnn_postprocessing_resize", boxes_to_file},
                                      {"nms", suppress},
                                      {"class_aware_nms", suppress},
                                      {"filter", filter},
                                      {"shift_labels", shift_labels},
                                      {"resize_segmentation_mask", mask_size},
                                      {"encode_segmentation_mask", encode_mask}}};

// --- metrics ---------------------------------------------------------------------------------------------------------

/// The name of a metric with us; none where its options have no counterpart, which is noted.
using MetricReader = std::optional<std::string> (*)(Section& metric, RunConfig& config);

std::optional<std::string> read_accuracy(Section& metric, RunConfig& /*config*/) {
  refuse_flag(metric, "match", "ours compares the class of each sample");
  metric.flag("cast_to_int");
  return fmt::format("accuracy@top{}", metric.integer("top_k", 1, 1'000'000).value_or(1));
}

std::optional<std::string> read_per_class(Section& metric, RunConfig& /*config*/) {
  if (metric.integer("top_k", 1, 1'000'000).value_or(1) != 1)
    metric.problem("top_k", "ours counts the most probable class; leave 'top_k' out");
  refuse(metric, "label_map", "classes are numbers here");
  return "per_class_accuracy";
}

std::optional<std::string> read_f1(Section& metric, RunConfig& config) {
  refuse(metric, "label_map", "classes are numbers here");
  refuse_flag(metric, "pixel_level", "ours for pixels is 'dice'");
  const auto positive = metric.integer("pos_label", 0, INT64_MAX);
  if (!positive) return "f1_macro";
  config.positive_class = static_cast<std::size_t>(*positive);
  return "f1";
}

std::optional<std::string> read_roc_auc(Section& metric, RunConfig& /*config*/) {
  for (const char* key : {"pixel_level", "calculate_hot_label"}) refuse_flag(metric, key, "ours is of samples");
  return "roc_auc";
}

std::optional<std::string> read_map(Section& metric, RunConfig& config) {
  constexpr double kOverlap = 0.5;
  if (metric.number("overlap_threshold", 0, 1).value_or(kOverlap) != kOverlap)
    metric.problem("overlap_threshold", "ours is 0.5; coco_map@50 and coco_map@75 have others");
  if (metric.one_of("overlap_method", {"iou", "ioa"}).value_or("iou") != "iou")
    metric.problem("overlap_method", "ours is 'iou'");
  if (!metric.flag("ignore_difficult").value_or(true))
    metric.problem("ignore_difficult", "counting difficult objects has no counterpart; ours leaves them out");
  refuse_flag(metric, "distinct_conf", "ours takes each detection");
  refuse_flag(metric, "use_filtered_tp", "ours leaves them out");
  refuse(metric, "label_map", "classes are numbers here");
  metric.flag("allow_multiple_matches_per_ignored");  // as in the development kit
  // Boxes of Pascal VOC are read with both of their pixels, so that max - min + 1 is max - min of edges.
  without_effect(metric, "include_boundaries", "boxes are edges here", Severity::debug, config);
  return metric.one_of("integral", {"max", "11point"}).value_or("max") == "max" ? "voc_map" : "voc_map@07";
}

/// Of coco_map and its like: the threshold's name behind '@'.
std::optional<std::string> coco_threshold(Section& metric, const std::string& name) {
  static const std::map<std::string, std::string> suffixes{
      {"0.5", "@50"}, {".5", "@50"}, {"0.50", "@50"}, {"0.75", "@75"}, {".75", "@75"}};
  if (!metric.has("threshold")) return name;
  const auto given = metric.texts("threshold");
  if (!given || given->size() != 1) return std::nullopt;
  std::string text = given->front();
  if (text == "0.5:0.05:0.95" || text == ".50:.05:.95" || text == ".5:.05:.95") return name;
  if (const auto suffix = suffixes.find(text); suffix != suffixes.end()) return name + suffix->second;
  metric.problem("threshold",
                 fmt::format("threshold '{}' has no counterpart; ours are .50:.05:.95, 0.5 and 0.75", text));
  return std::nullopt;
}

std::optional<std::string> read_coco_precision(Section& metric, RunConfig& config) {
  constexpr std::int64_t kOurs = 100;
  constexpr std::int64_t kDefault = 20;
  const std::int64_t most = metric.integer("max_detections", 1, INT64_MAX).value_or(kDefault);
  if (most != kOurs) {
    config.notes.push_back(
        {Severity::warning, fmt::format("{}: the {} most certain detections of each class count, where the Accuracy "
                                        "Checker takes {}: values differ slightly",
                                        metric.where("type"), kOurs, most)});
  }
  refuse_flag(metric, "include_boundaries", "boxes are edges here");
  return coco_threshold(metric, "coco_map");
}

std::optional<std::string> read_coco_orig(Section& metric, RunConfig& config) {
  refuse_flag(metric, "include_boundaries", "boxes are edges here");
  without_effect(metric, "iou_type", "boxes are judged", Severity::debug, config);
  return coco_threshold(metric, "coco_map");
}

std::optional<std::string> read_coco_recall(Section& metric, RunConfig& /*config*/) {
  const std::int64_t kDefault = metric.text("type") == "coco_recall" ? 20 : 100;
  const std::int64_t most = metric.integer("max_detections", 1, INT64_MAX).value_or(kDefault);
  if (metric.has("threshold")) coco_threshold(metric, "coco_ar");
  if (most == 1 || most == 10 || most == 100) return fmt::format("coco_ar@{}", most);
  metric.problem("max_detections", fmt::format("{} has no counterpart; ours are 1, 10 and 100", most));
  return std::nullopt;
}

std::optional<std::string> read_mean_iou(Section& metric, RunConfig& /*config*/) {
  metric.flag("use_argmax");
  constexpr std::int64_t kIgnored = 255;
  if (metric.integer("ignore_label", 0, INT64_MAX).value_or(kIgnored) != kIgnored)
    metric.problem("ignore_label", "ours leaves out pixels of class 255 in the label; write that into the masks");
  return "mean_iou";
}

std::optional<std::string> read_characters(Section& metric, RunConfig& config) {
  if (metric.flag("remove_spaces").value_or(false)) config.ignore_spaces = true;
  return "exact_match";
}

template <const char* name>
std::optional<std::string> same(Section& /*metric*/, RunConfig& /*config*/) {
  return name;
}
constexpr char kWer[] = "wer";
constexpr char kCer[] = "cer";
constexpr char kMse[] = "mse";
constexpr char kMae[] = "mae";

const std::map<std::string, MetricReader>& metric_readers() {
  static const std::map<std::string, MetricReader> readers{{"accuracy", read_accuracy},
                                                           {"accuracy_per_class", read_per_class},
                                                           {"classification_f1-score", read_f1},
                                                           {"roc_auc_score", read_roc_auc},
                                                           {"map", read_map},
                                                           {"coco_precision", read_coco_precision},
                                                           {"coco_orig_precision", read_coco_orig},
                                                           {"coco_orig_recall", read_coco_recall},
                                                           {"coco_recall", read_coco_recall},
                                                           {"mean_iou", read_mean_iou},
                                                           {"character_recognition_accuracy", read_characters},
                                                           {"wer", same<kWer>},
                                                           {"cer", same<kCer>},
                                                           {"mse", same<kMse>},
                                                           {"mae", same<kMae>}};
  return readers;
}

/// Metrics of ours that measure something near.
const std::map<std::string, std::string>& near_metrics() {
  static const std::map<std::string, std::string> near{
      {"psnr", "ours, 'psnr' in 'metric' of engine, is over all values, without a border or weights of colours"},
      {"ssim", "ours, 'ssim' in 'metric' of engine, has windows"},
      {"rmse", "ours, 'rmse' in 'metric' of engine, is the root of the mean over all samples"},
      {"mape", "ours, 'mape' in 'metric' of engine, divides by |y|"},
      {"segmentation_accuracy", "ours are mean_iou and dice"},
      {"mean_accuracy", "ours are mean_iou and dice"},
      {"dice", "ours, 'dice' in 'metric' of engine, counts the pixels of all samples together"},
      {"dice_index", "ours, 'dice' in 'metric' of engine, counts the pixels of all samples together"},
      {"recall", "ours is coco_ar@100"},
      {"label_level_recognition_accuracy", "ours is cer"},
      {"focused_text_hmean", "ours, 'hmean' in 'metric' of engine, matches regions at overlap 0.5"}};
  return near;
}

}  // namespace

CheckerOutputs read_checker_adapter(Section& launcher, RunConfig& config) {
  CheckerOutputs outputs;
  if (!launcher.has("adapter")) return outputs;
  const bool named = launcher.is_text("adapter");
  auto options = named ? std::nullopt : launcher.section("adapter");
  if (!named && !options) return outputs;
  const std::string name = named ? *launcher.text("adapter") : options->text("type").value_or("");
  const auto* const adapter =
      std::find_if(kAdapters.begin(), kAdapters.end(), [&](const Adapter& known) { return known.name == name; });
  if (adapter == kAdapters.end()) {
    std::vector<std::string> names;
    for (const Adapter& known : kAdapters) names.emplace_back(known.name);
    outputs.known = false;
    const auto near = near_adapters().find(name);
    launcher.problem("adapter",
                     fmt::format("adapter '{}' has no counterpart; {}", name,
                                 near != near_adapters().end() ? near->second : base::did_you_mean(name, names)));
    return outputs;
  }
  AdapterReading reading{outputs, config};
  if (options) {
    adapter->read(*options, reading);
    options->finish();
    return outputs;
  }
  static const Document none = Document::parse("{}", "adapter");
  Problems nothing_to_complain_of;
  Section without_options(none, nlohmann::json::json_pointer(), nothing_to_complain_of);
  adapter->read(without_options, reading);
  return outputs;
}

void read_checker_postprocessing(std::vector<Section> steps, CheckerOutputs& outputs, RunConfig& config) {
  for (Section& step : steps) {
    const auto type = step.text("type");
    if (!type) {
      if (!step.has("type")) step.problem("", fmt::format("{} has no 'type'; name the step", step.label("")));
      continue;
    }
    const auto* const known =
        std::find_if(kSteps.begin(), kSteps.end(), [&](const Step& entry) { return entry.name == *type; });
    if (known == kSteps.end()) {
      std::vector<std::string> names;
      for (const Step& entry : kSteps) names.emplace_back(entry.name);
      step.problem("type",
                   fmt::format("postprocessing '{}' has no counterpart; {}", *type, base::did_you_mean(*type, names)));
      continue;
    }
    known->read(step, outputs, config);
    step.finish();
  }
}

void read_checker_metrics(std::vector<Section> metrics, RunConfig& config) {
  for (Section& metric : metrics) {
    const auto type = metric.text("type");
    if (!type) {
      if (!metric.has("type")) metric.problem("", fmt::format("{} has no 'type'; name the metric", metric.label("")));
      continue;
    }
    const auto reader = metric_readers().find(*type);
    if (reader == metric_readers().end()) {
      std::vector<std::string> names;
      for (const auto& [name, function] : metric_readers()) names.push_back(name);
      const auto near = near_metrics().find(*type);
      metric.problem("type",
                     fmt::format("metric '{}' has no counterpart; {}", *type,
                                 near != near_metrics().end() ? near->second : base::did_you_mean(*type, names)));
      continue;
    }
    for (const char* key : {"name", "presenter"}) metric.text(key);
    for (const char* key : {"reference", "abs_threshold", "rel_threshold"}) {
      without_effect(metric, key, "what the float model has to reach is 'expect_baseline' of engine", Severity::debug,
                     config);
    }
    if (!type->starts_with("coco_"))
      without_effect(metric, "threshold", "it belongs to 'reference'", Severity::debug, config);
    const std::optional<std::string> name = reader->second(metric, config);
    metric.finish();
    if (name && std::find(config.metrics.begin(), config.metrics.end(), *name) == config.metrics.end())
      config.metrics.push_back(*name);
  }
}

std::string decoder_text(const CheckerOutputs& outputs) {
  if (outputs.decoder.empty()) return "";
  std::vector<std::string> options;
  for (const auto& [name, value] : outputs.options) options.push_back(fmt::format("{}={}", name, value));
  if (outputs.class_offset != 0 && outputs.decoder != "segmentation")
    options.push_back(fmt::format("class_offset={}", outputs.class_offset));
  if (options.empty()) return outputs.decoder;
  return fmt::format("{}:{}", outputs.decoder, fmt::join(options, ","));
}

}  // namespace octune::config
