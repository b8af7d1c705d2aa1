// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "layerwise/sure_fall.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace octune::layerwise {
namespace {

using List = std::vector<double>;
using Samples = std::vector<std::size_t>;

// statistics.stdev(f) * math.sqrt(len(f)) of Python is the standard error of a sum of observations f.
TEST(SureFall, IsTheSumLessTwoStandardErrors) {
  // f = [1, 2, 3, 6]: sum 12, standard error of the sum 4.320493798938574
  EXPECT_NEAR(sure_fall(List{2, 3, 4, 7}, List{1, 1, 1, 1}, {}), 12 - 2 * 4.320493798938574, 1e-12);
  EXPECT_DOUBLE_EQ(sure_fall(List{2, 2, 2}, List{1, 1, 1}, {}), 3) << "there is no doubt";
}

TEST(SureFall, RowsOfASampleAreOneObservation) {
  // f of samples: [3, 9], standard error 6
  EXPECT_NEAR(sure_fall(List{2, 3, 4, 7}, List{1, 1, 1, 1}, Samples{4, 4, 9, 9}), 12 - 2 * 6, 1e-12);
  // Rows fall by 2 each: three of them count three times what one does, and there is no doubt.
  EXPECT_NEAR(sure_fall(List{3, 3, 3, 3}, List{1, 1, 1, 1}, Samples{4, 9, 9, 9}), 8, 1e-12);
  EXPECT_EQ(sure_fall(List{2, 3, 4, 7}, List{1, 1, 1, 1}, Samples{5, 5, 5, 5}),
            sure_fall(List{2, 3, 4, 7}, List{1, 1, 1, 1}, {}))
      << "one sample: its rows";
}

TEST(SureFall, OneObservationSaysNothing) {
  EXPECT_EQ(sure_fall(List{5}, List{1}, {}), -std::numeric_limits<double>::infinity());
  EXPECT_EQ(sure_fall({}, {}, {}), -std::numeric_limits<double>::infinity());
  EXPECT_TRUE(std::isnan(sure_fall(List{5, 1}, List{1, std::nan("")}, {})));
}

}  // namespace
}  // namespace octune::layerwise
