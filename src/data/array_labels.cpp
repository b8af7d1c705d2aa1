// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "data/array_labels.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <memory>
#include <openvino/core/type/element_type.hpp>
#include <openvino/runtime/tensor.hpp>

#include "data/element.hpp"
#include "octune/error.hpp"

namespace octune::data {
namespace {

ov::element::Type element_type(const NpyType& type) {
  const bool is_signed = type.kind == NpyKind::signed_integer;
  switch (type.kind) {
    case NpyKind::boolean:
      return ov::element::boolean;
    case NpyKind::signed_integer:
    case NpyKind::unsigned_integer:
      switch (type.item_size) {
        case 1:
          return is_signed ? ov::element::i8 : ov::element::u8;
        case 2:
          return is_signed ? ov::element::i16 : ov::element::u16;
        case 4:
          return is_signed ? ov::element::i32 : ov::element::u32;
        default:
          return is_signed ? ov::element::i64 : ov::element::u64;
      }
    default:
      return type.item_size == 2 ? ov::element::f16 : type.item_size == 4 ? ov::element::f32 : ov::element::f64;
  }
}

ov::Tensor values_of(const NpyArray& array, std::size_t row) {
  const ov::element::Type type = element_type(array.type());
  const ov::Shape shape(array.row_shape());
  if (const auto stored = array.stored_row(row)) {
    // The tensor keeps the bytes alive, but not const: nobody writes to a label.
    auto bytes = std::make_shared<Bytes>(*stored);
    auto* data = const_cast<std::byte*>(bytes->view().data());
    if (reinterpret_cast<std::uintptr_t>(data) % array.type().item_size == 0) {
      return {ov::Tensor(type, shape, static_cast<void*>(data)), bytes};
    }
  }
  ov::Tensor values(type, shape);
  visit_element(type, array.where(), [&]<class T>(T) { array.read_row(row, static_cast<T*>(values.data())); });
  return values;
}

}  // namespace

Labels array_labels(const NpyArray& array, const Dataset& dataset) {
  if (array.rows() != dataset.size()) {
    throw Error(ErrorKind::input, fmt::format("{}: has {} labels, the data set has {} samples; give one label a sample",
                                              array.where(), array.rows(), dataset.size()));
  }
  if (!array.type().is_number() && array.row_size() != 1) {
    throw Error(ErrorKind::input,
                fmt::format("{}: holds {} strings a row; give one label a sample", array.where(), array.row_size()));
  }
  const bool as_text =
      array.row_size() == 1 || (array.row_shape().size() == 1 && array.row_size() <= kMostValuesAsText);
  Labels labels;
  labels.reserve(array.rows());
  for (std::size_t row = 0; row < array.rows(); ++row) {
    labels.push_back(as_text ? Label(array.row_text(row)) : Label(values_of(array, row)));
  }
  return labels;
}

}  // namespace octune::data
