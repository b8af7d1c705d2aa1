// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "data/open.hpp"
#include "octune/error.hpp"
#include "octune/evaluate.hpp"
#include "octune/metric.hpp"
#include "testing/models.hpp"
#include "testing/temporary_folder.hpp"

namespace octune {
namespace {

std::string file(const std::string& name) { return std::string(OCTUNE_PLUGIN_DIR) + "/" + name + ".so"; }
std::string spec(const std::string& library, const std::string& name) { return "lib:" + file(library) + ":" + name; }

std::unique_ptr<Dataset> open(const std::string& text, const data::Preprocess& preprocess = {}) {
  return data::open_dataset(text, {{"x", {1, 3, 16, 16}, ov::element::f32}}, preprocess);
}

/// The message of the Error{input} that `action` throws, without "<spec>: ".
template <class Action>
std::string refusal(const std::string& text, Action action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::input);
    const std::string message = error.what();
    EXPECT_TRUE(message.starts_with(text)) << message;
    return message.substr(std::min(message.size(), text.size()));
  }
  ADD_FAILURE() << text << ": nothing was thrown";
  return "";
}

std::string data_refusal(const std::string& name) {
  const std::string text = spec("faulty_plugin", name);
  return refusal(text, [&] { open(text)->sample(1); });
}

std::string metric_refusal(const std::string& name) {
  const std::string text = spec("faulty_plugin", name);
  ov::Tensor output(ov::element::f32, {2});
  output.data<float>()[0] = 5;
  return refusal(text, [&] { make_metric(text)->score({output}, Label("1")); });
}

TEST(PluginDataset, GivesSamplesByInputName) {
  const auto waves = open(spec("example_plugin", "waves"));
  ASSERT_EQ(waves->size(), 64u);
  EXPECT_EQ(waves->name(17), "wave 17");
  const Sample sample = waves->sample(3);
  ASSERT_EQ(sample.size(), 1u);
  const ov::Tensor& x = sample.at("x");
  EXPECT_EQ(x.get_element_type(), ov::element::f32);
  EXPECT_EQ(x.get_shape(), (ov::Shape{1, 3, 16, 16}));
  for (const std::size_t i : {std::size_t{0}, std::size_t{1}, std::size_t{767}}) {
    EXPECT_FLOAT_EQ(x.data<float>()[i], static_cast<float>(std::sin(4 * 0.05 * static_cast<double>(i))));
  }
}

TEST(PluginDataset, SamplesAreFedAsTheyAre) {
  const std::string text = spec("example_plugin", "waves");
  EXPECT_EQ(refusal(text, [&] { open(text, {.mean = {127.5}}); }),
            ": its samples are fed as they are, not with mean [127.5]; leave that out, or apply it in the library");
}

TEST(PluginDataset, WhatGoesWrongIsAnError) {
  EXPECT_EQ(data_refusal("throws"), ": an exception left the library (no such disk); catch it there and return a code");
  EXPECT_EQ(data_refusal("empty"), ": the data set is empty; it has to have samples");
  EXPECT_EQ(data_refusal("closed"), ": the folder FRAMES is not set; set it");
  EXPECT_EQ(data_refusal("type"),
            "[1]: a tensor has the unknown element type 99; octune/plugin.h lists those there are");
  EXPECT_EQ(data_refusal("negative"), "[1]: axis 1 of a tensor has the length -4; that cannot be");
  EXPECT_EQ(data_refusal("null"), "[1]: a tensor has no data; point to its values");
  EXPECT_EQ(data_refusal("rank"), "[1]: a tensor has a shape of 17 axes; give 0 to 16");
  EXPECT_EQ(data_refusal("twice"), "[1]: two tensors are called 'x'; give one an input");
  EXPECT_EQ(data_refusal("nothing"), "[1]: it has no tensors; give one an input");
  EXPECT_EQ(data_refusal("fails"), "[1]: failed with code 3 and without a message");
  EXPECT_EQ(data_refusal("number"), "[1]: an exception left the library; catch it there and return a code");
  EXPECT_EQ(data_refusal("long"), "[1]: " + std::string(1023, 'x'));
  EXPECT_EQ(data_refusal("lacking"), ": its table lacks the function size or sample; see octune/plugin.h");
}

TEST(PluginMetric, IsWhatItsTableSays) {
  const auto top1 = make_metric(spec("example_plugin", "top1"));
  EXPECT_EQ(top1->name(), "top1");
  EXPECT_TRUE(top1->higher_is_better());
  EXPECT_EQ(top1->aggregation(), Aggregation::mean);
  EXPECT_EQ(top1->reference(), MetricReference::labels);
  ASSERT_TRUE(top1->bounds());
  EXPECT_EQ(top1->bounds()->high, 1);

  const auto error = make_metric(spec("example_plugin", "largest_error"));
  EXPECT_FALSE(error->higher_is_better());
  EXPECT_EQ(error->aggregation(), Aggregation::corpus);
  EXPECT_EQ(error->reference(), MetricReference::float_outputs);
  EXPECT_FALSE(error->bounds());
}

ov::Tensor row(const std::vector<float>& values) {
  ov::Tensor tensor(ov::element::f32, {1, values.size()});
  std::copy(values.begin(), values.end(), tensor.data<float>());
  return tensor;
}

