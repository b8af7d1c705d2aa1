// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "graph/model_hash.hpp"

#include <map>
#include <memory>
#include <openvino/core/attribute_visitor.hpp>
#include <openvino/core/node.hpp>
#include <openvino/op/constant.hpp>
#include <openvino/op/loop.hpp>
#include <openvino/op/util/framework_node.hpp>
#include <openvino/op/util/multi_subgraph_base.hpp>
#include <openvino/op/util/variable.hpp>
#include <random>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/hash.hpp"
#include "octune/error.hpp"

namespace octune::graph {
namespace {

using base::Hash;
using SubGraph = ov::op::util::MultiSubGraphOp;

void add_model(Hash& hash, const ov::Model& model);

void add_count(Hash& hash, std::size_t count) { hash.add(static_cast<std::uint64_t>(count)); }

void add_dimension(Hash& hash, const ov::Dimension& dimension) {
  hash.add(dimension.get_min_length()).add(dimension.get_max_length());
}

void add_shape(Hash& hash, const ov::PartialShape& shape) {
  hash.add(shape.rank().is_static());
  if (shape.rank().is_dynamic()) return;
  add_count(hash, shape.size());
  for (const ov::Dimension& dimension : shape) add_dimension(hash, dimension);
}

std::uint64_t number_of_this_process() {
  static const std::uint64_t number = (std::uint64_t{std::random_device()()} << 32) | std::random_device()();
  return number;
}

/// Adds every attribute that an operation shows: its name and its value.
class AttributeHasher final : public ov::AttributeVisitor {
 public:
  explicit AttributeHasher(Hash& hash) : hash_(hash) {}

  using ov::AttributeVisitor::on_adapter;

  void on_adapter(const std::string& name, ov::ValueAccessor<bool>& adapter) override { add(name, adapter.get()); }
  void on_adapter(const std::string& name, ov::ValueAccessor<std::int64_t>& adapter) override {
    add(name, adapter.get());
  }
  void on_adapter(const std::string& name, ov::ValueAccessor<float>& adapter) override { add(name, adapter.get()); }
  void on_adapter(const std::string& name, ov::ValueAccessor<double>& adapter) override { add(name, adapter.get()); }
  void on_adapter(const std::string& name, ov::ValueAccessor<std::string>& adapter) override {
    hash_.add(name).add(std::string_view(adapter.get()));
  }
  void on_adapter(const std::string& name, ov::ValueAccessor<std::vector<std::string>>& adapter) override {
    add_texts(name, adapter.get());
  }
  void on_adapter(const std::string& name, ov::ValueAccessor<std::vector<std::int8_t>>& adapter) override {
    add_all(name, adapter);
  }
  void on_adapter(const std::string& name, ov::ValueAccessor<std::vector<std::int16_t>>& adapter) override {
    add_all(name, adapter);
  }
  void on_adapter(const std::string& name, ov::ValueAccessor<std::vector<std::int32_t>>& adapter) override {
    add_all(name, adapter);
  }
  void on_adapter(const std::string& name, ov::ValueAccessor<std::vector<std::int64_t>>& adapter) override {
    add_all(name, adapter);
  }
  void on_adapter(const std::string& name, ov::ValueAccessor<std::vector<std::uint8_t>>& adapter) override {
    add_all(name, adapter);
  }
  void on_adapter(const std::string& name, ov::ValueAccessor<std::vector<std::uint16_t>>& adapter) override {
    add_all(name, adapter);
  }
  void on_adapter(const std::string& name, ov::ValueAccessor<std::vector<std::uint32_t>>& adapter) override {
    add_all(name, adapter);
  }
  void on_adapter(const std::string& name, ov::ValueAccessor<std::vector<std::uint64_t>>& adapter) override {
    add_all(name, adapter);
  }
  void on_adapter(const std::string& name, ov::ValueAccessor<std::vector<float>>& adapter) override {
    add_all(name, adapter);
  }
  void on_adapter(const std::string& name, ov::ValueAccessor<std::vector<double>>& adapter) override {
    add_all(name, adapter);
  }
  void on_adapter(const std::string& name, ov::ValueAccessor<std::shared_ptr<ov::Model>>& adapter) override {
    hash_.add(name);
    add_model(hash_, *adapter.get());
  }

