// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "layerwise/model_prefix.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <openvino/opsets/opset13.hpp>
#include <openvino/pass/constant_folding.hpp>

#include "base/assert.hpp"
#include "graph/queries.hpp"
#include "infer/finite.hpp"
#include "infer/run_samples.hpp"
#include "octune/error.hpp"

namespace octune::layerwise {
namespace {

namespace op = ov::opset13;

bool is_state_read(const ov::Node& node) { return std::string(node.get_type_info().name) == "ReadValue"; }

/// Nodes whose values differ from sample to sample.
std::set<const ov::Node*> varying_nodes(const ov::Model& model) {
  std::set<const ov::Node*> varying;
  for (const auto& node : model.get_ordered_ops()) {
    const auto inputs = node->input_values();
    if (ov::is_type<op::Parameter>(node) || is_state_read(*node) ||
        std::any_of(inputs.begin(), inputs.end(),
                    [&](const ov::Output<ov::Node>& input) { return varying.contains(input.get_node()); }))
      varying.insert(node.get());
  }
  return varying;
}

/// The nodes from which `targets` are computed, themselves included.
std::set<const ov::Node*> ancestors(std::vector<const ov::Node*> targets) {
  std::set<const ov::Node*> found(targets.begin(), targets.end());
  while (!targets.empty()) {
    const ov::Node* node = targets.back();
    targets.pop_back();
    for (const ov::Output<ov::Node>& input : node->input_values()) {
      if (found.insert(input.get_node()).second) targets.push_back(input.get_node());
    }
  }
  return found;
}

ov::Output<ov::Node> as_float(const ov::Output<ov::Node>& tensor) {
  if (tensor.get_element_type() == ov::element::f32) return tensor;
  return std::make_shared<op::Convert>(tensor, ov::element::f32);
}

/// The shape that all tensors have, or what is known without looking at them.
ov::PartialShape common_shape(const std::vector<ov::Tensor>& tensors, const ov::PartialShape& known) {
  const ov::Shape shape = tensors.front().get_shape();
  const bool same = std::all_of(tensors.begin(), tensors.end(),
                                [&](const ov::Tensor& tensor) { return tensor.get_shape() == shape; });
  return same ? ov::PartialShape(shape) : known;
}

/// Integer weights of layers whose input is not in integers: the CPU plugin (2026.4) computes wrong values with them as
/// soon as there are two streams.
void make_weights_float(const std::shared_ptr<ov::Model>& model) {
  for (const auto& node : model->get_ordered_ops()) {
    if (ov::is_type<op::Convert>(node) && ov::is_type<op::Constant>(node->get_input_node_ptr(0)))
      ov::pass::enable_constant_folding(node);
  }
  ov::pass::ConstantFolding().run_on_model(model);
}

/// What the runtime would leave out: it fails on some models that are cut where one stands.
void leave_out_wide_quantizers(const ov::Model& model) {
  for (const auto& node : model.get_ordered_ops()) {
    if (!is_left_out_by_runtime(*node)) continue;
    for (auto target : node->output(0).get_target_inputs()) target.replace_source_output(node->input_value(0));
  }
}

/// Samples made of inputs of the model and of remembered tensors, under the numbers of the original samples.
class PartInputs : public Dataset {
 public:
  using Make = std::function<Sample(std::size_t)>;

  PartInputs(const Dataset& original, Make make) : original_(original), make_(std::move(make)) {}

  std::size_t size() const override { return original_.size(); }
  Sample sample(std::size_t index) const override { return make_(index); }
  std::string name(std::size_t index) const override { return original_.name(index); }
  std::size_t sequence_length() const override { return original_.sequence_length(); }

