// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "report/benchmark_record.hpp"
#include "report/run_record.hpp"

namespace octune::report {
namespace {

constexpr std::size_t kSlowestLayers = 10;
constexpr std::size_t kLostLayers = 10;
constexpr std::size_t kLongestName = 56;
constexpr double kNotableShare = 0.01;  // of all layers together: less is noise

/// "1.53x faster", "1.20x slower" or "within noise".
std::string in_words(const evaluate::Ratio& ratio, Better better) {
  const std::string words = verdict(ratio, better);
  if (evaluate::within_noise(ratio)) return words;
  return fmt::format("{:.2f}x {}", std::max(ratio.value, 1 / ratio.value), words);
}

std::string interval_text(const evaluate::Ratio& ratio) {
  return fmt::format("{:.3f} ({:.3f} - {:.3f})", ratio.value, ratio.low, ratio.high);
}

/// The end of a name that is too long tells more than its beginning.
std::string shortened(const std::string& name) {
  return name.size() <= kLongestName ? name : "..." + name.substr(name.size() - kLongestName + 3);
}

enum class Align { left, right };

struct Column {
  std::string head;
  Align align = Align::right;
};

class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {
    std::vector<std::string> head;
    for (const Column& column : columns_) head.push_back(column.head);
    rows_.push_back(std::move(head));
  }

  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }

