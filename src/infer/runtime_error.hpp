// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception>
#include <string>

#include "octune/error.hpp"

namespace octune::infer {

/// The part of a runtime exception's text that tells a user something: without source positions of the runtime and
/// without the checks it quotes, on one line, at most 400 characters.
std::string brief(const std::exception& exception);

/// "<where>: <brief text>" as Error{runtime}.
Error runtime_error(const std::string& where, const std::exception& exception);

}  // namespace octune::infer
