// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace octune::testing {

/// How `document` breaks `schema`, one line a violation ("/metrics/0/value: ..."). Knows the part of JSON Schema that
/// docs/schema uses: type, enum, const, required, properties, additionalProperties, items, minItems, minimum, maximum,
/// exclusiveMaximum, allOf, if/then and references within the schema; any other keyword is itself a violation, so that
/// a schema cannot promise what is not checked.
std::vector<std::string> schema_violations(const nlohmann::json& document, const nlohmann::json& schema);

}  // namespace octune::testing
