// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "layerwise/products.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "layerwise/cholesky.hpp"
#include "layerwise/test_problems.hpp"

namespace octune::layerwise {
namespace {

std::vector<float> random_values(std::size_t count, std::uint64_t seed) {
  base::RandomStream random(seed);
  std::vector<float> values(count);
  for (float& value : values) value = uniform(random, -1, 1);
  return values;
}

/// Element (i, j) of a matrix, transposed or not.
double at(const ConstMatrix& m, std::size_t i, std::size_t j) {
  return static_cast<double>(m.is_transposed ? m.data[j * m.stride + i] : m.data[i * m.stride + j]);
}

void expect_product(const ConstMatrix& a, const ConstMatrix& b, std::size_t rows, std::size_t inner,
                    std::size_t columns) {
  std::vector<float> result(rows * (columns + 2), 1.0F);
  multiply(a, b, Matrix{result.data(), rows, columns, columns + 2}, 2, {2, 3});
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < columns; ++j) {
      double expected = 3;
      for (std::size_t k = 0; k < inner; ++k) expected += 2 * at(a, i, k) * at(b, k, j);
      ASSERT_NEAR(static_cast<double>(result[i * (columns + 2) + j]), expected, 1e-4) << i << ", " << j;
    }
    EXPECT_EQ(result[i * (columns + 2) + columns], 1.0F);  // what lies between rows is not touched
  }
}

TEST(Products, of_all_orders_in_memory) {
  constexpr std::size_t kRows = 300, kInner = 17, kColumns = 9, kStride = 320;
  const std::vector<float> a = random_values(kRows * kStride, 1), b = random_values(kRows * kStride, 2);
  const ConstMatrix plain_a(a.data(), kRows, kInner, kStride), plain_b(b.data(), kInner, kColumns, kStride);
  const ConstMatrix turned_a(a.data(), kInner, kRows, kStride), turned_b(b.data(), kColumns, kInner, kStride);
  expect_product(plain_a, plain_b, kRows, kInner, kColumns);
  expect_product(transposed(turned_a), plain_b, kRows, kInner, kColumns);
  expect_product(plain_a, transposed(turned_b), kRows, kInner, kColumns);
  expect_product(transposed(turned_a), transposed(turned_b), kRows, kInner, kColumns);
}

TEST(Products, do_not_depend_on_the_number_of_threads) {
  constexpr std::size_t kSize = 520;
  const std::vector<float> a = random_values(kSize * kSize, 1);
  const ConstMatrix matrix(a.data(), kSize, kSize, kSize);
  std::vector<float> one(kSize * kSize), three(kSize * kSize);
  multiply(matrix, matrix, Matrix{one.data(), kSize, kSize, kSize}, 1);
  multiply(matrix, matrix, Matrix{three.data(), kSize, kSize, kSize}, 3);
  EXPECT_EQ(one, three);
}

TEST(Products, gram_matrix_is_added_below_the_diagonal) {
  constexpr std::size_t kRows = 5, kColumns = 300;
  const std::vector<float> a = random_values(kRows * kColumns, 1);
  const ConstMatrix matrix(a.data(), kRows, kColumns, kColumns);
  std::vector<float> gram(kColumns * kColumns, 1.0F);
  add_gram(matrix, -2, Matrix{gram.data(), kColumns, kColumns, kColumns}, 2);
  for (std::size_t i = 0; i < kColumns; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double expected = 1;
      for (std::size_t r = 0; r < kRows; ++r) expected -= 2 * at(matrix, r, i) * at(matrix, r, j);
      ASSERT_NEAR(static_cast<double>(gram[i * kColumns + j]), expected, 1e-5);
    }
  }
}

/// A^T * A + I / 10, positive definite.
std::vector<float> definite_matrix(std::size_t size) {
  const std::vector<float> a = random_values(size * size, 4);
  std::vector<float> h(size * size);
  const ConstMatrix matrix(a.data(), size, size, size);
  multiply(transposed(matrix), matrix, Matrix{h.data(), size, size, size}, 1);
  for (std::size_t i = 0; i < size; ++i) h[i * size + i] += 0.1F;
  return h;
}

TEST(Cholesky, factor_times_its_transpose_is_the_matrix) {
  for (const std::size_t size : {1UL, 7UL, 128UL, 300UL}) {
    const std::vector<float> h = definite_matrix(size);
    std::vector<float> factor = h;
    ASSERT_TRUE(cholesky(Matrix{factor.data(), size, size, size}, 2));
    for (std::size_t i = 0; i < size; ++i) {
      for (std::size_t j = 0; j <= i; ++j) {
        double sum = 0;
        for (std::size_t k = 0; k <= j; ++k)
          sum += static_cast<double>(factor[i * size + k]) * static_cast<double>(factor[j * size + k]);
        ASSERT_NEAR(sum, static_cast<double>(h[i * size + j]), 1e-4) << size << ": " << i << ", " << j;
      }
    }
  }
}

TEST(Cholesky, solves) {
  constexpr std::size_t kSize = 150, kRows = 70;
  const std::vector<float> h = definite_matrix(kSize), expected = random_values(kRows * kSize, 5);
  std::vector<float> rows(kRows * kSize), factor = h;
  multiply(ConstMatrix(expected.data(), kRows, kSize, kSize), ConstMatrix(h.data(), kSize, kSize, kSize),
           Matrix{rows.data(), kRows, kSize, kSize}, 1);
  ASSERT_TRUE(cholesky(Matrix{factor.data(), kSize, kSize, kSize}, 1));
  solve(ConstMatrix(factor.data(), kSize, kSize, kSize), Matrix{rows.data(), kRows, kSize, kSize}, 2);
  for (std::size_t i = 0; i < rows.size(); ++i) ASSERT_NEAR(rows[i], expected[i], 0.02F);
}

TEST(Cholesky, tells_what_is_not_positive_definite) {
  std::vector<float> h{1, 0, 2, 1};  // read below the diagonal: 1, 2, 1
  EXPECT_FALSE(cholesky(Matrix{h.data(), 2, 2, 2}, 1));
}

}  // namespace
}  // namespace octune::layerwise
