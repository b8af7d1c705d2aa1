// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "calibration/statistics_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/byte_stream.hpp"
#include "base/file.hpp"
#include "base/hash.hpp"
#include "base/random.hpp"
#include "calibration/collect.hpp"
#include "octune/error.hpp"

namespace octune {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class TemporaryFolder {
 public:
  TemporaryFolder() {
    static std::atomic<int> count = 0;
    path_ = fs::temp_directory_path() /
            ("octune_statistics_file_" + std::to_string(::getpid()) + "_" + std::to_string(count++));
    fs::create_directories(path_);
  }
  ~TemporaryFolder() { fs::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  fs::path operator/(const std::string& name) const { return path_ / name; }
  std::size_t files() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(path_), fs::directory_iterator()));
  }

 private:
  fs::path path_;
};

const StatisticRequest kMax{{"conv", 0}, Reduction::max, 0, {}};
const StatisticRequest kMinOfChannels{{"conv", 0}, Reduction::min, 0, 1};
const StatisticRequest kMean{{"Größe/Add|body", 3}, Reduction::mean, 0, 2};
const StatisticRequest kQuantile{{"conv", 0}, Reduction::quantile, 0.9999, {}};
const StatisticRequest kHistogram{{"conv", 0}, Reduction::histogram, 0, {}};
const StatisticRequest kHistograms{{"x", 1}, Reduction::histogram, 0, 1};
const StatisticRequest kNeverRun{{"branch", 0}, Reduction::max, 0, {}};

constexpr std::size_t kChannels = 5;

std::vector<float> values_of(std::size_t sample, std::size_t count) {
  base::RandomStream random(sample * 1000 + count);
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>(random.uniform() * 4 - 1);
  return values;
}

/// Adds the samples [begin, end) as a pass would.
void collect_samples(Statistics& statistics, std::size_t begin, std::size_t end) {
  for (const auto& request : {kMax, kMinOfChannels, kMean, kQuantile, kNeverRun}) statistics[request];
  for (const auto& request : {kHistogram, kHistograms}) statistics.histograms_for(request);
  for (std::size_t sample = begin; sample < end; ++sample) {
    statistics[kMax].add(values_of(sample, 1));
    statistics[kMinOfChannels].add(values_of(sample, kChannels));
    statistics[kMean].add(values_of(sample, kChannels));
    statistics[kQuantile].add(values_of(sample, 1));
    std::vector<ValueHistogram>& whole = statistics.histograms_for(kHistogram);
    whole.resize(1);
    whole[0].add(values_of(sample, 70));
    std::vector<ValueHistogram>& channels = statistics.histograms_for(kHistograms);
    channels.resize(kChannels);
    for (std::size_t c = 0; c < kChannels; ++c) channels[c].add(values_of(sample + c, 10));
  }
  for (const auto& request : {kMax, kMinOfChannels, kMean, kQuantile, kHistogram, kHistograms, kNeverRun}) {
    statistics.set_seen(request, end);
  }
}

Calibration example(std::size_t samples, std::size_t seen) {
  Calibration calibration;
  calibration.key = {"0123abcd", "2026.4.1", "1", 300, true, 7, 2, "mean [0.1]", {}};
  for (std::size_t i = 0; i < samples; ++i) calibration.key.samples.push_back(i * 0x9e3779b97f4a7c15);
  calibration.findings = {{Severity::warning, "2 samples are the same; leave one out"},
                          {Severity::info, "", Evidence::kept}};
  calibration.statistics = calibration::empty_statistics(samples, 2);
  collect_samples(calibration.statistics, 0, seen);
  return calibration;
}

