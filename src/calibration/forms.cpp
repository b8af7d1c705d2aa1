// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "calibration/forms.hpp"

#include <algorithm>
#include <utility>

#include "base/measure.hpp"
#include "infer/run_samples.hpp"
#include "octune/error.hpp"

namespace octune::calibration {

Form& Forms::form_for(const Sample& sample) {
  const base::Stopwatch watch;
  const bool is_first = !fixed_ && !general_;
  if (is_first) {
    const std::vector<ov::Output<const ov::Node>> inputs = model_->inputs();
    const bool dynamic = std::any_of(inputs.begin(), inputs.end(),
                                     [](const auto& input) { return input.get_partial_shape().is_dynamic(); });
    if (dynamic) fix(sample, inputs);
  }
  const bool fits = fixed_ && (is_first || has_fixed_shapes(sample));
  const bool compiles = is_first || (!fits && !general_);
  if (!fits && !general_) general_ = compile(model_->clone());
  if (compiles) seconds_ += watch.seconds();
  return fits ? *fixed_ : *general_;
}

void Forms::share_histograms() {
  for (const Form* form : {fixed_.get(), general_.get()}) {
    if (form == nullptr) continue;
    for (const HistogramColumn& column : form->plan.histograms) {
      for (std::size_t i = 1; i < column.requests.size(); ++i) {
        statistics_.histograms_for(column.requests[i]) = statistics_.histograms(column.requests.front());
      }
    }
  }
}

std::unique_ptr<Form> Forms::compile(std::shared_ptr<ov::Model> model) const {
  auto form = std::make_unique<Form>();
  form->plan = instrument(std::move(model), requests_);
  form->compiled = runtime_.compile(form->plan.model, options_);
  for (const ReducedColumn& column : form->plan.reduced) form->reduced.push_back(&statistics_[column.request]);
  for (const IterationsColumn& column : form->plan.iterations) form->iterations.push_back(&statistics_[column.request]);
  for (const KnownColumn& column : form->plan.known) form->known.push_back(&statistics_[column.request]);
  form->whole = whole_tensors(form->plan, statistics_);
  const ov::ResultVector results = form->plan.model->get_results();
  for (std::size_t i = form->plan.added_outputs; i < results.size(); ++i) {
    const ov::Output<ov::Node> source = results[i]->input_value(0);
    form->results.push_back({source.get_node()->get_friendly_name(), source.get_index()});
  }
  form->plan.model.reset();  // the runtime has its own by now
  return form;
}

void Forms::fix(const Sample& first, std::span<const ov::Output<const ov::Node>> inputs) {
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

bool Forms::has_fixed_shapes(const Sample& sample) const {
  return std::all_of(sample.begin(), sample.end(),
                     [&](const auto& entry) { return entry.second.get_shape() == shapes_.at(entry.first); });
}

}  // namespace octune::calibration
