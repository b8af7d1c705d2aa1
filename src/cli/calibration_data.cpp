// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/calibration_data.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "cli/model_file.hpp"
#include "cli/split_data.hpp"
#include "data/open.hpp"
#include "octune/error.hpp"

namespace octune::cli {
namespace {

constexpr std::size_t kRecommendedSamples = 300;

}  // namespace

std::unique_ptr<Dataset> calibration_data(const config::RunConfig& config, const ov::Model& model, Console& console) {
  if (config.data.empty()) {
    throw Error(ErrorKind::input,
                "no calibration data given; name some with --data (a folder of images, .npz, .npy, or random to try)");
  }
  const std::vector<data::InputInfo> inputs = inputs_of(model);
  DataPart part = calibrating_part(config, model);
  std::unique_ptr<Dataset> dataset = std::move(part.part);
  const std::size_t available = dataset->size();
  const std::size_t wanted = config.quantize.subset_size;
  // A part is a view, which does not tell what kind of content it has.
  const Dataset& content = part.whole ? *part.whole : *dataset;
  const std::string formula = data::describe(data::content_of(content), config.preprocess, inputs);
  if (part.whole) {
    console.message(Severity::info,
                    fmt::format("{} of {} samples are for the metrics and do not calibrate (seed {})",
                                part.whole->size() - available, part.whole->size(), config.quantize.seed));
  }
  console.message(Severity::info,
                  fmt::format("calibration: {} of {} samples{}", wanted == 0 ? available : std::min(wanted, available),
                              available, formula == "value" ? "" : "; fed as " + formula));
  if (data::is_random(config.data)) {
    console.message(Severity::warning, "the calibration data are random: the model is for trying out, not for use");
  }
  if (wanted == 0 && available < kRecommendedSamples) {
    console.message(Severity::warning,
                    fmt::format("the whole data set of {} samples is used; {} or more are recommended", available,
                                kRecommendedSamples));
  }
  return dataset;
}

}  // namespace octune::cli