  /// What is neither a number nor a text nor a list of them.
  void on_adapter(const std::string& name, ov::ValueAccessor<void>& adapter) override {
    hash_.add(name);
    if (const auto* shape = value<ov::PartialShape>(adapter)) {
      add_shape(hash_, *shape);
    } else if (const auto* dimension = value<ov::Dimension>(adapter)) {
      add_dimension(hash_, *dimension);
    } else if (const auto* variable = value<std::shared_ptr<ov::op::util::Variable>>(adapter)) {
      const ov::op::util::VariableInfo info = (*variable)->get_info();
      hash_.add(info.variable_id).add(info.data_type.get_type_name());
      add_shape(hash_, info.data_shape);
    } else if (const auto* types = value<ov::element::TypeVector>(adapter)) {
      add_count(hash_, types->size());
      for (const ov::element::Type& type : *types) hash_.add(type.get_type_name());
    } else if (const auto* texts = value<std::set<std::string>>(adapter)) {
      add_texts(name, *texts);
    } else if (const auto* inputs = value<std::vector<SubGraph::InputDescription::Ptr>>(adapter)) {
      add_count(hash_, inputs->size());
      for (const auto& input : *inputs) add_description(*input);
    } else if (const auto* outputs = value<std::vector<SubGraph::OutputDescription::Ptr>>(adapter)) {
      add_count(hash_, outputs->size());
      for (const auto& output : *outputs) add_description(*output);
    } else if (const auto* ports = value<ov::op::v5::Loop::SpecialBodyPorts>(adapter)) {
      hash_.add(ports->current_iteration_input_idx).add(ports->body_condition_output_idx);
    } else if (const auto* framework = value<ov::op::util::FrameworkNodeAttrs>(adapter)) {
      hash_.add(framework->get_opset_name()).add(framework->get_type_name());
      const std::map<std::string, std::string> sorted(framework->begin(), framework->end());
      add_count(hash_, sorted.size());
      for (const auto& [key, text] : sorted) hash_.add(key).add(text);
    } else {
      // An extension's own. To leave it out would let statistics of another model pass for this one's.
      hash_.add(std::string_view(adapter.get_type_info().name)).add(number_of_this_process());
    }
  }

 private:
  template <class Value>
  static const Value* value(ov::ValueAccessor<void>& adapter) {
    auto* typed = ov::as_type<ov::AttributeAdapter<Value>>(&adapter);
    return typed == nullptr ? nullptr : &typed->get();
  }

  template <class Number>
  void add(const std::string& name, Number number) {
    hash_.add(name).add(number);
  }

  template <class Number>
  void add_all(const std::string& name, ov::ValueAccessor<std::vector<Number>>& adapter) {
    const std::vector<Number>& values = adapter.get();
    hash_.add(name);
    add_count(hash_, values.size());
    hash_.add(std::as_bytes(std::span(values)));
  }

  template <class Texts>
  void add_texts(const std::string& name, const Texts& texts) {
    hash_.add(name);
    add_count(hash_, texts.size());
    for (const std::string& text : texts) hash_.add(std::string_view(text));
  }

  template <class Sliced>
  void add_slices(const Sliced& sliced) {
    hash_.add(sliced.m_start).add(sliced.m_stride).add(sliced.m_part_size).add(sliced.m_end).add(sliced.m_axis);
  }

