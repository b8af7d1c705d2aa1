/* Copyright (C) 2026 octune authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A data set and two metrics of one's own for octune, in C:
 *
 *   octune quantize model.xml -o out --data lib:./libplugin.so:waves --metric lib:./libplugin.so:largest_error
 *
 * The samples are waves of growing frequency for a model with the input "x" of shape [1,3,16,16]; a real data set would
 * read them from where they lie.
 */
#include "octune/plugin.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define CHANNELS 3
#define SIDE 16
#define SAMPLES 64

static int waves_size(void* state, uint64_t* size, octune_message* message) {
  (void)state;
  (void)message;
  *size = SAMPLES;
  return 0;
}

/* What a sample points to until it is released: several may be in use at once. */
struct wave {
  octune_tensor tensor;
  float values[CHANNELS * SIDE * SIDE];
};

static const int64_t wave_shape[4] = {1, CHANNELS, SIDE, SIDE};

static int waves_sample(void* state, uint64_t index, octune_sample* sample, octune_message* message) {
  (void)state;
  struct wave* wave = malloc(sizeof *wave);
  if (wave == NULL) {
    snprintf(message->text, message->capacity, "no memory for sample %llu", (unsigned long long)index);
    return 1;
  }
  for (int i = 0; i < CHANNELS * SIDE * SIDE; ++i) {
    wave->values[i] = (float)sin((double)(index + 1) * 0.05 * i);
  }
  wave->tensor = (octune_tensor){"x", wave->values, wave_shape, 4, OCTUNE_F32};
  *sample = (octune_sample){&wave->tensor, 1, wave};
  return 0;
}

static void waves_release(void* state, octune_sample* sample) {
  (void)state;
  free(sample->owner);
}

static int waves_name(void* state, uint64_t index, octune_message* name) {
  (void)state;
  snprintf(name->text, name->capacity, "wave %llu", (unsigned long long)index);
  return 0;
}

static size_t count_of(const octune_tensor* tensor) {
  size_t count = 1;
  for (int32_t axis = 0; axis < tensor->rank; ++axis) count *= (size_t)tensor->shape[axis];
  return count;
}

static int check_float(const octune_tensor* tensor, octune_message* message) {
  if (tensor->type == OCTUNE_F32) return 0;
  snprintf(message->text, message->capacity, "the output is no 32-bit float; convert it in the model");
  return 1;
}

/* Whether the largest output is the label: one number a sample, the value is their mean. */
static int top1_score(void* state, const octune_tensor* outputs, size_t output_count, const octune_reference* reference,
                      octune_score* score, octune_message* message) {
  (void)state;
  (void)output_count;
  if (check_float(&outputs[0], message) != 0) return 1;
  char* end = NULL;
  const long label = strtol(reference->label, &end, 10);
  if (end == reference->label || *end != '\0') {
    snprintf(message->text, message->capacity, "the label '%s' is no class; give its number", reference->label);
    return 1;
  }
  const float* values = outputs[0].data;
  size_t largest = 0;
  for (size_t i = 1; i < count_of(&outputs[0]); ++i) {
    if (values[i] > values[largest]) largest = i;
  }
  score->add(score->context, (long)largest == label ? 1 : 0);
  return 0;
}

/* How far any output of any sample is from the float model's: one number a sample, too, but not a mean. */
static int largest_error_score(void* state, const octune_tensor* outputs, size_t output_count,
                               const octune_reference* reference, octune_score* score, octune_message* message) {
  (void)state;
  double largest = 0;
  for (size_t k = 0; k < output_count; ++k) {
    if (check_float(&outputs[k], message) != 0) return 1;
    const float* a = outputs[k].data;
    const float* b = reference->float_outputs[k].data;
    for (size_t i = 0; i < count_of(&outputs[k]); ++i) largest = fmax(largest, fabs((double)a[i] - (double)b[i]));
  }
  score->add(score->context, largest);
  return 0;
}

static int largest_error_value(void* state, const double* const* scores, const size_t* lengths, size_t samples,
                               double* value, octune_message* message) {
  (void)state;
  (void)lengths;
  (void)message;
  *value = 0;
  for (size_t i = 0; i < samples; ++i) *value = fmax(*value, scores[i][0]);
  return 0;
}

static const octune_dataset datasets[] = {{.name = "waves",
                                           .summary = "waves of growing frequency",
                                           .size = waves_size,
                                           .sample = waves_sample,
                                           .release_sample = waves_release,
                                           .sample_name = waves_name}};

static const octune_metric metrics[] = {{.name = "top1",
                                         .summary = "share of samples whose largest output is the label",
                                         .higher_is_better = 1,
                                         .aggregation = OCTUNE_MEAN,
                                         .reference = OCTUNE_LABELS,
                                         .has_bounds = 1,
                                         .low = 0,
                                         .high = 1,
                                         .score_length = 1,
                                         .score = top1_score},
                                        {.name = "largest_error",
                                         .summary = "largest difference from the float model's outputs",
                                         .higher_is_better = 0,
                                         .aggregation = OCTUNE_CORPUS,
                                         .reference = OCTUNE_FLOAT_OUTPUTS,
                                         .score = largest_error_score,
                                         .value_of_scores = largest_error_value}};

static const octune_plugin plugin = {OCTUNE_PLUGIN_API_VERSION, datasets, sizeof datasets / sizeof *datasets, metrics,
                                     sizeof metrics / sizeof *metrics};

const octune_plugin* octune_plugin_get(void) { return &plugin; }
