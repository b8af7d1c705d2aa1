// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/polygons.hpp"

#include <cmath>

namespace octune::evaluate {
namespace {

/// Twice the signed area of the triangle a, b, c; positive if c lies on the inner side of the edge a to b of a polygon
/// with a positive area.
double side(const Point& a, const Point& b, const Point& c) {
  return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
}

double signed_area(const Polygon& polygon) {
  double sum = 0;
  for (std::size_t i = 0; i < polygon.size(); ++i) {
    const Point& a = polygon[i];
    const Point& b = polygon[(i + 1) % polygon.size()];
    sum += a[0] * b[1] - a[1] * b[0];
  }
  return sum / 2;
}

}  // namespace

double area_of(const Polygon& polygon) { return std::abs(signed_area(polygon)); }

double common_area(const Polygon& polygon, const Polygon& convex) {
  const double direction = signed_area(convex) < 0 ? -1.0 : 1.0;
  Polygon rest = polygon;
  for (std::size_t e = 0; e < convex.size() && !rest.empty(); ++e) {
    const Point& from = convex[e];
    const Point& to = convex[(e + 1) % convex.size()];
    Polygon kept;
    for (std::size_t i = 0; i < rest.size(); ++i) {
      const Point& a = rest[i];
      const Point& b = rest[(i + 1) % rest.size()];
      const double inside_a = direction * side(from, to, a);
      const double inside_b = direction * side(from, to, b);
      if (inside_a >= 0) kept.push_back(a);
      if ((inside_a > 0 && inside_b < 0) || (inside_a < 0 && inside_b > 0)) {
        const double part = inside_a / (inside_a - inside_b);
        kept.push_back({a[0] + part * (b[0] - a[0]), a[1] + part * (b[1] - a[1])});
      }
    }
    rest = std::move(kept);
  }
  return area_of(rest);
}

double iou(const Polygon& polygon, const Polygon& convex) {
  const double common = common_area(polygon, convex);
  const double total = area_of(polygon) + area_of(convex) - common;
  return total > 0 ? common / total : 0.0;
}

}  // namespace octune::evaluate
