// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <ostream>
#include <string>
#include <string_view>

namespace octune::base {

/// The whole file; Error{io} with the reason if it cannot be read.
std::string read_file(const std::filesystem::path& path);

/// Writes to a temporary name beside `path` and renames: a reader sees the old content or the new one, never a part.
/// Error{io} (full disk, no permission) leaves the old file as it was.
void write_file(const std::filesystem::path& path, std::string_view content);

/// The same for content that `write` puts into the stream, from its beginning, part by part; it may seek. What it
/// throws leaves the old file as it was, too.
void write_file(const std::filesystem::path& path, const std::function<void(std::ostream&)>& write);

/// Makes the folder if missing and checks that files can be created in it; Error{io} otherwise.
void require_writable_folder(const std::filesystem::path& folder);

}  // namespace octune::base
