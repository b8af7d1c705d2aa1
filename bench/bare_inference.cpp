// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0

// bare_inference MODEL DATA [MEAN SCALE]: how fast the runtime alone gets through the samples that calibration uses.
//
// All samples lie in memory before the clock starts; FP32; the better of two passes, once one request at a time and
// once two streams with four requests in flight. Prints a JSON object with the seconds of each.
#include <chrono>
#include <cstdio>
#include <deque>
#include <exception>
#include <limits>
#include <nlohmann/json.hpp>
#include <openvino/openvino.hpp>
#include <sstream>

#include "data/open.hpp"
#include "infer/run_samples.hpp"
#include "infer/runtime.hpp"

namespace octune {
namespace {

constexpr std::size_t kRequests = 4;
constexpr std::size_t kWarmUp = 5;
constexpr int kPasses = 2;

std::vector<double> numbers(const std::string& text) {
  std::vector<double> values;
  std::stringstream stream(text);
  for (std::string part; std::getline(stream, part, ',');) values.push_back(std::stod(part));
  return values;
}

void set_inputs(ov::InferRequest& request, const Sample& sample) {
  for (const auto& [name, tensor] : sample) request.set_tensor(name, tensor);
}

void run_in_turn(ov::CompiledModel& model, const std::vector<Sample>& samples) {
  ov::InferRequest request = model.create_infer_request();
  for (const Sample& sample : samples) {
    set_inputs(request, sample);
    request.infer();
  }
}

/// The oldest request is waited for and given the next sample.
void run_in_flight(ov::CompiledModel& model, const std::vector<Sample>& samples) {
  std::deque<ov::InferRequest> requests;
  for (const Sample& sample : samples) {
    if (requests.size() < kRequests) {
      requests.push_back(model.create_infer_request());
    } else {
      requests.push_back(std::move(requests.front()));
      requests.pop_front();
      requests.back().wait();
    }
    set_inputs(requests.back(), sample);
    requests.back().start_async();
  }
  for (ov::InferRequest& request : requests) request.wait();
}

template <class Pass>
double best_seconds(ov::CompiledModel& model, const std::vector<Sample>& samples, Pass pass) {
  pass(model, {samples.begin(), samples.begin() + static_cast<std::ptrdiff_t>(std::min(kWarmUp, samples.size()))});
  double best = std::numeric_limits<double>::infinity();
  for (int i = 0; i < kPasses; ++i) {
    const auto start = std::chrono::steady_clock::now();
    pass(model, samples);
    best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  return best;
}

int measure(const std::vector<std::string>& arguments) {
  if (arguments.size() != 2 && arguments.size() != 4) {
    std::fputs("usage: bare_inference MODEL DATA [MEAN SCALE]\n", stderr);
    return 2;
  }
  const infer::Runtime runtime;
  const std::shared_ptr<const ov::Model> model = runtime.read_model(arguments[0]);
  std::vector<data::InputInfo> inputs;
  for (const auto& input : model->inputs()) {
    inputs.push_back({infer::input_name(input), input.get_partial_shape(), input.get_element_type()});
  }
  data::Preprocess preprocess;
  if (arguments.size() == 4) {
    preprocess.mean = numbers(arguments[2]);
    preprocess.scale = numbers(arguments[3]);
  }
  const std::unique_ptr<Dataset> dataset = data::open_dataset(arguments[1], inputs, preprocess);
  std::vector<Sample> samples;
  for (std::size_t i = 0; i < dataset->size(); ++i) {
    samples.push_back(infer::fit_sample(dataset->sample(i), dataset->name(i), model->inputs()));
  }
  ov::CompiledModel single = runtime.compile(model);
  const double in_turn = best_seconds(single, samples, run_in_turn);
  ov::CompiledModel two = runtime.compile(model, {.streams = 2});
  const double in_flight = best_seconds(two, samples, run_in_flight);
  const nlohmann::json result{{"samples", samples.size()}, {"sync_s", in_turn}, {"streams_s", in_flight}};
  std::printf("%s\n", result.dump().c_str());
  return 0;
}

}  // namespace
}  // namespace octune

int main(int argc, char** argv) {
  try {
    return octune::measure({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bare_inference: %s\n", error.what());
    return 1;
  }
}
