// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>
#include <string_view>

#include "calibration/watched_samples.hpp"
#include "infer/run_samples.hpp"

namespace octune::calibration {
namespace {

/// What may lie between an input and its normalisation: values are moved, resized or get another type.
bool keeps_values(const ov::Node& node) {
  static const std::set<std::string_view> kTypes = {"Concat",       "Convert",   "Gather",    "Interpolate",  "Pad",
                                                    "Reshape",      "Reverse",   "Slice",     "Split",        "Squeeze",
                                                    "StridedSlice", "Transpose", "Unsqueeze", "VariadicSplit"};
  return kTypes.contains(node.get_type_info().name);
}

bool shifts_or_scales(const ov::Node& node) {
  static const std::set<std::string_view> kTypes = {"Add", "BatchNormInference", "Divide",  "FakeQuantize",
                                                    "MVN", "Multiply",           "Subtract"};
  return kTypes.contains(node.get_type_info().name);
}

template <class Port>
bool is_normalised_behind(const Port& output) {
  const auto readers = output.get_target_inputs();
  return std::any_of(readers.begin(), readers.end(), [](const ov::Input<ov::Node>& reader) {
    const ov::Node& node = *reader.get_node();
    if (shifts_or_scales(node)) return true;
    if (!keeps_values(node)) return false;
    const auto outputs = node.outputs();
    return std::any_of(outputs.begin(), outputs.end(), [](const auto& next) { return is_normalised_behind(next); });
  });
}

}  // namespace

std::map<std::string, ModelInput> describe_inputs(const ov::Model& model) {
  std::map<std::string, ModelInput> described;
  for (const ov::Output<const ov::Node>& input : model.inputs()) {
    described[infer::input_name(input)] = {input.get_partial_shape(), is_normalised_behind(input)};
  }
  return described;
}

}  // namespace octune::calibration