 private:
  const Dataset& original_;
  Make make_;
};

std::size_t bytes_of(const std::vector<ov::Tensor>& tensors) {
  return std::accumulate(tensors.begin(), tensors.end(), std::size_t{0},
                         [](std::size_t sum, const ov::Tensor& tensor) { return sum + tensor.get_byte_size(); });
}

}  // namespace

bool is_left_out_by_runtime(const ov::Node& node) {
  constexpr std::size_t kLevels = 65536;
  const auto* quantizer = ov::as_type<const op::FakeQuantize>(&node);
  return quantizer != nullptr && quantizer->get_levels() >= kLevels;
}

std::map<const ov::Node*, std::size_t> layer_depths(const ov::Model& model, const std::set<std::string>& layers) {
  std::map<const ov::Node*, std::size_t> depths;
  for (const auto& node : model.get_ordered_ops()) {
    std::size_t depth = 0;
    for (const ov::Output<ov::Node>& input : node->input_values()) depth = std::max(depth, depths[input.get_node()]);
    depths[node.get()] = depth + (layers.contains(node->get_friendly_name()) ? 1 : 0);
  }
  return depths;
}

namespace {

/// Tensors given by nodes of a depth below `depth` that nodes of that depth or more read, `ends` and what they need.
std::set<TensorRef> cut_at(const ov::Model& model, const std::map<const ov::Node*, std::size_t>& depths,
                           std::size_t depth, std::vector<const ov::Node*> ends) {
  const std::set<const ov::Node*> varying = varying_nodes(model);
  std::set<TensorRef> tensors;
  for (const ov::Node* node : ancestors(std::move(ends))) {
    if (depths.at(node) < depth) continue;
    for (ov::Output<ov::Node> input : node->input_values()) {
      if (depths.at(input.get_node()) >= depth) continue;
      if (ov::is_type<op::FakeQuantize>(input.get_node())) input = input.get_node()->input_value(0);
      if (!varying.contains(input.get_node()) || ov::is_type<op::Parameter>(input.get_node())) continue;
      tensors.insert(graph::ref(input));
    }
  }
  return tensors;
}

/// Layers of a depth beyond `depth`.
std::vector<const ov::Node*> layers_beyond(const std::map<const ov::Node*, std::size_t>& depths,
                                           const std::set<std::string>& layers, std::size_t depth) {
  std::vector<const ov::Node*> beyond;
  for (const auto& [node, its_depth] : depths) {
    if (its_depth > depth && layers.contains(node->get_friendly_name())) beyond.push_back(node);
  }
  return beyond;
}

}  // namespace

std::set<TensorRef> frontier(const ov::Model& model, const std::set<std::string>& layers, std::size_t depth) {
  const auto depths = layer_depths(model, layers);
  return cut_at(model, depths, depth, layers_beyond(depths, layers, depth));
}

std::set<TensorRef> frontier_behind(const ov::Model& model, const std::set<std::string>& layers, std::size_t depth) {
  auto depths = layer_depths(model, layers);
  const std::vector<const ov::Node*> beyond = layers_beyond(depths, layers, depth);
  // A layer belongs to what is in front of it.
  for (auto& [node, its_depth] : depths) {
    if (layers.contains(node->get_friendly_name())) --its_depth;
  }
  return cut_at(model, depths, depth, beyond);
}

/// A model cut out of the whole one. Its results: what is wanted, then what is to be remembered.
struct ModelPrefix::Part {
  std::shared_ptr<ov::Model> model;
  std::map<std::string, const Values*> from_store;  // by name of the input
  std::vector<TensorRef> remembered;
};

ModelPrefix::ModelPrefix(const infer::Runtime& runtime, const Dataset& dataset, std::vector<std::size_t> indices,
                         int threads, std::size_t memory_limit)
    : runtime_(runtime),
      dataset_(dataset),
      indices_(std::move(indices)),
      threads_(threads > 0 ? threads : infer::cpu_features().cores),
      memory_limit_(memory_limit) {
  for (std::size_t position = 0; position < indices_.size(); ++position) position_of_[indices_[position]] = position;
}

std::size_t ModelPrefix::remembered_bytes() const {
  std::size_t bytes = 0;
  for (const auto& [tensor, values] : stored_) bytes += bytes_of(values);
  return bytes;
}

std::shared_ptr<ModelPrefix::Part> ModelPrefix::cut(const ov::Model& model, const Request& request,
                                                    const std::set<TensorRef>& remember) const {
  auto part = std::make_shared<Part>();
  const std::shared_ptr<ov::Model> copy = model.clone();
  const auto nodes = graph::nodes_by_name(*copy);
  std::map<TensorRef, ov::Output<ov::Node>> replaced;
  const auto tensor = [&](const TensorRef& ref) {
    const auto found = replaced.find(ref);
    return found != replaced.end() ? found->second : nodes.at(ref.node)->output(ref.port);
  };
  for (const auto& [ref, values] : stored_) {
    const ov::Output<ov::Node> output = tensor(ref);
    const auto parameter =
        std::make_shared<op::Parameter>(output.get_element_type(), common_shape(values, output.get_partial_shape()));
    const std::string name = fmt::format("octune/remembered/{}", replaced.size());
    parameter->set_friendly_name(name);
    parameter->output(0).set_names({name});
    for (auto target : output.get_target_inputs()) target.replace_source_output(parameter);
    replaced.emplace(ref, parameter->output(0));
    part->from_store[name] = &values;
  }
  ov::ResultVector results;
  for (std::size_t i = 0; i < request.wanted.size(); ++i) {
    const ov::Output<ov::Node> value = as_float(tensor(request.wanted[i]));
    results.push_back(std::make_shared<op::Result>(request.reduce ? request.reduce(value, i) : value));
  }
  for (const TensorRef& ref : remember) {
    if (replaced.contains(ref)) continue;
    part->remembered.push_back(ref);
    results.push_back(std::make_shared<op::Result>(tensor(ref)));
  }
  std::vector<const ov::Node*> ends;
  for (const auto& result : results) ends.push_back(result.get());
  for (const auto& sink : copy->get_sinks()) ends.push_back(sink.get());
  const std::set<const ov::Node*> needed = ancestors(ends);
  ov::ParameterVector parameters;
  for (const auto& parameter : copy->get_parameters()) {
    if (needed.contains(parameter.get())) parameters.push_back(parameter);
  }
  for (const auto& [ref, output] : replaced) {
    if (needed.contains(output.get_node())) {
      parameters.push_back(ov::as_type_ptr<op::Parameter>(output.get_node_shared_ptr()));
    } else {
      part->from_store.erase(output.get_node()->get_friendly_name());
    }
  }
  part->model = std::make_shared<ov::Model>(results, copy->get_sinks(), parameters, copy->get_variables(),
                                            copy->get_friendly_name());
  leave_out_wide_quantizers(*part->model);
  if (request.rewrite) request.rewrite(*part->model);
  make_weights_float(part->model);
  return part;
}

infer::CompileOptions ModelPrefix::compile_options() const {
  // One thread a stream: sums inside an operation are split by threads and would depend on their number.
  const int streams = static_cast<int>(std::min(static_cast<std::size_t>(threads_), indices_.size()));
  return {.precision = infer::Precision::f32, .threads = streams, .streams = streams};
}

std::unique_ptr<Dataset> ModelPrefix::inputs_of(const Part& part, const ov::Model& model) const {
  std::set<std::string> own;
  for (const auto& input : std::as_const(*part.model).inputs()) {
    const std::string name = infer::input_name(input);
    if (!part.from_store.contains(name)) own.insert(name);
  }
  const std::vector<ov::Output<const ov::Node>> all = model.inputs();
  return std::make_unique<PartInputs>(dataset_, [this, own, all, &part](std::size_t index) {
    Sample sample;
    for (const auto& [name, values] : part.from_store) sample[name] = (*values)[position_of_.at(index)];
    if (own.empty()) return sample;
    Sample given = infer::fit_sample(dataset_.sample(index), dataset_.name(index), all);
    for (const std::string& name : own) sample[name] = given.at(name);
    return sample;
  });
}

bool ModelPrefix::fits(const std::vector<ov::Tensor>& first_sample) const {
  // Samples may differ in size; the first stands for all of them until means() has counted.
  return remembered_bytes() + bytes_of(first_sample) * indices_.size() <= memory_limit_;
}

void ModelPrefix::exchange(std::map<TensorRef, Values> fresh, const std::set<TensorRef>& remember) {
  for (const TensorRef& ref : remember) {
    if (const auto old = stored_.find(ref); old != stored_.end()) fresh[ref] = std::move(old->second);
  }
  stored_ = std::move(fresh);
}

void ModelPrefix::run(const ov::Model& model, const Request& request, std::string_view stage, Observer* observer,
                      const Handler& on_values) {
  const std::set<TensorRef>& remember = request.remember;
  std::set<TensorRef> fit;
  // The states of a model hang on its outputs, so nothing before them is final.
  if (model.get_sinks().empty())
    std::set_difference(remember.begin(), remember.end(), unfit_.begin(), unfit_.end(), std::inserter(fit, fit.end()));
  const std::shared_ptr<Part> part = cut(model, request, fit);
  const ov::CompiledModel compiled = runtime_.compile(part->model, compile_options());
  const std::unique_ptr<Dataset> inputs = inputs_of(*part, model);

  std::map<TensorRef, Values> fresh;
  std::size_t fresh_bytes = 0;
  bool remembering = !fit.empty();
  const std::size_t wanted = request.wanted.size();
  infer::run_samples(compiled, *inputs, indices_, stage, observer,
                     [&](std::size_t position, ov::InferRequest& inference) {
                       std::vector<ov::Tensor> results;
                       for (std::size_t i = 0; i < wanted; ++i) results.push_back(inference.get_output_tensor(i));
                       on_values(position, results);
                       if (!remembering) return;
                       std::vector<ov::Tensor> values;
                       for (std::size_t i = 0; i < part->remembered.size(); ++i) {
                         values.push_back(inference.get_output_tensor(wanted + i));
                         if (infer::finiteness(values.back()) == infer::Finiteness::finite) continue;
                         unfit_.insert(part->remembered[i]);
                         remembering = false;
                       }
                       if (position == 0 && !fits(values)) remembering = false;
                       fresh_bytes += bytes_of(values);
                       if (remembered_bytes() + fresh_bytes > memory_limit_) remembering = false;
                       if (!remembering) {
                         fresh.clear();
                         return;
                       }
                       for (std::size_t i = 0; i < values.size(); ++i) {
                         ov::Tensor copy(values[i].get_element_type(), values[i].get_shape());
                         values[i].copy_to(copy);
                         fresh[part->remembered[i]].push_back(copy);
                       }
                     });
  if (remembering) exchange(std::move(fresh), fit);
}

}  // namespace octune::layerwise
