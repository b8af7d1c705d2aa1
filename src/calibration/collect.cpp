// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "calibration/collect.hpp"

#include <fmt/format.h>

#include <deque>
#include <numeric>
#include <openvino/core/type.hpp>

#include "base/measure.hpp"
#include "base/random.hpp"
#include "calibration/find_non_finite.hpp"
#include "calibration/instrument.hpp"
#include "calibration/quantile.hpp"
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
  std::vector<Series*> reduced, known, quantiles;  // beside the columns of the plan
  std::vector<TensorRef> results;                  // what the model's own outputs are called
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
  void add(const Form& form, std::size_t position, ov::InferRequest& request) {
    add_reduced(form, position, request);
    for (std::size_t i = 0; i < form.known.size(); ++i) {
      row_.assign(form.plan.known[i].count, 0.0F);
      form.known[i]->add(row_);
    }
    add_quantiles(form, position, request);
    for (std::size_t i = 0; i < form.results.size(); ++i) {
      check(infer::finiteness(request.get_output_tensor(form.plan.added_outputs + i)), position, form.results[i]);
    }
  }

 private:
  static void check(infer::Finiteness kind, std::size_t position, const TensorRef& tensor) {
    if (kind != infer::Finiteness::finite) throw NonFinite{position, tensor, kind};
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
      form.reduced[i]->add(row);
    }
  }

  void add_quantiles(const Form& form, std::size_t position, ov::InferRequest& request) {
    for (std::size_t i = 0; i < form.quantiles.size(); ++i) {
      const QuantileColumn& column = form.plan.quantiles[i];
      const ov::Tensor output = request.get_output_tensor(column.output);
      // Nothing has no quantile; describe_non_finite() recognises the case.
      const bool empty = output.get_size() == 0;
      check(empty ? infer::Finiteness::nan : infer::finiteness(output), position, column.request.tensor);
      const ChannelValues values(output, column.request);
      row_.clear();
      for (std::size_t channel = 0; channel < values.channels(); ++channel) {
        row_.push_back(quantile(values.of(channel, channel_), column.request.probability, scratch_));
      }
      form.quantiles[i]->add(row_);
    }
  }

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

 private:
  std::unique_ptr<Form> compile(std::shared_ptr<ov::Model> model) const {
    auto form = std::make_unique<Form>();
    form->plan = instrument(std::move(model), requests_);
    form->compiled = runtime_.compile(form->plan.model, options_);
    for (const ReducedColumn& column : form->plan.reduced) form->reduced.push_back(&statistics_[column.request]);
    for (const KnownColumn& column : form->plan.known) form->known.push_back(&statistics_[column.request]);
    for (const QuantileColumn& column : form->plan.quantiles) form->quantiles.push_back(&statistics_[column.request]);
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

}  // namespace

std::vector<std::size_t> choose_samples(std::size_t available, std::size_t subset_size, bool shuffle,
                                        std::uint64_t seed) {
  const std::size_t count = subset_size == 0 ? available : std::min(available, subset_size);
  if (shuffle) {
    base::RandomStream random(seed);
    return base::sample_without_replacement(available, count, random);
  }
  std::vector<std::size_t> indices(count);
  std::iota(indices.begin(), indices.end(), std::size_t{0});
  return indices;
}

Statistics collect(const infer::Runtime& runtime, const std::shared_ptr<const ov::Model>& model,
                   std::span<const StatisticRequest> requests, const Dataset& dataset,
                   std::span<const std::size_t> indices, const CollectOptions& options,
                   std::map<std::string, double>& timings_s, Observer* observer) {
  if (indices.empty()) throw Error(ErrorKind::input, "calibration: there are no samples; at least one is needed");
  const int threads = options.threads > 0 ? options.threads : infer::cpu_features().cores;
  const int streams = static_cast<int>(std::min(static_cast<std::size_t>(threads), indices.size()));
  // One thread a stream: sums inside an operation are split by threads and would depend on their number.
  Statistics statistics;
  Forms forms(runtime, model, requests, {.precision = infer::Precision::f32, .threads = streams, .streams = streams},
              statistics);
  const Inputs inputs = model->inputs();
  const auto fitted = [&](std::size_t position) {
    const std::size_t index = indices[position];
    return infer::fit_sample(dataset.sample(index), dataset.name(index), inputs);
  };
  forms.prepare(fitted(0), inputs);
  timings_s["compile"] += forms.compile_seconds();

  Collector collector;
  std::deque<const Form*> in_flight;  // results come in the order in which the forms were chosen
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
          collector.add(form, position, request);
        });
  } catch (const NonFinite& found) {
    const std::string what = describe_non_finite(runtime, model, fitted(found.position), found.tensor, found.kind);
    throw Error(ErrorKind::input, fmt::format("{} for sample '{}'; leave the sample out or check the model there", what,
                                              dataset.name(indices[found.position])));
  }
  const double compiled_meanwhile = forms.compile_seconds() - compiled_before;
  timings_s["compile"] += compiled_meanwhile;
  timings_s["calibrate"] += watch.seconds() - compiled_meanwhile;
  statistics.set_samples(indices.size());
  return statistics;
}

}  // namespace octune::calibration
