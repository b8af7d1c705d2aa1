// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <openvino/core/model.hpp>
#include <string>
#include <vector>

#include "cli/flags.hpp"
#include "infer/runtime.hpp"
#include "report/benchmark_record.hpp"

namespace octune::cli {

/// One model file and the precisions it is measured in: "f32", "bf16" or "auto".
struct BenchmarkFile {
  std::filesystem::path path;
  std::vector<std::string> precisions;
};

/// What the arguments of `octune benchmark` stand for. A folder with a run.json stands for the float model (in f32 and
/// bf16) and the int8 model of that run; its shapes, data and preprocessing are put into `flags` where nothing was
/// given. --precision, if given, holds for all. Notes say what was left out. Error{input} for a folder without
/// a readable run.json, an unknown precision, or no model at all.
struct BenchmarkFiles {
  std::vector<BenchmarkFile> files;
  std::vector<std::string> notes;
  std::filesystem::path data_of_run;  ///< the run.json that --data was taken from; empty: from none
};
BenchmarkFiles benchmark_files(Flags& flags);

/// One model in one precision, ready to be compiled.
struct BenchmarkCandidate {
  report::BenchmarkedModel record;
  std::shared_ptr<ov::Model> model;
  infer::CompileOptions options;
};

/// The candidates in order, and those this CPU cannot run. Error{unsupported} if none is left, Error{input} for models
/// with other inputs than the first.
struct BenchmarkCandidates {
  std::vector<BenchmarkCandidate> candidates;
  std::vector<report::SkippedModel> skipped;
};
BenchmarkCandidates benchmark_candidates(const infer::Runtime& runtime, const std::vector<BenchmarkFile>& files,
                                         const std::string& shape, const infer::CompileOptions& options);

/// The shortest ends of paths that tell them apart: "model.xml", or "int8/model.xml" and "float/model.xml".
std::vector<std::string> short_names(const std::vector<std::filesystem::path>& paths);

}  // namespace octune::cli
