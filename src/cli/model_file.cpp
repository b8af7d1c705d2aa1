// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/model_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/suggest.hpp"
#include "infer/run_samples.hpp"
#include "octune/error.hpp"

namespace octune::cli {
namespace {

ov::PartialShape parse_shape(const std::string& dimensions) {
  try {
    return ov::PartialShape("[" + dimensions + "]");
  } catch (const std::exception&) {
    throw Error(ErrorKind::input,
                fmt::format("--shape: '{}' is not a shape; write dimensions as 1,3,224,224 (? for one "
                            "that varies)",
                            dimensions));
  }
}

/// Input name (empty for "the only one") and dimensions of each part of "x[1,3],y[1,10]".
std::vector<std::pair<std::string, std::string>> parts_of(const std::string& text) {
  if (text.find('[') == std::string::npos) return {{"", text}};
  std::vector<std::pair<std::string, std::string>> parts;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t open = text.find('[', at);
    const std::size_t close = open == std::string::npos ? open : text.find(']', open);
    if (close == std::string::npos || (close + 1 < text.size() && text[close + 1] != ',')) {
      throw Error(ErrorKind::input, fmt::format("--shape: '{}' cannot be read; write x[1,3,48,320],y[1,10]", text));
    }
    parts.emplace_back(text.substr(at, open - at), text.substr(open + 1, close - open - 1));
    at = close + 2;
  }
  return parts;
}

ov::Output<ov::Node> find_input(const ov::Model& model, const std::string& name) {
  const ov::OutputVector inputs = const_cast<ov::Model&>(model).inputs();
  if (name.empty() && inputs.size() == 1) return inputs.front();
  std::vector<std::string> known;
  for (const ov::Output<ov::Node>& input : inputs) {
    const auto names = input.get_names();
    if (names.contains(name) || input.get_node()->get_friendly_name() == name) return input;
    known.push_back(infer::input_name(ov::Output<const ov::Node>(input.get_node(), input.get_index())));
  }
  if (name.empty()) {
    throw Error(ErrorKind::input,
                fmt::format("--shape: the model has {} inputs; name the one meant, as {}[1,3,224,224]", inputs.size(),
                            known.front()));
  }
  throw Error(ErrorKind::input,
              fmt::format("--shape: the model has no input '{}'; {}", name, base::did_you_mean(name, known)));
}

void reshape(ov::Model& model, const std::string& text) {
  std::map<ov::Output<ov::Node>, ov::PartialShape> shapes;
  for (const auto& [name, dimensions] : parts_of(text)) {
    const ov::Output<ov::Node> input = find_input(model, name);
    const ov::PartialShape shape = parse_shape(dimensions);
    const ov::PartialShape& old = input.get_partial_shape();
    if (old.rank().is_static() && shape.rank() != old.rank()) {
      throw Error(ErrorKind::input, fmt::format("--shape: {} has {} dimensions, but the input has {}: {}; give as many",
                                                shape.to_string(), shape.size(), old.size(), old.to_string()));
    }
    shapes[input] = shape;
  }
  try {
    model.reshape(shapes);
  } catch (const std::exception& error) {
    std::string reason = error.what();
    // The runtime's text starts with its own source lines; the last line holds the reason.
    while (!reason.empty() && reason.back() == '\n') reason.pop_back();
    if (const std::size_t line = reason.rfind('\n'); line != std::string::npos) reason.erase(0, line + 1);
    throw Error(ErrorKind::input, fmt::format("--shape: the model cannot have the shape {} ({}); give one that its "
                                              "operations allow",
                                              text, reason));
  }
}

}  // namespace

std::shared_ptr<ov::Model> read_model(const infer::Runtime& runtime, const std::filesystem::path& path,
                                      const std::string& shape) {
  if (path.empty()) {
    throw Error(ErrorKind::input, "no model given; name a model file, as in model.onnx");
  }
  std::shared_ptr<ov::Model> model = runtime.read_model(path);
  if (!shape.empty()) reshape(*model, shape);
  return model;
}

std::vector<data::InputInfo> inputs_of(const ov::Model& model) {
  std::vector<data::InputInfo> inputs;
  for (const ov::Output<const ov::Node>& input : model.inputs()) {
    inputs.push_back({infer::input_name(input), input.get_partial_shape(), input.get_element_type()});
  }
  return inputs;
}

}  // namespace octune::cli
