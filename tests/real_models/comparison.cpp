// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <sstream>

#include "infer/runtime.hpp"

namespace octune::real_models {
namespace {

std::span<const float> values(const ov::Tensor& tensor) { return {tensor.data<const float>(), tensor.get_size()}; }

std::string text(const ov::Shape& shape) {
  std::ostringstream out;
  out << shape;
  return out.str();
}

double range_of(const std::vector<Outputs>& outputs, std::size_t port) {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const Outputs& sample : outputs) {
    for (const float value : values(sample[port])) {
      low = std::min<double>(low, value);
      high = std::max<double>(high, value);
    }
  }
  return high - low;
}

}  // namespace

std::vector<Outputs> outputs_of(const std::shared_ptr<const ov::Model>& model, const Dataset& samples) {
  ov::CompiledModel compiled = infer::Runtime().compile(model, {.threads = 1});
  std::vector<Outputs> results;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    ov::InferRequest request = compiled.create_infer_request();
    for (const auto& [name, tensor] : samples.sample(i)) request.set_tensor(name, tensor);
    request.infer();
    Outputs& outputs = results.emplace_back();
    for (std::size_t port = 0; port < compiled.outputs().size(); ++port) {
      const ov::Tensor computed = request.get_output_tensor(port);
      ov::Tensor& copy = outputs.emplace_back(computed.get_element_type(), computed.get_shape());
      computed.copy_to(copy);
    }
  }
  return results;
}

testing::AssertionResult agree(const std::vector<Outputs>& outputs, const std::vector<Outputs>& reference,
                               double tolerance) {
  if (outputs.size() != reference.size()) return testing::AssertionFailure() << "numbers of samples differ";
  for (std::size_t port = 0; port < reference.front().size(); ++port) {
    const double range = range_of(reference, port);
    for (std::size_t sample = 0; sample < outputs.size(); ++sample) {
      if (outputs[sample].size() != reference[sample].size()) {
        return testing::AssertionFailure() << "numbers of outputs differ";
      }
      const ov::Tensor &computed = outputs[sample][port], &expected = reference[sample][port];
      const std::string where = fmt::format("sample {}, output {}", sample, port);
      if (computed.get_shape() != expected.get_shape()) {
        return testing::AssertionFailure()
               << where << ": shape " << text(computed.get_shape()) << " instead of " << text(expected.get_shape());
      }
      const auto a = values(computed), b = values(expected);
      for (std::size_t i = 0; i < a.size(); ++i) {
        // Not the other way round: NaN has to fail.
        if (std::abs(static_cast<double>(a[i]) - b[i]) <= tolerance * range) continue;
        return testing::AssertionFailure()
               << where << ", element " << i << ": " << a[i] << " instead of " << b[i] << "; the range is " << range;
      }
    }
  }
  return testing::AssertionSuccess();
}

std::shared_ptr<ov::Model> before_softmax(const std::shared_ptr<const ov::Model>& model) {
  const std::shared_ptr<ov::Model> copy = model->clone();
  for (const auto& result : copy->get_results()) {
    const ov::Node* producer = result->get_input_node_ptr(0);
    if (std::string(producer->get_type_name()) == "Softmax") {
      result->input(0).replace_source_output(producer->input_value(0));
    }
  }
  copy->validate_nodes_and_infer_types();
  return copy;
}

double sqnr_db(const std::vector<Outputs>& outputs, const std::vector<Outputs>& reference) {
  double worst = std::numeric_limits<double>::infinity();
  for (std::size_t port = 0; port < reference.front().size(); ++port) {
    double signal = 0, noise = 0;
    for (std::size_t sample = 0; sample < reference.size(); ++sample) {
      const auto a = values(outputs[sample][port]), b = values(reference[sample][port]);
      for (std::size_t i = 0; i < b.size(); ++i) {
        signal += static_cast<double>(b[i]) * b[i];
        noise += (static_cast<double>(a[i]) - b[i]) * (static_cast<double>(a[i]) - b[i]);
      }
    }
    worst = std::min(worst, 10 * std::log10(signal / noise));
  }
  return worst;
}

}  // namespace octune::real_models
