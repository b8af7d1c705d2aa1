// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "calibration/data_quality.hpp"

#include <algorithm>
#include <iterator>
#include <mutex>
#include <span>
#include <utility>

#include "base/assert.hpp"
#include "base/dataset_fingerprint.hpp"
#include "base/hash.hpp"
#include "calibration/data_findings.hpp"
#include "calibration/tensor_look.hpp"
#include "calibration/watched_samples.hpp"

namespace octune::calibration {
namespace {

/// One input of one sample.
struct Glance {
  bool wants_content = true;  // no two samples are known to differ there
  std::optional<std::uint64_t> content;
  TensorLook look;
};

std::uint64_t content_of(const ov::Tensor& tensor) {
  base::Hash hash;
  base::add_content(hash, tensor);
  return hash.number();
}

std::vector<double> values_of_flat(const TensorLook& look) {
  if (look.channels.empty()) return {look.values.low};
  std::vector<double> values;
  for (const Interval& channel : look.channels) values.push_back(channel.low);
  return values;
}

/// Everything here can be told in any order of samples.
void add(const Glance& glance, const ov::Tensor& tensor, std::size_t position, WatchedInput& input) {
  const TensorLook& look = glance.look;
  ++input.samples;
  input.is_real = tensor.get_element_type().is_real();
  input.has_several |= tensor.get_size() > 1;
  input.values += tensor.get_size();
  input.extent.include(look.values);

  if (look.only_bytes) {
    ++input.byte_images;
    if (look.values.high >= WatchedInput::kBright) ++input.bright_images;
  } else {
    input.other_extent.include(look.values);
  }
  if (!look.channels.empty()) {
    ++input.images;
    input.channels.resize(std::max(input.channels.size(), look.channels.size()));
    for (std::size_t c = 0; c < look.channels.size(); ++c) input.channels[c].include(look.channels[c]);
  }

  if (glance.content) {
    if (!input.content) input.content = glance.content;
    input.differs |= input.content != glance.content;
  }
  if (!input.shape) input.shape = tensor.get_shape();
  input.shape_differs |= *input.shape != tensor.get_shape();

  if (look.is_flat()) {
    if (input.flats == 0 || position < input.first_flat) {
      input.first_flat = position;
      input.flat_values = values_of_flat(look);
    }
    ++input.flats;
  }
}

WatchedSample summary_of(const Sample& fitted, const std::vector<Glance>& glances) {
  WatchedSample sample;
  sample.is_empty = true;
  std::size_t number = 0, most_values = 0;
  for (const auto& [name, tensor] : fitted) {
    const TensorLook& look = glances[number].look;
    if (tensor.get_size() != 0) sample.is_empty = false;
    if (number < WatchedSample::kInputs) {
      if (look.is_flat() && tensor.get_size() > 1) sample.flat_inputs |= std::uint64_t{1} << number;
      const bool varies = !look.values.empty() && !look.is_flat();
      if (tensor.get_element_type().is_real() && varies && tensor.get_size() > most_values) {
        most_values = tensor.get_size();
        sample.widest_input = static_cast<std::uint8_t>(number);
        sample.reach = static_cast<float>(look.values.reach());
      }
    }
    ++number;
  }
  return sample;
}

}  // namespace

struct DataQuality::Watched : WatchedSamples {
  mutable std::mutex mutex;
  std::vector<DataFinding> earlier;  // what is known of samples that are not watched
};

DataQuality::DataQuality(const Dataset& dataset, std::size_t samples) : DataQuality(dataset, samples, Known{}) {}

DataQuality::DataQuality(const Dataset& dataset, std::size_t samples, const Known& known)
    : watched_(std::make_unique<Watched>()) {
  OCTUNE_ASSERT(known.fingerprints.size() <= samples, "more fingerprints than samples");
  watched_->dataset = &dataset;
  if (known.model) watched_->model_inputs = describe_inputs(*known.model);
  std::copy_if(known.findings.begin(), known.findings.end(), std::back_inserter(watched_->earlier),
               [](const DataFinding& finding) { return finding.evidence == Evidence::samples; });
  watched_->samples.resize(samples);
  for (std::size_t i = 0; i < known.fingerprints.size(); ++i) watched_->samples[i].fingerprint = known.fingerprints[i];
}

DataQuality::~DataQuality() = default;

void DataQuality::sample(std::size_t position, std::size_t index, const Sample& decoded, const Sample& fitted) {
  OCTUNE_ASSERT(position < watched_->samples.size(), "a sample is watched that was not announced");
  std::vector<Glance> glances(fitted.size());
  std::optional<std::uint64_t> fingerprint;
  {
    const std::lock_guard lock(watched_->mutex);
    WatchedSample& own = watched_->samples[position];
    if (std::exchange(own.begun, true)) return;
    fingerprint = own.fingerprint;
    std::size_t number = 0;
    for (const auto& [name, tensor] : fitted) glances[number++].wants_content = !watched_->inputs[name].differs;
  }
  if (!fingerprint) fingerprint = base::fingerprint(*watched_->dataset, index, decoded);
  std::size_t number = 0;
  for (const auto& [name, tensor] : fitted) {
    Glance& glance = glances[number++];
    glance.look = look_at(tensor);
    if (glance.wants_content) glance.content = content_of(tensor);
  }
  WatchedSample summary = summary_of(fitted, glances);
  summary.fingerprint = fingerprint;
  summary.begun = summary.watched = true;
  summary.index = index;

  const std::lock_guard lock(watched_->mutex);
  watched_->samples[position] = summary;
  number = 0;
  for (const auto& [name, tensor] : fitted) add(glances[number++], tensor, position, watched_->inputs[name]);
}

std::vector<std::uint64_t> DataQuality::fingerprints() const {
  const std::lock_guard lock(watched_->mutex);
  std::vector<std::uint64_t> first;
  for (const WatchedSample& sample : watched_->samples) {
    if (!sample.fingerprint) break;
    first.push_back(*sample.fingerprint);
  }
  return first;
}

std::vector<DataFinding> DataQuality::findings(const Statistics& statistics) const {
  const std::lock_guard lock(watched_->mutex);
  std::vector<DataFinding> all = data_findings(*watched_, statistics);
  for (const DataFinding& finding : watched_->earlier) {
    const bool is_new =
        std::none_of(all.begin(), all.end(), [&](const DataFinding& other) { return other.text == finding.text; });
    if (is_new) all.push_back(finding);
  }
  return most_important(std::move(all));
}

}  // namespace octune::calibration
