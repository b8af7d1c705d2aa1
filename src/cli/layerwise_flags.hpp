// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "octune/layerwise.hpp"

namespace CLI {
class App;
}

namespace octune::cli {

/// Layer-wise tuning, as typed.
struct LayerwiseFlags {
  std::optional<std::string> method;  ///< --layerwise-tuning: "off" takes back what the configuration file says
  std::optional<std::size_t> samples, rows, steps, batch_size, patience;
  std::optional<double> held_out, weights_lr, bias_lr, scale_lr, input_scale_lr;
  std::optional<std::string> memory;
};

void add_layerwise_flags(CLI::App& command, LayerwiseFlags& flags);

/// Changes what is given and nothing else; switched on here, tuning starts from what the configuration file says, if
/// anything. Error{input}: a value out of range, or options of tuning without it.
void apply_layerwise(const LayerwiseFlags& flags, const std::optional<LayerwiseOptions>& switched_off,
                     std::optional<LayerwiseOptions>& options);

}  // namespace octune::cli
