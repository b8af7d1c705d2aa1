// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "layerwise/tune_layers.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "base/dataset_fingerprint.hpp"
#include "base/hash.hpp"
#include "base/kept_interruption.hpp"
#include "base/measure.hpp"
#include "base/parallel.hpp"
#include "graph/model_hash.hpp"
#include "graph/names.hpp"
#include "layerwise/chosen_samples.hpp"
#include "layerwise/layer_problem.hpp"
#include "layerwise/row_collector.hpp"
#include "layerwise/tunable_layer.hpp"
#include "layerwise/unfinished_tuning.hpp"
#include "octune/error.hpp"

namespace octune::layerwise {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kStage = "layerwise tuning";

/// Two runs with the same key do the same.
std::string key_of(const Tuning& tuning, const ChosenSamples& samples) {
  const LayerwiseOptions& options = tuning.options;
  base::Hash hash;
  hash.add(std::string(OCTUNE_VERSION));
  hash.add(tuning.runtime.version());
  hash.add(graph::model_hash(*tuning.quantized));
  hash.add(graph::model_hash(tuning.reference));
  hash.add(static_cast<int>(options.method));
  for (const std::uint64_t number :
       {std::uint64_t{options.samples}, std::uint64_t{options.rows}, options.max_bytes, options.seed,
        std::uint64_t{options.steps}, std::uint64_t{options.batch_size}, std::uint64_t{options.patience}})
    hash.add(number);
  for (const double number :
       {options.held_out, options.weights_lr, options.bias_lr, options.scale_lr, options.input_scale_lr})
    hash.add(number);
  hash.add(tuning.data.preprocessing());
  hash.add(std::uint64_t{tuning.data.sequence_length()});
  for (const bool held_out : samples.held_out) hash.add(std::uint64_t{held_out});
  std::vector<std::uint64_t> fingerprints(samples.indices.size());
  base::parallel_for(fingerprints.size(), tuning.threads,
                     [&](std::size_t i) { fingerprints[i] = base::fingerprint(tuning.data, samples.indices[i]); });
  for (const std::uint64_t fingerprint : fingerprints) hash.add(fingerprint);
  return hash.text();
}

/// So many samples are enough where each layer finds the rows it wants in them.
constexpr std::size_t kEnoughSamples = 128;

/// options.samples, or kEnoughSamples if these are enough: more would take longer and show a layer no more rows.
std::size_t samples_wanted(std::span<const FoundLayer> layers, const LayerwiseOptions& options) {
  if (options.samples <= kEnoughSamples) return options.samples;
  const bool enough = std::all_of(layers.begin(), layers.end(), [&](const FoundLayer& layer) {
    if (!layer.tunable) return true;
    const ov::PartialShape& output = layer.tunable->original->get_output_partial_shape(0);
    const LayerGeometry& geometry = layer.tunable->geometry;
    return output.is_static() &&
           geometry.positions(output.to_shape()) * kEnoughSamples >= rows_wanted(geometry, options);
  });
  return enough ? kEnoughSamples : options.samples;
}

double mean_square(const std::vector<float>& values) {
  const double sum = std::accumulate(values.begin(), values.end(), 0.0,
                                     [](double total, float value) { return total + double{value} * value; });
  return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

bool all_finite(const Rows& rows) {
  const auto finite = [](float value) { return std::isfinite(value); };
  return std::all_of(rows.inputs.begin(), rows.inputs.end(), finite) &&
         std::all_of(rows.targets.begin(), rows.targets.end(), finite);
}

/// Why a layer cannot be tuned with these rows; empty if it can.
std::string reason_against(const LayerRows& rows) {
  if (!rows.reason.empty()) return rows.reason;
  if (rows.tuning.targets.empty() || rows.held_out.targets.empty()) return "its output was empty";
  const bool finite = all_finite(rows.tuning) && all_finite(rows.held_out) && std::isfinite(rows.loss_untuned);
  return finite ? "" : "what it reads or gives is not finite";
}

/// Gives every operation a unique name that stays: tensors are known by names, and those that the runtime makes up
/// change when a model is copied.
const ov::Model& with_names(ov::Model& model) {
  std::set<std::string> names = graph::given_names(model);
  for (const auto& node : model.get_ops()) names.insert(node->get_friendly_name());
  graph::rename_all_but(names, model);
  return model;
}

/// One run over all layers.
class Tuner {
 public:
  explicit Tuner(const Tuning& tuning)
      : tuning_(tuning), found_(find_layers(with_names(*tuning.quantized), tuning.reference)) {
    for (const FoundLayer& layer : found_) {
      TunedLayer record;
      record.name = layer.name;
      record.reason = layer.reason;
      number_of_[layer.name] = records_.size();
      records_.push_back(std::move(record));
      if (layer.tunable) ++total_;
    }
  }

  std::vector<TunedLayer> run() {
    const ChosenSamples samples = choose_samples(tuning_.available, samples_wanted(found_, tuning_.options),
                                                 tuning_.options.held_out, tuning_.data.sequence_length());
    const std::shared_ptr<const ov::Model> untuned = tuning_.quantized->clone();
    if (tuning_.options.unfinished) {
      key_ = key_of(tuning_, samples);
      go_on();
    }
    // Those that are done, too: cut in other places the runtime would round sums in another way, and the result would
    // depend on where a run was interrupted.
    std::vector<const TunableLayer*> all;
    for (const FoundLayer& layer : found_) {
      if (layer.tunable) all.push_back(&*layer.tunable);
    }
    tuning_.observer.progress(kStage, done_.size(), total_);
    try {
      RowCollector collector(
          {tuning_.runtime, *tuning_.quantized, tuning_.reference, untuned, tuning_.data, samples, tuning_.threads},
          all, tuning_.options, &tuning_.observer);
      for (auto layers = collector.next_layers(); !layers.empty(); layers = collector.next_layers()) {
        if (tuning_.observer.should_stop()) throw Interrupted();
        const base::Stopwatch watch;
        std::vector<LayerRows> rows = collector.rows();
        const double share = watch.seconds() / static_cast<double>(layers.size());
        for (std::size_t i = 0; i < layers.size(); ++i) {
          if (done_.contains(layers[i]->name)) continue;
          if (tuning_.observer.should_stop()) throw Interrupted();
          tune_one(*layers[i], std::move(rows[i]), share);
        }
      }
    } catch (const Interrupted&) {
      if (!keep()) throw;
      throw base::KeptInterruption(
          fmt::format("interrupted; {} of {} tuned layers are kept in {}; the same command goes on", done_.size(),
                      total_, tuning_.options.unfinished->string()));
    } catch (...) {
      keep();
      throw;
    }
    if (tuning_.options.unfinished) {
      std::error_code ignored;
      fs::remove(*tuning_.options.unfinished, ignored);
    }
    return std::move(records_);
  }

 private:
  void tune_one(const TunableLayer& layer, LayerRows rows, double seconds) {
    const base::Stopwatch watch;
    TunedLayer& record = records_[number_of_.at(layer.name)];
    record.reason = reason_against(rows);
    if (record.reason.empty()) {
      record.rows = rows.count;
      record.bytes = rows.bytes;
      record.loss_untuned = rows.loss_untuned;
      record.target_power = mean_square(rows.held_out.targets);
      LayerProblem problem = layer.problem();
      problem.tuning = std::move(rows.tuning);
      problem.held_out = std::move(rows.held_out);
      base::Hash seed;
      seed.add(tuning_.options.seed).add(layer.name);
      LayerSolution solution;
      try {
        solution = solve(problem, tuning_.options, seed.number(), tuning_.threads);
      } catch (Error& error) {
        error.add_context(fmt::format("'{}'", layer.name));
        throw;
      }
      record.loss_before = solution.loss_before;
      record.loss_after = solution.improved ? solution.loss_after : solution.loss_before;
      record.kept = solution.improved;
      if (solution.improved) {
        record.fixed_weights = reason_for_fixed_weights(problem);
        layer.put(solution);
      } else {
        record.reason =
            solution.loss_before == 0 ? "there is no error" : "the error on the samples held out does not clearly fall";
      }
    }
    record.seconds = seconds + watch.seconds();
    done_.insert(layer.name);
    tuning_.observer.message(
        Severity::debug,
        fmt::format("'{}': error {:.3g} untuned, {:.3g} -> {:.3g} of {:.3g}, {} rows, {:.2f} + {:.2f} s{}{}",
                    record.name, record.loss_untuned, record.loss_before, record.loss_after, record.target_power,
                    record.rows, seconds, watch.seconds(), record.kept ? "" : ": not tuned: ", record.reason));
    tuning_.observer.progress(kStage, done_.size(), total_);
  }

  /// Takes over what an interrupted run of the same kind has done.
  void go_on() {
    const fs::path& path = *tuning_.options.unfinished;
    std::error_code unknown;
    if (!fs::exists(path, unknown)) return;
    UnfinishedTuning unfinished;
    try {
      unfinished = load_unfinished(path);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::input) throw;
      tuning_.observer.message(Severity::warning, fmt::format("{}; the layers are tuned anew", error.what()));
      return;
    }
    if (unfinished.key != key_) {
      tuning_.observer.message(Severity::info,
                               fmt::format("{}: is of another run; the layers are tuned anew", path.string()));
      return;
    }
    for (const FinishedLayer& finished : unfinished.layers) {
      const auto number = number_of_.find(finished.record.name);
      if (number == number_of_.end() || !found_[number->second].tunable) continue;
      if (finished.record.kept) found_[number->second].tunable->put(finished.constants);
      records_[number->second] = finished.record;
      done_.insert(finished.record.name);
    }
    tuning_.observer.message(Severity::info,
                             fmt::format("{}: {} of {} layers are tuned already", path.string(), done_.size(), total_));
  }

  /// Saves what is done, for the same run to go on behind it; false if there is nothing, or it cannot be saved.
  bool keep() const {
    if (!tuning_.options.unfinished || done_.empty()) return false;
    UnfinishedTuning unfinished{key_, {}};
    for (const FoundLayer& layer : found_) {
      if (!done_.contains(layer.name)) continue;
      const TunedLayer& record = records_[number_of_.at(layer.name)];
      unfinished.layers.push_back({record, record.kept ? layer.tunable->constants() : LayerConstants{}});
    }
    const fs::path& path = *tuning_.options.unfinished;
    try {
      save_unfinished(unfinished, path);
    } catch (const Error& error) {
      tuning_.observer.message(Severity::warning, fmt::format("the tuned layers could not be kept: {}", error.what()));
      return false;
    }
    return true;
  }

  const Tuning& tuning_;
  std::vector<FoundLayer> found_;
  std::vector<TunedLayer> records_;  // of found_
  std::map<std::string, std::size_t> number_of_;
  std::set<std::string> done_;
  std::size_t total_ = 0;
  std::string key_;
};

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

}  // namespace

