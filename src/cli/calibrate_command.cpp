// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "base/file.hpp"
#include "base/measure.hpp"
#include "calibration/merge_statistics.hpp"
#include "cli/calibration_data.hpp"
#include "cli/commands.hpp"
#include "cli/model_file.hpp"
#include "octune/calibrate.hpp"
#include "octune/error.hpp"
#include "report/calibration_record.hpp"
#include "report/run_record.hpp"

namespace octune::cli {
namespace {

namespace fs = std::filesystem;

/// Makes sure, before any work, that the file can be written.
void require_writable(const fs::path& file) {
  base::require_writable_folder(file.has_parent_path() ? file.parent_path() : fs::path("."));
}

/// Everything after the statistics are in the file.
void tell(report::CalibrationRecord record, const fs::path& file, const Invocation& call) {
  record.file = file;
  record.bytes = report::model_bytes(file);
  record.warnings = call.console.warnings();
  record.peak_rss_mib = base::peak_rss_mib();
  record.total_s = call.since_start.seconds();
  for (const std::string& line : report::summary(record)) call.console.print(line);
  call.console.print_json(report::to_json(record));
}

void merge(const Invocation& call) {
  const Flags& flags = call.flags;
  if (!flags.statistics) {
    throw Error(ErrorKind::input,
                "no file to write given; name it with -o, as in 'octune calibrate --merge a.octs b.octs -o all.octs'");
  }
  if (flags.data || !flags.config.empty()) {
    throw Error(ErrorKind::input, "--merge: takes files of statistics only; leave --data and --config out");
  }
  if (flags.models.size() < 2) {
    throw Error(ErrorKind::input, fmt::format("--merge: {} of statistics given; name at least two",
                                              flags.models.size() == 1 ? "1 file" : "no file"));
  }
  std::error_code ignored;
  if (fs::exists(*flags.statistics, ignored)) {
    throw Error(ErrorKind::input, fmt::format("-o: '{}' exists already and is not overwritten; remove it or name "
                                              "another file",
                                              *flags.statistics));
  }
  require_writable(*flags.statistics);
  report::CalibrationRecord record;
  const base::Stopwatch watch;
  calibration::ShardMerger merger;
  for (const std::string& file : flags.models) {
    if (call.console.should_stop()) throw Interrupted();
    merger.add(load_statistics(file), fmt::format("'{}'", file));
  }
  const Calibration merged = merger.finish();
  save_statistics(merged, *flags.statistics);
  for (const DataFinding& finding : merged.findings) call.console.message(finding.severity, finding.text);
  record = report::record_of(merged);
  record.reused_samples = record.samples;
  record.timings_s["statistics"] = watch.seconds();
  tell(std::move(record), *flags.statistics, call);
}

void collect(const Invocation& call) {
  Console& console = call.console;
  config::RunConfig config = effective_config(call.flags);
  say_notes(config, console);
  if (!config.quantize.statistics) {
    throw Error(ErrorKind::input,
                "no file to write given; name it with -o, as in 'octune calibrate model.onnx --data images/ -o "
                "model.octs'");
  }
  const fs::path file = config.quantize.statistics->path;
  config.quantize.collection = config.collection.value_or(Collection::everything);
  std::map<std::string, double> timings_s;
  const infer::Runtime runtime;
  std::shared_ptr<ov::Model> model;
  {
    const base::ScopedTiming timing(timings_s, "read");
    model = read_model(runtime, config.model, config.shape);
  }
  const auto dataset = calibration_data(config, *model, console);
  require_writable(file);
  CalibrateResult result = calibrate(model, *dataset, config.quantize, &console);
  report::CalibrationRecord record = report::record_of(result.calibration);
  record.timings_s = std::move(timings_s);
  for (const auto& [part, seconds] : result.timings_s) record.timings_s[part] += seconds;
  record.reused_samples = result.reused_samples;
  record.passes = result.passes;
  tell(std::move(record), file, call);
}

}  // namespace

void run_calibrate(const Invocation& call) {
  if (call.flags.merge) {
    merge(call);
  } else {
    collect(call);
  }
}

}  // namespace octune::cli
