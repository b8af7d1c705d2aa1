// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "calibration/collect.hpp"

#include <fmt/format.h>

#include <deque>
#include <numeric>
#include <openvino/core/type.hpp>
#include <set>

#include "base/assert.hpp"
#include "base/measure.hpp"
#include "base/quantile.hpp"
#include "base/random.hpp"
#include "calibration/find_non_finite.hpp"
#include "calibration/instrument.hpp"
#include "calibration/spill_file.hpp"
#include "infer/finite.hpp"
#include "infer/run_samples.hpp"
#include "octune/error.hpp"

namespace octune::calibration {
namespace {

using Inputs = std::vector<ov::Output<const ov::Node>>;

/// One compiled form of the instrumented model (for the fixed shapes of the first sample, or for all shapes) and where
/// its columns go: looking names up for every sample would cost as much as a small network.
struct Form {
  Instrumented plan;
  ov::CompiledModel compiled;
  std::vector<Series*> reduced, iterations, known, quantiles;  // beside the columns of the plan
  std::vector<std::vector<ValueHistogram>*> histograms;
  std::vector<TensorRef> results;  // what the model's own outputs are called
};

/// A value that is not finite turned up in sample `position`; the search for its origin starts when inference has
/// stopped.
struct NonFinite {
  std::size_t position;
  TensorRef tensor;
  infer::Finiteness kind;
};

/// The values of one channel, or all of them, made absolute if the request says so.
class ChannelValues {
 public:
  ChannelValues(const ov::Tensor& tensor, const StatisticRequest& request)
      : request_(request), values_(tensor.data<const float>()), size_(tensor.get_size()) {
    if (request.channel_axis) {
      const ov::Shape& shape = tensor.get_shape();
      channels_ = shape.at(*request.channel_axis);
      for (std::size_t axis = *request.channel_axis + 1; axis < shape.size(); ++axis) inner_ *= shape[axis];
    } else {
      inner_ = size_;
    }
  }

  std::size_t channels() const { return channels_; }

  std::span<const float> of(std::size_t channel, std::vector<float>& buffer) const {
    const bool absolute = request_.reduction == Reduction::abs_quantile;
    if (channels_ == 1 && !absolute) return {values_, size_};
    buffer.clear();
    for (std::size_t begin = channel * inner_; begin < size_; begin += channels_ * inner_) {
      buffer.insert(buffer.end(), values_ + begin, values_ + begin + inner_);
    }
    if (absolute) {
      for (float& value : buffer) value = std::fabs(value);
    }
    return buffer;
  }

 private:
  const StatisticRequest& request_;
  const float* values_;
  std::size_t size_;
  std::size_t channels_ = 1;
  std::size_t inner_ = 1;
};

/// Takes the outputs of one inference apart and adds them to the series of the form.
class Collector {
 public:
  explicit Collector(std::size_t sequence_length) : sequence_length_(sequence_length) {}

  void add(const Form& form, std::size_t position, ov::InferRequest& request) {
    add_reduced(form, position, request);
    add_iterations(form, position, request);
    for (std::size_t i = 0; i < form.known.size(); ++i) {
      row_.assign(form.plan.known[i].count, 0.0F);
      add_row(*form.known[i], position, Reduction::min, row_);
    }
    add_quantiles(form, position, request);
    add_histograms(form, position, request);
    for (std::size_t i = 0; i < form.results.size(); ++i) {
      check(infer::finiteness(request.get_output_tensor(form.plan.added_outputs + i)), position, form.results[i]);
    }
  }

  /// Adds the rows of a sequence that is over.
  void finish_sequence() {
    for (auto& [series, row] : of_sequence_) series->add(row);
    of_sequence_.clear();
  }

 private:
  static void check(infer::Finiteness kind, std::size_t position, const TensorRef& tensor) {
    if (kind != infer::Finiteness::finite) throw NonFinite{position, tensor, kind};
  }

  /// Extremes of a sequence are one row: its later samples may be wider than its first ones in every sequence.
  void add_row(Series& series, std::size_t position, Reduction reduction, std::span<const float> row) {
    const bool extreme = reduction == Reduction::min || reduction == Reduction::max;
    if (!extreme || sequence_length_ == 1) {
      series.add(row);
      return;
    }
    if (position % sequence_length_ == 0 && of_sequence_.contains(&series)) finish_sequence();
    const auto [found, is_first] = of_sequence_.try_emplace(&series, row.begin(), row.end());
    if (is_first) return;
    std::vector<float>& widest = found->second;
    OCTUNE_ASSERT(widest.size() == row.size(), "a row of statistics has another number of channels than the first");
    for (std::size_t channel = 0; channel < row.size(); ++channel) {
      widest[channel] = reduction == Reduction::max ? std::max(widest[channel], row[channel])
                                                    : std::min(widest[channel], row[channel]);
    }
  }