void validate(const LayerwiseOptions& options) {
  std::vector<std::string> problems;
  const auto at_least = [&](const char* what, std::uint64_t value, std::uint64_t least) {
    if (value < least) problems.push_back(fmt::format("{} is {}; give {} or more", what, value, least));
  };
  at_least("the number of rows", options.rows, 2);
  at_least("the memory for rows in bytes", options.max_bytes, std::uint64_t{1} << 20);
  at_least("the number of steps", options.steps, 1);
  at_least("the batch size", options.batch_size, 1);
  at_least("the patience", options.patience, 1);
  const auto rate = [&](const char* what, double value) {
    if (!(value >= 0 && std::isfinite(value)))
      problems.push_back(fmt::format("the learning rate of {} is {}; give 0 or more", what, value));
  };
  rate("weights", options.weights_lr);
  rate("biases", options.bias_lr);
  rate("scales", options.scale_lr);
  rate("input scales", options.input_scale_lr);
  if (!(options.held_out > 0 && options.held_out < 1))
    problems.push_back(
        fmt::format("the share of samples held out is {}; give a number above 0 and below 1", options.held_out));
  if (problems.empty()) return;
  throw Error(ErrorKind::input, fmt::format("layer-wise tuning: {}", fmt::join(problems, "; ")));
}

