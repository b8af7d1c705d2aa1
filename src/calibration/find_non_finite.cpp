// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "calibration/find_non_finite.hpp"

#include <fmt/format.h>

#include <openvino/opsets/opset13.hpp>
#include <set>
#include <utility>
#include <vector>

#include "infer/run_samples.hpp"

namespace octune::calibration {
namespace {

namespace ops = ov::opset13;

std::set<const ov::Node*> ancestors(const ov::Node& node) {
  std::set<const ov::Node*> seen{&node};
  std::vector<const ov::Node*> open{&node};
  while (!open.empty()) {
    const ov::Node* current = open.back();
    open.pop_back();
    for (const auto& input : current->inputs()) {
      const ov::Node* source = input.get_source_output().get_node();
      if (seen.insert(source).second) open.push_back(source);
    }
  }
  return seen;
}

}  // namespace

std::string describe_non_finite(const infer::Runtime& runtime, const std::shared_ptr<const ov::Model>& model,
                                const Sample& sample, const std::string& sample_name, const TensorRef& suspect,
                                infer::Finiteness found) {
  const auto described = [&](const std::string& tensor, std::string_view what) {
    return fmt::format("tensor '{}' {} for sample '{}'; leave the sample out or check the model there", tensor, what,
                       sample_name);
  };
  const std::string holds = fmt::format("holds {}", infer::text(found));
  const std::string fallback = described(suspect.text(), holds);
  const std::shared_ptr<ov::Model> copy = model->clone();
  const auto nodes = copy->get_ordered_ops();
  const auto target = std::find_if(nodes.begin(), nodes.end(),
                                   [&](const auto& node) { return node->get_friendly_name() == suspect.node; });
  if (target == nodes.end()) return fallback;
  const std::set<const ov::Node*> involved = ancestors(**target);

  std::vector<TensorRef> tensors;
  ov::ResultVector results;
  for (const auto& node : nodes) {
    if (!involved.contains(node.get())) continue;
    if (const auto constant = ov::as_type_ptr<ops::Constant>(node)) {
      const ov::Tensor values(constant->get_element_type(), constant->get_shape(),
                              const_cast<void*>(constant->get_data_ptr()));
      if (infer::finiteness(values) == found) {
        return fmt::format("the model's constant '{}' holds {}; give a model without it, no data would change that",
                           node->get_friendly_name(), infer::text(found));
      }
      continue;
    }
    if (ov::is_type<ops::Parameter>(node) || ov::is_type<ov::op::v0::Result>(node)) continue;
    for (const auto& output : node->outputs()) {
      if (!output.get_element_type().is_real()) continue;
      tensors.push_back({node->get_friendly_name(), output.get_index()});
      results.push_back(std::make_shared<ov::op::v0::Result>(output));
    }
  }
  const ov::ResultVector original = copy->get_results();
  for (const auto& result : original) copy->remove_result(result);
  copy->add_results(results);
  copy->add_results(original);

  const std::vector<ov::Output<const ov::Node>> inputs = std::as_const(*copy).inputs();
  try {
    ov::CompiledModel compiled =
        runtime.compile(copy, {.precision = infer::Precision::f32, .threads = 1, .streams = 1});
    ov::InferRequest request = compiled.create_infer_request();
    for (std::size_t i = 0; i < inputs.size(); ++i)
      request.set_input_tensor(i, sample.at(infer::input_name(inputs[i])));
    request.infer();
    for (std::size_t i = 0; i < tensors.size(); ++i) {
      const ov::Tensor values = request.get_output_tensor(i);
      if (infer::finiteness(values) == found) {
        return described(tensors[i].text(), holds);
      }
      if (tensors[i] == suspect && values.get_size() == 0) return described(suspect.text(), "is empty");
    }
  } catch (const std::exception&) {
    // The search is a courtesy: what is known already is still worth saying.
  }
  return fallback;
}

}  // namespace octune::calibration
