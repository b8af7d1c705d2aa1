// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdint>
#include <limits>
#include <openvino/runtime/allocator.hpp>
#include <sstream>

#include "base/suggest.hpp"
#include "infer/finite.hpp"
#include "infer/run_samples.hpp"
#include "octune/error.hpp"

namespace octune::infer {
namespace {

using Port = ov::Output<const ov::Node>;

/// Lends the memory of another tensor: how a tensor gets another shape without a copy and without changing the
/// original.
struct BorrowedMemory {
  ov::Tensor owner;

  void* allocate(std::size_t /*bytes*/, std::size_t /*alignment*/) { return owner.data(); }
  void deallocate(void* /*memory*/, std::size_t /*bytes*/, std::size_t /*alignment*/) noexcept {}
  bool is_equal(const BorrowedMemory& other) const { return owner.data() == other.owner.data(); }
};

ov::Tensor with_leading_one(const ov::Tensor& tensor) {
  ov::Shape shape = tensor.get_shape();
  shape.insert(shape.begin(), 1);
  if (tensor.is_continuous() && tensor.get_element_type() != ov::element::string) {
    return {tensor.get_element_type(), shape, BorrowedMemory{tensor}};
  }
  ov::Tensor copy(tensor.get_element_type(), tensor.get_shape());
  tensor.copy_to(copy);
  copy.set_shape(shape);
  return copy;
}

/// Calls function.operator()<T>() with the C++ type of `type`; false for types that are not whole bytes or no numbers.
template <class Function>
bool visit_numeric(ov::element::Type type, const Function& function) {
  switch (type) {
    case ov::element::boolean:
    case ov::element::u8:
      function.template operator()<std::uint8_t>();
      return true;
    case ov::element::i8:
      function.template operator()<std::int8_t>();
      return true;
    case ov::element::u16:
      function.template operator()<std::uint16_t>();
      return true;
    case ov::element::i16:
      function.template operator()<std::int16_t>();
      return true;
    case ov::element::u32:
      function.template operator()<std::uint32_t>();
      return true;
    case ov::element::i32:
      function.template operator()<std::int32_t>();
      return true;
    case ov::element::u64:
      function.template operator()<std::uint64_t>();
      return true;
    case ov::element::i64:
      function.template operator()<std::int64_t>();
      return true;
    case ov::element::f16:
      function.template operator()<ov::float16>();
      return true;
    case ov::element::bf16:
      function.template operator()<ov::bfloat16>();
      return true;
    case ov::element::f32:
      function.template operator()<float>();
      return true;
    case ov::element::f64:
      function.template operator()<double>();
      return true;
    default:
      return false;
  }
}

template <class T>
constexpr bool kIsInteger = std::numeric_limits<T>::is_integer;

/// `from` converted to the type of `to`, element by element; false if an integer does not fit. Only conversions that
/// are lossless in kind are asked for: integer to integer, any number to floating point.
template <class From, class To>
bool convert_elements(const ov::Tensor& from, ov::Tensor& to) {
  const auto* source = static_cast<const From*>(from.data());
  auto* target = static_cast<To*>(to.data());
  for (std::size_t i = 0; i < from.get_size(); ++i) {
    if constexpr (kIsInteger<From> && kIsInteger<To>) {
      if (!std::in_range<To>(source[i])) return false;
      if (to.get_element_type() == ov::element::boolean && source[i] > From{1}) return false;
      target[i] = static_cast<To>(source[i]);
    } else if constexpr (kIsInteger<From> || std::is_same_v<From, double>) {
      target[i] = static_cast<To>(static_cast<double>(source[i]));
    } else {
      target[i] = static_cast<To>(static_cast<float>(source[i]));
    }
  }
  return true;
}

std::string shape_text(const ov::PartialShape& shape) {
  std::ostringstream text;
  text << shape;
  return text.str();
}

ov::Tensor convert(const ov::Tensor& tensor, ov::element::Type type, const std::string& where) {
  const ov::element::Type given = tensor.get_element_type();
  if (given.is_real() && !type.is_real()) {
    throw Error(ErrorKind::input, fmt::format("{} is of type {} but {} was given; convert the data to integers", where,
                                              type.to_string(), given.to_string()));
  }
  ov::Tensor source = tensor;
  if (!tensor.is_continuous()) {
    source = ov::Tensor(given, tensor.get_shape());
    tensor.copy_to(source);
  }
  ov::Tensor result(type, tensor.get_shape());
  bool fits = true, known_target = false;
  const bool known_source = visit_numeric(given, [&]<class From>() {
    known_target = visit_numeric(type, [&]<class To>() {
      if constexpr (kIsInteger<From> || !kIsInteger<To>) fits = convert_elements<From, To>(source, result);
    });
  });
  if (!known_source || !known_target) {
    throw Error(ErrorKind::input, fmt::format("{} is of type {} but {} was given; give data of the model's type", where,
                                              type.to_string(), given.to_string()));
  }
  if (!fits) {
    throw Error(ErrorKind::input,
                fmt::format("{} is of type {} and does not hold all of the given values of type {}; check the data",
                            where, type.to_string(), given.to_string()));
  }
  return result;
}

ov::Tensor fit_tensor(ov::Tensor tensor, const Port& input, const std::string& where) {
  const ov::PartialShape& expected = input.get_partial_shape();
  const ov::Shape given = tensor.get_shape();
  if (expected.rank().is_static() && given.size() + 1 == static_cast<std::size_t>(expected.rank().get_length())) {
    tensor = with_leading_one(tensor);
  }
  if (!expected.compatible(tensor.get_shape())) {
    throw Error(ErrorKind::input,
                fmt::format("{} has the shape {} but {} was given; the rank must be the same or one lower and "
                            "fixed sizes must match",
                            where, shape_text(expected), shape_text(given)));
  }
  const ov::element::Type type = input.get_element_type();
  if (type.is_static() && tensor.get_element_type() != type) tensor = convert(tensor, type, where);
  if (const Finiteness found = finiteness(tensor); found != Finiteness::finite) {
    throw Error(ErrorKind::input,
                fmt::format("{} holds {}; clean the data or leave the sample out", where, text(found)));
  }
  return tensor;
}

}  // namespace

std::string input_name(const Port& input) {
  return input.get_names().empty() ? input.get_node()->get_friendly_name() : input.get_any_name();
}

Sample fit_sample(Sample sample, std::string_view sample_name, std::span<const Port> inputs) {
  Sample fitted;
  std::vector<std::string> known;
  for (const Port& input : inputs) {
    const std::string name = input_name(input);
    known.push_back(name);
    auto found = sample.find(name);
    for (auto other = input.get_names().begin(); found == sample.end() && other != input.get_names().end(); ++other) {
      found = sample.find(*other);
    }
    if (found == sample.end()) found = sample.find(input.get_node()->get_friendly_name());
    if (found == sample.end() && inputs.size() == 1) found = sample.find("");
    if (found == sample.end()) continue;
    fitted[name] = fit_tensor(found->second, input, fmt::format("{}: input '{}'", sample_name, name));
    sample.erase(found);
  }
  if (!sample.empty()) {
    const std::string& name = sample.begin()->first;
    throw Error(ErrorKind::input,
                fmt::format("{}: the model has no input '{}'; {}", sample_name, name, base::did_you_mean(name, known)));
  }
  for (const std::string& name : known) {
    if (!fitted.contains(name)) {
      throw Error(ErrorKind::input, fmt::format("{}: input '{}' is missing; the model needs {}", sample_name, name,
                                                fmt::join(known, ", ")));
    }
  }
  return fitted;
}

}  // namespace octune::infer
