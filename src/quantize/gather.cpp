// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/gather.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "base/file.hpp"
#include "base/kept_interruption.hpp"
#include "base/measure.hpp"
#include "calibration/collect.hpp"
#include "calibration/data_quality.hpp"
#include "calibration/statistics_key.hpp"
#include "octune/error.hpp"

namespace octune::quantization {
namespace {

namespace fs = std::filesystem;

/// Fingerprints of the first `count` samples; those that were not watched are decoded.
std::vector<std::uint64_t> fingerprints_of(const calibration::DataQuality& watcher, const CalibrationSource& source,
                                           std::size_t count, int threads) {
  std::vector<std::uint64_t> result = watcher.fingerprints();
  result.resize(std::min(result.size(), count));
  const auto rest =
      calibration::fingerprints(source.dataset, source.indices.subspan(result.size(), count - result.size()), threads);
  result.insert(result.end(), rest.begin(), rest.end());
  return result;
}

/// What the file holds, if there is one. A damaged file that may be replaced counts as none.
std::optional<Calibration> held_by(const StatisticsFile& file, std::vector<std::string>& warnings) {
  std::error_code ignored;
  if (!fs::exists(file.path, ignored)) return std::nullopt;
  try {
    return load_statistics(file.path);
  } catch (const Error& error) {
    if (file.foreign == ForeignStatistics::refuse) throw;
    warnings.push_back(fmt::format("{}; the statistics are collected anew", error.what()));
    return std::nullopt;
  }
}

/// In what `held` is not of this model and these data. The samples are looked at only if all else is equal: they may
/// have to be decoded.
std::vector<std::string> foreign_in(const Calibration& held, StatisticsKey wanted, const CalibrationSource& source,
                                    int threads) {
  wanted.samples = held.key.samples;
  if (auto different = differences(held.key, wanted); !different.empty()) return different;
  // An interrupted run knows its first samples only.
  const bool interrupted = held.key.samples.size() < held.statistics.samples();
  if (interrupted && held.statistics.samples() != source.indices.size()) {
    return {
        fmt::format("an interrupted run over {} samples, not {}", held.statistics.samples(), source.indices.size())};
  }
  const std::size_t count = interrupted ? held.key.samples.size() : source.indices.size();
  wanted.samples = calibration::fingerprints(source.dataset, source.indices.first(count), threads);
  return differences(held.key, wanted);
}

/// What the file holds, if that fits; otherwise nothing, under `key`.
Calibration fitting(StatisticsKey key, const CalibrationSource& source, const QuantizeOptions& options,
                    Gathered& result, Observer& observer) {
  const std::size_t samples = source.indices.size();
  if (options.statistics) {
    if (auto held = held_by(*options.statistics, result.warnings)) {
      const std::vector<std::string> different = foreign_in(*held, key, source, options.threads);
      if (different.empty()) return std::move(*held);
      const std::string what = fmt::format("{}: holds statistics of another run; what differs: {}",
                                           options.statistics->path.string(), fmt::join(different, ", "));
      if (options.statistics->foreign == ForeignStatistics::refuse) {
        throw Error(ErrorKind::input, what + "; name another file, or remove this one to collect them anew");
      }
      observer.message(Severity::info, what + "; they are collected anew");
    }
  }
  return {std::move(key), calibration::empty_statistics(samples, source.dataset.sequence_length()), {}};
}

/// How far the collection of `requests` has come, in samples: the fewest and the most that one has seen.
std::pair<std::size_t, std::size_t> progress_of(const Statistics& statistics,
                                                std::span<const StatisticRequest> requests) {
  if (requests.empty()) return {0, 0};
  std::pair<std::size_t, std::size_t> range{statistics.samples(), 0};
  for (const StatisticRequest& request : requests) {
    range.first = std::min(range.first, statistics.seen(request));
    range.second = std::max(range.second, statistics.seen(request));
  }
  return range;
}

/// "127 of 300 samples"; "12 of 40 statistics" if the later ones of several passes have not begun.
std::string progress_text(const Statistics& statistics, std::span<const StatisticRequest> requests) {
  const auto [fewest, most] = progress_of(statistics, requests);
  const std::size_t complete = requests.size() - missing(statistics, requests).size();
  if (fewest == 0 && complete > 0) return fmt::format("{} of {} statistics", complete, requests.size());
  return fmt::format("{} of {} samples", fewest == 0 ? most : fewest, statistics.samples());
}

/// Why the file could not be written; empty if it was.
std::string save(const Calibration& calibration, const fs::path& path) {
  try {
    save_statistics(calibration, path);
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

fs::path folder_of(const fs::path& file) { return file.has_parent_path() ? file.parent_path() : fs::path("."); }

}  // namespace

void tell(std::span<const DataFinding> findings, std::vector<std::string>& warnings, Observer& observer) {
  for (const DataFinding& finding : findings) {
    if (finding.severity == Severity::warning) {
      warnings.push_back(finding.text);
    } else {
      observer.message(finding.severity, finding.text);
    }
  }
}

std::vector<StatisticRequest> missing(const Statistics& statistics, std::span<const StatisticRequest> requests) {
  std::vector<StatisticRequest> result;
  std::copy_if(requests.begin(), requests.end(), std::back_inserter(result),
               [&](const StatisticRequest& request) { return !statistics.complete(request); });
  return result;
}

std::vector<StatisticRequest> united(std::span<const StatisticRequest> some, std::span<const StatisticRequest> others) {
  std::set<StatisticRequest> all(some.begin(), some.end());
  all.insert(others.begin(), others.end());
  return {all.begin(), all.end()};
}

Statistics only(const Statistics& statistics, std::span<const StatisticRequest> requests) {
  Statistics result(statistics.samples(), statistics.sequence_length());
  for (const StatisticRequest& request : requests) {
    if (request.reduction == Reduction::histogram) {
      result.histograms_for(request) = statistics.histograms(request);
    } else {
      result[request] = statistics.at(request);
    }
    result.set_seen(request, statistics.seen(request));
  }
  return result;
}

Gathered gather(const infer::Runtime& runtime, const CalibrationSource& source, const Wanted& wanted,
                const QuantizeOptions& options, std::map<std::string, double>& timings_s, Observer& observer) {
  Gathered result;
  const auto gathered = std::make_shared<Calibration>();
  result.calibration = gathered;
  Calibration& calibration = *gathered;
  {
    const base::ScopedTiming timing(timings_s, "statistics");
    StatisticsKey key = calibration::key_without_samples(source.model, runtime.version(), source.dataset, options);
    calibration = fitting(std::move(key), source, options, result, observer);
  }
  Statistics& statistics = calibration.statistics;
  const std::size_t samples = source.indices.size();
  result.reused_samples = samples;
  if (samples != 0 && !calibration.key.samples.empty() && missing(statistics, wanted.now).empty()) {
    tell(calibration.findings, result.warnings, observer);
    return result;
  }

  std::vector<StatisticRequest> requests = missing(statistics, wanted.now);
  if (wanted.later) requests = united(requests, missing(statistics, wanted.later()));
  const std::size_t held = statistics.requests().size();
  const auto before = progress_of(statistics, requests);
  result.reused_samples = before.first;
  const fs::path path = options.statistics ? options.statistics->path : fs::path();
  if (!path.empty()) base::require_writable_folder(folder_of(path));
  if (before.first > 0) {
    observer.message(Severity::info, fmt::format("{}: {} are there already, it goes on behind them", path.string(),
                                                 progress_text(statistics, requests)));
  } else if (held > 0) {
    observer.message(Severity::info, fmt::format("{}: {} statistics are there, {} more are collected now",
                                                 path.string(), held, requests.size()));
  }
  calibration::DataQuality watcher(
      source.dataset, samples,
      {.model = &source.model, .fingerprints = calibration.key.samples, .findings = calibration.findings});
  const bool known = calibration.key.samples.size() == samples;
  try {
    result.passes = calibration::collect(runtime, source.normal, requests, source.dataset, source.indices,
                                         {.threads = options.threads, .max_memory = options.max_memory}, statistics,
                                         timings_s, &observer, known ? nullptr : &watcher);
  } catch (const Interrupted&) {
    const auto [fewest, most] = progress_of(statistics, requests);
    if (path.empty() || std::pair(fewest, most) == before) throw;
    calibration.key.samples =
        fingerprints_of(watcher, source, std::max(most, calibration.key.samples.size()), options.threads);
    if (!known) calibration.findings = watcher.findings(statistics);
    if (const std::string problem = save(calibration, path); !problem.empty()) {
      observer.message(Severity::warning, "what was collected could not be kept: " + problem);
      throw;
    }
    throw base::KeptInterruption(fmt::format("interrupted; {} are kept in {}; the same command goes on",
                                             progress_text(statistics, requests), path.string()));
  }
  const base::ScopedTiming timing(timings_s, "statistics");
  if (!known) calibration.findings = watcher.findings(statistics);
  calibration.key.samples = fingerprints_of(watcher, source, samples, options.threads);
  tell(calibration.findings, result.warnings, observer);
  // Nobody waits for tens of megabytes to be written while there is a model to be made of them.
  if (!path.empty())
    result.saving = std::async(std::launch::async, [kept = result.calibration, path] { return save(*kept, path); });
  return result;
}

}  // namespace octune::quantization