void expect_equal(const Statistics& a, const Statistics& b) {
  EXPECT_EQ(a.samples(), b.samples());
  EXPECT_EQ(a.sequence_length(), b.sequence_length());
  ASSERT_EQ(a.requests(), b.requests());
  for (const StatisticRequest& request : a.requests()) {
    SCOPED_TRACE(request.text());
    EXPECT_EQ(a.seen(request), b.seen(request));
    if (request.reduction == Reduction::histogram) {
      ASSERT_EQ(a.histograms(request).size(), b.histograms(request).size());
      for (std::size_t i = 0; i < a.histograms(request).size(); ++i) {
        const ValueHistogram &one = a.histograms(request)[i], &other = b.histograms(request)[i];
        EXPECT_EQ(one.counts(), other.counts());
        EXPECT_EQ(one.count(), other.count());
        EXPECT_EQ(one.lowest(), other.lowest());
        EXPECT_EQ(one.highest(), other.highest());
      }
      continue;
    }
    const Series &one = a.at(request), &other = b.at(request);
    EXPECT_EQ(one.keeps, other.keeps);
    EXPECT_EQ(one.channels, other.channels);
    EXPECT_EQ(one.samples, other.samples);
    EXPECT_EQ(one.rows.read(), other.rows.read());
    EXPECT_EQ(one.lowest, other.lowest);
    EXPECT_EQ(one.highest, other.highest);
    EXPECT_EQ(one.sum, other.sum);
    EXPECT_EQ(one.even_sum, other.even_sum);
  }
}

void expect_equal(const Calibration& a, const Calibration& b) {
  EXPECT_EQ(a.key, b.key);
  ASSERT_EQ(a.findings.size(), b.findings.size());
  for (std::size_t i = 0; i < a.findings.size(); ++i) {
    EXPECT_EQ(a.findings[i].severity, b.findings[i].severity);
    EXPECT_EQ(a.findings[i].text, b.findings[i].text);
  }
  expect_equal(a.statistics, b.statistics);
}

std::string bytes_of(const Calibration& calibration) {
  std::ostringstream out;
  calibration::write_statistics(calibration, out);
  return std::move(out).str();
}

Calibration read(const std::string& bytes) {
  std::istringstream in(bytes);
  return calibration::read_statistics(in, "s.octs");
}

/// The message with which these bytes are refused, without the name of the file; "" if they are read.
std::string refusal(const std::string& bytes) {
  try {
    read(bytes);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::input) << error.what();
    const std::string text = error.what(), begin = "s.octs: ";
    EXPECT_TRUE(text.starts_with(begin)) << text;
    return text.substr(std::min(begin.size(), text.size()));
  }
  return "";
}

/// The same bytes with the checksums that belong to them: what a hostile writer would give.
std::string signed_again(std::string bytes) {
  const auto put = [&](std::size_t at, std::uint64_t value) { std::memcpy(bytes.data() + at, &value, sizeof(value)); };
  const auto hash = [&](std::size_t begin, std::size_t end) {
    return base::Hash().add(std::as_bytes(std::span(bytes).subspan(begin, end - begin))).number();
  };
  put(16, bytes.size() - 40);
  put(24, hash(40, bytes.size()));
  put(32, hash(0, 32));
  return bytes;
}

TEST(StatisticsFile, GivesBackWhatWasSaved) {
  const TemporaryFolder folder;
  for (const std::size_t samples : {0U, 1U, 7U, 1500U}) {
    const Calibration calibration = example(samples, samples);
    save_statistics(calibration, folder / "s.octs");
    expect_equal(load_statistics(folder / "s.octs"), calibration);
  }
  EXPECT_EQ(folder.files(), 1u) << "temporary files are left";
  const Calibration nothing;
  save_statistics(nothing, folder / "s.octs");
  expect_equal(load_statistics(folder / "s.octs"), nothing);
}

TEST(StatisticsFile, EqualStatisticsGiveEqualBytes) {
  const std::string bytes = bytes_of(example(1500, 1500));
  EXPECT_EQ(bytes_of(example(1500, 1500)), bytes);
  EXPECT_EQ(bytes_of(read(bytes)), bytes);
}

