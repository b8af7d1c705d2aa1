// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "config/checker_preprocessing.hpp"
#include "config/document.hpp"
#include "config/run_config.hpp"
#include "config/section.hpp"

namespace octune::config {

/// A data set of the Accuracy Checker: what its own entry says, and behind it the entry of the same name in a file of
/// definitions, key by key.
class CheckerDataset {
 public:
  CheckerDataset(Section own, std::optional<Section> definition)
      : own_(std::move(own)), definition_(std::move(definition)) {}

  /// The entry that has `key`; its own if neither has.
  Section& with(const std::string& key);
  bool has(const std::string& key) { return with(key).has(key); }
  Section& own() { return own_; }

  /// Reports keys that nobody asked for, in both.
  void finish();

 private:
  Section own_;
  std::optional<Section> definition_;
};

/// What a data set says of samples and labels, in our words.
struct CheckerSamples {
  std::string data;      ///< as data::open_dataset() reads it
  std::string labels;    ///< as data::read_labels() does; empty: it has none that can be read
  int class_offset = 0;  ///< from the model's classes to those of the labels, of detections
  ReadColors colors = ReadColors::bgr;
};

/// Whether labels are missed where there are none; `replaced`: octune's own key names them, so that a converter without
/// counterpart is a warning.
enum class LabelUse { needed, not_needed, replaced };

/// Reads `data_source`, `reader`, `annotation_conversion` and what else says what the samples are. Problems are noted
/// by the sections.
CheckerSamples read_checker_samples(CheckerDataset& dataset, LabelUse use, RunConfig& config);

/// The path under `key`: beside the file, in the current folder, or below the folder that the environment's DATA_DIR
/// names, as the Accuracy Checker looks for it. A problem if it is in none of them.
std::optional<std::string> checker_path(Section& section, const std::string& key);

}  // namespace octune::config
