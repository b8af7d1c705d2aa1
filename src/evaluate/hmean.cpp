// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/hmean.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/assert.hpp"
#include "evaluate/db_text.hpp"
#include "evaluate/decoder.hpp"
#include "evaluate/object_label.hpp"
#include "evaluate/polygons.hpp"

namespace octune::evaluate {
namespace {

constexpr double kOverlap = 0.5;

struct Pair {
  double overlap = 0;
  std::size_t found = 0;
  std::size_t wanted = 0;
};

class Hmean final : public Metric {
 public:
  explicit Hmean(const DecoderOptions& decoder) : decoder_(decoder) {
    constexpr std::array<std::string_view, 1> kDecoders{"db_text"};
    require_decoder(decoder, kDecoders, kWhere);
  }

  using Metric::score;
  using Metric::value;
  std::string name() const override { return "hmean"; }
  Aggregation aggregation() const override { return Aggregation::sums; }

  Score score(const Outputs& outputs, const Label& text) const override {
    OCTUNE_ASSERT(!outputs.empty(), "text regions of a model without outputs");
    const PolygonLabel label = parse_polygon_label(text.text, kWhere);
    const std::vector<Polygon> found = decode_text_regions(outputs.front(), decoder_, label.frame, kWhere);
    std::vector<Pair> pairs;
    for (std::size_t f = 0; f < found.size(); ++f) {
      for (std::size_t w = 0; w < label.polygons.size(); ++w) {
        if (label.polygons[w].ignored) continue;
        const double overlap = iou(label.polygons[w].polygon, found[f]);
        if (overlap >= kOverlap) pairs.push_back({overlap, f, w});
      }
    }
    std::stable_sort(pairs.begin(), pairs.end(), [](const Pair& a, const Pair& b) { return a.overlap > b.overlap; });
    std::vector<bool> found_taken(found.size(), false);
    std::vector<bool> wanted_taken(label.polygons.size(), false);
    std::size_t matched = 0;
    for (const Pair& pair : pairs) {
      if (found_taken[pair.found] || wanted_taken[pair.wanted]) continue;
      found_taken[pair.found] = wanted_taken[pair.wanted] = true;
      ++matched;
    }
    std::size_t counted = 0;
    for (std::size_t f = 0; f < found.size(); ++f) {
      if (found_taken[f] || !is_ignored(found[f], label)) ++counted;
    }
    const auto wanted = std::count_if(label.polygons.begin(), label.polygons.end(),
                                      [](const PolygonTruth& truth) { return !truth.ignored; });
    return {static_cast<double>(matched), static_cast<double>(counted), static_cast<double>(wanted)};
  }

  double value(const Score& sum, std::size_t samples) const override {
    if (samples == 0) return 0.0;
    const double regions = sum[1] + sum[2];
    return regions > 0 ? 2 * sum[0] / regions : 0.0;
  }

 private:
  static constexpr std::string_view kWhere = "metric 'hmean'";

  static bool is_ignored(const Polygon& found, const PolygonLabel& label) {
    const double area = area_of(found);
    return std::any_of(label.polygons.begin(), label.polygons.end(), [&](const PolygonTruth& truth) {
      return truth.ignored && common_area(truth.polygon, found) > area / 2;
    });
  }

  DecoderOptions decoder_;
};

}  // namespace

std::unique_ptr<Metric> make_hmean(const MetricOptions& options) { return std::make_unique<Hmean>(options.decoder); }

}  // namespace octune::evaluate