  void add_reduced(const Form& form, std::size_t position, ov::InferRequest& request) {
    ov::Tensor output;
    std::size_t current = form.plan.added_outputs;
    for (std::size_t i = 0; i < form.reduced.size(); ++i) {
      const ReducedColumn& column = form.plan.reduced[i];
      if (column.output != current) output = request.get_output_tensor(current = column.output);
      const std::size_t count = column.count == 0 ? output.get_size() : column.count;
      const std::span<const float> row(output.data<const float>() + column.offset, count);
      check(infer::finiteness(row.data(), row.size()), position, column.request.tensor);
      add_row(*form.reduced[i], position, column.request.reduction, row);
    }
  }

  /// A body that was not executed leaves no row.
  void add_iterations(const Form& form, std::size_t position, ov::InferRequest& request) {
    for (std::size_t i = 0; i < form.iterations.size(); ++i) {
      const IterationsColumn& column = form.plan.iterations[i];
      const ov::Tensor output = request.get_output_tensor(column.output);
      if (output.get_size() == 0) continue;
      const float* values = output.data<const float>();
      check(infer::finiteness(values, output.get_size()), position, column.request.tensor);
      const std::size_t count = output.get_shape().at(0);
      const std::size_t channels = output.get_size() / count;
      row_.assign(values, values + channels);
      for (std::size_t k = channels; k < output.get_size(); ++k) {
        float& value = row_[k % channels];
        if (column.request.reduction == Reduction::min) value = std::min(value, values[k]);
        if (column.request.reduction == Reduction::max) value = std::max(value, values[k]);
        if (column.request.reduction == Reduction::mean) value += values[k];
      }
      if (column.request.reduction == Reduction::mean) {
        for (float& value : row_) value /= static_cast<float>(count);
      }
      form.iterations[i]->add(row_);
    }
  }

  void add_quantiles(const Form& form, std::size_t position, ov::InferRequest& request) {
    for (std::size_t i = 0; i < form.quantiles.size(); ++i) {
      const QuantileColumn& column = form.plan.quantiles[i];
      if (column.in_sub_graph && request.get_output_tensor(column.output).get_size() == 0) continue;
      const ov::Tensor output = whole_tensor(column.output, position, request, column.request.tensor);
      const ChannelValues values(output, column.request);
      row_.clear();
      for (std::size_t channel = 0; channel < values.channels(); ++channel) {
        const double q = column.request.probability;
        row_.push_back(static_cast<float>(base::quantile(values.of(channel, channel_), q, scratch_)));
      }
      form.quantiles[i]->add(row_);
    }
  }

  void add_histograms(const Form& form, std::size_t position, ov::InferRequest& request) {
    for (std::size_t i = 0; i < form.histograms.size(); ++i) {
      const HistogramColumn& column = form.plan.histograms[i];
      if (column.in_sub_graph && request.get_output_tensor(column.output).get_size() == 0) continue;
      const StatisticRequest& wanted = column.requests.front();
      const ov::Tensor output = whole_tensor(column.output, position, request, wanted.tensor);
      const ChannelValues values(output, wanted);
      std::vector<ValueHistogram>& histograms = *form.histograms[i];
      if (histograms.empty()) histograms.resize(values.channels());
      OCTUNE_ASSERT(histograms.size() == values.channels(), "a tensor changed its number of channels");
      for (std::size_t channel = 0; channel < values.channels(); ++channel) {
        histograms[channel].add(values.of(channel, channel_));
      }
    }
  }

  static ov::Tensor whole_tensor(std::size_t output, std::size_t position, ov::InferRequest& request,
                                 const TensorRef& name) {
    const ov::Tensor tensor = request.get_output_tensor(output);
    // Nothing has no distribution; describe_non_finite() recognises the case.
    check(tensor.get_size() == 0 ? infer::Finiteness::nan : infer::finiteness(tensor), position, name);
    return tensor;
  }

  std::size_t sequence_length_;
  std::map<Series*, std::vector<float>> of_sequence_;  // the rows of the sequence that is being collected
  std::vector<float> row_, channel_, scratch_;
};

/// Compiles the forms that the samples turn out to need.
class Forms {
 public:
  Forms(const infer::Runtime& runtime, const std::shared_ptr<const ov::Model>& model,
        std::span<const StatisticRequest> requests, const infer::CompileOptions& options, Statistics& statistics)
      : runtime_(runtime), model_(model), requests_(requests), options_(options), statistics_(statistics) {}

