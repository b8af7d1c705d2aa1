// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "data/random_dataset.hpp"

#include <fmt/format.h>

#include <cmath>
#include <numbers>
#include <type_traits>

#include "base/assert.hpp"
#include "base/hash.hpp"
#include "base/random.hpp"
#include "data/element.hpp"
#include "octune/error.hpp"

namespace octune::data {
namespace {

ov::Shape static_shape(const InputInfo& input) {
  ov::Shape shape;
  const bool ranked = input.shape.rank().is_static();
  for (std::size_t axis = 0; ranked && axis < input.shape.size(); ++axis) {
    const ov::Dimension& length = input.shape[axis];
    if (length.is_dynamic() && axis != 0) break;
    shape.push_back(length.is_dynamic() ? 1 : static_cast<std::size_t>(length.get_length()));
  }
  if (!ranked || shape.size() != input.shape.size()) {
    throw Error(ErrorKind::input,
                fmt::format("input '{}': random data need fixed lengths, its shape is {}; give --shape", input.name,
                            input.shape.to_string()));
  }
  return shape;
}

/// Box and Muller's transform of two uniform numbers; 1 - u keeps the logarithm away from 0.
double normal(base::RandomStream& random) {
  const double radius = std::sqrt(-2 * std::log(1 - random.uniform()));
  return radius * std::cos(2 * std::numbers::pi * random.uniform());
}

template <class T>
T drawn(base::RandomStream& random) {
  if constexpr (std::is_integral_v<T>) {
    return static_cast<T>(random.below(2));
  } else if constexpr (std::is_same_v<T, double>) {
    return normal(random);
  } else {
    return T(static_cast<float>(normal(random)));
  }
}

class RandomDataset final : public Dataset {
 public:
  RandomDataset(std::size_t size, std::vector<InputInfo> inputs, std::uint64_t seed)
      : size_(size), seed_(seed), inputs_(std::move(inputs)) {
    for (const InputInfo& input : inputs_) {
      shapes_.push_back(static_shape(input));
      visit_element(input.type, input.name, [](auto) {});
    }
  }

  std::size_t size() const override { return size_; }

  Sample sample(std::size_t index) const override {
    OCTUNE_ASSERT(index < size_, "a sample outside the data set");
    Sample sample;
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      base::RandomStream random = stream(index, i);
      ov::Tensor tensor(inputs_[i].type, shapes_[i]);
      visit_element(inputs_[i].type, inputs_[i].name, [&]<class T>(T) {
        T* values = static_cast<T*>(tensor.data());
        for (std::size_t k = 0; k < tensor.get_size(); ++k) values[k] = drawn<T>(random);
      });
      sample.emplace(inputs_[i].name, tensor);
    }
    return sample;
  }

  std::string preprocessing() const override { return fmt::format("random values of seed {}", seed_); }

  /// What the values are drawn from: the first numbers of the streams, types and shapes.
  std::optional<std::uint64_t> source_fingerprint(std::size_t index) const override {
    base::Hash hash;
    hash.add(std::string_view("random"));
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      hash.add(inputs_[i].name).add(inputs_[i].type.get_type_name()).add(std::uint64_t{shapes_[i].size()});
      for (const std::size_t length : shapes_[i]) hash.add(std::uint64_t{length});
      hash.add(stream(index, i).next());
    }
    return hash.number();
  }

 private:
  /// Every seed, sample and input has a stream of its own, so that the order of calls does not matter. An odd factor
  /// keeps the numbers of the streams of neighbouring seeds far apart.
  base::RandomStream stream(std::size_t index, std::size_t input) const {
    constexpr std::uint64_t kApart = 0x9e3779b97f4a7c15;
    return base::RandomStream(base::RandomStream(seed_ * kApart + index * inputs_.size() + input).next());
  }

  std::size_t size_;
  std::uint64_t seed_;
  std::vector<InputInfo> inputs_;
  std::vector<ov::Shape> shapes_;
};

}  // namespace

std::unique_ptr<Dataset> random_dataset(std::size_t size, const std::vector<InputInfo>& inputs, std::uint64_t seed) {
  return std::make_unique<RandomDataset>(size, inputs, seed);
}

}  // namespace octune::data