TEST(StatisticsFile, InterruptedStatisticsGoOnAfterLoading) {
  constexpr std::size_t kSamples = 1500;  // more than rows of channels are kept
  for (const std::size_t seen : {0U, 1U, 700U, 1499U}) {
    Calibration loaded = read(bytes_of(example(kSamples, seen)));
    EXPECT_EQ(loaded.statistics.seen(kMax), seen);
    EXPECT_FALSE(loaded.statistics.complete(kMax));
    collect_samples(loaded.statistics, seen, kSamples);
    expect_equal(loaded, example(kSamples, kSamples));
  }
}

TEST(StatisticsFile, BeginsAsDescribed) {
  const std::string bytes = bytes_of(example(3, 3));
  EXPECT_EQ(bytes.substr(0, 8), "\x89OCTS\r\n\x1a");
  EXPECT_EQ(bytes.substr(8, 8), std::string("\2\0\0\0\0\0\0\0", 8));
  std::uint64_t size = 0;
  std::memcpy(&size, bytes.data() + 16, sizeof(size));
  EXPECT_EQ(size, bytes.size() - 40);
  EXPECT_EQ(signed_again(bytes), bytes);
  EXPECT_EQ(bytes.substr(40, 12), std::string("\10\0\0\0", 4) + "0123abcd");
}

TEST(StatisticsFile, ARangeOfHistogramValuesComesBackExactly) {
  Calibration calibration;
  calibration.statistics = Statistics(1);
  calibration.statistics.set_seen(kHistogram, 1);
  ValueHistogram histogram;
  histogram.add(std::vector<float>{0.0F, -0.0F, 1e-45F, -1e-45F, 3.4e38F, -3.4e38F, 1.0F, 1.003F, -1.0F});
  for (int i = 0; i < 20; ++i) histogram.add(std::vector<float>(5000, 0.5F));  // more than a counter of 16 bits holds
  calibration.statistics.histograms_for(kHistogram) = {ValueHistogram(), histogram};
  const Calibration loaded = read(bytes_of(calibration));
  expect_equal(loaded, calibration);
  EXPECT_EQ(loaded.statistics.histograms(kHistogram)[1].zeros(), histogram.zeros());
  EXPECT_EQ(loaded.statistics.histograms(kHistogram)[1].equal_bins(100, -2, 2), histogram.equal_bins(100, -2, 2));
}

TEST(StatisticsFile, OtherFilesAreRefused) {
  const TemporaryFolder folder;
  const fs::path path = folder / "s.octs";
  save_statistics(example(3, 3), path);
  const std::string foreign = "is no file of statistics; give one that octune calibrate or octune quantize wrote";
  EXPECT_EQ(refusal("hello"), foreign);
  EXPECT_EQ(refusal(std::string(1000, 'x')), foreign);
  EXPECT_EQ(refusal("<?xml version=\"1.0\"?>"), foreign);
  EXPECT_EQ(refusal(bytes_of(example(3, 3)).substr(1)), foreign);
  EXPECT_EQ(refusal(""), "is truncated: only 0 bytes of it are there; copy it again or collect the statistics again");

  const auto message = [](const fs::path& file) -> std::string {
    try {
      load_statistics(file);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::input);
      return error.what();
    }
    return "";
  };
  const fs::path missing = folder / "missing.octs";
  EXPECT_EQ(message(missing), missing.string() + ": does not exist; check the path");
  const fs::path inside = path / "s.octs";
  EXPECT_EQ(message(inside), inside.string() + ": does not exist; check the path");
  const fs::path parent = path.parent_path();
  EXPECT_EQ(message(parent), parent.string() + ": is a folder; name a file of statistics (.octs)");
}

TEST(StatisticsFile, OtherFormatsAreRefused) {
  std::string bytes = bytes_of(example(3, 3));
  bytes[8] = 1;
  EXPECT_EQ(refusal(signed_again(bytes)),
            "was written by an earlier version of octune (format 1, this one reads 2); collect the statistics again");
  bytes[8] = 3;
  EXPECT_EQ(refusal(signed_again(bytes)),
            "was written by a later version of octune (format 3, this one reads 2); update octune or collect the "
            "statistics again");
  EXPECT_EQ(refusal(bytes), "is damaged; copy it again, or remove it and collect the statistics anew");
}

