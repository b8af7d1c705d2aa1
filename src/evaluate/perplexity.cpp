// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/perplexity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/assert.hpp"
#include "evaluate/class_scores.hpp"
#include "evaluate/label_values.hpp"
#include "evaluate/values.hpp"
#include "octune/error.hpp"

namespace octune::evaluate {
namespace {

constexpr double kNoToken = -100;

class Perplexity final : public Metric {
 public:
  using Metric::score;
  using Metric::value;
  std::string name() const override { return "perplexity"; }
  bool higher_is_better() const override { return false; }
  Aggregation aggregation() const override { return Aggregation::sums; }

  /// {sum of -log p, tokens}
  Score score(const Outputs& outputs, const Label& label) const override {
    OCTUNE_ASSERT(!outputs.empty(), "tokens of a model without outputs");
    const ov::Tensor& output = outputs.front();
    const std::string where = metric_place(name());
    const ov::Shape shape = output.get_shape();
    if (shape.size() < 2 || output.get_size() == 0 || shape.size() > 3 || (shape.size() == 3 && shape[0] != 1)) {
      throw Error(ErrorKind::input, fmt::format("{}: the output has the shape {}; [T,V] or [1,T,V] (T positions, V "
                                                "tokens) is needed",
                                                where, shape.to_string()));
    }
    const std::vector<double> ids = label_numbers(label, where);
    const std::size_t tokens = shape.back();
    const std::size_t positions = output.get_size() / tokens;
    if (ids.size() != positions) {
      throw Error(ErrorKind::input, fmt::format("{}: the label has {} token ids but the output {} positions; give the "
                                                "token that each position should predict, -100 for none",
                                                where, ids.size(), positions));
    }
    const ClassValues kind = read_classes(output, shape.size() - 1).values;
    return visit_values(output, [&](auto values) -> Score {
      std::vector<double> row(tokens);
      Score sums{0, 0};
      for (std::size_t t = 0; t < positions; ++t) {
        if (ids[t] == kNoToken) continue;
        if (!(ids[t] >= 0 && ids[t] < static_cast<double>(tokens) && std::trunc(ids[t]) == ids[t])) {
          throw Error(ErrorKind::input, fmt::format("{}: token id {} of the label is not known to the output; 0 to {} "
                                                    "are allowed, and -100 for none",
                                                    where, ids[t], tokens - 1));
        }
        const auto of_position = values.subspan(t * tokens, tokens);
        std::transform(of_position.begin(), of_position.end(), row.begin(), [](auto v) { return to_double(v); });
        to_log_probabilities(row, kind);
        sums[0] -= row[static_cast<std::size_t>(ids[t])];
        sums[1] += 1;
      }
      return sums;
    });
  }

  double value(const Score& sum, std::size_t samples) const override {
    return samples == 0 || sum[1] == 0 ? 0.0 : std::exp(sum[0] / sum[1]);
  }
};

}  // namespace

std::unique_ptr<Metric> make_perplexity() { return std::make_unique<Perplexity>(); }

}  // namespace octune::evaluate
