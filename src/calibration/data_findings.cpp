// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "calibration/data_findings.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <sstream>
#include <unordered_map>

#include "base/quantile.hpp"
#include "calibration/range_spread.hpp"

namespace octune::calibration {
namespace {

// Thresholds; docs/data_quality.md says where they come from.
constexpr std::size_t kMostFindings = 6;
constexpr double kManyCopies = 0.1;      // of the samples: a warning
constexpr double kManyConstants = 0.01;  // of the samples: a warning
constexpr double kNormalised = 20;       // normalised pixels reach less far than that
constexpr double kNarrowImage = 0.02;    // above 1/57, what a pixel's 0..255 become after / 255 and ImageNet's scale
constexpr double kFarInput = 20;         // times the median
constexpr double kFarActivations = 3;    // times the median
constexpr double kFewFar = 0.1;          // of the samples: more of them are no exceptions
constexpr std::size_t kEnoughForMedian = 10;  // samples
constexpr double kNoticeableMove = 0.05;      // of a range
constexpr double kLargeMove = 0.1;            // of a range: a warning
constexpr std::size_t kMostNames = 4;         // in one sentence

constexpr const char* kWhere = "calibration data: ";

/// Which of the shards a sample is in; 0 without shards.
std::size_t shard_of(const WatchedSamples& watched, std::size_t position) {
  const auto behind = std::find_if(watched.shards.begin(), watched.shards.end(),
                                   [&](const Shard& shard) { return shard.begin > position; });
  return static_cast<std::size_t>(std::max<std::ptrdiff_t>(behind - watched.shards.begin() - 1, 0));
}

std::string name_of(const WatchedSamples& watched, std::size_t position) {
  const WatchedSample& sample = watched.samples[position];
  // Of a sample that an earlier run watched, nothing but the fingerprint is known.
  if (!sample.watched && watched.shards.empty()) return fmt::format("sample number {}", position + 1);
  if (!sample.watched) {
    const Shard& shard = watched.shards[shard_of(watched, position)];
    return fmt::format("sample number {} of {}", position - shard.begin + 1, shard.name);
  }
  return fmt::format("'{}'", watched.dataset->name(sample.index));
}

std::size_t watched_count(const WatchedSamples& watched) {
  return static_cast<std::size_t>(std::count_if(watched.samples.begin(), watched.samples.end(),
                                                [](const WatchedSample& sample) { return sample.watched; }));
}

/// "'a', 'b' and 2 more".
std::string list_of(const std::vector<std::string>& names) {
  const std::size_t shown = std::min(names.size(), kMostNames);
  std::string text =
      fmt::format("{}", fmt::join(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(shown), ", "));
  if (shown < names.size()) text += fmt::format(" and {} more", names.size() - shown);
  return text;
}

/// "-2.118, -2.036, -1.804", "0" of a grey image.
std::string numbers_of(std::vector<double> values) {
  if (std::count(values.begin(), values.end(), values.front()) == std::ssize(values)) values.resize(1);
  for (double& value : values) value += 0.0;  // no negative zero
  return fmt::format("{:.4g}", fmt::join(values, ", "));
}

std::string shape_text(const ov::PartialShape& shape) {
  std::ostringstream text;
  text << shape;
  return text.str();
}

class Findings {
 public:
  Findings(const WatchedSamples& watched, const Statistics& statistics)
      : watched_(watched), statistics_(statistics), widths_(range_widths(statistics)), count_(watched_count(watched)) {}

  std::vector<DataFinding> all() {
    look_for_empty_samples();
    look_for_raw_pixels();
    look_for_narrow_images();
    look_for_folders_left_out();
    look_for_constant_samples();
    look_for_far_inputs();
    look_for_far_activations();
    look_for_few_samples();
    look_for_copies();
    look_for_bodies_never_entered();
    look_for_inputs_that_never_change();
    look_for_sizes_not_seen();
    return most_important(std::move(found_));
  }

 private:
  template <class... Values>
  void say(Severity severity, fmt::format_string<Values...> format, Values&&... values) {
    found_.push_back({severity, kWhere + fmt::format(format, std::forward<Values>(values)...), Evidence::samples});
  }

  /// What statistics or fingerprints tell.
  template <class... Values>
  void say_of_kept(Severity severity, fmt::format_string<Values...> format, Values&&... values) {
    found_.push_back({severity, kWhere + fmt::format(format, std::forward<Values>(values)...), Evidence::kept});
  }

  static Severity severity_if(bool serious) { return serious ? Severity::warning : Severity::info; }

  /// "1 of 300 samples is", "2 of 300 samples are".
  static std::string counted(std::size_t count, std::size_t of, const char* one, const char* several) {
    return fmt::format("{} of {} samples {}", count, of, count == 1 ? one : several);
  }

