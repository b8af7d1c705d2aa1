// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string_view>

#include "octune/metric.hpp"

namespace octune::evaluate {

/// Mean average precision of Pascal VOC (Everingham et al. 2010), overlap 0.5:
///   voc_map     area under the curve whose precision falls monotonically (from 2010 on)
///   voc_map@07  mean of the largest precision at the recalls 0, 0.1, ... 1 or more (2007)
/// Label and outputs as coco_map's. In descending order of score each detection goes to the object of its class that it
/// overlaps with most, if that is at least 0.5: it is right if it is the first one there, otherwise wrong; on objects
/// marked difficult or crowd it is ignored, and these do not count. Classes without objects that count are left out of
/// the mean; without any class the value is 0.
///
/// Edges are continuous here: a box of the pixels xmin to xmax has the edges xmin - 1 and xmax, so overlaps are those
/// of the development kit, which counts pixels.
///
/// Aggregation::corpus; the score of a sample is described in evaluate/judged_detections.hpp, with one verdict.
/// Null if `name` is neither. Error{input} from score(): a label or outputs of another form.
std::unique_ptr<Metric> make_voc_map(std::string_view name, const MetricOptions& options);

}  // namespace octune::evaluate