  void print(std::vector<std::string>& lines) const {
    std::vector<std::size_t> widths(columns_.size());
    for (const auto& row : rows_) {
      for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
    }
    for (const auto& row : rows_) {
      std::string line;
      for (std::size_t i = 0; i < row.size(); ++i) {
        if (i > 0) line += "  ";
        line += columns_[i].align == Align::left ? fmt::format("{:<{}}", row[i], widths[i])
                                                 : fmt::format("{:>{}}", row[i], widths[i]);
      }
      lines.push_back(line.substr(0, line.find_last_not_of(' ') + 1));
    }
  }

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

std::string percent_of(double part, double whole) {
  return fmt::format("{:.0f} %", whole > 0 ? 100 * part / whole : 0.0);
}

void print_latency(const BenchmarkRecord& record, std::vector<std::string>& lines) {
  Table table({{"model", Align::left},
               {"size"},
               {"median ms"},
               {"10 %"},
               {"90 %"},
               {"spread"},
               {"time / first (95 %)", Align::left}});
  for (std::size_t i = 0; i < record.latency.size(); ++i) {
    const evaluate::Latency& latency = record.latency[i];
    const evaluate::Ratio ratio{latency.ratio, latency.ratio_low, latency.ratio_high};
    table.add({record.candidates[i].label, size_text(record.candidates[i].bytes),
               fmt::format("{:.3f}", latency.median_ms), fmt::format("{:.3f}", latency.p10_ms),
               fmt::format("{:.3f}", latency.p90_ms), percent_of(latency.iqr_ms, latency.median_ms),
               i == 0 ? "1" : fmt::format("{}  {}", interval_text(ratio), in_words(ratio, Better::smaller))});
  }
  table.print(lines);
}

void print_throughput(const BenchmarkRecord& record, std::vector<std::string>& lines) {
  Table table({{"model", Align::left},
               {"size"},
               {"samples/s"},
               {"10 %"},
               {"90 %"},
               {"spread"},
               {"requests"},
               {"rate / first (95 %)", Align::left}});
  for (std::size_t i = 0; i < record.throughput.size(); ++i) {
    const evaluate::Throughput& rate = record.throughput[i];
    const evaluate::Ratio ratio{rate.ratio, rate.ratio_low, rate.ratio_high};
    table.add({record.candidates[i].label, size_text(record.candidates[i].bytes),
               fmt::format("{:.1f}", rate.median_per_s), fmt::format("{:.1f}", rate.p10_per_s),
               fmt::format("{:.1f}", rate.p90_per_s), percent_of(rate.iqr_per_s, rate.median_per_s),
               std::to_string(rate.requests),
               i == 0 ? "1" : fmt::format("{}  {}", interval_text(ratio), in_words(ratio, Better::larger))});
  }
  table.print(lines);
}

void print_verdicts(const BenchmarkRecord& record, std::vector<std::string>& lines) {
  const Better better = record.latency.empty() ? Better::larger : Better::smaller;
  if (!record.against_float.empty()) lines.emplace_back();
  bool pays = true;
  for (const AgainstFloat& comparison : record.against_float) {
    const std::string& quantized = record.candidates[comparison.quantized].label;
    const std::string& best = record.candidates[comparison.best_float].label;
    const std::string words = in_words(comparison.ratio, better);
    lines.push_back(evaluate::within_noise(comparison.ratio)
                        ? fmt::format("{} and the fastest float form, {}, do not differ beyond noise: {}", quantized,
                                      best, interval_text(comparison.ratio))
                        : fmt::format("{} is {} than the fastest float form, {}: {}", quantized, words, best,
                                      interval_text(comparison.ratio)));
    pays = pays && words.ends_with("faster");
  }
  if (!pays && record.layers.empty()) {
    lines.emplace_back("where int8 brings no speed, --layers shows which layers lose, and why");
  }
}

void print_kinds(const BenchmarkRecord& record, std::vector<std::string>& lines) {
  std::vector<Column> columns{{"kind of layer", Align::left}};
  for (const BenchmarkedModel& model : record.candidates) columns.push_back({model.label});
  Table table(std::move(columns));
  const auto cell = [](double milliseconds, std::size_t layers) {
    return layers == 0 ? "-      " : fmt::format("{:.3f} ms ({:>3})", milliseconds, layers);
  };
  for (const evaluate::KindTime& kind : evaluate::times_by_kind(record.layers)) {
    std::vector<std::string> row{kind.kind};
    for (std::size_t i = 0; i < kind.layers.size(); ++i) row.push_back(cell(kind.milliseconds[i], kind.layers[i]));
    table.add(std::move(row));
  }
  std::vector<std::string> row{"all"};
  for (const auto& layers : record.layers) row.push_back(cell(evaluate::total_of(layers), layers.size()));
  table.add(std::move(row));
  lines.emplace_back();
  lines.emplace_back("time by kind of layer (number of layers); measured layer by layer, which takes time itself:");
  table.print(lines);
}

void print_slowest(const BenchmarkedModel& model, std::vector<evaluate::LayerTime> layers,
                   std::vector<std::string>& lines) {
  const double total = evaluate::total_of(layers);
  std::stable_sort(layers.begin(), layers.end(), [](const evaluate::LayerTime& a, const evaluate::LayerTime& b) {
    return a.milliseconds > b.milliseconds;
  });
  if (layers.size() > kSlowestLayers) layers.resize(kSlowestLayers);
  lines.emplace_back();
  lines.push_back(fmt::format("slowest layers of {}:", model.label));
  Table table({{"ms"}, {"share"}, {"kind", Align::left}, {"executed by", Align::left}, {"layer", Align::left}});
  for (const evaluate::LayerTime& time : layers) {
    table.add({fmt::format("{:.3f}", time.milliseconds), percent_of(time.milliseconds, total), time.layer.layer_type,
               time.layer.primitive, shortened(time.layer.name)});
  }
  table.print(lines);
}

void print_lost(const BenchmarkRecord& record, const LayersAgainstFloat& comparison, std::vector<std::string>& lines) {
  const double notable = kNotableShare * evaluate::total_of(record.layers[comparison.best_float]);
  std::vector<const evaluate::LayerGroup*> lost;
  double sum = 0, rest = 0;
  for (const evaluate::LayerGroup& group : comparison.groups) {
    const double more = group.quantized_ms - group.float_ms;
    if (more <= 0) continue;
    sum += more;
    if (more >= notable && lost.size() < kLostLayers) {
      lost.push_back(&group);
    } else {
      rest += more;
    }
  }
  const std::string& quantized = record.candidates[comparison.quantized].label;
  const std::string& best = record.candidates[comparison.best_float].label;
  lines.emplace_back();
  if (lost.empty()) {
    lines.push_back(
        fmt::format("no layer of {} is notably slower than in {}: what differs lies between the layers, or "
                    "is noise",
                    quantized, best));
    return;
  }
  lines.push_back(fmt::format("where {} is slower than {}, {:.3f} ms in all:", quantized, best, sum));
  Table table({{"lost ms"}, {"float"}, {"int8"}, {"operation", Align::left}, {"why", Align::left}});
  for (const evaluate::LayerGroup* group : lost) {
    table.add({fmt::format("{:+.3f}", group->quantized_ms - group->float_ms), fmt::format("{:.3f}", group->float_ms),
               fmt::format("{:.3f}", group->quantized_ms), shortened(group->name), group->reason});
  }
  if (rest > 0) table.add({fmt::format("{:+.3f}", rest), "", "", "others", ""});
  table.print(lines);
  lines.emplace_back("operations stay in float with 'octune quantize ... --ignored-names NAME,...'");
}

/// Whether the screen has room for a candidate's layers: those of the fastest float form and the quantized ones, or
/// all.
bool is_compared(const BenchmarkRecord& record, std::size_t candidate) {
  const auto holds = [candidate](const AgainstFloat& pair) {
    return pair.quantized == candidate || pair.best_float == candidate;
  };
  return record.against_float.empty() || std::any_of(record.against_float.begin(), record.against_float.end(), holds);
}

}  // namespace

std::vector<std::string> summary(const BenchmarkRecord& record) {
  std::vector<std::string> lines;
  const std::size_t rounds = record.latency.empty() ? record.throughput.front().rounds : record.latency.front().rounds;
  lines.push_back(fmt::format("{}, {} thread{}; {}; {} rounds, the models in turn", record.cpu,
                              record.threads > 0 ? record.threads : record.cpu_features.cores,
                              (record.threads > 0 ? record.threads : record.cpu_features.cores) == 1 ? "" : "s",
                              record.data, rounds));
  record.latency.empty() ? print_throughput(record, lines) : print_latency(record, lines);
  print_verdicts(record, lines);
  if (record.layers.empty()) return lines;
  print_kinds(record, lines);
  for (std::size_t i = 0; i < record.layers.size(); ++i) {
    if (is_compared(record, i)) print_slowest(record.candidates[i], record.layers[i], lines);
  }
  for (const LayersAgainstFloat& comparison : record.layers_against_float) print_lost(record, comparison, lines);
  return lines;
}

}  // namespace octune::report
