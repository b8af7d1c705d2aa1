// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "base/random.hpp"
#include "base/suggest.hpp"
#include "cli/commands.hpp"
#include "cli/model_file.hpp"
#include "data/contact_sheet.hpp"
#include "data/split.hpp"
#include "data/value_summary.hpp"
#include "octune/error.hpp"

namespace octune::cli {
namespace {

using nlohmann::json;

constexpr std::size_t kDefaultSamples = 100;
constexpr std::size_t kTiles = 30;
constexpr std::size_t kShown = 10;  ///< labels, and different ones

/// The samples looked at, in ascending order.
std::vector<std::size_t> chosen_samples(const Flags& flags, std::size_t available, std::uint64_t seed) {
  std::size_t wanted = flags.subset_size.value_or(kDefaultSamples);
  if (wanted == 0 || wanted > available) wanted = available;
  if (flags.shuffle.value_or(false)) {
    base::RandomStream random(seed);
    return base::sample_without_replacement(available, wanted, random);
  }
  std::vector<std::size_t> indices(wanted);
  std::iota(indices.begin(), indices.end(), std::size_t{0});
  return indices;
}

/// The classes that a label names: those of its boxes, or itself; none for arrays.
std::vector<std::string> classes_of(const Label& label) {
  if (label.values) return {};
  const json object = label.text.starts_with('{') ? json::parse(label.text, nullptr, false) : json();
  if (!object.is_object()) return {label.text};
  std::vector<std::string> classes;
  if (const auto list = object.find("classes"); list != object.end() && list->is_array()) {
    for (const json& name : *list) classes.push_back(name.is_string() ? name.get<std::string>() : name.dump());
  }
  return classes;
}

std::vector<data::Box> boxes_of(const Label& label) {
  const json object = label.text.starts_with('{') ? json::parse(label.text, nullptr, false) : json();
  std::vector<data::Box> boxes;
  if (!object.is_object() || !object.contains("boxes") || !object["boxes"].is_array()) return boxes;
  for (const json& box : object["boxes"]) {
    const bool is_box = box.is_array() && box.size() == 4 &&
                        std::all_of(box.begin(), box.end(), [](const json& edge) { return edge.is_number(); });
    if (is_box)
      boxes.push_back({box[0].get<double>(), box[1].get<double>(), box[2].get<double>(), box[3].get<double>()});
  }
  return boxes;
}

/// A label in a few words.
std::string label_text(const Label& label) {
  if (label.values) return fmt::format("array [{}]", fmt::join(label.values.get_shape(), ","));
  const json object = label.text.starts_with('{') ? json::parse(label.text, nullptr, false) : json();
  if (!object.is_object()) return label.text;
  const std::vector<std::string> classes = classes_of(label);
  return fmt::format("{} objects{}{}", classes.size(), classes.empty() ? "" : ": ", fmt::join(classes, ", "));
}

/// How often each class occurs, the most frequent first, then by name.
std::vector<std::pair<std::string, std::size_t>> histogram_of(const Labels& labels) {
  std::map<std::string, std::size_t> counts;
  for (const Label& label : labels) {
    for (const std::string& name : classes_of(label)) ++counts[name];
  }
  std::vector<std::pair<std::string, std::size_t>> histogram(counts.begin(), counts.end());
  std::stable_sort(histogram.begin(), histogram.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  return histogram;
}

void say_inputs(const std::vector<data::InputSummary>& summaries, Console& console, json& document) {
  document["inputs"] = json::array();
  for (const data::InputSummary& summary : summaries) {
    std::vector<std::string> shapes;
    for (const ov::Shape& shape : summary.shapes) shapes.push_back(fmt::format("[{}]", fmt::join(shape, ",")));
    std::string line =
        fmt::format("input {}: {} {}", summary.name, summary.type.get_type_name(), fmt::join(shapes, " "));
    json entry{{"name", summary.name},
               {"type", summary.type.get_type_name()},
               {"shapes", summary.shapes},
               {"min", nullptr},
               {"max", nullptr},
               {"mean", nullptr},
               {"non_finite", summary.non_finite}};
    if (summary.values > 0) {
      line += fmt::format(", min {:.6g}, max {:.6g}, mean {:.6g}", summary.min, summary.max, summary.mean);
      entry["min"] = summary.min;
      entry["max"] = summary.max;
      entry["mean"] = summary.mean;
    }
    if (summary.non_finite > 0) line += fmt::format(", {} values are NaN or infinite", summary.non_finite);
    console.print(line);
    document["inputs"].push_back(std::move(entry));
  }
}

void say_labels(const Labels& labels, const Dataset& dataset, const std::vector<std::size_t>& samples, Console& console,
                json& document) {
  const auto histogram = histogram_of(labels);
  json counts = json::array();
  std::vector<std::string> parts;
  for (const auto& [name, count] : histogram) {
    counts.push_back({{"label", name}, {"count", count}});
    if (parts.size() < kShown) parts.push_back(fmt::format("{} ({})", name, count));
  }
  if (histogram.size() > kShown) parts.push_back(fmt::format("{} others", histogram.size() - kShown));
  console.print(fmt::format("labels: {} of {} samples, {} different{}{}", labels.size(), dataset.size(),
                            histogram.size(), parts.empty() ? "" : ": ", fmt::join(parts, ", ")));
  json first = json::array();
  for (std::size_t i = 0; i < std::min(kShown, samples.size()); ++i) {
    const std::string text = label_text(labels[samples[i]]);
    console.print(fmt::format("  {}  {}", dataset.name(samples[i]), text));
    first.push_back({{"sample", dataset.name(samples[i])}, {"label", text}});
  }
  document["labels"] = {{"different", histogram.size()}, {"histogram", counts}, {"first", first}};
}

/// Samples that are used for calibration and for validation.
void say_overlap(const data::Overlap& overlap, Console& console, json& document) {
  console.print(
      fmt::format("overlap of --data and --val-data: {} of {} samples looked at", overlap.common, overlap.compared));
  document["overlap"] = {{"common", overlap.common}, {"compared", overlap.compared}};
}

void preview(const Invocation& call) {
  Console& console = call.console;
  const config::RunConfig config = effective_config(call.flags);
  // Labels belong to the validation samples if there are any.
  const bool both = !config.data.empty() && !config.val_data.empty();
  const bool validation = config.data.empty() || (both && !config.labels.empty());
  const std::string& spec = validation ? config.val_data : config.data;
  if (spec.empty()) throw Error(ErrorKind::input, "no data given; name some with --data");
  if (!call.flags.sheet.empty()) data::require_sheet_name(call.flags.sheet);
  if (data::is_random(spec)) console.message(Severity::warning, "the data are random: they show nothing of real data");
  const infer::Runtime runtime;
  const std::vector<data::InputInfo> inputs = inputs_of(*read_model(runtime, config.model, config.shape));
  const auto dataset = data::open_dataset(spec, inputs, config.preprocess, config.quantize.seed);
  const std::vector<std::size_t> samples = chosen_samples(call.flags, dataset->size(), config.quantize.seed);
  Labels labels;
  if (!config.labels.empty()) labels = data::read_labels(config.labels, *dataset, &console);

  const data::Content content = data::content_of(*dataset);
  std::vector<data::InputSummary> summaries;
  std::vector<data::Tile> tiles;
  bool stretched = false;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (console.should_stop()) throw Interrupted();
    const Sample sample = dataset->sample(samples[i]);
    data::add_to_summary(sample, inputs, summaries);
    if (!call.flags.sheet.empty() && i < kTiles) {
      if (auto seen = data::seen_input(sample, inputs, config.preprocess, content)) {
        stretched = stretched || seen->stretched;
        data::Tile tile{std::move(seen->picture), dataset->name(samples[i]), "", {}};
        if (!labels.empty()) {
          tile.label = label_text(labels[samples[i]]);
          tile.boxes = boxes_of(labels[samples[i]]);
        }
        tiles.push_back(std::move(tile));
      }
    }
    console.progress("preview", i + 1, samples.size());
  }

  const std::string formula = data::describe(content, config.preprocess, inputs);
  json document{{"command", "data preview"},
                {"model", config.model.string()},
                {"data", spec},
                {"samples", {{"used", samples.size()}, {"available", dataset->size()}}},
                {"formula", formula}};
  console.print(
      fmt::format("samples: {}{}, of which {} were read", both ? spec + ", " : "", dataset->size(), samples.size()));
  console.print(fmt::format("fed as: {}", formula));
  say_inputs(summaries, console, document);
  if (both) {
    const auto other =
        data::open_dataset(validation ? config.data : config.val_data, inputs, config.preprocess, config.quantize.seed);
    say_overlap(data::find_overlap(*other, *dataset), console, document);
  }
  if (!labels.empty()) say_labels(labels, *dataset, samples, console, document);
  if (!call.flags.sheet.empty()) {
    if (tiles.empty()) {
      throw Error(ErrorKind::input, "-o: no input looks like an image, so there is nothing to draw; leave -o away");
    }
    data::write_contact_sheet(call.flags.sheet, tiles);
    if (stretched) {
      console.message(Severity::info,
                      "the values are no pixels, even with mean and scale undone: the sheet shows the smallest of each "
                      "sample black and the largest white");
    }
    console.print(fmt::format("sheet: {} ({} samples)", call.flags.sheet, tiles.size()));
    document["sheet"] = {{"file", call.flags.sheet}, {"samples", tiles.size()}, {"stretched", stretched}};
  }
  console.print_json(document);
}

}  // namespace

void run_data(const Invocation& call) {
  if (call.flags.topic != "preview") {
    const std::vector<std::string> known{"preview"};
    throw Error(ErrorKind::input,
                call.flags.topic.empty()
                    ? std::string("octune data: nothing to do; write octune data preview MODEL --data SPEC")
                    : fmt::format("octune data: unknown action '{}'; {}", call.flags.topic,
                                  base::did_you_mean(call.flags.topic, known)));
  }
  preview(call);
}

}  // namespace octune::cli