std::vector<TunedLayer> tune(const Tuning& tuning) {
  validate(tuning.options);
  return Tuner(tuning).run();
}

Totals totals(std::span<const TunedLayer> layers) {
  Totals totals;
  std::vector<double> before, after;
  for (const TunedLayer& layer : layers) {
    if (layer.rows == 0) continue;
    ++totals.tried;
    if (layer.kept) ++totals.kept;
    totals.most_bytes = std::max(totals.most_bytes, layer.bytes);
    if (layer.target_power == 0) continue;
    before.push_back(layer.loss_untuned / layer.target_power);
    after.push_back(layer.loss_after / layer.target_power);
  }
  totals.median_before = median(std::move(before));
  totals.median_after = median(std::move(after));
  return totals;
}

}  // namespace octune::layerwise

namespace octune {

std::vector<TunedLayer> tune_layers(const std::shared_ptr<ov::Model>& quantized,
                                    const std::shared_ptr<const ov::Model>& reference, const Dataset& data,
                                    const LayerwiseOptions& options, int threads, Observer* observer) {
  if (!quantized || !reference)
    throw Error(ErrorKind::input, "layer-wise tuning: a model is missing; give the quantized and the float one");
  const infer::Runtime runtime;
  std::vector<std::size_t> all(data.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  Observer silent;
  return layerwise::tune(
      {runtime, quantized, *reference, data, all, options, threads, observer != nullptr ? *observer : silent});
}

}  // namespace octune