  void add_description(const SubGraph::InputDescription& input) {
    hash_.add(std::string_view(input.get_type_info().name)).add(input.m_input_index).add(input.m_body_parameter_index);
    if (const auto* sliced = dynamic_cast<const SubGraph::SliceInputDescription*>(&input)) add_slices(*sliced);
    if (const auto* merged = dynamic_cast<const SubGraph::MergedInputDescription*>(&input)) {
      hash_.add(merged->m_body_value_index);
    }
  }

  void add_description(const SubGraph::OutputDescription& output) {
    hash_.add(std::string_view(output.get_type_info().name)).add(output.m_output_index).add(output.m_body_value_index);
    if (const auto* joined = dynamic_cast<const SubGraph::ConcatOutputDescription*>(&output)) add_slices(*joined);
    if (const auto* last = dynamic_cast<const SubGraph::BodyOutputDescription*>(&output)) hash_.add(last->m_iteration);
  }

  Hash& hash_;
};

void add_constant(Hash& hash, const ov::op::v0::Constant& constant) {
  hash.add(constant.get_element_type().get_type_name());
  add_shape(hash, constant.get_shape());
  if (constant.get_element_type() == ov::element::string) {
    for (const std::string& text : constant.get_value_strings()) hash.add(std::string_view(text));
  } else {
    hash.add(std::span(static_cast<const std::byte*>(constant.get_data_ptr()), constant.get_byte_size()));
  }
}

/// Nodes are numbered in topological order, which follows from the connections alone.
using Numbers = std::unordered_map<const ov::Node*, std::uint64_t>;

void add_node(Hash& hash, ov::Node& node, const Numbers& numbers) {
  const ov::DiscreteTypeInfo& type = node.get_type_info();
  hash.add(std::string_view(type.name)).add(std::string_view(type.version_id == nullptr ? "" : type.version_id));
  const bool is_named = node.get_friendly_name() != node.get_name();
  hash.add(std::string_view(is_named ? node.get_friendly_name() : std::string()));
  add_count(hash, node.get_input_size());
  for (const ov::Output<ov::Node>& source : node.input_values()) {
    hash.add(numbers.at(source.get_node()));
    add_count(hash, source.get_index());
  }
  std::set<std::uint64_t> controlling;
  for (const auto& other : node.get_control_dependencies()) controlling.insert(numbers.at(other.get()));
  add_count(hash, controlling.size());
  for (const std::uint64_t number : controlling) hash.add(number);
  if (const auto* constant = dynamic_cast<const ov::op::v0::Constant*>(&node)) {
    add_constant(hash, *constant);
  } else {
    AttributeHasher visitor(hash);
    node.visit_attributes(visitor);
  }
}

/// The order and the tensor names of a model's inputs or outputs.
template <class Nodes>
void add_ends(Hash& hash, const Nodes& nodes, const Numbers& numbers) {
  add_count(hash, nodes.size());
  for (const auto& node : nodes) {
    hash.add(numbers.at(node.get()));
    const auto& unordered = node->output(0).get_names();
    const std::set<std::string> names(unordered.begin(), unordered.end());
    add_count(hash, names.size());
    for (const std::string& name : names) hash.add(name);
  }
}

void add_model(Hash& hash, const ov::Model& model) {
  const std::vector<std::shared_ptr<ov::Node>> nodes = model.get_ordered_ops();
  Numbers numbers;
  for (const auto& node : nodes) numbers.emplace(node.get(), numbers.size());
  add_count(hash, nodes.size());
  for (const auto& node : nodes) add_node(hash, *node, numbers);
  add_ends(hash, model.get_parameters(), numbers);
  add_ends(hash, model.get_results(), numbers);
}

}  // namespace

std::string model_hash(const ov::Model& model) {
  Hash hash;
  try {
    add_model(hash, model);
  } catch (const ov::Exception& error) {
    throw Error(ErrorKind::runtime, std::string("recognising the model: the runtime failed: ") + error.what());
  }
  return hash.text();
}

}  // namespace octune::graph