TEST(PluginMetric, ScoresAgainstLabelsAndFloatOutputs) {
  const std::string text = spec("example_plugin", "top1");
  const auto top1 = make_metric(text);
  EXPECT_EQ(top1->score({row({1, 3, 2})}, Label("1")), Score{1});
  EXPECT_EQ(top1->score({row({1, 3, 2})}, Label("2")), Score{0});
  EXPECT_EQ(top1->value(std::vector<Score>{{1}, {0}, {1}, {1}}), 0.75);
  EXPECT_EQ(refusal(text,
                    [&] {
                      top1->score({row({1, 3})}, Label("cat"));
                    }),
            ": the label 'cat' is no class; give its number");

  const auto error = make_metric(spec("example_plugin", "largest_error"));
  EXPECT_EQ(error->score({row({1, 3}), row({0})}, Outputs{row({1, 2.5F}), row({-2})}), Score{2});
  EXPECT_EQ(error->value(std::vector<Score>{{1}, {4}, {0.5}}), 4);

  const auto ratio = make_metric(spec("faulty_plugin", "ratio"));
  EXPECT_EQ(ratio->aggregation(), Aggregation::sums);
  EXPECT_EQ(ratio->value(std::vector<Score>{{1, 4}, {2, 5}}), 0.5) << "3 / (9 - 3)";
  EXPECT_EQ(refusal(spec("faulty_plugin", "ratio"),
                    [&] {
                      ratio->value(std::vector<Score>{{1, 1}});
                    }),
            ": the value is inf; it has to be finite");
}

TEST(PluginMetric, WhatGoesWrongIsAnError) {
  EXPECT_EQ(metric_refusal("infinite"), ": a score holds inf; give finite numbers");
  EXPECT_EQ(metric_refusal("long"), ": a score has 2 numbers; its table says score_length 1");
  EXPECT_EQ(metric_refusal("bounded"), ": a score is 5; its bounds are 0 and 1");
  EXPECT_EQ(metric_refusal("throws"),
            ": an exception left the library (no such class); catch it there and return a code");
  EXPECT_EQ(metric_refusal("no_value"), ": its table lacks the function value_of_sum; see octune/plugin.h");
  EXPECT_EQ(metric_refusal("aggregation"), ": its table has an unknown aggregation; see octune/plugin.h");
  EXPECT_EQ(metric_refusal("reference"), ": its table has an unknown reference; see octune/plugin.h");
  EXPECT_EQ(metric_refusal("length"), ": its table has a score_length other than 1; see octune/plugin.h");
  EXPECT_EQ(metric_refusal("bounds"), ": its table has bounds that are not in order; see octune/plugin.h");
}

std::string loading_refusal(const std::string& text) {
  return refusal(text, [&] { make_metric(text); });
}

TEST(Plugin, ALibraryThatCannotBeUsedSaysWhy) {
  EXPECT_EQ(loading_refusal("lib:/nowhere/mine.so:iou"),
            ": no such library '/nowhere/mine.so'; write lib:FILE:NAME, as lib:./libmine.so:name");
  EXPECT_EQ(loading_refusal(spec("no_plugin", "iou")),
            ": '" + file("no_plugin") +
                "' is no plugin of octune, it exports no function "
                "'octune_plugin_get'; octune/plugin.h describes what it needs");
  EXPECT_EQ(
      loading_refusal(spec("other_version_plugin", "iou")),
      ": '" + file("other_version_plugin") +
          "' was built for version 2 of the plugin interface, this octune has version 1; build it with this octune's "
          "octune/plugin.h");
  EXPECT_EQ(loading_refusal(spec("empty_plugin", "iou")),
            ": '" + file("empty_plugin") + "' offers no metrics; take another library");

  const octune::testing::TemporaryFolder folder;
  const std::string text = (folder.path() / "text.so").string();
  std::ofstream(text) << "no library";
  const std::string message = loading_refusal("lib:" + text + ":iou");
  EXPECT_TRUE(message.starts_with(": it cannot be loaded (")) << message;
  EXPECT_TRUE(message.ends_with("); give a shared library for this system")) << message;
}

TEST(Plugin, AnUnknownNameListsWhatThereIs) {
  EXPECT_EQ(loading_refusal(spec("example_plugin", "top")),
            ": '" + file("example_plugin") +
                "' offers no 'top' among its metrics; did you mean 'top1'? (known: top1, largest_error)");
  EXPECT_EQ(loading_refusal("lib:" + file("example_plugin")),
            ": no name; '" + file("example_plugin") + "' offers the metrics: top1, largest_error");
  EXPECT_EQ(refusal(spec("example_plugin", ""), [] { open(spec("example_plugin", "")); }),
            ": no name; '" + file("example_plugin") + "' offers the data sets: waves");
}

// All of it together: every sample is decoded, run and scored, and the labels may come from elsewhere.
TEST(Plugin, ItsDataAndItsMetricsWorkTogether) {
  const auto model = octune::testing::small_convnet();
  const auto waves = open(spec("example_plugin", "waves"));
  std::vector<std::unique_ptr<Metric>> metrics;
  metrics.push_back(make_metric(spec("example_plugin", "largest_error")));
  metrics.push_back(make_metric(spec("example_plugin", "top1")));
  metrics.push_back(make_metric("accuracy@top1"));
  const auto results = measure(model, *waves, Labels(64, Label("3")), metrics,
                               {.float_model = model, .precision = InferencePrecision::f32});
  ASSERT_EQ(results.size(), 3u);
  EXPECT_EQ(results[0].value, 0) << "a model differs from itself";
  EXPECT_EQ(results[0].scores.size(), 64u);
  EXPECT_EQ(results[1].value, results[2].value) << "the same metric, once from the library and once octune's";
}

}  // namespace
}  // namespace octune
