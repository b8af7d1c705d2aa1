// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "octune/plan.hpp"
#include "octune/statistics.hpp"

namespace octune::quantization {

/// Takes out of `plan` the recurrent sequences whose inputs are much wider than their states. The runtime gives both
/// one scale: states, which lie within one, would keep a few levels only. They stay in floating point, with the reason.
/// Sequences whose ranges are not estimated from extremes are left as they are.
void leave_out_narrow_states(const Statistics& statistics, Plan& plan);

}  // namespace octune::quantization
