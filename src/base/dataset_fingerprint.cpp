// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "base/dataset_fingerprint.hpp"

namespace octune::base {
namespace {

std::uint64_t hash_of(const Sample& sample) {
  Hash hash;
  for (const auto& [name, tensor] : sample) {
    hash.add(name).add(tensor.get_element_type().get_type_name()).add(std::uint64_t{tensor.get_shape().size()});
    add_content(hash, tensor);
  }
  return hash.number();
}

}  // namespace

void add_content(Hash& hash, const ov::Tensor& tensor) {
  for (const std::size_t length : tensor.get_shape()) hash.add(static_cast<std::uint64_t>(length));
  if (tensor.get_element_type() == ov::element::string) {
    const auto* texts = tensor.data<const std::string>();
    for (std::size_t i = 0; i < tensor.get_size(); ++i) hash.add(std::string_view(texts[i]));
  } else if (tensor.is_continuous()) {
    hash.add(std::span(static_cast<const std::byte*>(tensor.data()), tensor.get_byte_size()));
  } else {
    ov::Tensor copy(tensor.get_element_type(), tensor.get_shape());
    tensor.copy_to(copy);
    hash.add(std::span(static_cast<const std::byte*>(copy.data()), copy.get_byte_size()));
  }
}

std::uint64_t fingerprint(const Dataset& dataset, std::size_t index, const Sample& decoded) {
  const auto own = dataset.source_fingerprint(index);
  return own ? *own : hash_of(decoded);
}

std::uint64_t fingerprint(const Dataset& dataset, std::size_t index) {
  const auto own = dataset.source_fingerprint(index);
  return own ? *own : hash_of(dataset.sample(index));
}

}  // namespace octune::base
