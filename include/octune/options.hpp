// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "octune/layerwise.hpp"
#include "octune/plan.hpp"

namespace octune {

/// performance: symmetric weights and activations. mixed: symmetric weights, asymmetric activations.
/// accuracy: asymmetric both.
enum class Preset { performance, mixed, accuracy };

enum class ModelType { automatic, none, transformer };

/// Halving the weight range (7 bits) where pairs of u8*s8 products saturate 16 bits: CPUs with AVX2 or AVX-512 but
/// without VNNI. automatic: first_layer on such a CPU, off elsewhere.
enum class OverflowFix { automatic, first_layer, all, off };

/// Operations of one type, all of them or those whose attributes have the given values (any of the listed).
struct IgnoredType {
  std::string type;
  std::map<std::string, std::vector<std::string>> attributes;
};

/// What is left in floating point because the user says so.
struct IgnoredScope {
  std::vector<std::string> names{};     ///< friendly names
  std::vector<std::string> patterns{};  ///< regular expressions (ECMAScript) that match the whole friendly name
  std::vector<IgnoredType> types{};
  bool validate = true;  ///< an entry that matches nothing is an error
};

/// What of one border's estimation the user fixes; the rest comes from the preset and the scheme.
struct BorderOverride {
  std::optional<EstimatorType> type{};
  std::optional<Aggregator> aggregator{};
  std::optional<double> outlier_prob{};
  std::optional<Granularity> granularity{};
  std::optional<double> clipping_value{};

  bool operator==(const BorderOverride&) const = default;
};

/// standard ("default"): extremes; quantile: quantiles with outlier_prob 1e-4; the others: see RangeSearch.
enum class EstimatorPreset { standard, quantile, histogram, mse, kl };

/// What of the estimation of ranges the user fixes. Fields of the borders rule over the preset.
struct RangeEstimatorOverride {
  std::optional<EstimatorPreset> preset{};
  BorderOverride min{};
  BorderOverride max{};

  bool operator==(const RangeEstimatorOverride&) const = default;
};

/// What of the quantization of all weights, or of all activations, the user fixes; empty: the target's table decides.
struct SchemeOverride {
  std::optional<int> bits;
  std::optional<Mode> mode;
  std::optional<Granularity> granularity;
  std::optional<int> level_low;
  std::optional<int> level_high;
  RangeEstimatorOverride range_estimator{};

  bool operator==(const SchemeOverride&) const = default;
  bool empty() const { return *this == SchemeOverride{}; }
};

/// refuse: Error{unsupported}; requantize: what quantizes is taken out first, weights go back to floating point.
enum class AlreadyQuantized { refuse, requantize };

/// Operations with little arithmetic (sums, products, pooling, concatenation, ...), where they are executed on their
/// own. between_quantized: quantized where all they read and all that reads them is, so that a chain stays in integers.
/// floating: never, which saves roundings and conversions where the runtime gains nothing from integers.
enum class LightOperations { between_quantized, floating };

/// What plan_quantization() needs beside the model.
struct PlanOptions {
  std::string target_device = "CPU";  ///< a name of `octune list targets` or the path of a table
  std::optional<Preset> preset{};     ///< none: performance, but mixed for a transformer
  ModelType model_type = ModelType::automatic;
  OverflowFix overflow_fix = OverflowFix::automatic;
  IgnoredScope ignored{};
  SchemeOverride weights{};
  SchemeOverride activations{};
  LightOperations light_operations = LightOperations::between_quantized;
  bool channel_alignment = true;  ///< ActivationChannelAlignment
  bool smooth_quant = true;       ///< SmoothQuant, of transformers only
  BiasCorrectionMethod bias_correction = BiasCorrectionMethod::fast;
  /// A layer is left alone if its correction exceeds this many times its bias (POT: 2 fast, 1000 sequential), measured
  /// against max(|bias|, root mean square of the layer's bias). None: only corrections that would hurt are refused.
  std::optional<double> bias_correction_threshold{};
  IgnoredScope not_aligned{};    ///< operations that ActivationChannelAlignment leaves alone
  IgnoredScope not_corrected{};  ///< operations that bias correction leaves alone
  /// What to do with a model that holds FakeQuantize or QuantizeLinear and DequantizeLinear already.
  AlreadyQuantized already_quantized = AlreadyQuantized::refuse;
};

/// What to do with a file of statistics that were made from another model, other data or other settings.
enum class ForeignStatistics { refuse, replace };

/// Where statistics are kept from one run to the next.
struct StatisticsFile {
  std::filesystem::path path;  ///< read if it exists; written when something was collected, or on interruption
  ForeignStatistics foreign = ForeignStatistics::refuse;
};

/// How much is collected: what the plan of this run and the other presets need (cheap), or also the distributions and
/// quantiles that estimators of later runs may ask for (up to twice the time).
enum class Collection { common, everything };

/// Everything octune::quantize() and octune::calibrate() need beside model and data.
struct QuantizeOptions {
  PlanOptions plan{};
  std::optional<StatisticsFile> statistics{};
  Collection collection = Collection::common;
  /// Bytes of resident memory that collecting stays below if it can, in several passes if need be; 0: one pass.
  std::uint64_t max_memory = 0;
  std::size_t subset_size = 300;  ///< samples used for statistics; 0: all
  bool shuffle = false;           ///< a random subset drawn with `seed` instead of the first samples
  std::uint64_t seed = 0;
  int threads = 0;                              ///< 0: all cores
  std::optional<LayerwiseOptions> layerwise{};  ///< none: layers are left as rounding and bias correction make them
};

}  // namespace octune
