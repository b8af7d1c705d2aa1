// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace octune {

enum class Mode { symmetric, asymmetric };
enum class Granularity { per_tensor, per_channel };
enum class QuantizerKind { activation, weights };

/// How real values become integers: q = round(x / scale) + zero_point, clamped to [level_low, level_high].
struct Scheme {
  int bits = 8;
  Mode mode = Mode::symmetric;
  Granularity granularity = Granularity::per_tensor;
  std::optional<int> level_low;   ///< default: 0 if unsigned, else -2^(bits-1) (symmetric weights: +1)
  std::optional<int> level_high;  ///< default: 2^bits-1 if unsigned, else 2^(bits-1)-1

  /// One zero point for all channels, as accelerators without zero points per channel want it (asymmetric weights).
  bool unified_zero_point = false;

  auto operator<=>(const Scheme&) const = default;
};

/// The statistic of one sample (activations) or of one channel (weights) that a border of the range is built from.
enum class EstimatorType { min, max, abs_max, quantile, abs_quantile };

/// How the per-sample statistics become one number. "no_outliers": only values within the 1 % and 99 % quantiles.
enum class Aggregator { mean, max, min, median, mean_no_outliers, median_no_outliers, hl_estimator };

/// One border of a range.
struct BorderEstimator {
  EstimatorType type = EstimatorType::max;
  Aggregator aggregator = Aggregator::mean;  ///< activations only
  double outlier_prob = 1e-4;                ///< quantile types: this share of the values lies beyond the border
  std::optional<double> clipping_value;      ///< the border never lies further out than this
  /// Of the statistic; default: the scheme's. Per tensor under a per-channel scheme: all channels get one border.
  std::optional<Granularity> granularity{};

  auto operator<=>(const BorderEstimator&) const = default;
};

/// A search for the range with the smallest error over the distribution of all values seen (2048 equal bins):
/// histogram: both ends shrink step by step while the squared error falls (PyTorch's and NNCF's histogram observer);
/// mse: the clipped range with the smallest squared error of fake quantization, among equally spaced ones;
/// kl: the clipping threshold whose quantized distribution diverges least from the real one (Migacz 2017).
/// Weights are searched channel by channel over their values themselves.
enum class RangeSearch { none, histogram, mse, kl };

struct RangeEstimator {
  RangeSearch search = RangeSearch::none;  ///< other than none: the borders' type and aggregator are not used
  BorderEstimator min{EstimatorType::min, Aggregator::mean, 1e-4, std::nullopt};
  BorderEstimator max{EstimatorType::max, Aggregator::mean, 1e-4, std::nullopt};

  auto operator<=>(const RangeEstimator&) const = default;
};

/// Output `port` of the node called `node`.
struct TensorRef {
  std::string node;
  std::size_t port = 0;

  auto operator<=>(const TensorRef&) const = default;
  std::string text() const { return port == 0 ? node : node + ":" + std::to_string(port); }
};

/// Input `port` of the node called `node`.
struct EdgeRef {
  std::string node;
  std::size_t port = 0;

  auto operator<=>(const EdgeRef&) const = default;
};

/// One FakeQuantize to be: a tensor, the edges that read it quantized, and how.
struct Quantizer {
  std::string name;  ///< "<first consumer>/fq_input_<port>" or "<consumer>/fq_weights_<port>"
  QuantizerKind kind = QuantizerKind::activation;
  TensorRef tensor;
  std::vector<TensorRef>
      also_covers;  ///< further tensors whose values the range holds: the states of a recurrent sequence
  std::vector<EdgeRef> consumers;
  Scheme scheme;
  RangeEstimator estimator;
  std::vector<std::size_t> channel_axes;  ///< axes that keep their own range; empty: one range for the tensor
  bool halved = false;                    ///< 7 of 8 bits used, because u8*s8 pairs saturate on CPUs without VNNI
  int storage_bits = 8;                   ///< weights: of the stored integers: 4 (two a byte), 8 or 16
  std::optional<std::size_t> group;       ///< quantizers with the same group number share one range
  std::vector<std::string> operations;    ///< quantized operations that read it, directly or through agnostic ones
};

/// How the runtime computes an operation, as the target's table says. unknown: the table says nothing, or its device is
/// not one that can be asked here.
enum class Execution { integer, floating, unknown };

/// What becomes of an operation that the target could execute in integers.
struct PlannedOperation {
  std::string name;
  std::string type;
  bool quantized = false;
  std::string reason;      ///< why not; empty if quantized
  std::string fused_into;  ///< the operation whose post-operation it is; empty if it is executed on its own
  Execution execution = Execution::integer;  ///< of a quantized operation
};

/// A producer and a consumer whose connecting channels are rescaled before quantization (ActivationChannelAlignment).
struct AlignedPair {
  std::string producer;
  std::string consumer;
  TensorRef tensor;  ///< what lies between them: the producer's output, after its bias
};

/// The input of a transformer's linear layers whose channels may be divided by factors that the weights of its readers
/// take over (SmoothQuant).
struct SmoothedInput {
  std::string quantizer;  ///< whose FakeQuantize divides
  TensorRef tensor;
  std::size_t channel_axis = 1;
};

/// How the shift of mean outputs that quantization causes is taken out of the biases.
/// fast: from the mean inputs of the float model, each layer on its own (FastBiasCorrection);
/// sequential: in topological order, from the mean inputs that the already quantized and corrected prefix really gives
/// (BiasCorrection); runs the quantized model again.
enum class BiasCorrectionMethod { none, fast, sequential };

/// A linear operation whose bias is corrected, from the mean of its input along the contracted axis.
struct BiasCorrection {
  std::string operation;
  TensorRef input;
  std::size_t channel_axis = 1;
};

/// Where the graph is quantized and how: a value without data, made by plan_quantization() and read by apply().
/// It refers to nodes of the normalised model by friendly name.
struct Plan {
  std::string target;
  std::string preset;
  std::string model_type;            ///< "none" or "transformer"
  bool model_type_detected = false;  ///< recognised in the graph, not asked for
  std::size_t total_operations = 0;  ///< all operations but constants, parameters and results
  std::vector<Quantizer> quantizers;
  std::vector<PlannedOperation> operations;  ///< in topological order
  std::vector<AlignedPair> aligned_pairs;
  std::vector<SmoothedInput> smoothed_inputs;
  BiasCorrectionMethod bias_correction = BiasCorrectionMethod::fast;
  std::vector<BiasCorrection> bias_corrections;
  std::optional<double> bias_correction_threshold{};  ///< see PlanOptions
  std::vector<std::string> warnings;
};

/// A readable table of the plan: operation, precision, reason; totals last.
std::string to_text(const Plan& plan);

}  // namespace octune