  /// Of a run that goes on only the samples of its own are known.
  std::string all_samples() const {
    if (count_ == watched_.samples.size()) return fmt::format("all {} samples", count_);
    return fmt::format("all {} samples that this run looked at", count_);
  }

  static const char* it(std::size_t count) { return count == 1 ? "it" : "them"; }

  struct Copies {
    std::size_t known = 0;   // samples with a fingerprint
    std::size_t copies = 0;  // that an earlier position has too
    std::size_t across = 0;  // of these: whose original is in another shard
    std::size_t example = 0, original = 0;
  };

  Copies copies() const {
    Copies result;
    std::unordered_map<std::uint64_t, std::size_t> first;
    for (std::size_t i = 0; i < watched_.samples.size(); ++i) {
      const auto& fingerprint = watched_.samples[i].fingerprint;
      if (!fingerprint) continue;
      ++result.known;
      const auto [found, is_new] = first.try_emplace(*fingerprint, i);
      if (is_new) continue;
      if (shard_of(watched_, i) != shard_of(watched_, found->second)) ++result.across;
      if (++result.copies == 1) {
        result.example = i;
        result.original = found->second;
      }
    }
    return result;
  }

  void look_for_copies() {
    const Copies seen = copies();
    if (seen.copies == 0) return;
    const bool many = static_cast<double>(seen.copies) > kManyCopies * static_cast<double>(seen.known);
    const std::string what =
        seen.across == 0
            ? fmt::format("leave {} out or give others", it(seen.copies))
            : fmt::format("for {} of them the other one is in another shard: make shards that do not overlap",
                          seen.across);
    say_of_kept(severity_if(many || seen.across != 0), "{} ({} of {}), which tells nothing new; {}",
                counted(seen.copies, seen.known, "is a copy of another", "are copies of others"),
                name_of(watched_, seen.example), name_of(watched_, seen.original), what);
  }

  void look_for_empty_samples() {
    std::size_t empty = 0, example = 0;
    for (std::size_t i = watched_.samples.size(); i-- > 0;) {
      if (!watched_.samples[i].watched || !watched_.samples[i].is_empty) continue;
      ++empty;
      example = i;
    }
    if (empty == 0) return;
    say(Severity::warning, "{} at all ({}); leave {} out", counted(empty, count_, "holds no value", "hold no value"),
        name_of(watched_, example), it(empty));
  }

  void look_for_raw_pixels() {
    for (const auto& [name, input] : watched_.inputs) {
      if (input.bright_images == 0) continue;
      if (input.byte_images < input.samples) {
        look_for_mixed_images(name, input);
        continue;
      }
      const ModelInput* own = model_input(name);
      if (own && own->normalised_inside) continue;
      say(Severity::warning,
          "the values of input '{}' are pixels as they are stored, whole numbers from {:g} to {:g}; unless the model "
          "{}was trained on such, give its mean and scale (--mean, --scale)",
          name, input.extent.low, input.extent.high, own ? "" : "normalises them or ");
    }
  }

  void look_for_mixed_images(const std::string& name, const WatchedInput& input) {
    // A few are the business of look_for_far_inputs().
    const bool few = static_cast<double>(input.bright_images) <= kFewFar * static_cast<double>(input.samples);
    if (few || input.other_extent.reach() > kNormalised) return;
    say(Severity::warning,
        "{} of {} images of input '{}' are pixels as they are stored, whole numbers up to {:g}, others are not; "
        "normalise all of them alike",
        input.bright_images, input.samples, name, input.extent.high);
  }

  /// Pixels that were divided twice.
  void look_for_narrow_images() {
    for (const auto& [name, input] : watched_.inputs) {
      if (input.images == 0 || input.images != input.samples || input.extent.is_point()) continue;
      const bool narrow = std::all_of(input.channels.begin(), input.channels.end(),
                                      [](const Interval& channel) { return channel.width() < kNarrowImage; });
      if (!narrow) continue;
      const Interval& channel = *std::max_element(input.channels.begin(), input.channels.end(),
                                                  [](const auto& a, const auto& b) { return a.width() < b.width(); });
      say(Severity::warning,
          "the images of input '{}' have next to no contrast: all values of a channel lie between {:.4g} and "
          "{:.4g}, as when pixels are scaled twice; check mean and scale (--mean, --scale)",
          name, channel.low, channel.high);
    }
  }