TEST(StatisticsFile, TruncatedFilesAreRefused) {
  const std::string bytes = bytes_of(example(2, 1));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const std::string whole = size < 40 ? "" : " of " + std::to_string(bytes.size());
    ASSERT_EQ(refusal(bytes.substr(0, size)),
              "is truncated: only " + std::to_string(size) + whole +
                  " bytes of it are there; copy it again or collect the statistics again");
  }
  EXPECT_EQ(refusal(bytes), "");
  EXPECT_EQ(refusal(bytes + "x"), "is damaged; copy it again, or remove it and collect the statistics anew");
}

TEST(StatisticsFile, DamagedFilesAreRefused) {
  const std::string bytes = bytes_of(example(2, 1));
  base::RandomStream random(5);
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ static_cast<char>(1U << random.below(8)));
    const std::string what = refusal(damaged);
    const bool in_magic = at < 8;
    ASSERT_THAT(what, HasSubstr(in_magic ? "is no file of statistics" : "is damaged")) << "byte " << at;
  }
}

TEST(StatisticsFile, NoLengthInAFileIsTrusted) {
  const std::string bytes = bytes_of(example(2, 1));
  std::size_t refused = 0;
  for (std::size_t at = 40; at + 8 <= bytes.size(); ++at) {
    const std::uint64_t value = at % 2 == 0 ? ~std::uint64_t{0} : std::uint64_t{1} << 62;
    std::string forged = bytes;
    std::memcpy(forged.data() + at, &value, sizeof(value));
    refused += refusal(signed_again(forged)).empty() ? 0 : 1;
  }
  EXPECT_GT(refused, bytes.size() / 2) << "most of such files cannot be read";
  base::RandomStream random(6);
  for (int i = 0; i < 2000; ++i) {
    std::string forged = bytes;
    for (std::uint64_t k = 0; k <= random.below(4); ++k) {
      forged[40 + random.below(forged.size() - 40)] = static_cast<char>(random.below(256));
    }
    refusal(signed_again(forged));
    refusal(signed_again(forged.substr(0, 40 + random.below(forged.size() - 40))));
  }
}

/// No file may become longer while it lives: what a full disk looks like.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    handler_ = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit before_{};
  void (*handler_)(int) = nullptr;
};

TEST(StatisticsFile, AFullDiskLeavesTheOldFile) {
  const TemporaryFolder folder;
  const Calibration calibration = example(1500, 1500);
  const Calibration old = example(3, 3);
  const fs::path path = folder / "s.octs";
  save_statistics(old, path);
  for (const rlim_t limit : {10U, 100U, 9000U, 20000U}) {
    std::string what;
    {
      const FileSizeLimit full(limit);
      try {
        save_statistics(calibration, path);
      } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::io);
        what = error.what();
      }
    }
    EXPECT_EQ(what,
              path.string() + ": cannot be written (File too large); free some space or choose another output folder");
    expect_equal(load_statistics(path), old);
    EXPECT_EQ(folder.files(), 1u);
  }
}

TEST(StatisticsFile, PackedNumbersComeBack) {
  std::vector<std::byte> bytes;
  std::vector<std::uint64_t> numbers{0, 1, 127, 128, 16383, 16384, 0xffffffff, ~std::uint64_t{0}};
  for (int shift = 0; shift < 64; ++shift) numbers.push_back(std::uint64_t{1} << shift);
  for (const std::uint64_t number : numbers) base::append_packed(bytes, number);
  std::span<const std::byte> rest(bytes);
  for (const std::uint64_t number : numbers) EXPECT_EQ(base::take_packed(rest), number);
  EXPECT_TRUE(rest.empty());
  EXPECT_THROW(base::take_packed(rest), base::Damaged);
  const std::vector<std::byte> too_long(11, std::byte{0xff});
  std::span<const std::byte> endless(too_long);
  EXPECT_THROW(base::take_packed(endless), base::Damaged);
}

}  // namespace
}  // namespace octune
