// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/split_data.hpp"

#include <string>
#include <utility>

#include "cli/model_file.hpp"
#include "data/open.hpp"
#include "data/sequences.hpp"
#include "data/split.hpp"
#include "octune/error.hpp"

namespace octune::cli {
namespace {

std::unique_ptr<Dataset> opened(const std::string& spec, const config::RunConfig& config, const ov::Model& model) {
  return data::as_sequences(data::open_dataset(spec, inputs_of(model), config.preprocess, config.quantize.seed),
                            config.sequence_length);
}

enum class Half { calibration, validation };

DataPart part_of_data(const config::RunConfig& config, const ov::Model& model, Half half) {
  if (!config.val_split) return {nullptr, {}, opened(config.data, config, model)};
  std::shared_ptr<const Dataset> whole = opened(config.data, config, model);
  data::Split split;
  try {
    split = data::split_dataset(*whole, *config.val_split, config.quantize.seed);
  } catch (Error& error) {
    error.add_context("--val-split");
    throw;
  }
  std::vector<std::size_t> indices = std::move(half == Half::calibration ? split.calibration : split.validation);
  std::unique_ptr<Dataset> part = data::subset(whole, indices);
  return {std::move(whole), std::move(indices), std::move(part)};
}

}  // namespace

DataPart calibrating_part(const config::RunConfig& config, const ov::Model& model) {
  return part_of_data(config, model, Half::calibration);
}

DataPart validating_part(const config::RunConfig& config, const ov::Model& model) {
  if (!config.val_data.empty()) return {nullptr, {}, opened(config.val_data, config, model)};
  return part_of_data(config, model, Half::validation);
}

}  // namespace octune::cli
