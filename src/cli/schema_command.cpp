// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "base/suggest.hpp"
#include "cli/commands.hpp"
#include "config/embedded_schemas.hpp"
#include "octune/error.hpp"

namespace octune::cli {

void run_schema(const Invocation& call) {
  const std::string name = call.flags.topic.empty() ? "config" : call.flags.topic;
  const auto& schemas = config::embedded_schemas();
  const auto found = schemas.find(name);
  if (found == schemas.end()) {
    std::vector<std::string> names;
    for (const auto& [known, text] : schemas) names.push_back(known);
    throw Error(ErrorKind::input,
                fmt::format("octune schema: unknown format '{}'; {}", name, base::did_you_mean(name, names)));
  }
  std::string_view text = found->second;
  while (text.ends_with('\n')) text.remove_suffix(1);
  call.console.print(std::string(text));
  call.console.print_json(nlohmann::json::parse(found->second));
}

}  // namespace octune::cli
