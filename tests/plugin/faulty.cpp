// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0

// A plugin that does whatever a plugin must not do.
#include <cmath>
#include <cstring>
#include <stdexcept>

#include "octune/plugin.h"

namespace {

const float kValues[4] = {1, 2, 3, 4};
const int64_t kShape[2] = {1, 4};
const int64_t kNegative[2] = {1, -4};

int two(void*, uint64_t* size, octune_message*) {
  *size = 2;
  return 0;
}
int none(void*, uint64_t* size, octune_message*) {
  *size = 0;
  return 0;
}
int size_throws(void*, uint64_t*, octune_message*) { throw std::runtime_error("no such disk"); }
int open_fails(void**, octune_message* message) {
  std::strncpy(message->text, "the folder FRAMES is not set; set it", message->capacity);
  return 1;
}

/// The tensor of every sample; by index into `tensors`.
template <int which>
int sample(void*, uint64_t, octune_sample* sample, octune_message*) {
  static const octune_tensor tensors[] = {{"x", kValues, kShape, 2, 99},
                                          {"x", kValues, kNegative, 2, OCTUNE_F32},
                                          {"x", nullptr, kShape, 2, OCTUNE_F32},
                                          {"x", kValues, kShape, 17, OCTUNE_F32}};
  *sample = {tensors + which, 1, nullptr};
  return 0;
}
int twice(void*, uint64_t, octune_sample* sample, octune_message*) {
  static const octune_tensor tensors[] = {{"x", kValues, kShape, 2, OCTUNE_F32}, {"x", kValues, kShape, 2, OCTUNE_F32}};
  *sample = {tensors, 2, nullptr};
  return 0;
}
int nothing(void*, uint64_t, octune_sample*, octune_message*) { return 0; }
int fails(void*, uint64_t, octune_sample*, octune_message*) { return 3; }
int throws_a_number(void*, uint64_t, octune_sample*, octune_message*) { throw 7; }
int long_message(void*, uint64_t, octune_sample*, octune_message* message) {
  std::memset(message->text, 'x', message->capacity);  // without an end
  return 1;
}

const octune_dataset kDatasets[] = {
    {"throws", "", nullptr, nullptr, size_throws, fails, nullptr, nullptr},
    {"empty", "", nullptr, nullptr, none, fails, nullptr, nullptr},
    {"closed", "", open_fails, nullptr, two, fails, nullptr, nullptr},
    {"type", "", nullptr, nullptr, two, sample<0>, nullptr, nullptr},
    {"negative", "", nullptr, nullptr, two, sample<1>, nullptr, nullptr},
    {"null", "", nullptr, nullptr, two, sample<2>, nullptr, nullptr},
    {"rank", "", nullptr, nullptr, two, sample<3>, nullptr, nullptr},
    {"twice", "", nullptr, nullptr, two, twice, nullptr, nullptr},
    {"nothing", "", nullptr, nullptr, two, nothing, nullptr, nullptr},
    {"fails", "", nullptr, nullptr, two, fails, nullptr, nullptr},
    {"number", "", nullptr, nullptr, two, throws_a_number, nullptr, nullptr},
    {"long", "", nullptr, nullptr, two, long_message, nullptr, nullptr},
    {"lacking", "", nullptr, nullptr, two, nullptr, nullptr, nullptr},
};

/// Scores the first value of the first output `times` times, divided by `by`.
template <int times, int by>
int score(void*, const octune_tensor* outputs, size_t, const octune_reference*, octune_score* score, octune_message*) {
  const float first = static_cast<const float*>(outputs[0].data)[0];
  for (int i = 0; i < times; ++i) score->add(score->context, first / static_cast<float>(by));
  return 0;
}
int score_throws(void*, const octune_tensor*, size_t, const octune_reference*, octune_score*, octune_message*) {
  throw std::runtime_error("no such class");
}
int first_over_second(void*, const double* sum, size_t, uint64_t, double* value, octune_message*) {
  *value = sum[0] / (sum[1] - sum[0]);
  return 0;
}

const octune_metric kMetrics[] = {
    {"infinite", "", 1, OCTUNE_MEAN, OCTUNE_LABELS, 0, 0, 0, 1, nullptr, nullptr, score<1, 0>, nullptr, nullptr},
    {"long", "", 1, OCTUNE_MEAN, OCTUNE_LABELS, 0, 0, 0, 1, nullptr, nullptr, score<2, 1>, nullptr, nullptr},
    {"bounded", "", 1, OCTUNE_MEAN, OCTUNE_LABELS, 1, 0, 1, 1, nullptr, nullptr, score<1, 1>, nullptr, nullptr},
    {"throws", "", 1, OCTUNE_MEAN, OCTUNE_LABELS, 0, 0, 0, 1, nullptr, nullptr, score_throws, nullptr, nullptr},
    {"ratio", "", 1, OCTUNE_SUMS, OCTUNE_LABELS, 0, 0, 0, 2, nullptr, nullptr, score<2, 1>, first_over_second, nullptr},
    {"no_value", "", 1, OCTUNE_SUMS, OCTUNE_LABELS, 0, 0, 0, 2, nullptr, nullptr, score<2, 1>, nullptr, nullptr},
    {"aggregation", "", 1, 9, OCTUNE_LABELS, 0, 0, 0, 1, nullptr, nullptr, score<1, 1>, nullptr, nullptr},
    {"reference", "", 1, OCTUNE_MEAN, 0, 0, 0, 0, 1, nullptr, nullptr, score<1, 1>, nullptr, nullptr},
    {"length", "", 1, OCTUNE_MEAN, OCTUNE_LABELS, 0, 0, 0, 2, nullptr, nullptr, score<1, 1>, nullptr, nullptr},
    {"bounds", "", 1, OCTUNE_MEAN, OCTUNE_LABELS, 1, 1, 0, 1, nullptr, nullptr, score<1, 1>, nullptr, nullptr},
};

}  // namespace

const octune_plugin* octune_plugin_get() {
  static const octune_plugin plugin{OCTUNE_PLUGIN_API_VERSION, kDatasets, sizeof kDatasets / sizeof *kDatasets,
                                    kMetrics, sizeof kMetrics / sizeof *kMetrics};
  return &plugin;
}
