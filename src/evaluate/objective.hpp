// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <openvino/core/model.hpp>
#include <span>
#include <string>
#include <vector>

#include "evaluate/rounds.hpp"
#include "infer/runtime.hpp"
#include "octune/dataset.hpp"
#include "octune/observer.hpp"

/// What a model costs to run, beside what it is worth (a metric): one interface for all that tuning may make smaller.
namespace octune::evaluate {

struct ObjectiveCandidate {
  std::string label;
  std::shared_ptr<const ov::Model> model;
  infer::CompileOptions options;
};

/// What an objective says of one candidate. A plain value, kept with the candidate: measured anew it would differ, and
/// the same run could choose another model.
struct Measurement {
  double value = 0;  ///< in the objective's unit
  std::size_t rounds = 1;
  Ratio ratio;  ///< value / the first candidate's, measured side by side, with its 95 % interval
};

enum class Direction { lower_is_better, higher_is_better };

class Objective {
 public:
  virtual ~Objective() = default;

  /// One measurement a candidate, in their order; the first is what the others are compared with. `samples` are the
  /// inputs. Progress is reported under the objective's name. Throws Interrupted when the observer asks to stop, and
  /// Error{input} without samples or for one that does not fit a candidate's inputs.
  virtual std::vector<Measurement> measure(const infer::Runtime& runtime,
                                           std::span<const ObjectiveCandidate> candidates,
                                           const std::vector<Sample>& samples, Observer* observer) const = 0;
};

/// What is known of an objective before it is made; the table is behind make_objective() and `octune list objectives`.
struct ObjectiveEntry {
  std::string name;
  std::string unit;
  Direction direction = Direction::lower_is_better;
  std::string summary;  ///< one line
  std::function<std::unique_ptr<Objective>(const RoundOptions&)> make;
};

/// latency, throughput, model_size, peak_memory.
std::span<const ObjectiveEntry> objective_entries();

/// Error{input} with the known names for another.
const ObjectiveEntry& objective_entry(std::string_view name);

/// Whether `a` is better than `b` by more than chance: the interval of a's ratio to b does not hold 1.
bool is_better(const Ratio& a_to_b, Direction direction);

}  // namespace octune::evaluate
