// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <openvino/core/model.hpp>
#include <openvino/core/partial_shape.hpp>
#include <optional>
#include <string>
#include <vector>

#include "calibration/tensor_look.hpp"
#include "octune/dataset.hpp"

/// What DataQuality keeps of the samples it watched.
namespace octune::calibration {

/// One of the positions that statistics are collected from. Inputs are numbered by name.
struct WatchedSample {
  static constexpr std::size_t kInputs = 64;  ///< that are judged sample by sample, of models with more

  std::optional<std::uint64_t> fingerprint;  ///< known from an earlier run, or watched
  bool begun = false;                        ///< somebody looks at it or has done so
  bool watched = false;
  bool is_empty = false;          ///< no input has a value
  std::uint8_t widest_input = 0;  ///< the floating-point input with the most values, of those that are not flat
  float reach = 0;                ///< the largest magnitude there; 0 if there is none
  std::size_t index = 0;          ///< in the data set
  std::uint64_t flat_inputs = 0;  ///< bit i: input i has several values and is flat
};

/// One input of the model, over all samples.
struct WatchedInput {
  bool is_real = false;
  bool has_several = false;  ///< more than one value in some sample
  std::size_t samples = 0;   ///< watched
  std::size_t values = 0;    ///< in all samples together
  Interval extent;

  std::size_t images = 0;          ///< samples that look like an image
  std::vector<Interval> channels;  ///< of them
  std::size_t byte_images = 0;     ///< images of whole numbers from 0 to 255
  std::size_t bright_images = 0;   ///< those of them that reach kBright: no black ones, and no maps of a few classes
  Interval other_extent;           ///< of the samples that are not byte images

  static constexpr double kBright = 100;

  std::optional<std::uint64_t> content;  ///< hash of the values of one sample
  bool differs = false;                  ///< some sample has other values than another

  std::optional<ov::Shape> shape;  ///< of one sample
  bool shape_differs = false;

  std::size_t flats = 0;            ///< flat samples
  std::size_t first_flat = 0;       ///< the position of the first ...
  std::vector<double> flat_values;  ///< ... and its value, of each channel if it is an image
};

/// What the model says about one of its inputs.
struct ModelInput {
  ov::PartialShape shape;
  bool normalised_inside = false;  ///< the model subtracts from it or scales it before anything else
};

std::map<std::string, ModelInput> describe_inputs(const ov::Model& model);

/// Samples that another run watched.
struct Shard {
  std::string name;       ///< "'b.octs'"
  std::size_t begin = 0;  ///< position of the first
};

struct WatchedSamples {
  const Dataset* dataset = nullptr;                               ///< null if no sample is watched
  std::vector<Shard> shards;                                      ///< that were merged, in order; none: one run
  std::optional<std::map<std::string, ModelInput>> model_inputs;  ///< none: the model is not known
  std::vector<WatchedSample> samples;                             ///< by position
  std::map<std::string, WatchedInput> inputs;
};

}  // namespace octune::calibration
