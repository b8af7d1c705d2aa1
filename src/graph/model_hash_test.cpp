// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "graph/model_hash.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <functional>
#include <map>
#include <openvino/op/util/framework_node.hpp>
#include <openvino/openvino.hpp>
#include <openvino/opsets/opset13.hpp>
#include <set>

#include "testing/models.hpp"

namespace octune::graph {
namespace {

namespace op = ov::opset13;
using ModelPtr = std::shared_ptr<ov::Model>;

/// A model in which everything can be changed alone.
struct Parts {
  std::vector<float> weights{1, 2, 3, 4, 5, 6, 7, 8, 9};
  ov::Shape kernel{1, 1, 3, 3};
  ov::Strides strides{1, 1};
  ov::CoordinateDiff pads{1, 1};
  ov::op::PadType padding = ov::op::PadType::EXPLICIT;
  ov::PartialShape shape{1, 1, 8, 8};
  ov::element::Type bias_type = ov::element::f32;
  double upper = 6;
  std::vector<std::int64_t> axes{2, 3};
  bool keep_dims = true;
  std::string convolution = "conv", input = "x", output = "y";
  bool subtracts_from_conv = true;  ///< or the other way round
  bool second_reads_conv = true;    ///< or the clamped values
  bool second_result_first = false;
  bool tanh = false;
  bool waits = false;  ///< a control dependency
};

ModelPtr built(const Parts& parts) {
  const auto x = std::make_shared<op::Parameter>(ov::element::f32, parts.shape);
  x->output(0).set_names({parts.input});
  const auto weights = op::Constant::create(ov::element::f32, parts.kernel, parts.weights);
  const auto conv = std::make_shared<op::Convolution>(x, weights, parts.strides, parts.pads, parts.pads,
                                                      ov::Strides{1, 1}, parts.padding);
  if (!parts.convolution.empty()) conv->set_friendly_name(parts.convolution);
  const auto bias = std::make_shared<op::Convert>(op::Constant::create(parts.bias_type, {}, {1}), ov::element::f32);
  const auto shifted = parts.subtracts_from_conv ? std::make_shared<op::Subtract>(conv, bias)
                                                 : std::make_shared<op::Subtract>(bias, conv);
  const auto clamped = std::make_shared<op::Clamp>(shifted, 0, parts.upper);
  std::shared_ptr<ov::Node> activated = std::make_shared<op::Sigmoid>(clamped);
  if (parts.tanh) activated = std::make_shared<op::Tanh>(clamped);
  if (parts.waits) activated->add_control_dependency(bias);
  const std::shared_ptr<ov::Node> read = parts.second_reads_conv ? std::static_pointer_cast<ov::Node>(conv) : clamped;
  const auto mean = std::make_shared<op::ReduceMean>(
      read, op::Constant::create(ov::element::i64, {parts.axes.size()}, parts.axes), parts.keep_dims);
  const auto first = std::make_shared<op::Result>(activated);
  activated->output(0).set_names({parts.output});
  const auto second = std::make_shared<op::Result>(mean);
  ov::ResultVector results{first, second};
  if (parts.second_result_first) results = {second, first};
  return std::make_shared<ov::Model>(results, ov::ParameterVector{x});
}

/// Makes nodes, so that made-up names have other numbers afterwards.
void let_time_pass() {
  for (int i = 0; i < 7; ++i) op::Constant::create(ov::element::f32, {}, {0});
}

TEST(ModelHash, IsTheSameForTheSameModel) {
  const std::string hash = model_hash(*built({}));
  EXPECT_EQ(hash.size(), 32u);
  let_time_pass();
  EXPECT_EQ(model_hash(*built({})), hash);
  const ModelPtr model = built({});
  EXPECT_EQ(model_hash(*model), model_hash(*model));
  EXPECT_EQ(model_hash(*testing::small_transformer()), model_hash(*testing::small_transformer()));
  model->set_friendly_name("another name of the whole");
  model->set_rt_info("somebody", "author");
  for (const auto& node : model->get_ops()) node->get_rt_info()["mark"] = 1;
  EXPECT_EQ(model_hash(*model), hash);
}

TEST(ModelHash, IsTheSameInEveryProcess) {
  // Written down, so that a change is noticed: statistics kept from before it do not fit any more. A release of the
  // runtime that gives these operations other attributes or versions changes it, too.
  EXPECT_EQ(model_hash(*built({})), "9a322d3405004f2e0b84ab0a52808245");
}

TEST(ModelHash, EveryChangeGivesAnother) {
  const std::map<std::string, std::function<void(Parts&)>> changes{
      {"nothing", [](Parts&) {}},
      {"a weight", [](Parts& parts) { parts.weights[4] = 5.5F; }},
      {"the sign of a zero", [](Parts& parts) { parts.weights[4] = -0.0F; }},
      {"a zero", [](Parts& parts) { parts.weights[4] = 0.0F; }},
      {"the weights' shape",
       [](Parts& parts) {
         parts.kernel = {1, 1, 1, 9};
       }},
      {"strides",
       [](Parts& parts) {
         parts.strides = {2, 1};
       }},
      {"other strides",
       [](Parts& parts) {
         parts.strides = {1, 2};
       }},
      {"pads",
       [](Parts& parts) {
         parts.pads = {0, 1};
       }},
      {"padding", [](Parts& parts) { parts.padding = ov::op::PadType::VALID; }},
      {"the input's length",
       [](Parts& parts) {
         parts.shape = {1, 1, 8, 9};
       }},
      {"an open length",
       [](Parts& parts) {
         parts.shape = {1, 1, 8, -1};
       }},
      {"a range of lengths",
       [](Parts& parts) {
         parts.shape = {1, 1, 8, {1, 8}};
       }},
      {"type of a constant", [](Parts& parts) { parts.bias_type = ov::element::f16; }},
      {"a floating-point attribute", [](Parts& parts) { parts.upper = 6.0000001; }},
      {"a flag", [](Parts& parts) { parts.keep_dims = false; }},
      {"an integer constant",
       [](Parts& parts) {
         parts.axes = {3, 2};
       }},
      {"fewer values", [](Parts& parts) { parts.axes = {2}; }},
      {"the name of an operation", [](Parts& parts) { parts.convolution.push_back('2'); }},
      {"no name", [](Parts& parts) { parts.convolution.clear(); }},
      {"the input's name", [](Parts& parts) { parts.input.back() = 'X'; }},
      {"the output's name", [](Parts& parts) { parts.output.back() = 'Y'; }},
      {"operands", [](Parts& parts) { parts.subtracts_from_conv = false; }},
      {"an edge", [](Parts& parts) { parts.second_reads_conv = false; }},
      {"order of outputs", [](Parts& parts) { parts.second_result_first = true; }},
      {"type of an operation", [](Parts& parts) { parts.tanh = true; }},
      {"a control dependency", [](Parts& parts) { parts.waits = true; }},
  };
  std::map<std::string, std::string> seen;  // hash -> change
  for (const auto& [name, change] : changes) {
    Parts parts;
    change(parts);
    const auto [found, is_new] = seen.emplace(model_hash(*built(parts)), name);
    EXPECT_TRUE(is_new) << name << " and " << found->second;
  }
}

TEST(ModelHash, EveryWeightCounts) {
  std::set<std::string> hashes{model_hash(*built({}))};
  for (std::size_t i = 0; i < Parts{}.weights.size(); ++i) {
    Parts parts;
    parts.weights[i] += 0.25F;
    EXPECT_TRUE(hashes.insert(model_hash(*built(parts))).second) << i;
  }
}

TEST(ModelHash, VersionsOfAnOperationDiffer) {
  const auto with = [](auto make) {
    const auto x = std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{2, 3});
    const auto axis = op::Constant::create(ov::element::i64, {1}, {1});
    return std::make_shared<ov::Model>(ov::OutputVector{make(x, axis)}, ov::ParameterVector{x});
  };
  const auto v6 = with([](const auto& x, const auto& axis) {
    return std::make_shared<ov::op::v1::Softmax>(x, axis->get_element_type() == ov::element::i64 ? 1 : 0);
  });
  const auto v8 = with([](const auto& x, const auto&) { return std::make_shared<ov::op::v8::Softmax>(x, 1); });
  EXPECT_NE(model_hash(*v6), model_hash(*v8));
}

TEST(ModelHash, StringsCount) {
  const auto with = [](const std::vector<std::string>& texts) {
    const auto constant = std::make_shared<op::Constant>(ov::element::string, ov::Shape{texts.size()}, texts);
    return std::make_shared<ov::Model>(ov::OutputVector{constant}, ov::ParameterVector{});
  };
  EXPECT_EQ(model_hash(*with({"ab", "c"})), model_hash(*with({"ab", "c"})));
  EXPECT_NE(model_hash(*with({"ab", "c"})), model_hash(*with({"a", "bc"})));
}

struct LoopParts {
  float factor = 2;
  std::int64_t trips = 3;
  std::int64_t iteration = -1;
  std::int64_t current_iteration = -1;
  bool merged = true;
  std::string inner = "inner";
};

ModelPtr loop_model(const LoopParts& parts) {
  const auto x = std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{1, 4});
  const auto inside = std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{1, 4});
  const auto counter = std::make_shared<op::Parameter>(ov::element::i64, ov::PartialShape{});
  const auto factor = op::Constant::create(ov::element::f32, {}, {parts.factor});
  const auto product = std::make_shared<op::Multiply>(inside, factor);
  product->set_friendly_name(parts.inner);
  const auto go_on = op::Constant::create(ov::element::boolean, {}, {true});
  const auto counted = std::make_shared<op::Result>(counter);
  const auto body = std::make_shared<ov::Model>(
      ov::ResultVector{std::make_shared<op::Result>(go_on), std::make_shared<op::Result>(product), counted},
      ov::ParameterVector{inside, counter});
  const auto loop = std::make_shared<op::Loop>(op::Constant::create(ov::element::i64, {}, {parts.trips}),
                                               op::Constant::create(ov::element::boolean, {}, {true}));
  loop->set_function(body);
  loop->set_special_body_ports({parts.current_iteration, 0});
  if (parts.merged) {
    loop->set_merged_input(inside, x, body->get_results()[1]->input_value(0));
  } else {
    loop->set_invariant_input(inside, x);
  }
  loop->set_invariant_input(counter, op::Constant::create(ov::element::i64, {}, {0}));
  const auto out = loop->get_iter_value(body->get_results()[1]->input_value(0), parts.iteration);
  loop->set_friendly_name("loop");
  return std::make_shared<ov::Model>(ov::OutputVector{out}, ov::ParameterVector{x});
}

