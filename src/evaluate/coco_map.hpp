// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string_view>

#include "octune/metric.hpp"

namespace octune::evaluate {

/// Average precision and recall as COCO defines them (Lin et al. 2014; the numbers of pycocotools 2.0):
///   coco_map            mean over classes and over the overlaps 0.50, 0.55, ... 0.95 of the precision at 101 recalls
///   coco_map@50, @75    at that overlap only
///   coco_map@small, @medium, @large  objects of up to 32^2, 96^2 and 1e5^2 pixels of the original image
///   coco_ar@1, @10, @100  mean of the largest recall with so many detections a class and sample
/// Label: boxes (evaluate/object_label.hpp). Outputs: by the decoder (yolo_v5, yolo_v8, ssd); it has to be named unless
/// it is ssd.
///
/// Of a sample the 100 most certain detections of each class count. In descending order of score each takes the free
/// object of its class that it overlaps with most, if that is at least the threshold; objects that count are preferred
/// to those that do not (crowds, and other sizes), and what takes one of the latter is ignored, as is a detection of
/// another size that takes none. Over crowds the overlap is the share of the detection; many may take one. "difficult"
/// means nothing here. Classes without objects that count are left out of the mean; without any class the value is 0.
///
/// Aggregation::corpus; the score of a sample is described in evaluate/judged_detections.hpp, with verdicts at the ten
/// overlaps in ascending order (of coco_map@50 and @75, too).
/// Null if `name` is none of these. Error{input} from score(): a label or outputs of another form.
std::unique_ptr<Metric> make_coco_map(std::string_view name, const MetricOptions& options);

}  // namespace octune::evaluate
