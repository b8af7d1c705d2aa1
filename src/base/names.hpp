// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/enum_names.hpp"
#include "octune/observer.hpp"
#include "octune/options.hpp"
#include "octune/statistics.hpp"

/// The spelling of the public enumerations, the same in options, files and reports.
namespace octune::base {

template <>
struct EnumNames<Mode> {
  static constexpr std::array<std::pair<Mode, std::string_view>, 2> table{
      {{Mode::symmetric, "symmetric"}, {Mode::asymmetric, "asymmetric"}}};
};
template <>
struct EnumNames<Granularity> {
  static constexpr std::array<std::pair<Granularity, std::string_view>, 2> table{
      {{Granularity::per_tensor, "pertensor"}, {Granularity::per_channel, "perchannel"}}};
};
template <>
struct EnumNames<EstimatorType> {
  static constexpr std::array<std::pair<EstimatorType, std::string_view>, 5> table{
      {{EstimatorType::min, "min"},
       {EstimatorType::max, "max"},
       {EstimatorType::abs_max, "abs_max"},
       {EstimatorType::quantile, "quantile"},
       {EstimatorType::abs_quantile, "abs_quantile"}}};
};
template <>
struct EnumNames<Aggregator> {
  static constexpr std::array<std::pair<Aggregator, std::string_view>, 7> table{
      {{Aggregator::mean, "mean"},
       {Aggregator::max, "max"},
       {Aggregator::min, "min"},
       {Aggregator::median, "median"},
       {Aggregator::mean_no_outliers, "mean_no_outliers"},
       {Aggregator::median_no_outliers, "median_no_outliers"},
       {Aggregator::hl_estimator, "hl_estimator"}}};
};
template <>
struct EnumNames<RangeSearch> {
  static constexpr std::array<std::pair<RangeSearch, std::string_view>, 4> table{{{RangeSearch::none, "none"},
                                                                                  {RangeSearch::histogram, "histogram"},
                                                                                  {RangeSearch::mse, "mse"},
                                                                                  {RangeSearch::kl, "kl"}}};
};
template <>
struct EnumNames<EstimatorPreset> {
  static constexpr std::array<std::pair<EstimatorPreset, std::string_view>, 5> table{
      {{EstimatorPreset::standard, "default"},
       {EstimatorPreset::quantile, "quantile"},
       {EstimatorPreset::histogram, "histogram"},
       {EstimatorPreset::mse, "mse"},
       {EstimatorPreset::kl, "kl"}}};
};
template <>
struct EnumNames<BiasCorrectionMethod> {
  static constexpr std::array<std::pair<BiasCorrectionMethod, std::string_view>, 3> table{
      {{BiasCorrectionMethod::none, "none"},
       {BiasCorrectionMethod::fast, "fast"},
       {BiasCorrectionMethod::sequential, "sequential"}}};
};
template <>
struct EnumNames<AlreadyQuantized> {
  static constexpr std::array<std::pair<AlreadyQuantized, std::string_view>, 2> table{
      {{AlreadyQuantized::refuse, "refuse"}, {AlreadyQuantized::requantize, "requantize"}}};
};
template <>
struct EnumNames<Preset> {
  static constexpr std::array<std::pair<Preset, std::string_view>, 3> table{
      {{Preset::performance, "performance"}, {Preset::mixed, "mixed"}, {Preset::accuracy, "accuracy"}}};
};
template <>
struct EnumNames<Collection> {
  static constexpr std::array<std::pair<Collection, std::string_view>, 2> table{
      {{Collection::common, "common"}, {Collection::everything, "everything"}}};
};
template <>
struct EnumNames<ModelType> {
  static constexpr std::array<std::pair<ModelType, std::string_view>, 3> table{
      {{ModelType::automatic, "auto"}, {ModelType::none, "none"}, {ModelType::transformer, "transformer"}}};
};
template <>
struct EnumNames<OverflowFix> {
  static constexpr std::array<std::pair<OverflowFix, std::string_view>, 4> table{
      {{OverflowFix::automatic, "auto"},
       {OverflowFix::first_layer, "first_layer"},
       {OverflowFix::all, "all"},
       {OverflowFix::off, "off"}}};
};
template <>
struct EnumNames<Severity> {
  static constexpr std::array<std::pair<Severity, std::string_view>, 4> table{{{Severity::debug, "debug"},
                                                                               {Severity::info, "info"},
                                                                               {Severity::warning, "warning"},
                                                                               {Severity::error, "error"}}};
};
template <>
struct EnumNames<Reduction> {
  static constexpr std::array<std::pair<Reduction, std::string_view>, 6> table{
      {{Reduction::min, "min"},
       {Reduction::max, "max"},
       {Reduction::mean, "mean"},
       {Reduction::quantile, "quantile"},
       {Reduction::abs_quantile, "abs_quantile"},
       {Reduction::histogram, "histogram"}}};
};

}  // namespace octune::base
