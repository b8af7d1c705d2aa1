// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "data/sequences.hpp"

#include <gtest/gtest.h>

#include "octune/error.hpp"

namespace octune::data {
namespace {

std::unique_ptr<Dataset> numbers() {
  return dataset(5, [](std::size_t index) {
    ov::Tensor tensor(ov::element::f32, {1});
    *tensor.data<float>() = static_cast<float>(index);
    return Sample{{"x", tensor}};
  });
}

TEST(Sequences, AreTheSameSamplesWithALength) {
  const auto sequences = as_sequences(numbers(), 2);
  EXPECT_EQ(sequences->sequence_length(), 2u);
  EXPECT_EQ(sequences->size(), 5u);
  EXPECT_EQ(*sequences->sample(3).at("x").data<float>(), 3.0F);
  EXPECT_EQ(sequences->name(4), numbers()->name(4));
  EXPECT_EQ(numbers()->sequence_length(), 1u);
}

TEST(Sequences, OfNothingAreRefused) {
  try {
    as_sequences(numbers(), 0);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::input);
    EXPECT_STREQ(error.what(), "sequence length: 0 is out of range; it must be 1 or more");
  }
}

}  // namespace
}  // namespace octune::data