TEST(ModelHash, BodiesOfLoopsAndWhatTheyReadCount) {
  const std::map<std::string, std::function<void(LoopParts&)>> changes{
      {"nothing", [](LoopParts&) {}},
      {"a constant inside", [](LoopParts& parts) { parts.factor = 3; }},
      {"the number of rounds", [](LoopParts& parts) { parts.trips = 4; }},
      {"which round comes out", [](LoopParts& parts) { parts.iteration = 1; }},
      {"where the number of the round goes", [](LoopParts& parts) { parts.current_iteration = 1; }},
      {"the kind of an input", [](LoopParts& parts) { parts.merged = false; }},
      {"a name inside", [](LoopParts& parts) { parts.inner.push_back('2'); }},
  };
  std::map<std::string, std::string> seen;
  for (const auto& [name, change] : changes) {
    LoopParts parts;
    change(parts);
    const std::string hash = model_hash(*loop_model(parts));
    let_time_pass();
    EXPECT_EQ(model_hash(*loop_model(parts)), hash) << name;
    const auto [found, is_new] = seen.emplace(hash, name);
    EXPECT_TRUE(is_new) << name << " and " << found->second;
  }
}

ModelPtr iterator_model(std::int64_t stride, std::int64_t axis, float factor) {
  const auto x = std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{4, 4});
  const ov::PartialShape part = axis == 0 ? ov::PartialShape{1, 4} : ov::PartialShape{4, 1};
  const auto inside = std::make_shared<op::Parameter>(ov::element::f32, part);
  const auto product = std::make_shared<op::Multiply>(inside, op::Constant::create(ov::element::f32, {}, {factor}));
  const auto body = std::make_shared<ov::Model>(ov::OutputVector{product}, ov::ParameterVector{inside});
  const auto iterator = std::make_shared<op::TensorIterator>();
  iterator->set_body(body);
  iterator->set_sliced_input(inside, x, stride > 0 ? 0 : -1, stride, 1, stride > 0 ? -1 : 0, axis);
  const auto out = iterator->get_concatenated_slices(product, 0, 1, 1, -1, axis);
  return std::make_shared<ov::Model>(ov::OutputVector{out}, ov::ParameterVector{x});
}

