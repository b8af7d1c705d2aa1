// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0

// The shared library is made of the modules' static libraries; CMake wants one source of its own.
namespace octune {
/// The version of the library, "major.minor.patch".
const char* version() { return OCTUNE_VERSION; }
}  // namespace octune
