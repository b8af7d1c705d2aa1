// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0

// What the runtime alone needs to get through the samples that calibration uses, in FP32. Prints a JSON object.
//
// bare_inference MODEL DATA [MEAN SCALE]: seconds. All samples lie in memory before the clock starts; the better of two
// passes, once one request at a time and once two streams with four requests in flight.
//
// bare_inference --streamed COUNT MODEL DATA [MEAN SCALE]: peak memory of one such pass over the first COUNT samples,
// each read just before it is run; two streams with four requests.
#include <chrono>
#include <cstdio>
#include <deque>
#include <exception>
#include <limits>
#include <nlohmann/json.hpp>
#include <openvino/openvino.hpp>
#include <sstream>

#include "base/measure.hpp"
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

/// The oldest request is waited for and given the next sample, which `sample` makes.
template <class MakeSample>
void run_in_flight(ov::CompiledModel& model, std::size_t count, MakeSample sample) {
  std::deque<ov::InferRequest> requests;
  for (std::size_t i = 0; i < count; ++i) {
    if (requests.size() < kRequests) {
      requests.push_back(model.create_infer_request());
    } else {
      requests.push_back(std::move(requests.front()));
      requests.pop_front();
      requests.back().wait();
    }
    set_inputs(requests.back(), sample(i));
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

/// A model and the samples it is to run.
struct Work {
  std::shared_ptr<const ov::Model> model;
  std::unique_ptr<Dataset> dataset;

  Sample sample(std::size_t index) const {
    return infer::fit_sample(dataset->sample(index), dataset->name(index), model->inputs());
  }
};

/// From the arguments MODEL DATA [MEAN SCALE].
Work open(const infer::Runtime& runtime, std::span<const std::string> arguments) {
  Work work{runtime.read_model(arguments[0]), nullptr};
  std::vector<data::InputInfo> inputs;
  for (const auto& input : work.model->inputs()) {
    inputs.push_back({infer::input_name(input), input.get_partial_shape(), input.get_element_type()});
  }
  data::Preprocess preprocess;
  if (arguments.size() == 4) {
    preprocess.mean = numbers(arguments[2]);
    preprocess.scale = numbers(arguments[3]);
  }
  work.dataset = data::open_dataset(arguments[1], inputs, preprocess);
  return work;
}

nlohmann::json seconds(const infer::Runtime& runtime, const Work& work) {
  std::vector<Sample> samples;
  for (std::size_t i = 0; i < work.dataset->size(); ++i) samples.push_back(work.sample(i));
  ov::CompiledModel single = runtime.compile(work.model);
  const double in_turn = best_seconds(single, samples, run_in_turn);
  ov::CompiledModel two = runtime.compile(work.model, {.streams = 2});
  const double in_flight = best_seconds(two, samples, [](ov::CompiledModel& model, const std::vector<Sample>& given) {
    run_in_flight(model, given.size(), [&](std::size_t index) -> const Sample& { return given[index]; });
  });
  return {{"samples", samples.size()}, {"sync_s", in_turn}, {"streams_s", in_flight}};
}

nlohmann::json peak_memory(const infer::Runtime& runtime, const Work& work, std::size_t count) {
  ov::CompiledModel model = runtime.compile(work.model, {.streams = 2});
  count = std::min(count, work.dataset->size());
  run_in_flight(model, count, [&](std::size_t index) { return work.sample(index); });
  return {{"samples", count}, {"peak_mb", base::peak_rss_mib()}};
}

int measure(std::span<const std::string> arguments) {
  std::size_t streamed = 0;
  if (arguments.size() > 2 && arguments[0] == "--streamed") {
    streamed = std::stoul(arguments[1]);
    arguments = arguments.subspan(2);
  }
  if (arguments.size() != 2 && arguments.size() != 4) {
    std::fputs("usage: bare_inference [--streamed COUNT] MODEL DATA [MEAN SCALE]\n", stderr);
    return 2;
  }
  const infer::Runtime runtime;
  const Work work = open(runtime, arguments);
  const nlohmann::json result = streamed != 0 ? peak_memory(runtime, work, streamed) : seconds(runtime, work);
  std::printf("%s\n", result.dump().c_str());
  return 0;
}

}  // namespace
}  // namespace octune

int main(int argc, char** argv) {
  try {
    return octune::measure(std::vector<std::string>(argv + 1, argv + argc));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bare_inference: %s\n", error.what());
    return 1;
  }
}