TEST(ModelHash, SlicesOfTensorIteratorsCount) {
  const std::string hash = model_hash(*iterator_model(1, 0, 2));
  EXPECT_EQ(model_hash(*iterator_model(1, 0, 2)), hash);
  EXPECT_NE(model_hash(*iterator_model(-1, 0, 2)), hash);
  EXPECT_NE(model_hash(*iterator_model(1, 1, 2)), hash);
  EXPECT_NE(model_hash(*iterator_model(1, 0, 3)), hash);
}

ModelPtr if_model(float then_factor, float else_factor) {
  const auto x = std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{1, 4});
  const auto condition = std::make_shared<op::Parameter>(ov::element::boolean, ov::PartialShape{});
  const auto body = [](float factor) {
    const auto inside = std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{1, 4});
    const auto product = std::make_shared<op::Multiply>(inside, op::Constant::create(ov::element::f32, {}, {factor}));
    return std::make_shared<ov::Model>(ov::OutputVector{product}, ov::ParameterVector{inside});
  };
  const auto then_body = body(then_factor);
  const auto else_body = body(else_factor);
  const auto branch = std::make_shared<op::If>(condition);
  branch->set_then_body(then_body);
  branch->set_else_body(else_body);
  branch->set_input(x, then_body->get_parameters()[0], else_body->get_parameters()[0]);
  const auto out = branch->set_output(then_body->get_results()[0], else_body->get_results()[0]);
  return std::make_shared<ov::Model>(ov::OutputVector{out}, ov::ParameterVector{x, condition});
}

