// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "config/run_config.hpp"
#include "config/section.hpp"

namespace octune::config {

/// The stages of POT's pipeline, in the order they run; whole: DefaultQuantization, which is all of them.
enum class Stage { whole, alignment, ranges, correction };

/// One of POT's algorithms.
struct Algorithm {
  std::string_view name;
  Stage stage;
  bool available;  ///< in this version
  /// Reads its params into the run's options.
  void (*read)(Section& params, RunConfig& config);
};

/// The algorithm called `name`; null if POT has none of that name.
const Algorithm* find_algorithm(std::string_view name);

/// The names of those that are available.
std::vector<std::string> available_algorithms();

/// Reads POT's `model_type`, which its documents also call "model type"; none if it is not given or not known.
std::optional<ModelType> read_model_type(Section& section);

/// A note that `key`, if it is given, has no effect, and why.
void without_effect(Section& section, const std::string& key, std::string_view why, Severity severity,
                    RunConfig& config);

}  // namespace octune::config
