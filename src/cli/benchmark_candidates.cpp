// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/benchmark_candidates.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <openvino/op/constant.hpp>
#include <openvino/op/convert.hpp>
#include <openvino/op/fake_quantize.hpp>

#include "base/file.hpp"
#include "base/suggest.hpp"
#include "cli/model_file.hpp"
#include "octune/error.hpp"
#include "report/run_record.hpp"

namespace octune::cli {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// A folder with this file is a TensorFlow model.
constexpr const char* kSavedModel = "saved_model.pb";

std::vector<std::string> parse_precisions(const std::string& list) {
  std::vector<std::string> precisions = split_list(list);
  const std::vector<std::string> known{"f32", "bf16", "auto"};
  for (std::string& name : precisions) {
    if (name == "default") name = "auto";
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      throw Error(ErrorKind::input,
                  fmt::format("--precision: unknown value '{}'; {}", name, base::did_you_mean(name, known)));
    }
  }
  return precisions;
}

infer::Precision precision_of(const std::string& name) {
  if (name == "f32") return infer::Precision::f32;
  return name == "bf16" ? infer::Precision::bf16 : infer::Precision::automatic;
}

json read_run(const fs::path& folder) {
  const fs::path file = folder / "run.json";
  if (!fs::exists(file)) {
    throw Error(ErrorKind::input, fmt::format("{}: is a folder without a run.json; name a model file, or a folder that "
                                              "'octune quantize' wrote",
                                              folder.string()));
  }
  try {
    json run = json::parse(base::read_file(file));
    run.at("input").at("model").get<std::string>();
    run.at("output").at("model").get<std::string>();
    return run;
  } catch (const json::exception&) {
    throw Error(ErrorKind::input,
                fmt::format("{}: does not name the models of a run; name the model files themselves", file.string()));
  }
}

/// A value of run.json as it would be typed, an object as data[1,2,3],info[4]; nothing if it is not set.
std::optional<std::string> as_typed(const json& value) {
  if (value.is_string() && !value.get<std::string>().empty()) return value.get<std::string>();
  if (value.is_number()) return value.dump();
  if (!value.is_structured() || value.empty() || value.contains("")) return std::nullopt;
  std::vector<std::string> parts;
  for (const auto& [key, part] : value.items()) {
    if (value.is_object()) {
      parts.push_back(fmt::format("{}[{}]", key, as_typed(part).value_or("")));
    } else {
      parts.push_back(part.is_string() ? part.get<std::string>() : part.dump());
    }
  }
  return fmt::format("{}", fmt::join(parts, ","));
}

/// The inputs of the run, where the command line says nothing of them. They matter for models with dynamic shapes.
void take_inputs(const json& run, Flags& flags) {
  const json configuration = run.value("configuration", json::object());
  const auto take = [](std::optional<std::string>& flag, const json& from, const char* key) {
    if (!flag && from.contains(key)) flag = as_typed(from[key]);
  };
  take(flags.shape, configuration, "shape");
  if (flags.data) return;  // preprocessing of other data is not this run's
  take(flags.data, configuration, "data");
  const json preprocess = configuration.value("preprocess", json::object());
  take(flags.resize, preprocess, "resize");
  take(flags.resize_mode, preprocess, "resize_mode");
  take(flags.interp, preprocess, "interp");
  take(flags.color, preprocess, "color");
  take(flags.layout, preprocess, "layout");
  take(flags.mean, preprocess, "mean");
  take(flags.scale, preprocess, "scale");
  take(flags.norm, preprocess, "norm");
  take(flags.crop, preprocess, "crop");
  const auto number = [&](const char* key, auto& flag) {
    if (!flag && preprocess.contains(key) && preprocess[key].is_number()) preprocess[key].get_to(flag.emplace());
  };
  number("pad_value", flags.pad_value);
  number("sample_rate", flags.sample_rate);
}

/// The runtime writes low precision as FakeQuantize, or as constants that are converted.
bool is_quantized(const ov::Model& model) {
  const auto operations = model.get_ops();
  return std::any_of(operations.begin(), operations.end(), [](const std::shared_ptr<ov::Node>& node) {
    if (ov::is_type<ov::op::v0::FakeQuantize>(node)) return true;
    if (!ov::is_type<ov::op::v0::Convert>(node) || !node->get_output_element_type(0).is_real()) return false;
    const ov::element::Type from = node->get_input_element_type(0);
    return ov::is_type<ov::op::v0::Constant>(node->get_input_node_shared_ptr(0)) && from.is_integral_number() &&
           from.bitwidth() <= 8;
  });
}

