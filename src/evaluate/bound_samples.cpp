// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/bound_samples.hpp"

#include <fmt/format.h>

#include "infer/run_samples.hpp"
#include "octune/error.hpp"

namespace octune::evaluate {

std::vector<BoundSample> bind_samples(const ov::CompiledModel& model, const std::vector<Sample>& samples,
                                      const std::string& where) {
  if (samples.empty()) throw Error(ErrorKind::input, fmt::format("{}: no samples; at least one is needed", where));
  const std::vector<ov::Output<const ov::Node>> inputs = model.inputs();
  std::vector<BoundSample> bound;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const Sample fitted = infer::fit_sample(samples[i], fmt::format("{}: sample {}", where, i), inputs);
    BoundSample tensors;
    for (const auto& input : inputs) tensors.push_back(fitted.at(infer::input_name(input)));
    bound.push_back(std::move(tensors));
  }
  return bound;
}

void set_inputs(ov::InferRequest& request, const BoundSample& sample) {
  request.reset_state();
  for (std::size_t i = 0; i < sample.size(); ++i) request.set_input_tensor(i, sample[i]);
}

}  // namespace octune::evaluate
