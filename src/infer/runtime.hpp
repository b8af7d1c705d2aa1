// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <openvino/runtime/compiled_model.hpp>
#include <openvino/runtime/core.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace octune::infer {

/// In what precision the runtime computes what the model leaves in floating point.
enum class Precision {
  f32,        ///< pinned: baselines and statistics
  automatic,  ///< the runtime's default, as a deployed model runs: BF16 where the CPU has it
  bf16        ///< pinned; only where cpu_features().bf16
};

/// What the runtime chooses its number of streams for.
enum class PerformanceGoal {
  latency,    ///< `streams` requests at once, each as fast as it can be
  throughput  ///< as many requests at once as give most results a second; `streams` is not looked at
};

struct CompileOptions {
  Precision precision = Precision::f32;
  int threads = 0;  ///< 0: all cores
  int streams = 1;  ///< requests executed at once; the threads are divided among them
  PerformanceGoal goal = PerformanceGoal::latency;
  bool profiling = false;  ///< requests keep the time of each layer, which costs time itself
};

/// What one model operation became in the compiled model.
struct RuntimeOperation {
  std::string name;        ///< of the node in the runtime graph
  std::string layer_type;  ///< "Convolution", "FullyConnected", "Reorder", ...
  std::string primitive;   ///< "brgconv_avx512_1x1_I8"
  std::string precision;   ///< the suffix of the primitive, lower case: "i8" (also for u8 inputs), "f32", "bf16"
  std::vector<std::string> original_names;  ///< operations of the model it stands for
};

/// Owner of the process's ov::Core; everything that reads, compiles or saves a model goes through it.
/// ov::Exception never leaves this module: it becomes Error.
class Runtime {
 public:
  Runtime();

  /// IR, ONNX, TensorFlow, TFLite, Paddle. Error{input}: missing, unreadable, corrupt. Error{unsupported}: a format
  /// the runtime cannot read (.pt: the message holds the command that exports it) or an unknown operation.
  std::shared_ptr<ov::Model> read_model(const std::filesystem::path& path) const;

  ov::CompiledModel compile(const std::shared_ptr<const ov::Model>& model, const CompileOptions& options = {}) const;

  std::string version() const;      ///< of OpenVINO
  std::string device_name() const;  ///< the CPU's full name

 private:
  std::shared_ptr<ov::Core> core_;
};

/// Call it qualified: an unqualified call with a string literal finds ov::save_model, whose third parameter is a bool.
/// Writes folder/name.xml and .bin without ever pairing an old file with a new one: both are written under temporary
/// names, the old .xml is removed, the .bin renamed, the .xml renamed last. Error{io} on a full disk or missing
/// permission; the temporary files are gone then. `input_model` is refused as a target: it may be memory-mapped.
void save_model(const std::shared_ptr<const ov::Model>& model, const std::filesystem::path& folder,
                const std::string& name, const std::filesystem::path& input_model = {});

/// The runtime graph of a compiled model, in execution order.
std::vector<RuntimeOperation> runtime_operations(const ov::CompiledModel& model);

/// What of the processor matters to quantized inference.
struct CpuFeatures {
  bool avx2 = false;
  bool avx512 = false;
  bool vnni = false;  ///< AVX512-VNNI or AVX-VNNI: u8*s8 sums do not saturate
  bool amx_int8 = false;
  bool bf16 = false;
  int cores = 1;
};
CpuFeatures cpu_features();

/// The features that the text of a Linux /proc/cpuinfo lists (cores stays 1).
CpuFeatures parse_cpu_features(std::string_view cpuinfo);

}  // namespace octune::infer
