// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "cli/console.hpp"
#include "octune/observer.hpp"

namespace octune::cli {

/// Hands everything on to the console, under a stage name that tells which model is meant.
class NamedStage : public Observer {
 public:
  NamedStage(std::string_view stage, Console& console) : stage_(stage), console_(console) {}

  void message(Severity severity, std::string_view text) override { console_.message(severity, text); }
  void progress(std::string_view /*stage*/, std::size_t done, std::size_t total) override {
    console_.progress(stage_, done, total);
  }
  bool should_stop() const override { return console_.should_stop(); }

 private:
  std::string_view stage_;
  Console& console_;
};

}  // namespace octune::cli
