// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "data/random_dataset.hpp"

#include <fmt/format.h>

#include <cmath>
#include <numbers>
#include <type_traits>

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

}  // namespace

std::unique_ptr<Dataset> random_dataset(std::size_t size, const std::vector<InputInfo>& inputs) {
  std::vector<ov::Shape> shapes;
  for (const InputInfo& input : inputs) {
    shapes.push_back(static_shape(input));
    visit_element(input.type, input.name, [](auto) {});
  }
  return dataset(size, [inputs, shapes](std::size_t index) {
    Sample sample;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      // Every sample and input has a stream of its own, so that the order of calls does not matter.
      base::RandomStream random(base::RandomStream(index * inputs.size() + i).next());
      ov::Tensor tensor(inputs[i].type, shapes[i]);
      visit_element(inputs[i].type, inputs[i].name, [&]<class T>(T) {
        T* values = static_cast<T*>(tensor.data());
        for (std::size_t k = 0; k < tensor.get_size(); ++k) values[k] = drawn<T>(random);
      });
      sample.emplace(inputs[i].name, tensor);
    }
    return sample;
  });
}

}  // namespace octune::data
