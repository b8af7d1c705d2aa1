// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/section.hpp"
#include "data/open.hpp"

namespace octune::config {

/// What data::open_dataset() reads, with paths that lead where resolve() says: "data.npz:key", "a.bin:f32[8,3]",
/// "x=a.npy,y=b.npy". Missing files are noted as problems.
std::optional<std::string> data_spec(Section& section, const std::string& key, const std::filesystem::path& document);

/// "lib:FILE:NAME" with a path that leads where resolve() says; as it is if there is no such file.
std::string plugin_spec(const std::string& spec, const std::filesystem::path& document);

/// The preprocessing keys of the section `engine`.
void read_preprocess(Section& engine, data::Preprocess& preprocess);

/// The same as run.json records it.
nlohmann::json preprocess_to_json(const data::Preprocess& preprocess);

/// Values of mean, scale or norm: "1,2.5,3" or "[1,2.5,3]" for all inputs, "data[1,2,3],info[4]" for those named.
struct ChannelValues {
  std::vector<double> all;
  std::map<std::string, std::vector<double>> of_inputs;
};

/// Error{input} that names `where`.
ChannelValues parse_channel_values(std::string_view text, std::string_view where);

/// Sets what `text` asks for and unsets the other: "224,224" or "224" is the size of the centre cut out, "0.875" the
/// part of the resized image. Error{input} that names `where`.
void parse_crop(std::string_view text, std::string_view where, data::Preprocess& preprocess);

}  // namespace octune::config
