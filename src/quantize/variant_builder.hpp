// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <future>
#include <openvino/runtime/compiled_model.hpp>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "octune/dataset.hpp"
#include "octune/observer.hpp"
#include "octune/quantize.hpp"
#include "octune/statistics.hpp"
#include "quantize/plan_variants.hpp"
#include "quantize/quantization_run.hpp"

namespace octune::quantization {

/// The model of a variant, compiled as the runtime executes it by default, or why there is none.
struct BuiltVariant {
  std::string name;
  std::string summary;
  QuantizeResult result;
  ov::CompiledModel compiled;
  std::vector<std::string> warnings;  ///< the run's and those of the plan
  double compile_s = 0;
  std::string problem;  ///< why it cannot be executed; empty if it can
};

/// Builds and compiles variants in their order, the next one in the background while the caller judges the last: at
/// most two exist at once. Variants that need inference to be built (sequential bias correction) are built by take().
class VariantBuilder {
 public:
  /// The references outlive the object; `run` is used by the calling thread only.
  VariantBuilder(Run& run, std::span<const PlanVariant> variants, const Statistics& statistics, const Dataset& data,
                 const std::vector<std::size_t>& indices);

  /// Begins to build the next one in the background, if there is one and it is not begun.
  void begin();

  /// Until nothing happens in the background: what is measured then is not disturbed.
  void wait() const;

  /// The next one; none behind the last. Throws what building throws beyond what the runtime refuses.
  std::optional<BuiltVariant> take();

 private:
  struct Background {
    BuiltVariant built;
    std::vector<std::pair<Severity, std::string>> messages;
  };

  bool needs_inference(const PlanVariant& variant) const;

  Run& run_;
  std::span<const PlanVariant> variants_;
  const Statistics& statistics_;
  const Dataset& data_;
  const std::vector<std::size_t>& indices_;
  std::size_t next_ = 0;
  std::future<Background> background_;  // of variants_[next_]
};

}  // namespace octune::quantization