  /// Static shapes run faster: a model with dynamic inputs is fixed to the shapes of the first sample where it can be.
  void prepare(const Sample& first, const Inputs& inputs) {
    const base::Stopwatch watch;
    const bool dynamic = std::any_of(inputs.begin(), inputs.end(),
                                     [](const auto& input) { return input.get_partial_shape().is_dynamic(); });
    if (dynamic) {
      fix(first, inputs);
    } else {
      general_ = compile(model_->clone());
    }
    if (!fixed_ && !general_) general_ = compile(model_->clone());
    seconds_ += watch.seconds();
  }

  Form& form_for(const Sample& sample) {
    if (fixed_ && has_fixed_shapes(sample)) return *fixed_;
    if (!general_) {
      const base::Stopwatch watch;
      general_ = compile(model_->clone());
      seconds_ += watch.seconds();
    }
    return *general_;
  }

  double compile_seconds() const { return seconds_; }

  /// Gives every request on tensors with the same values the histograms that were collected once for all of them.
  void share_histograms() {
    for (const Form* form : {fixed_.get(), general_.get()}) {
      if (form == nullptr) continue;
      for (const HistogramColumn& column : form->plan.histograms) {
        for (std::size_t i = 1; i < column.requests.size(); ++i) {
          statistics_.histograms_for(column.requests[i]) = statistics_.histograms(column.requests.front());
        }
      }
    }
  }

 private:
  std::unique_ptr<Form> compile(std::shared_ptr<ov::Model> model) const {
    auto form = std::make_unique<Form>();
    form->plan = instrument(std::move(model), requests_);
    form->compiled = runtime_.compile(form->plan.model, options_);
    for (const ReducedColumn& column : form->plan.reduced) form->reduced.push_back(&statistics_[column.request]);
    for (const IterationsColumn& column : form->plan.iterations)
      form->iterations.push_back(&statistics_[column.request]);
    for (const KnownColumn& column : form->plan.known) form->known.push_back(&statistics_[column.request]);
    for (const QuantileColumn& column : form->plan.quantiles) form->quantiles.push_back(&statistics_[column.request]);
    for (const HistogramColumn& column : form->plan.histograms) {
      form->histograms.push_back(&statistics_.histograms_for(column.requests.front()));
    }
    const ov::ResultVector results = form->plan.model->get_results();
    for (std::size_t i = form->plan.added_outputs; i < results.size(); ++i) {
      const ov::Output<ov::Node> source = results[i]->input_value(0);
      form->results.push_back({source.get_node()->get_friendly_name(), source.get_index()});
    }
    return form;
  }

  void fix(const Sample& first, const Inputs& inputs) {
    std::map<std::size_t, ov::PartialShape> shapes;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const std::string name = infer::input_name(inputs[i]);
      shapes[i] = first.at(name).get_shape();
      shapes_[name] = first.at(name).get_shape();
    }
    try {
      const std::shared_ptr<ov::Model> model = model_->clone();
      model->reshape(shapes);
      fixed_ = compile(model);
    } catch (const ov::Exception&) {
      // Some operation insists on its dynamic shape; the general form does without.
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::runtime) throw;
    }
  }

  bool has_fixed_shapes(const Sample& sample) const {
    return std::all_of(sample.begin(), sample.end(),
                       [&](const auto& entry) { return entry.second.get_shape() == shapes_.at(entry.first); });
  }

  const infer::Runtime& runtime_;
  const std::shared_ptr<const ov::Model>& model_;
  std::span<const StatisticRequest> requests_;
  infer::CompileOptions options_;
  Statistics& statistics_;
  std::map<std::string, ov::Shape> shapes_;
  std::unique_ptr<Form> fixed_, general_;
  double seconds_ = 0;
};

