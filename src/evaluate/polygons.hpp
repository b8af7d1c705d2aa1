// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "evaluate/object_label.hpp"

namespace octune::evaluate {

/// The area that a polygon without crossings encloses, whichever way round it goes.
double area_of(const Polygon& polygon);

/// The area that `polygon` (any without crossings) and `convex` have in common (Sutherland and Hodgman 1974: what is
/// cut off along one edge of `convex` after the other; edges that come to lie on each other enclose nothing).
double common_area(const Polygon& polygon, const Polygon& convex);

/// Intersection over union, 0 if both are empty.
double iou(const Polygon& polygon, const Polygon& convex);

}  // namespace octune::evaluate
