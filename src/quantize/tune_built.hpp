// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "octune/dataset.hpp"
#include "octune/quantize.hpp"
#include "octune/statistics.hpp"
#include "quantize/quantization_run.hpp"

namespace octune::quantization {

/// Tunes the layers of the model that `result` holds, if the run's options ask for it (see octune::tune_layers()).
/// `statistics` hold what its plan requires. Adds its time as "layerwise".
void tune_built(Run& run, const Statistics& statistics, const Dataset& data, const std::vector<std::size_t>& indices,
                QuantizeResult& result);

}  // namespace octune::quantization
