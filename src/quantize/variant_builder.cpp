// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/variant_builder.hpp"

#include <fmt/format.h>

#include "base/measure.hpp"
#include "octune/error.hpp"
#include "quantize/estimate.hpp"

namespace octune::quantization {
namespace {

/// Keeps what is said in the background until the caller's thread can say it.
class Recorder : public Observer {
 public:
  void message(Severity severity, std::string_view text) override { messages_.emplace_back(severity, text); }
  std::vector<std::pair<Severity, std::string>> take() { return std::exchange(messages_, {}); }

 private:
  std::vector<std::pair<Severity, std::string>> messages_;
};

/// `run`'s warnings are the same afterwards.
BuiltVariant built_variant(Run& run, const PlanVariant& variant, const Statistics& statistics, const Dataset& data,
                           const std::vector<std::size_t>& indices) {
  BuiltVariant made;
  made.name = variant.name;
  made.summary = variant.summary;
  made.result.plan = variant.plan;  // what it says of itself if it cannot be built
  const std::vector<std::string> common_warnings = run.warnings;
  run.warnings.insert(run.warnings.end(), variant.plan.warnings.begin(), variant.plan.warnings.end());
  try {
    const auto required = required_statistics(variant.plan);
    made.result = built(run, variant.plan, only(statistics, required), &data, indices, HarmCheck::caller);
    made.result.requests = required.size();
    const base::Stopwatch watch;
    made.compiled =
        compiled(run, made.result, {.precision = infer::Precision::automatic, .threads = run.options.threads});
    made.compile_s = watch.seconds();
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::unsupported && error.kind() != ErrorKind::runtime) throw;
    made.problem = fmt::format("cannot be executed: {}", error.what());
  }
  made.warnings = std::exchange(run.warnings, common_warnings);
  return made;
}

}  // namespace

VariantBuilder::VariantBuilder(Run& run, std::span<const PlanVariant> variants, const Statistics& statistics,
                               const Dataset& data, const std::vector<std::size_t>& indices)
    : run_(run), variants_(variants), statistics_(statistics), data_(data), indices_(indices) {}

bool VariantBuilder::needs_inference(const PlanVariant& variant) const {
  return variant.plan.bias_correction == BiasCorrectionMethod::sequential;
}

void VariantBuilder::begin() {
  if (background_.valid() || next_ == variants_.size() || needs_inference(variants_[next_])) return;
  background_ = std::async(std::launch::async, [this, &variant = variants_[next_], warnings = run_.warnings] {
    Recorder recorder;
    Run own{run_.options, recorder, run_.runtime, run_.model, run_.normal, warnings, {}, {}};
    BuiltVariant made = built_variant(own, variant, statistics_, data_, indices_);
    return Background{std::move(made), recorder.take()};
  });
}

void VariantBuilder::wait() const {
  if (background_.valid()) background_.wait();
}

std::optional<BuiltVariant> VariantBuilder::take() {
  if (next_ == variants_.size()) return std::nullopt;
  begin();
  const PlanVariant& variant = variants_[next_++];
  if (!background_.valid()) return built_variant(run_, variant, statistics_, data_, indices_);
  Background done = background_.get();
  for (const auto& [severity, text] : done.messages) run_.observer.message(severity, text);
  return std::move(done.built);
}

}  // namespace octune::quantization
