/* Copyright (C) 2026 octune authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Data sets and metrics from a shared library of one's own, in C or anything that speaks C:
 *
 *   octune quantize MODEL --data lib:./libmine.so:frames
 *   octune evaluate MODEL --val-data FOLDER --labels SPEC --metric lib:./libmine.so:iou
 *
 * The library exports one function, octune_plugin_get(). docs/own_metrics.md explains all of it with an example.
 *
 * Binary interface. OCTUNE_PLUGIN_API_VERSION changes with anything below: an octune that does not know the version a
 * library was built for refuses it by name. The library is loaded once and stays loaded until the process ends; the
 * tables it hands out are constant and live as long. A plugin runs inside octune with all of its rights.
 *
 * Functions that can fail return 0 for success and anything else for failure, with a reason in the message. No C++
 * exception and no longjmp may leave them; they do not end the process.
 *
 * Threads. open() and close() of one state are called by one thread, before and after everything else. All other
 * functions may be called by several threads at once with the same state.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define OCTUNE_PLUGIN_API_VERSION 1

#if defined(_WIN32)
#define OCTUNE_PLUGIN_EXPORT __declspec(dllexport)
#else
#define OCTUNE_PLUGIN_EXPORT __attribute__((visibility("default")))
#endif

/* Element types. F16 is IEEE binary16, BF16 the upper half of a binary32; a boolean is a byte, 0 or 1. */
enum {
  OCTUNE_BOOL = 1,
  OCTUNE_U8 = 2,
  OCTUNE_U16 = 3,
  OCTUNE_U32 = 4,
  OCTUNE_U64 = 5,
  OCTUNE_I8 = 6,
  OCTUNE_I16 = 7,
  OCTUNE_I32 = 8,
  OCTUNE_I64 = 9,
  OCTUNE_F16 = 10,
  OCTUNE_BF16 = 11,
  OCTUNE_F32 = 12,
  OCTUNE_F64 = 13
};

/* An array, row-major and without gaps. It belongs to whoever made it and is only read by the other side. */
typedef struct octune_tensor {
  const char* name;     /* of a model's input; "" for the only one, and for outputs and labels */
  const void* data;     /* aligned for the element type */
  const int64_t* shape; /* rank numbers of at least 0 */
  int32_t rank;
  int32_t type; /* OCTUNE_F32, ... */
} octune_tensor;

/* Where a plugin writes UTF-8 text that ends with a zero byte; text[0] is 0 beforehand. */
typedef struct octune_message {
  char* text;
  size_t capacity; /* bytes, with the zero */
} octune_message;

/* What a model is fed once: a tensor for each of its inputs, with the input's rank (axis 0 is the batch) or one axis
 * less, which gets a batch of 1. */
typedef struct octune_sample {
  const octune_tensor* tensors;
  size_t count;
  void* owner; /* the plugin's own, for release_sample() */
} octune_sample;

/* A finite, ordered set of samples; the same index always gives the same values. */
typedef struct octune_dataset {
  const char* name;    /* as the user writes it behind the library's path */
  const char* summary; /* one line */

  /* Makes what the other functions get as `state`. NULL: there is no state. */
  int (*open)(void** state, octune_message* message);
  void (*close)(void* state); /* after an open() that succeeded; may be NULL */

  int (*size)(void* state, uint64_t* size, octune_message* message);
  /* Fills in `sample` for index < size. The tensors stay as they are until release_sample(), which is called for every
   * sample that succeeded, soon: octune copies them. */
  int (*sample)(void* state, uint64_t index, octune_sample* sample, octune_message* message);
  void (*release_sample)(void* state, octune_sample* sample); /* may be NULL */
  /* How messages and labels call a sample, for instance its file. NULL: "name[17]". */
  int (*sample_name)(void* state, uint64_t index, octune_message* name);
} octune_dataset;

/* How the value over a set comes from the scores of its samples. */
enum {
  OCTUNE_MEAN = 1,  /* a score is one number; their mean */
  OCTUNE_SUMS = 2,  /* a function of the element-wise sum of the scores, which all have the same length */
  OCTUNE_CORPUS = 3 /* a function of all scores together */
};

/* What outputs are compared with. */
enum {
  OCTUNE_LABELS = 1,       /* the label of the sample (--labels) */
  OCTUNE_FLOAT_OUTPUTS = 2 /* the outputs of the float model for the same sample */
};

typedef struct octune_reference {
  const char* label;                  /* the label as text, "" without one */
  const octune_tensor* label_values;  /* the label as an array; NULL without one */
  const octune_tensor* float_outputs; /* NULL unless OCTUNE_FLOAT_OUTPUTS */
  size_t float_output_count;
} octune_reference;

/* Takes the numbers of a score, one call each. */
typedef struct octune_score {
  void* context;
  void (*add)(void* context, double number);
} octune_score;

/* Judges outputs sample by sample. */
typedef struct octune_metric {
  const char* name;         /* as the user writes it behind the library's path */
  const char* summary;      /* one line */
  int32_t higher_is_better; /* 0 or 1 */
  int32_t aggregation;      /* OCTUNE_MEAN, ... */
  int32_t reference;        /* OCTUNE_LABELS, ... */
  int32_t has_bounds;       /* 1: every score of OCTUNE_MEAN lies in [low, high] */
  double low;
  double high;
  size_t score_length; /* of OCTUNE_SUMS: how many numbers every score has; 1 of OCTUNE_MEAN */

  int (*open)(void** state, octune_message* message); /* as of a data set; NULL: there is no state */
  void (*close)(void* state);                         /* may be NULL */

  /* The outputs are in the order of the model's results. Numbers are finite. */
  int (*score)(void* state, const octune_tensor* outputs, size_t output_count, const octune_reference* reference,
               octune_score* score, octune_message* message);
  /* OCTUNE_SUMS: the value from the sum of the scores of `samples` >= 1 samples. NULL otherwise. */
  int (*value_of_sum)(void* state, const double* sum, size_t length, uint64_t samples, double* value,
                      octune_message* message);
  /* OCTUNE_CORPUS: the value from all scores, scores[i] having lengths[i] numbers, in any order of samples and with
   * repetitions (confidence intervals). NULL otherwise. */
  int (*value_of_scores)(void* state, const double* const* scores, const size_t* lengths, size_t samples, double* value,
                         octune_message* message);
} octune_metric;

/* What a library offers. */
typedef struct octune_plugin {
  uint32_t api_version; /* OCTUNE_PLUGIN_API_VERSION; always the first member */
  const octune_dataset* datasets;
  size_t dataset_count;
  const octune_metric* metrics;
  size_t metric_count;
} octune_plugin;

/* The one function that the library exports. */
OCTUNE_PLUGIN_EXPORT const octune_plugin* octune_plugin_get(void);

#ifdef __cplusplus
}
#endif
