// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "infer/run_samples.hpp"

#include <algorithm>
#include <exception>
#include <map>
#include <openvino/runtime/properties.hpp>
#include <string>
#include <utility>
#include <vector>

#include "infer/decode_ahead.hpp"
#include "infer/runtime.hpp"
#include "infer/runtime_error.hpp"

namespace octune::infer {
namespace {

struct Request {
  ov::InferRequest request;
  bool has_state = false;
};

/// One place in the ring: its requests (one for each compiled form that came by) and the sample that is in flight.
struct Slot {
  std::map<const ov::CompiledModel*, Request> requests;
  Request* running = nullptr;
  Request* last = nullptr;  // ran before, and holds the state that the next sample of a sequence starts with
  Sample sample;            // lends its memory to the request
  std::string name;
  std::size_t position = 0;
};

class Ring {
 public:
  explicit Ring(std::size_t size) : slots_(size) {}
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;

  /// Requests hold memory of samples and must end before anything else does; their errors have been overtaken by
  /// another.
  ~Ring() {
    for (Slot& slot : slots_) {
      if (slot.running == nullptr) continue;
      try {
        slot.running->request.wait();
      } catch (const std::exception&) {
      }
    }
  }

  Slot& at(std::size_t position) { return slots_[position % slots_.size()]; }
  std::size_t size() const { return slots_.size(); }

 private:
  std::vector<Slot> slots_;
};

/// What a sample of a model with state starts with.
enum class Start { initial_state, state_of_the_last };

/// Another compiled form of the model goes on where the last one stopped.
void hand_over_state(ov::InferRequest& from, ov::InferRequest& to) {
  std::map<std::string, ov::Tensor> states;
  for (ov::VariableState& state : from.query_state()) states[state.get_name()] = state.get_state();
  for (ov::VariableState& state : to.query_state()) state.set_state(states.at(state.get_name()));
}

void start(Slot& slot, Start from, ov::CompiledModel& model, std::span<const ov::Output<const ov::Node>> inputs) {
  auto [found, is_new] = slot.requests.try_emplace(&model);
  Request& own = found->second;
  try {
    if (is_new) {
      own.request = model.create_infer_request();
      own.has_state = !own.request.query_state().empty();
    }
    if (own.has_state && from == Start::initial_state) own.request.reset_state();
    if (own.has_state && from == Start::state_of_the_last && slot.last != &own)
      hand_over_state(slot.last->request, own.request);
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      own.request.set_input_tensor(i, slot.sample.at(input_name(inputs[i])));
    }
    own.request.start_async();
  } catch (const std::exception& exception) {
    throw runtime_error(slot.name, exception);
  }
  slot.running = &own;
  slot.last = &own;
}

}  // namespace

bool goes_on_with_sequence(std::span<const std::size_t> indices, std::size_t position, std::size_t sequence_length) {
  return sequence_length > 1 && position > 0 && indices[position] % sequence_length != 0 &&
         indices[position] == indices[position - 1] + 1;
}

void run_samples(const ModelChoice& choose_model, std::span<const ov::Output<const ov::Node>> inputs,
                 std::size_t in_flight, const Dataset& dataset, std::span<const std::size_t> indices,
                 std::string_view stage, Observer* observer, const ResultHandler& on_result,
                 const SampleHook& on_decoded) {
  Ring ring(std::max<std::size_t>(in_flight, 1));
  DecodeAhead samples(
      [&](std::size_t position) {
        std::string name = dataset.name(indices[position]);
        Sample decoded = dataset.sample(indices[position]);
        if (!on_decoded) return Decoded{fit_sample(std::move(decoded), name, inputs), std::move(name)};
        Sample fitted = fit_sample(decoded, name, inputs);
        on_decoded(position, decoded, fitted);
        return Decoded{std::move(fitted), std::move(name)};
      },
      indices.size(), ring.size(),
      std::min((ring.size() + 1) / 2, static_cast<std::size_t>(cpu_features().cores)));  // as many as run at once
  const auto report = [&](std::size_t done) {
    if (observer != nullptr) observer->progress(stage, done, indices.size());
  };
  bool stopping = false;
  const auto asked_to_stop = [&] {
    stopping = stopping || (observer != nullptr && observer->should_stop());
    return stopping;
  };
  const auto finish = [&](Slot& slot) {
    Request& running = *slot.running;
    try {
      running.request.wait();
      slot.running = nullptr;
      on_result(slot.position, running.request);
    } catch (const ov::Exception& exception) {
      slot.running = nullptr;
      throw runtime_error(slot.name, exception);
    }
    report(slot.position + 1);
  };
  const auto finish_all_before = [&](std::size_t position) {
    for (std::size_t i = 0; i < ring.size(); ++i) {
      Slot& slot = ring.at(position + i);
      if (slot.running == nullptr) continue;
      asked_to_stop();
      finish(slot);
    }
  };
  const std::size_t length = std::max<std::size_t>(dataset.sequence_length(), 1);
  bool in_sequence = false;  // a state is carried over: everything happens in one slot
  report(0);
  for (std::size_t position = 0; position < indices.size(); ++position) {
    const bool goes_on = goes_on_with_sequence(indices, position, length);
    if (asked_to_stop() && !goes_on) {
      finish_all_before(position);
      throw Interrupted();
    }
    // Prepared while all slots are busy; only then the oldest result is waited for.
    Decoded next;
    try {
      next = samples.take();
    } catch (...) {
      finish_all_before(position);  // an earlier sample may have an error too, and comes first
      throw;
    }
    Slot& slot = ring.at(in_sequence ? 0 : position);
    if (slot.running != nullptr) finish(slot);
    slot.sample = std::move(next.fitted);
    slot.name = std::move(next.name);
    slot.position = position;
    try {
      const bool keeps_state = in_sequence && goes_on;
      start(slot, keeps_state ? Start::state_of_the_last : Start::initial_state, choose_model(slot.sample), inputs);
    } catch (...) {
      finish_all_before(position);
      throw;
    }
    if (position == 0) in_sequence = length > 1 && slot.running->has_state;
  }
  finish_all_before(indices.size());
  if (stopping) throw Interrupted();
}

void run_samples(const ov::CompiledModel& model, const Dataset& dataset, std::span<const std::size_t> indices,
                 std::string_view stage, Observer* observer, const ResultHandler& on_result) {
  ov::CompiledModel compiled = model;
  std::vector<ov::Output<const ov::Node>> inputs;
  std::size_t streams = 1;
  try {
    inputs = compiled.inputs();
    streams = static_cast<std::size_t>(std::max(1, compiled.get_property(ov::num_streams).num));
  } catch (const std::exception& exception) {
    throw runtime_error("the compiled model", exception);
  }
  run_samples([&](const Sample&) -> ov::CompiledModel& { return compiled; }, inputs, 2 * streams, dataset, indices,
              stage, observer, on_result);
}

}  // namespace octune::infer