  /// The first samples of a sorted folder are of its first sub-folders, which often are classes.
  void look_for_folders_left_out() {
    if (watched_.dataset == nullptr || count_ != watched_.samples.size()) return;
    const std::size_t available = watched_.dataset->size();
    if (count_ >= available) return;
    const auto folder_of = [&](std::size_t index) {
      const std::string name = watched_.dataset->name(index);
      const std::size_t end = name.rfind('/');
      return end == std::string::npos ? std::string() : name.substr(0, end);
    };
    std::map<std::string, std::size_t> sizes;
    for (std::size_t i = 0; i < available; ++i) ++sizes[folder_of(i)];
    if (sizes.size() < 2) return;
    std::set<std::string> used;
    for (const WatchedSample& sample : watched_.samples) used.insert(folder_of(sample.index));
    double expected = 0;
    for (const auto& [folder, size] : sizes) {
      const double missed = 1 - static_cast<double>(size) / static_cast<double>(available);
      expected += 1 - std::pow(missed, static_cast<double>(count_));
    }
    if (2 * static_cast<double>(used.size()) >= expected) return;
    say(Severity::warning,
        "the {} samples come from {} of {} folders, random ones would come from about {:.0f}; take random ones "
        "(--shuffle)",
        count_, used.size(), sizes.size(), expected);
  }

  void look_for_few_samples() {
    const Copies seen = copies();
    const double distinct =
        seen.known == 0 ? 1 : static_cast<double>(seen.known - seen.copies) / static_cast<double>(seen.known);
    const std::size_t sequence = statistics_.sequence_length();
    const RangeMoves moves = range_moves(widths_, distinct, far_);
    if (moves.samples > 0 && moves.samples < 2) {
      say_of_kept(Severity::warning,
                  "there is one {} only{}: how much ranges differ from one to the next cannot be told; give more",
                  sequence == 1 ? "sample" : "sequence", seen.copies == 0 ? "" : ", copies apart");
      return;
    }
    const double typical = typical_move(moves);
    if (typical <= kNoticeableMove) return;
    const auto moving =
        std::count_if(moves.moves.begin(), moves.moves.end(), [](double move) { return move > kNoticeableMove; });
    const std::size_t wanted = samples_for(moves, kNoticeableMove);
    say_of_kept(severity_if(typical > kLargeMove),
                "with other {} of the same kind the ranges of {} of {} tensors would move by more than {:.0f} % (the "
                "furthest by {:.0f} %); {:.0f}{} are few, give about {}",
                sequence == 1 ? "samples" : "sequences", moving, moves.moves.size(), 100 * kNoticeableMove,
                100 * moves.moves.front(), moves.samples, seen.copies == 0 ? "" : " different ones", wanted);
  }

  /// The input that samples are judged by: the largest one of floating point that is not the same number everywhere in
  /// all samples, as states of zero are.
  std::optional<std::size_t> telling_input() const {
    std::optional<std::size_t> best;
    std::size_t number = 0, most_values = 0;
    for (const auto& [name, input] : watched_.inputs) {
      const bool varies = input.flats < input.samples || watched_.inputs.size() == 1;
      if (input.is_real && input.has_several && varies && input.values > most_values) {
        best = number;
        most_values = input.values;
      }
      ++number;
    }
    return best;
  }

  const WatchedInput& input_at(std::size_t number) const {
    return std::next(watched_.inputs.begin(), static_cast<std::ptrdiff_t>(number))->second;
  }

  void look_for_constant_samples() {
    const auto telling = telling_input();
    if (!telling || *telling >= WatchedSample::kInputs) return;
    std::size_t constants = 0;
    for (const WatchedSample& sample : watched_.samples) {
      if (sample.watched && (sample.flat_inputs >> *telling & 1) != 0) ++constants;
    }
    if (constants == 0) return;
    const WatchedInput& input = input_at(*telling);
    say(severity_if(static_cast<double>(constants) > kManyConstants * static_cast<double>(count_)),
        "{} the same everywhere ({}: {}), which makes averaged ranges too narrow; leave {} out",
        counted(constants, count_, "is", "are"), name_of(watched_, input.first_flat), numbers_of(input.flat_values),
        it(constants));
  }

  void look_for_far_inputs() {
    const auto telling = telling_input();
    if (!telling) return;
    std::vector<float> reaches;
    std::vector<std::size_t> positions;
    for (std::size_t i = 0; i < watched_.samples.size(); ++i) {
      const WatchedSample& sample = watched_.samples[i];
      if (!sample.watched || sample.widest_input != *telling || sample.reach == 0) continue;
      reaches.push_back(sample.reach);
      positions.push_back(i);
    }
    if (reaches.size() < kEnoughForMedian) return;
    std::vector<float> sorted = reaches;
    const double median = base::quantile(sorted, 0.5);
    std::size_t furthest = 0;
    for (std::size_t i = 0; i < reaches.size(); ++i) {
      if (reaches[i] > kFarInput * median) far_.insert(positions[i]);
      if (reaches[i] > reaches[furthest]) furthest = i;
    }
    if (far_.empty()) return;
    if (static_cast<double>(far_.size()) > kFewFar * static_cast<double>(reaches.size())) {
      far_.clear();
      return;
    }
    say(Severity::warning,
        "{} further than {:g} times the median of all ({:.4g}), {} to {:.4g}; look whether {} of another kind or not "
        "normalised",
        counted(far_.size(), count_, "reaches", "reach"), kFarInput, median, name_of(watched_, positions[furthest]),
        reaches[furthest], far_.size() == 1 ? "it is" : "they are");
  }

