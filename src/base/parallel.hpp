// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>

namespace octune::base {

/// Calls work(0) ... work(count - 1), each once, from up to `threads` threads, the calling one among them (0: all
/// cores), and returns when all are done. Of several exceptions the one of the smallest number is thrown; later work
/// may not have been started then.
void parallel_for(std::size_t count, int threads, const std::function<void(std::size_t)>& work);

}  // namespace octune::base