TEST(ModelHash, BothBranchesCount) {
  const std::string hash = model_hash(*if_model(2, 3));
  EXPECT_EQ(model_hash(*if_model(2, 3)), hash);
  EXPECT_NE(model_hash(*if_model(2, 4)), hash);
  EXPECT_NE(model_hash(*if_model(4, 3)), hash);
  EXPECT_NE(model_hash(*if_model(3, 2)), hash);
}

ModelPtr state_model(const std::string& id, const ov::PartialShape& shape) {
  const auto x = std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{1, 4});
  const auto variable =
      std::make_shared<ov::op::util::Variable>(ov::op::util::VariableInfo{shape, ov::element::f32, id});
  const auto start = op::Constant::create(ov::element::f32, {1, 4}, {0});
  const auto read = std::make_shared<op::ReadValue>(start, variable);
  const auto sum = std::make_shared<op::Add>(x, read);
  const auto assign = std::make_shared<op::Assign>(sum, variable);
  return std::make_shared<ov::Model>(ov::ResultVector{std::make_shared<op::Result>(sum)}, ov::SinkVector{assign},
                                     ov::ParameterVector{x});
}

TEST(ModelHash, VariablesCount) {
  const std::string hash = model_hash(*state_model("state", {1, 4}));
  EXPECT_EQ(model_hash(*state_model("state", {1, 4})), hash);
  EXPECT_NE(model_hash(*state_model("memory", {1, 4})), hash);
  EXPECT_NE(model_hash(*state_model("state", {-1, 4})), hash);
}

