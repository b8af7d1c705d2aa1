// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <openvino/runtime/tensor.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace octune {

/// What a model is fed once: input name -> tensor of the input's rank and element type (axis 0 is the batch, usually
/// 1).
using Sample = std::map<std::string, ov::Tensor>;

/// A finite, ordered set of samples with random access. The same index always gives the same values.
class Dataset {
 public:
  virtual ~Dataset() = default;

  virtual std::size_t size() const = 0;

  /// The sample at `index` < size(). Thread-safe: several may be decoded at once. Throws Error{input} naming the file
  /// or row when it cannot be decoded.
  virtual Sample sample(std::size_t index) const = 0;

  /// How many consecutive samples make a sequence, over which a model with state keeps it; the last may be shorter.
  /// 1: every sample starts from the initial state.
  virtual std::size_t sequence_length() const { return 1; }

  /// A hash of the content that sample(index) is decoded from, where that is cheaper than decoding: equal exactly if
  /// the content is. None: the decoded tensors are hashed. Thread-safe.
  virtual std::optional<std::uint64_t> source_fingerprint(std::size_t /*index*/) const { return std::nullopt; }

  /// How samples are made of that content (size, mean, scale, ...), as text; empty if there is nothing to say.
  virtual std::string preprocessing() const { return {}; }

  /// How messages call the sample: a file name, or "data.npz[17]".
  virtual std::string name(std::size_t index) const { return "sample " + std::to_string(index); }
};

/// Samples that lie in memory already.
std::unique_ptr<Dataset> dataset(std::vector<Sample> samples);

/// `size` samples made on demand by a thread-safe function.
std::unique_ptr<Dataset> dataset(std::size_t size, std::function<Sample(std::size_t)> make);

/// What is known to be right of one sample.
struct Label {
  Label() = default;
  Label(std::string of_text) : text(std::move(of_text)) {}
  Label(const char* of_text) : text(of_text) {}
  explicit Label(ov::Tensor of_values) : values(std::move(of_values)) {}

  std::string text;   ///< a class, a text, numbers, or a JSON object (boxes, a mask) as the metric documents it
  ov::Tensor values;  ///< an array to compare an output with; empty where the text says it
};

/// One label a sample, in the order of the samples.
using Labels = std::vector<Label>;

}  // namespace octune
