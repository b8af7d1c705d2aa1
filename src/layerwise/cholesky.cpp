// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "layerwise/cholesky.hpp"

#include <Eigen/Cholesky>
#include <algorithm>

#include "base/parallel.hpp"

namespace octune::layerwise {
namespace {

constexpr std::size_t kBlock = 128;  ///< columns factorised at a time
constexpr std::size_t kRows = 32;    ///< rows that one thread takes at a time

using Dense = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using View = Eigen::Map<Dense, Eigen::Unaligned, Eigen::OuterStride<>>;
using ConstView = Eigen::Map<const Dense, Eigen::Unaligned, Eigen::OuterStride<>>;

Eigen::Index index(std::size_t n) { return static_cast<Eigen::Index>(n); }

/// The part of a matrix that starts at (row, column).
Matrix part(const Matrix& m, std::size_t row, std::size_t column, std::size_t rows, std::size_t columns) {
  return {m.data + row * m.stride + column, rows, columns, m.stride};
}

View view(const Matrix& m) { return {m.data, index(m.rows), index(m.columns), Eigen::OuterStride<>(index(m.stride))}; }

ConstView view(const ConstMatrix& m) {
  return {m.data, index(m.rows), index(m.columns), Eigen::OuterStride<>(index(m.stride))};
}

template <class Work>
void for_rows(const Matrix& m, int threads, const Work& work) {
  base::parallel_for((m.rows + kRows - 1) / kRows, threads, [&](std::size_t i) {
    work(part(m, i * kRows, 0, std::min(kRows, m.rows - i * kRows), m.columns));
  });
}

}  // namespace

bool cholesky(const Matrix& h, int threads) {
  for (std::size_t first = 0; first < h.rows; first += kBlock) {
    const std::size_t size = std::min(kBlock, h.rows - first), next = first + size, rest = h.rows - next;
    const Matrix corner = part(h, first, first, size, size);
    const Eigen::LLT<Dense> factor(view(corner));
    if (factor.info() != Eigen::Success) return false;
    view(corner) = factor.matrixL();
    if (rest == 0) break;
    const Matrix below = part(h, next, first, rest, size);
    const auto factor_view = view(ConstMatrix(corner)).triangularView<Eigen::Lower>();
    for_rows(below, rest < 4 * kRows ? 1 : threads, [&](const Matrix& rows) {
      View target = view(rows);
      factor_view.transpose().solveInPlace<Eigen::OnTheRight>(target);
    });
    add_gram(transposed(below), -1, part(h, next, next, rest, rest), threads);
  }
  return true;
}

void solve(const ConstMatrix& lower, const Matrix& rows, int threads) {
  for_rows(rows, threads, [&](const Matrix& some) {
    View target = view(some);
    const auto factor = view(lower).triangularView<Eigen::Lower>();
    factor.transpose().solveInPlace<Eigen::OnTheRight>(target);
    factor.solveInPlace<Eigen::OnTheRight>(target);
  });
}

}  // namespace octune::layerwise