TEST(ModelHash, ForeignOperationsCount) {
  const auto with = [](const std::string& type, const std::string& value) {
    const auto x = std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{1, 4});
    const auto node = std::make_shared<ov::op::util::FrameworkNode>(ov::OutputVector{x}, 1);
    ov::op::util::FrameworkNodeAttrs attributes;
    attributes.set_type_name(type);
    for (const char* key : {"a", "b", "c", "d", "e"}) attributes[key] = value;
    node->set_attrs(attributes);
    node->set_output_type(0, ov::element::f32, ov::PartialShape{1, 4});
    return std::make_shared<ov::Model>(ov::OutputVector{node}, ov::ParameterVector{x});
  };
  EXPECT_EQ(model_hash(*with("T", "1")), model_hash(*with("T", "1")));
  EXPECT_NE(model_hash(*with("T", "1")), model_hash(*with("U", "1")));
  EXPECT_NE(model_hash(*with("T", "1")), model_hash(*with("T", "2")));
}

TEST(ModelHash, IsTheSameForTwoReadsOfAFile) {
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("octune_model_hash_" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  const std::string file = (folder / "model.xml").string();
  ov::save_model(loop_model({}), file, false);
  {
    ov::Core core;
    const ModelPtr mapped = core.read_model(file);
    core.set_property(ov::enable_mmap(false));
    const ModelPtr in_memory = core.read_model(file);
    EXPECT_EQ(model_hash(*mapped), model_hash(*in_memory));
    LoopParts other;
    other.factor = 7;
    ov::save_model(loop_model(other), (folder / "other.xml").string(), false);
    EXPECT_NE(model_hash(*core.read_model((folder / "other.xml").string())), model_hash(*mapped));
  }
  std::filesystem::remove_all(folder);
}

/// An operation of a user's extension with an attribute of a type of its own.
struct Secret {};

}  // namespace
}  // namespace octune::graph

namespace ov {
template <>
class AttributeAdapter<octune::graph::Secret> : public ValueAccessor<void> {
 public:
  explicit AttributeAdapter(octune::graph::Secret&) {}
  OPENVINO_RTTI("AttributeAdapter<Secret>");
};
}  // namespace ov

namespace octune::graph {
namespace {

class Mysterious final : public ov::op::Op {
 public:
  OPENVINO_OP("Mysterious")
  explicit Mysterious(const ov::Output<ov::Node>& input) : Op({input}) { constructor_validate_and_infer_types(); }
  void validate_and_infer_types() override {
    set_output_type(0, get_input_element_type(0), get_input_partial_shape(0));
  }
  std::shared_ptr<ov::Node> clone_with_new_inputs(const ov::OutputVector& inputs) const override {
    return std::make_shared<Mysterious>(inputs.at(0));
  }
  bool visit_attributes(ov::AttributeVisitor& visitor) override {
    visitor.on_attribute("secret", secret_);
    return true;
  }

 private:
  Secret secret_;
};

ModelPtr mysterious_model() {
  const auto x = std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{1});
  const auto node = std::make_shared<Mysterious>(x);
  return std::make_shared<ov::Model>(ov::OutputVector{node}, ov::ParameterVector{x});
}

TEST(ModelHash, AttributesThatCannotBeReadAreOtherOnesInEveryProcess) {
  const std::string here = model_hash(*mysterious_model());
  EXPECT_EQ(model_hash(*mysterious_model()), here);
  // A fork would know this process's number already.
  const std::string program = std::filesystem::read_symlink("/proc/self/exe").string();
  const std::string command = fmt::format("'{}' --gtest_filter=ModelHash.IsPrintedForAnotherProcess", program);
  FILE* other = ::popen(command.c_str(), "r");
  ASSERT_NE(other, nullptr);
  std::string output;
  for (int c = std::fgetc(other); c != EOF; c = std::fgetc(other)) output.push_back(static_cast<char>(c));
  EXPECT_EQ(::pclose(other), 0);
  EXPECT_NE(output.find(model_hash(*built({}))), std::string::npos) << output;
  EXPECT_NE(output.find("other "), std::string::npos);
  EXPECT_EQ(output.find(here), std::string::npos);
}

/// Started by the test above in a new process, too.
TEST(ModelHash, IsPrintedForAnotherProcess) {
  ASSERT_EQ(model_hash(*mysterious_model()).size(), 32u);
  std::printf("hash %s\nother %s\n", model_hash(*built({})).c_str(), model_hash(*mysterious_model()).c_str());
}

}  // namespace
}  // namespace octune::graph
