// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "layerwise/products.hpp"

#include <dnnl.h>
#include <fmt/format.h>

#include <algorithm>

#include "base/assert.hpp"
#include "base/parallel.hpp"
#include "octune/error.hpp"

// Of OpenMP's standard. Its header belongs to the compiler, and clang-tidy comes without.
extern "C" {
int omp_get_max_threads();
void omp_set_num_threads(int count);
}

namespace octune::layerwise {
namespace {

/// Rows of a result that are computed in one piece.
constexpr std::size_t kBlock = 256;
/// Products of fewer multiplications are not worth the start of a thread.
constexpr std::size_t kWorthThreads = std::size_t{1} << 23;

/// oneDNN computes in this thread alone: octune's own threads are enough, and their number changes no result.
class OneThread {
 public:
  OneThread() : before_(omp_get_max_threads()) { omp_set_num_threads(1); }
  ~OneThread() { omp_set_num_threads(before_); }
  OneThread(const OneThread&) = delete;
  OneThread& operator=(const OneThread&) = delete;

 private:
  int before_;
};

std::size_t rows_of(const ConstMatrix& m) { return m.is_transposed ? m.columns : m.rows; }
std::size_t columns_of(const ConstMatrix& m) { return m.is_transposed ? m.rows : m.columns; }

dnnl_dim_t dim(std::size_t n) { return static_cast<dnnl_dim_t>(n); }

/// Rows first..first+count-1 of a matrix, transposed or not.
ConstMatrix row_block(ConstMatrix m, std::size_t first, std::size_t count) {
  m.data += m.is_transposed ? first : first * m.stride;
  (m.is_transposed ? m.columns : m.rows) = count;
  return m;
}

void multiply_block(const ConstMatrix& a, const ConstMatrix& b, const Matrix& result, const ProductScale& scale) {
  const OneThread one_thread;
  const dnnl_status_t status = dnnl_sgemm(a.is_transposed ? 'T' : 'N', b.is_transposed ? 'T' : 'N', dim(result.rows),
                                          dim(result.columns), dim(columns_of(a)), scale.alpha, a.data, dim(a.stride),
                                          b.data, dim(b.stride), scale.beta, result.data, dim(result.stride));
  if (status != dnnl_success)
    throw Error(ErrorKind::runtime, fmt::format("layer-wise tuning: oneDNN could not multiply matrices (status {})",
                                                static_cast<int>(status)));
}

template <class Work>
void for_blocks(std::size_t rows, std::size_t multiplications, int threads, const Work& work) {
  base::parallel_for((rows + kBlock - 1) / kBlock, multiplications < kWorthThreads ? 1 : threads, [&](std::size_t i) {
    const std::size_t first = i * kBlock;
    work(first, std::min(kBlock, rows - first));
  });
}

}  // namespace

ConstMatrix transposed(ConstMatrix matrix) {
  matrix.is_transposed = !matrix.is_transposed;
  return matrix;
}

void multiply(const ConstMatrix& a, const ConstMatrix& b, const Matrix& result, int threads,
              const ProductScale& scale) {
  OCTUNE_ASSERT(rows_of(a) == result.rows && columns_of(b) == result.columns && columns_of(a) == rows_of(b),
                "shapes of a product do not fit");
  if (result.rows == 0 || result.columns == 0) return;
  const std::size_t work = result.rows * result.columns * columns_of(a);
  for_blocks(result.rows, work, threads, [&](std::size_t first, std::size_t count) {
    multiply_block(row_block(a, first, count), b,
                   Matrix{result.data + first * result.stride, count, result.columns, result.stride}, scale);
  });
}

void add_gram(const ConstMatrix& a, float alpha, const Matrix& result, int threads) {
  const ConstMatrix left = transposed(a);
  OCTUNE_ASSERT(rows_of(left) == result.rows && result.rows == result.columns, "shapes of a product do not fit");
  const std::size_t work = result.rows * result.rows * columns_of(left) / 2;
  for_blocks(result.rows, work, threads, [&](std::size_t first, std::size_t count) {
    const std::size_t last = first + count;
    multiply_block(row_block(left, first, count), transposed(row_block(left, 0, last)),
                   Matrix{result.data + first * result.stride, count, last, result.stride}, {alpha, 1});
  });
}

}  // namespace octune::layerwise
