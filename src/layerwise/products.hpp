// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

/// Products of dense float matrices, by oneDNN. The same numbers give the same result whatever the number of threads:
/// the work is split at fixed places.
namespace octune::layerwise {

/// A matrix that lies in memory row by row, `stride` numbers from one row to the next. Borrowed.
struct Matrix {
  float* data;
  std::size_t rows, columns, stride;
};

struct ConstMatrix {
  const float* data;
  std::size_t rows, columns, stride;
  bool is_transposed = false;  ///< stands for the transposed one; rows, columns and stride are those in memory

  ConstMatrix(const float* first, std::size_t row_count, std::size_t column_count, std::size_t row_stride)
      : data(first), rows(row_count), columns(column_count), stride(row_stride) {}
  ConstMatrix(const Matrix& matrix) : ConstMatrix(matrix.data, matrix.rows, matrix.columns, matrix.stride) {}
};

ConstMatrix transposed(ConstMatrix matrix);

/// result = alpha * a * b + beta * result.
struct ProductScale {
  float alpha = 1;
  float beta = 0;
};
void multiply(const ConstMatrix& a, const ConstMatrix& b, const Matrix& result, int threads,
              const ProductScale& scale = {});

/// result += alpha * a^T * a, or a * a^T if `a` is transposed: of the lower triangle only, in whole blocks.
void add_gram(const ConstMatrix& a, float alpha, const Matrix& result, int threads);

}  // namespace octune::layerwise
