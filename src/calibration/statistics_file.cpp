// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "calibration/statistics_file.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <optional>

#include "base/assert.hpp"
#include "base/byte_stream.hpp"
#include "base/checked_file.hpp"
#include "base/file.hpp"
#include "base/names.hpp"
#include "calibration/collect.hpp"
#include "octune/error.hpp"

// The layout is described in docs/statistics_file.md, which has to change with it.
namespace octune {
namespace {

namespace fs = std::filesystem;
using base::ByteReader;
using base::ByteWriter;
using base::Damaged;

constexpr base::FileKind kStatisticsFile{.magic = {'\x89', 'O', 'C', 'T', 'S', '\r', '\n', '\x1a'},
                                         .format = 2,
                                         .name = "file of statistics",
                                         .extension = ".octs",
                                         .makers = "octune calibrate or octune quantize",
                                         .renew = "collect the statistics"};
constexpr std::uint64_t kMostSamples = std::uint64_t{1} << 28;
/// Rows are read in parts, so that they are never in memory twice.
constexpr std::size_t kPart = std::size_t{1} << 16;

void write(ByteWriter& out, const StatisticsKey& key) {
  out.text(key.model);
  out.text(key.runtime);
  out.text(key.normalization);
  out.number(std::uint64_t{key.subset_size});
  out.number(std::uint8_t{key.shuffle});
  out.number(key.seed);
  out.number(std::uint64_t{key.sequence_length});
  out.text(key.preprocessing);
  out.number(std::uint64_t{key.samples.size()});
  out.numbers(std::span<const std::uint64_t>(key.samples));
}

StatisticsKey read_key(ByteReader& in) {
  StatisticsKey key;
  key.model = in.text();
  key.runtime = in.text();
  key.normalization = in.text();
  key.subset_size = in.number<std::uint64_t>();
  key.shuffle = in.flag();
  key.seed = in.number<std::uint64_t>();
  key.sequence_length = in.number<std::uint64_t>();
  key.preprocessing = in.text();
  key.samples = in.numbers<std::uint64_t>(in.number<std::uint64_t>());
  return key;
}

template <class Enum>
Enum read_enum(ByteReader& in) {
  constexpr std::size_t kLongest = 64;
  const std::string name = in.text();
  if (name.size() > kLongest) throw Damaged();  // looking for a similar name would take its time
  try {
    return base::parse_enum<Enum>(name, "");
  } catch (const Error&) {
    throw Damaged();
  }
}

void write(ByteWriter& out, const StatisticRequest& request) {
  out.text(request.tensor.node);
  out.number(std::uint64_t{request.tensor.port});
  out.text(base::name_of(request.reduction));
  out.number(request.probability);
  out.number(std::uint8_t{request.channel_axis.has_value()});
  out.number(std::uint64_t{request.channel_axis.value_or(0)});
}

StatisticRequest read_request(ByteReader& in) {
  StatisticRequest request;
  request.tensor.node = in.text();
  request.tensor.port = in.number<std::uint64_t>();
  request.reduction = read_enum<Reduction>(in);
  request.probability = in.number<double>();
  const bool per_channel = in.flag();
  const auto axis = in.number<std::uint64_t>();
  if (per_channel) request.channel_axis = axis;
  if (std::isnan(request.probability) || (!per_channel && axis != 0)) throw Damaged();
  return request;
}

void write(ByteWriter& out, const Series& series) {
  out.number(std::uint64_t{series.samples});
  if (series.samples == 0) return;
  OCTUNE_ASSERT(series.lowest.size() == series.channels && series.highest.size() == series.channels &&
                    series.sum.size() == series.channels,
                "a series without a number for every channel");
  out.number(std::uint64_t{series.channels});
  out.numbers(std::span<const float>(series.lowest));
  out.numbers(std::span<const float>(series.highest));
  out.numbers(std::span<const double>(series.sum));
  if (series.keeps == Series::Keeps::halves) {
    OCTUNE_ASSERT(series.even_sum.size() == series.channels, "means without the sums of the even samples");
    out.numbers(std::span<const double>(series.even_sum));
    return;
  }
  const std::vector<float> rows = series.rows.read();
  out.number(std::uint64_t{rows.size()});
  out.numbers(std::span<const float>(rows));
}

/// `series`: new, as the statistics make it for its request.
void read_series(ByteReader& in, std::uint64_t most_samples, Series& series) {
  const auto samples = in.number<std::uint64_t>();
  if (samples > most_samples) throw Damaged();
  if (samples == 0) return;
  const auto channels = in.number<std::uint64_t>();
  if (channels == 0) throw Damaged();
  series.samples = samples;
  series.channels = in.fitting(channels, sizeof(float));
  series.lowest = in.numbers<float>(channels);
  series.highest = in.numbers<float>(channels);
  series.sum = in.numbers<double>(channels);
  if (series.keeps == Series::Keeps::halves) {
    series.even_sum = in.numbers<double>(channels);
    return;
  }
  const std::size_t rows = in.fitting(in.number<std::uint64_t>(), sizeof(float));
  if (rows % channels != 0 || rows / channels > samples) throw Damaged();
  for (std::size_t done = 0; done < rows;) {
    const std::vector<float> part = in.numbers<float>(std::min(kPart, rows - done));
    series.rows.append(part);
    done += part.size();
  }
}

void write(ByteWriter& out, const std::vector<ValueHistogram>& histograms) {
  out.number(std::uint64_t{histograms.size()});
  std::vector<std::byte> packed;
  for (const ValueHistogram& histogram : histograms) {
    packed.clear();
    const std::vector<ValueHistogram::Count> counts = histogram.counts();
    std::uint32_t next = 0;
    for (const auto& [upper_half, count] : counts) {
      base::append_packed(packed, upper_half - next);
      base::append_packed(packed, count);
      next = upper_half + 1U;
    }
    out.number(histogram.lowest());
    out.number(histogram.highest());
    out.number(static_cast<std::uint32_t>(counts.size()));
    out.number(static_cast<std::uint32_t>(packed.size()));
    out.numbers(std::span<const std::byte>(packed));
  }
}

ValueHistogram read_histogram(ByteReader& in) {
  const auto lowest = in.number<float>();
  const auto highest = in.number<float>();
  const auto buckets = in.number<std::uint32_t>();
  const auto size = in.number<std::uint32_t>();
  const std::vector<std::byte> packed = in.numbers<std::byte>(size);
  constexpr std::uint32_t kMostBuckets = std::uint32_t{1} << 16;
  if (buckets > size || buckets > kMostBuckets) throw Damaged();
  std::span<const std::byte> rest(packed);
  std::vector<ValueHistogram::Count> counts(buckets);
  std::uint64_t next = 0;
  for (auto& [upper_half, count] : counts) {
    const std::uint64_t skipped = base::take_packed(rest);
    constexpr std::uint64_t kLargest = std::numeric_limits<std::uint16_t>::max();
    if (next > kLargest || skipped > kLargest - next) throw Damaged();
    upper_half = static_cast<std::uint16_t>(next + skipped);
    count = base::take_packed(rest);
    next = upper_half + std::uint64_t{1};
    constexpr std::uint16_t kExponent = 0x7f80;
    const bool is_finite = (upper_half & kExponent) != kExponent;
    if (count == 0 || !is_finite) throw Damaged();
  }
  if (!rest.empty() || !std::isfinite(lowest) || !std::isfinite(highest) || lowest > highest) throw Damaged();
  return ValueHistogram::of(lowest, highest, counts);
}

void read_histograms(ByteReader& in, std::vector<ValueHistogram>& histograms) {
  constexpr std::size_t kSmallest = 4 * sizeof(std::uint32_t);
  const std::size_t count = in.fitting(in.number<std::uint64_t>(), kSmallest);
  for (std::size_t i = 0; i < count; ++i) histograms.push_back(read_histogram(in));
}

/// What was collected for a request; nothing is known of those that no sample has been seen for.
std::vector<StatisticRequest> kept_requests(const Statistics& statistics) {
  std::vector<StatisticRequest> requests = statistics.requests();
  std::erase_if(requests, [&](const StatisticRequest& request) { return !statistics.contains(request); });
  return requests;
}

void write(ByteWriter& out, const Statistics& statistics) {
  const std::vector<StatisticRequest> requests = kept_requests(statistics);
  out.number(std::uint64_t{statistics.samples()});
  out.number(std::uint64_t{statistics.sequence_length()});
  out.number(std::uint64_t{requests.size()});
  for (const StatisticRequest& request : requests) {
    if (out.failed()) return;  // before reading rows hides why
    write(out, request);
    out.number(std::uint64_t{statistics.seen(request)});
    if (request.reduction == Reduction::histogram) {
      write(out, statistics.histograms(request));
    } else {
      write(out, statistics.at(request));
    }
  }
}

Statistics read_statistics(ByteReader& in) {
  const auto samples = in.number<std::uint64_t>();
  const auto sequence_length = in.number<std::uint64_t>();
  if (samples > kMostSamples || sequence_length == 0) throw Damaged();
  Statistics statistics = calibration::empty_statistics(samples, sequence_length);
  const std::size_t count = in.fitting(in.number<std::uint64_t>(), 1);
  std::optional<StatisticRequest> previous;
  for (std::size_t i = 0; i < count; ++i) {
    StatisticRequest request = read_request(in);
    if (previous && !(*previous < request)) throw Damaged();  // each once, and equal statistics give equal bytes
    const auto seen = in.number<std::uint64_t>();
    if (seen > samples) throw Damaged();
    statistics.set_seen(request, seen);
    if (request.reduction == Reduction::histogram) {
      read_histograms(in, statistics.histograms_for(request));
    } else {
      read_series(in, samples, statistics[request]);
    }
    previous = std::move(request);
  }
  return statistics;
}

void write(ByteWriter& out, const Calibration& calibration) {
  write(out, calibration.key);
  out.number(std::uint64_t{calibration.findings.size()});
  for (const DataFinding& finding : calibration.findings) {
    out.text(base::name_of(finding.severity));
    out.number(static_cast<std::uint8_t>(finding.evidence == Evidence::kept));
    out.text(finding.text);
  }
  write(out, calibration.statistics);
}

Calibration read_calibration(ByteReader& in) {
  Calibration calibration;
  calibration.key = read_key(in);
  const std::size_t findings = in.fitting(in.number<std::uint64_t>(), 2 * sizeof(std::uint32_t));
  for (std::size_t i = 0; i < findings; ++i) {
    const auto severity = read_enum<Severity>(in);
    const Evidence evidence = in.flag() ? Evidence::kept : Evidence::samples;
    calibration.findings.push_back({severity, in.text(), evidence});
  }
  calibration.statistics = read_statistics(in);
  return calibration;
}

}  // namespace

void calibration::write_statistics(const Calibration& calibration, std::ostream& out) {
  base::write_checked(out, kStatisticsFile, [&](ByteWriter& writer) { write(writer, calibration); });
}

Calibration calibration::read_statistics(std::istream& in, const std::string& where) {
  Calibration calibration;
  base::read_checked(in, kStatisticsFile, where, [&](ByteReader& reader) { calibration = read_calibration(reader); });
  return calibration;
}

void save_statistics(const Calibration& calibration, const fs::path& path) {
  base::write_file(path, [&](std::ostream& out) { octune::calibration::write_statistics(calibration, out); });
}

Calibration load_statistics(const fs::path& path) {
  std::ifstream in = base::open_checked(path, kStatisticsFile);
  return calibration::read_statistics(in, path.string());
}

}  // namespace octune