  void look_for_far_activations() {
    std::vector<FarSample> far = far_samples(widths_, kFarActivations);
    std::erase_if(far, [&](const FarSample& sample) { return far_.contains(sample.position); });
    if (far.empty() || static_cast<double>(far.size()) > kFewFar * static_cast<double>(statistics_.samples())) return;
    say_of_kept(
        Severity::warning,
        "{} the model out of proportion, {} to {:.1f} times the range of the median sample; look whether {} of another "
        "kind",
        counted(far.size(), statistics_.samples(), "excites", "excite"), name_of(watched_, far.front().position),
        far.front().ratio, far.size() == 1 ? "it is" : "they are");
    for (const FarSample& sample : far) far_.insert(sample.position);
  }

  void look_for_bodies_never_entered() {
    std::set<std::string> bodies;
    for (const StatisticRequest& request : statistics_.requests()) {
      const std::size_t end = request.tensor.node.rfind('|');
      if (end == std::string::npos || !statistics_.complete(request)) continue;
      if (was_never_computed(request)) bodies.insert(fmt::format("'{}'", request.tensor.node.substr(0, end)));
    }
    if (bodies.empty()) return;
    say_of_kept(Severity::info,
                "no sample entered {} {}, so nothing is known about what is inside; give samples that do",
                bodies.size() == 1 ? "the sub-graph" : "the sub-graphs", list_of({bodies.begin(), bodies.end()}));
  }

  bool was_never_computed(const StatisticRequest& request) const {
    if (request.reduction != Reduction::histogram) return statistics_.at(request).samples == 0;
    const std::vector<ValueHistogram>& histograms = statistics_.histograms(request);
    return histograms.empty() || histograms.front().count() == 0;
  }

  /// Masks that mask nothing, states that are always the first.
  void look_for_inputs_that_never_change() {
    if (count_ < 2 || watched_.inputs.size() < 2) return;
    std::vector<std::string> names;
    for (const auto& [name, input] : watched_.inputs) {
      if (!input.differs && input.extent.is_point())
        names.push_back(fmt::format("'{}' ({:g})", name, input.extent.low + 0.0));  // no negative zero
    }
    if (names.empty()) return;
    say(Severity::info,
        "{} {} the same in {}; what the model does with other values (padding behind a mask, a state of "
        "later steps) is not covered",
        (names.size() == 1 ? "input " : "inputs ") + list_of(names), names.size() == 1 ? "is" : "are", all_samples());
  }

  void look_for_sizes_not_seen() {
    std::vector<std::string> texts;
    for (const auto& [name, input] : watched_.inputs) {
      const ModelInput* own = model_input(name);
      if (!own || !input.shape || input.shape_differs || own->shape.rank().is_dynamic()) continue;
      ov::PartialShape behind_batch = own->shape;
      if (behind_batch.size() > 0) behind_batch[0] = 1;
      if (behind_batch.is_static()) continue;
      texts.push_back(fmt::format("'{}' {} ({} is allowed)", name, shape_text(*input.shape), shape_text(own->shape)));
    }
    if (texts.empty() || count_ < 2) return;
    say(Severity::info, "{} have the same shape, {}; other sizes are not covered", all_samples(), list_of(texts));
  }

  const ModelInput* model_input(const std::string& name) const {
    if (!watched_.model_inputs) return nullptr;
    const auto found = watched_.model_inputs->find(name);
    return found == watched_.model_inputs->end() ? nullptr : &found->second;
  }

  const WatchedSamples& watched_;
  const Statistics& statistics_;
  const std::vector<TensorWidths> widths_;
  const std::size_t count_;    // samples that were watched
  std::set<std::size_t> far_;  // positions of those that stand out
  std::vector<DataFinding> found_;
};

}  // namespace

std::vector<DataFinding> most_important(std::vector<DataFinding> findings) {
  std::stable_sort(findings.begin(), findings.end(), [](const DataFinding& a, const DataFinding& b) {
    return a.severity == Severity::warning && b.severity != Severity::warning;
  });
  if (findings.size() > kMostFindings) findings.resize(kMostFindings);
  return findings;
}

std::vector<DataFinding> data_findings(const WatchedSamples& watched, const Statistics& statistics) {
  return Findings(watched, statistics).all();
}

}  // namespace octune::calibration
