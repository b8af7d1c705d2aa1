// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "octune/metric.hpp"

#include "octune/error.hpp"

namespace octune {

Score Metric::score(const Outputs&, std::string_view) const {
  throw Error(ErrorKind::internal, "metric '" + name() + "': scored against a label; it overrides no such score()");
}

Score Metric::score(const Outputs&, const Outputs&) const {
  throw Error(ErrorKind::internal,
              "metric '" + name() + "': scored against the float model's outputs; it overrides no such score()");
}

}  // namespace octune