/// One set of samples serves all candidates, so their inputs have to be the same.
void require_same_inputs(const std::vector<data::InputInfo>& first, const std::vector<data::InputInfo>& other,
                         const fs::path& first_model, const fs::path& other_model) {
  bool same = first.size() == other.size();
  for (std::size_t i = 0; same && i < first.size(); ++i) {
    same = first[i].name == other[i].name && first[i].shape.compatible(other[i].shape);
  }
  if (!same) {
    throw Error(ErrorKind::input, fmt::format("{}: has other inputs than {}; compare models with the same inputs",
                                              other_model.string(), first_model.string()));
  }
}

}  // namespace

BenchmarkFiles benchmark_files(Flags& flags) {
  const std::vector<std::string> asked = parse_precisions(flags.precision);
  const auto precisions = [&](const std::vector<std::string>& otherwise) { return asked.empty() ? otherwise : asked; };
  BenchmarkFiles result;
  for (const std::string& argument : flags.models) {
    if (!fs::is_directory(argument) || fs::exists(fs::path(argument) / kSavedModel)) {
      result.files.push_back({argument, precisions({"auto"})});
      continue;
    }
    const fs::path folder = argument;
    const json run = read_run(folder);
    const fs::path float_model = run["input"]["model"].get<std::string>();
    if (fs::exists(float_model)) {
      std::vector<std::string> floats{"f32"};
      if (infer::cpu_features().bf16) floats.emplace_back("bf16");
      result.files.push_back({float_model, precisions(floats)});
    } else {
      result.notes.push_back(
          fmt::format("{}: the float model of the run, {}, is not there (any more); only the int8 model is measured",
                      folder.string(), float_model.string()));
    }
    // The folder may have been moved since: its files go by their names.
    const fs::path quantized = run["output"]["model"].get<std::string>();
    result.files.push_back({folder / quantized.filename(), precisions({"auto"})});
    const bool had_data = flags.data.has_value();
    take_inputs(run, flags);
    if (!had_data && flags.data) result.data_of_run = folder / "run.json";
  }
  if (result.files.empty())
    throw Error(ErrorKind::input, "no model given; name one or more, as in 'octune benchmark a.xml b.xml'");
  return result;
}

BenchmarkCandidates benchmark_candidates(const infer::Runtime& runtime, const std::vector<BenchmarkFile>& files,
                                         const std::string& shape, const infer::CompileOptions& options) {
  std::vector<fs::path> paths;
  for (const BenchmarkFile& file : files) paths.push_back(file.path);
  const std::vector<std::string> names = short_names(paths);
  const bool has_bf16 = infer::cpu_features().bf16;

  BenchmarkCandidates result;
  std::vector<data::InputInfo> inputs;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const BenchmarkFile& file = files[i];
    const std::shared_ptr<ov::Model> model = read_model(runtime, file.path, shape);
    if (i == 0) inputs = inputs_of(*model);
    require_same_inputs(inputs, inputs_of(*model), files.front().path, file.path);
    for (const std::string& precision : file.precisions) {
      if (precision == "bf16" && !has_bf16) {
        result.skipped.push_back({file.path.string(), precision, "this CPU has no BF16"});
        continue;
      }
      infer::CompileOptions compile = options;
      compile.precision = precision_of(precision);
      result.candidates.push_back({{fmt::format("{} {}", names[i], precision), file.path.string(), precision,
                                    is_quantized(*model), report::model_bytes(file.path)},
                                   model,
                                   compile});
    }
  }
  if (result.candidates.empty()) {
    throw Error(ErrorKind::unsupported, "--precision bf16: this CPU has no BF16; use f32 or auto");
  }
  return result;
}

std::vector<std::string> short_names(const std::vector<fs::path>& paths) {
  const auto end_of = [](const fs::path& path, std::size_t parts) {
    const std::vector<fs::path> all(path.begin(), path.end());
    fs::path end;
    for (std::size_t i = all.size() - std::min(parts, all.size()); i < all.size(); ++i) end /= all[i];
    return end.string();
  };
  std::vector<std::string> names;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    const auto parts = static_cast<std::size_t>(std::distance(paths[i].begin(), paths[i].end()));
    const auto is_shared = [&](std::size_t length) {
      return std::any_of(paths.begin(), paths.end(), [&](const fs::path& other) {
        return other != paths[i] && end_of(other, length) == end_of(paths[i], length);
      });
    };
    std::size_t length = 1;
    while (length < parts && is_shared(length)) ++length;
    names.push_back(end_of(paths[i], length));
  }
  return names;
}

}  // namespace octune::cli
