// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/ssd.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "evaluate/values.hpp"
#include "octune/error.hpp"

namespace octune::evaluate {
namespace {

constexpr double kScoreThreshold = 0.001;
constexpr double kIouThreshold = 0.5;
constexpr std::size_t kMaxDetections = 200;

/// Rows and columns of a tensor whose leading axes have length 1; none if they have not.
struct Table {
  std::size_t rows = 0;
  std::size_t columns = 0;
};

std::optional<Table> table_of(const ov::Shape& shape) {
  if (shape.size() < 2) return std::nullopt;
  const bool leading_ones = std::all_of(shape.begin(), shape.end() - 2, [](std::size_t length) { return length == 1; });
  if (!leading_ones) return std::nullopt;
  return Table{shape[shape.size() - 2], shape.back()};
}

/// Boxes in pixels of the frame from edges as the model writes them.
class BoxScale {
 public:
  BoxScale(bool normalized, const std::optional<Frame>& frame, std::string_view where) {
    if (!normalized) return;
    if (!frame) {
      throw Error(ErrorKind::input,
                  fmt::format("{}: the boxes are shares of the input's size, which the label does not tell; add "
                              "\"frame\": [height,width] to the labels, or give the option normalized=0",
                              where));
    }
    x_ = frame->width;
    y_ = frame->height;
  }

  Box box(const double* edges) const { return {edges[0] * x_, edges[1] * y_, edges[2] * x_, edges[3] * y_}; }

 private:
  double x_ = 1;
  double y_ = 1;
};

void add(std::vector<Detection>& detections, const DecoderOptions& options, double threshold, Box box, double label,
         double score) {
  const std::int64_t index = static_cast<std::int64_t>(label) + options.class_offset;
  if (score > threshold && index >= 0) detections.push_back({box, index, score});
}

std::vector<Detection> finished(std::vector<Detection> detections, std::optional<std::size_t> most) {
  sort_by_score(detections);
  if (most && detections.size() > *most) detections.resize(*most);
  return detections;
}

std::vector<Detection> read_detection_output(const ov::Tensor& output, const DecoderOptions& options,
                                             const BoxScale& scale) {
  constexpr std::size_t kColumns = 7;
  const std::vector<double> values = to_doubles(output);
  std::vector<Detection> detections;
  for (std::size_t at = 0; at + kColumns <= values.size(); at += kColumns) {
    if (values[at] < 0) break;
    add(detections, options, options.score_threshold.value_or(0), scale.box(&values[at + 3]), values[at + 1],
        values[at + 2]);
  }
  return finished(std::move(detections), options.max_detections);
}

std::vector<Detection> read_boxes_with_classes(const ov::Tensor& boxes, std::size_t columns, const ov::Tensor* scores,
                                               const ov::Tensor& classes, const DecoderOptions& options,
                                               const BoxScale& scale) {
  const std::vector<double> edges = to_doubles(boxes);
  const std::vector<double> labels = to_doubles(classes);
  const std::vector<double> certainty = scores == nullptr ? std::vector<double>() : to_doubles(*scores);
  std::vector<Detection> detections;
  for (std::size_t n = 0; n < labels.size(); ++n) {
    const double* row = &edges[n * columns];
    add(detections, options, options.score_threshold.value_or(0), scale.box(row), labels[n],
        scores == nullptr ? row[4] : certainty[n]);
  }
  return finished(std::move(detections), options.max_detections);
}

std::vector<Detection> suppress_boxes_with_scores(const ov::Tensor& boxes, const ov::Tensor& scores,
                                                  std::size_t classes, const DecoderOptions& options,
                                                  const BoxScale& scale) {
  const std::vector<double> edges = to_doubles(boxes);
  const std::vector<double> certainty = to_doubles(scores);
  std::vector<Detection> candidates;
  for (std::size_t i = 0; i < certainty.size(); ++i) {
    add(candidates, options, options.score_threshold.value_or(kScoreThreshold), scale.box(&edges[i / classes * 4]),
        static_cast<double>(i % classes), certainty[i]);
  }
  return finished(suppress(std::move(candidates), options.iou_threshold.value_or(kIouThreshold)),
                  options.max_detections.value_or(kMaxDetections));
}

[[noreturn]] void no_detections(const Outputs& outputs, std::string_view where) {
  std::vector<std::string> shapes;
  for (const ov::Tensor& output : outputs) shapes.push_back(output.get_shape().to_string());
  throw Error(ErrorKind::input,
              fmt::format("{}: decoder 'ssd' finds no detections in outputs of the shapes {}; [1,1,N,7] is needed, or "
                          "boxes [N,4] with scores [N] and integer classes [N], boxes [N,5] with classes, or boxes "
                          "[1,N,4] with scores [1,N,C]",
                          where, fmt::join(shapes, " ")));
}

}  // namespace

std::vector<Detection> decode_ssd(const Outputs& outputs, const DecoderOptions& options,
                                  const std::optional<Frame>& frame, std::string_view where) {
  const ov::Tensor* boxes = nullptr;
  std::optional<Table> box_table;
  for (const ov::Tensor& output : outputs) {
    const std::optional<Table> table = table_of(output.get_shape());
    if (!table) continue;
    if (table->columns == 7) {
      return read_detection_output(output, options, BoxScale(options.normalized.value_or(true), frame, where));
    }
    if (boxes == nullptr && (table->columns == 4 || table->columns == 5) && output.get_element_type().is_real()) {
      boxes = &output;
      box_table = table;
    }
  }
  if (boxes == nullptr) no_detections(outputs, where);

  const ov::Tensor* one_a_box = nullptr;  // scores
  const ov::Tensor* classes = nullptr;
  const ov::Tensor* class_scores = nullptr;
  for (const ov::Tensor& output : outputs) {
    if (&output == boxes) continue;
    const std::optional<Table> table = table_of(output.get_shape());
    const bool real = output.get_element_type().is_real();
    if (output.get_size() == box_table->rows) {
      (real ? one_a_box : classes) = &output;
    } else if (real && table && table->rows == box_table->rows) {
      class_scores = &output;
    }
  }
  if (classes != nullptr && (box_table->columns == 5 || one_a_box != nullptr)) {
    return read_boxes_with_classes(*boxes, box_table->columns, box_table->columns == 5 ? nullptr : one_a_box, *classes,
                                   options, BoxScale(options.normalized.value_or(false), frame, where));
  }
  if (class_scores != nullptr && box_table->columns == 4) {
    return suppress_boxes_with_scores(*boxes, *class_scores, table_of(class_scores->get_shape())->columns, options,
                                      BoxScale(options.normalized.value_or(true), frame, where));
  }
  no_detections(outputs, where);
}

}  // namespace octune::evaluate