/// Collects `requests`, all of which have seen the first `seen` samples, from the others.
void pass(const infer::Runtime& runtime, const std::shared_ptr<const ov::Model>& model,
          std::span<const StatisticRequest> requests, const Dataset& dataset, std::span<const std::size_t> all_indices,
          std::size_t seen, const CollectOptions& options, Statistics& statistics,
          std::map<std::string, double>& timings_s, Observer* observer, SampleWatcher* /*watcher*/) {
  const std::span<const std::size_t> indices = all_indices.subspan(seen);
  const int threads = options.threads > 0 ? options.threads : infer::cpu_features().cores;
  const int streams = static_cast<int>(std::min(static_cast<std::size_t>(threads), indices.size()));
  // One thread a stream: sums inside an operation are split by threads and would depend on their number.
  Forms forms(runtime, model, requests, {.precision = infer::Precision::f32, .threads = streams, .streams = streams},
              statistics);
  const Inputs inputs = model->inputs();
  const auto fitted = [&](std::size_t position) {
    const std::size_t index = indices[position];
    return infer::fit_sample(dataset.sample(index), dataset.name(index), inputs);
  };
  forms.prepare(fitted(0), inputs);
  timings_s["compile"] += forms.compile_seconds();

  Collector collector(std::max<std::size_t>(dataset.sequence_length(), 1));
  std::deque<const Form*> in_flight;  // results come in the order in which the forms were chosen
  std::size_t done = 0;
  const auto finish = [&] {
    collector.finish_sequence();
    forms.share_histograms();
    for (const StatisticRequest& request : requests) statistics.set_seen(request, seen + done);
  };
  const base::Stopwatch watch;
  const double compiled_before = forms.compile_seconds();
  try {
    infer::run_samples(
        [&](const Sample& sample) -> ov::CompiledModel& {
          Form& form = forms.form_for(sample);
          in_flight.push_back(&form);
          return form.compiled;
        },
        inputs, 2 * static_cast<std::size_t>(streams), dataset, indices, "calibration", observer,
        [&](std::size_t position, ov::InferRequest& request) {
          const Form& form = *in_flight.front();
          in_flight.pop_front();
          collector.add(form, seen + position, request);
          done = position + 1;
        });
  } catch (const NonFinite& found) {
    const std::size_t position = found.position - seen;
    const std::string what = describe_non_finite(runtime, model, fitted(position), found.tensor, found.kind);
    throw Error(ErrorKind::input, fmt::format("{} for sample '{}'; leave the sample out or check the model there", what,
                                              dataset.name(indices[position])));
  } catch (const Interrupted&) {
    finish();
    throw;
  }
  const double compiled_meanwhile = forms.compile_seconds() - compiled_before;
  timings_s["compile"] += compiled_meanwhile;
  timings_s["calibrate"] += watch.seconds() - compiled_meanwhile;
  finish();
}

}  // namespace

std::vector<std::size_t> choose_samples(std::size_t available, std::size_t subset_size, bool shuffle,
                                        std::uint64_t seed, std::size_t sequence_length) {
  const std::size_t length = std::max<std::size_t>(sequence_length, 1);
  const std::size_t sequences = (available + length - 1) / length;
  const std::size_t count = subset_size == 0 ? sequences : std::min(sequences, (subset_size + length - 1) / length);
  std::vector<std::size_t> chosen(count);
  std::iota(chosen.begin(), chosen.end(), std::size_t{0});
  if (shuffle) {
    base::RandomStream random(seed);
    chosen = base::sample_without_replacement(sequences, count, random);
  }
  std::vector<std::size_t> indices;
  for (const std::size_t sequence : chosen) {
    const std::size_t end = std::min(available, (sequence + 1) * length);
    for (std::size_t index = sequence * length; index < end; ++index) indices.push_back(index);
  }
  return indices;
}

Statistics empty_statistics(std::size_t samples, std::size_t sequence_length) {
  return Statistics(samples, sequence_length, std::make_shared<SpillFile>());
}

Statistics collect(const infer::Runtime& runtime, const std::shared_ptr<const ov::Model>& model,
                   std::span<const StatisticRequest> requests, const Dataset& dataset,
                   std::span<const std::size_t> indices, const CollectOptions& options,
                   std::map<std::string, double>& timings_s, Observer* observer) {
  Statistics statistics = empty_statistics(indices.size(), dataset.sequence_length());
  collect(runtime, model, requests, dataset, indices, options, statistics, timings_s, observer);
  return statistics;
}

std::size_t collect(const infer::Runtime& runtime, const std::shared_ptr<const ov::Model>& model,
                    std::span<const StatisticRequest> requests, const Dataset& dataset,
                    std::span<const std::size_t> indices, const CollectOptions& options, Statistics& statistics,
                    std::map<std::string, double>& timings_s, Observer* observer, SampleWatcher* watcher) {
  if (indices.empty()) throw Error(ErrorKind::input, "calibration: there are no samples; at least one is needed");
  std::map<std::size_t, std::vector<StatisticRequest>> passes;  // by the number of samples seen
  for (const StatisticRequest& request : std::set<StatisticRequest>(requests.begin(), requests.end())) {
    if (!statistics.complete(request)) passes[statistics.seen(request)].push_back(request);
  }
  if (requests.empty()) passes[0];  // still checks that the samples fit and the outputs are finite
  for (const auto& [seen, group] : passes) {
    pass(runtime, model, group, dataset, indices, seen, options, statistics, timings_s, observer, watcher);
    watcher = nullptr;  // one look is enough
  }
  return passes.size();
}

}  // namespace octune::calibration
