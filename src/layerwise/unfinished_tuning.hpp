// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <istream>
#include <ostream>
#include <string>
#include <vector>

#include "layerwise/tunable_layer.hpp"
#include "octune/layerwise.hpp"

namespace octune::layerwise {

/// A layer that was dealt with before a run was interrupted.
struct FinishedLayer {
  TunedLayer record;
  LayerConstants constants;  ///< empty unless record.kept
};

/// What an interrupted run leaves (.octl): the layers it has dealt with, and what it was a run of.
struct UnfinishedTuning {
  std::string key;  ///< of models, samples and options: another run has another key
  std::vector<FinishedLayer> layers;
};

/// The layout is described in docs/layerwise_tuning.md. Error{io}: cannot be written; what was there stays.
void save_unfinished(const UnfinishedTuning& tuning, const std::filesystem::path& path);
void write_unfinished(const UnfinishedTuning& tuning, std::ostream& out);

/// Error{input}: missing, no such file, of another version, truncated or damaged; the message says which.
UnfinishedTuning load_unfinished(const std::filesystem::path& path);
UnfinishedTuning read_unfinished(std::istream& in, const std::string& where);

}  // namespace octune::layerwise
