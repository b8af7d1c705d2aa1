// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <openvino/core/model.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cli/console.hpp"
#include "cli/scoring.hpp"
#include "config/run_config.hpp"
#include "evaluate/float_results.hpp"
#include "evaluate/judge.hpp"
#include "infer/runtime.hpp"
#include "report/run_record.hpp"

namespace octune::cli {

/// What the model that a run makes is compared with and judged by: the float model's results, read from the run's
/// folder if they are there, measured and kept there otherwise, and the criteria. Everything but the console is
/// borrowed for its lifetime.
class FloatBaseline {
 public:
  /// `by_command`: the float model's results of metrics that are commands. Error{input} for criteria or expectations
  /// of metrics that are not measured, and for a command's value that is not as expected. `file`: where results are;
  /// empty: they are not kept.
  FloatBaseline(const Scoring& scoring, const infer::Runtime& runtime, std::shared_ptr<const ov::Model> model,
                const config::RunConfig& config, std::vector<MetricResult> by_command, std::filesystem::path file);

  /// Whether a value is expected of the float model, so that it is worth measuring before any other work.
  bool is_expected() const { return !expected_.empty(); }

  /// Makes sure that the results are there. Error{input} if they are not as expected.
  void measure(Console& console);

  /// Measures the written model, as it runs by default and in f32, and puts metrics and criteria into the record.
  void judge(const std::filesystem::path& written, report::RunRecord& record, Console& console);

  /// The same of a model as it runs in one precision, "f32" or "auto".
  void judge_in(infer::Precision precision, const evaluate::ModelFile& file,
                const std::shared_ptr<const ov::Model>& model, report::RunRecord& record, Console& console);

 private:
  ov::CompiledModel compile(const std::shared_ptr<const ov::Model>& model, infer::Precision precision) const;
  std::optional<evaluate::FloatResults> kept(const evaluate::FloatResultsKey& key, Console& console) const;
  evaluate::FloatResults measured(const evaluate::FloatResultsKey& key, Console& console);
  /// Positions of the metrics that have a limit: one that was given, or the default of metrics against labels.
  std::vector<std::size_t> limited_metrics() const;
  evaluate::Judgement judgement(const std::shared_ptr<const ov::Model>& model, infer::Precision precision,
                                std::string_view stage, Console& console);
  /// The float model's results on the samples that a judgement used.
  std::vector<MetricResult> baseline_of(const evaluate::Judgement& judgement) const;
  void add_float_metrics(const evaluate::Judgement& judgement, report::RunRecord& record) const;
  void add_metrics(const evaluate::Judgement& judgement, const std::string& precision, report::RunRecord& record) const;
  void add_criteria(const evaluate::Judgement& judgement, report::RunRecord& record, Console& console) const;
  void judge_by_command(const evaluate::ModelFile& file, report::RunRecord& record, Console& console) const;

  const Scoring& scoring_;
  const infer::Runtime& runtime_;
  std::shared_ptr<const ov::Model> model_;
  const config::RunConfig& config_;
  std::vector<MetricResult> by_command_;
  std::filesystem::path file_;

  std::vector<Criterion> criteria_;  ///< first those of the metrics that judge outputs, then those of commands
  std::vector<ExpectedBaseline> expected_;
  std::optional<evaluate::FloatResults> results_;
  bool reused_ = false;
  std::optional<ov::CompiledModel> compiled_;  ///< the float model, once it had to run
};

}  // namespace octune::cli
