// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "calibration/data_quality.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <numeric>
#include <openvino/opsets/opset13.hpp>

#include "base/dataset_fingerprint.hpp"
#include "calibration/test_samples.hpp"

// What samples and their fingerprints tell.
namespace octune::calibration {
namespace {

namespace ops = ov::opset13;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kCopies =
    "calibration data: 1 of 12 samples is a copy of another ('s7' of 's2'), which tells nothing new; leave it out or "
    "give others";

/// A model with one input x; `first` makes the first operation from it.
template <class First>
std::shared_ptr<ov::Model> model_with(const ov::PartialShape& shape, const First& first) {
  const auto x = std::make_shared<ops::Parameter>(ov::element::f32, shape);
  x->get_output_tensor(0).set_names({"x"});
  const std::shared_ptr<ov::Node> operation = first(x);
  return std::make_shared<ov::Model>(ov::OutputVector{std::make_shared<ops::Relu>(operation)}, ov::ParameterVector{x});
}

std::shared_ptr<ov::Node> convolution(const ov::Output<ov::Node>& x) {
  const auto weights = ops::Constant::create(ov::element::f32, {2, 3, 1, 1}, std::vector<float>(6, 1));
  return std::make_shared<ops::Convolution>(x, weights, ov::Strides{1, 1}, ov::CoordinateDiff{0, 0},
                                            ov::CoordinateDiff{0, 0}, ov::Strides{1, 1});
}

TEST(DataQuality, IsSilentAboutGoodData) {
  EXPECT_THAT(findings(good_images()), IsEmpty());
  EXPECT_THAT(findings(Samples()), IsEmpty());
  EXPECT_THAT(findings(good_images(1)), IsEmpty());
}

// ---------------------------------------------------------------------------------------------------------- samples

TEST(DataQuality, NamesACopy) {
  Samples data = good_images();
  data.samples[7] = {{"x", noise({1, 3, 16, 16}, 3)}};
  EXPECT_THAT(findings(data), ElementsAre(std::string("info: ") + kCopies));
}

TEST(DataQuality, ManyCopiesAreAWarning) {
  Samples data = good_images();
  for (const std::size_t i : {4, 9}) data.samples[i] = data.samples[0];
  EXPECT_THAT(findings(data), ElementsAre("warning: calibration data: 2 of 12 samples are copies of others ('s4' of "
                                          "'s0'), which tells nothing new; leave them out or give others"));
}

TEST(DataQuality, SamplesThatDifferInOneInputAreNoCopies) {
  Samples data;
  for (std::int64_t i = 0; i < 12; ++i) {
    data.samples.push_back({{"a", noise({1, 8}, 1)}, {"b", integers({1, 2}, {i, 1 - i})}});
  }
  EXPECT_THAT(findings(data), IsEmpty());
}

TEST(DataQuality, NamesAConstantSample) {
  Samples data = good_images(100);
  data.names.assign(100, "image.png");
  data.names[40] = "black.png";
  data.samples[40] = {{"x", filled({1, 3, 16, 16}, -2)}};
  EXPECT_THAT(findings(data), ElementsAre("info: calibration data: 1 of 100 samples is the same everywhere "
                                          "('black.png': -2), which makes averaged ranges too narrow; leave it out"));
  data.samples[30] = {{"x", filled({1, 3, 16, 16}, 0)}};
  data.names[30] = "grey.png";
  EXPECT_THAT(findings(data), ElementsAre("warning: calibration data: 2 of 100 samples are the same everywhere "
                                          "('grey.png': 0), which makes averaged ranges too narrow; leave them out"));
}

TEST(DataQuality, ABlackImageStaysConstantWhenChannelsAreNormalised) {
  Samples data = good_images(100);
  ov::Tensor& black = data.samples[40]["x"];
  for (std::size_t i = 0; i < 3 * 256; ++i) black.data<float>()[i] = std::array{-2.1179F, -2.0357F, -1.8044F}[i / 256];
  EXPECT_THAT(findings(data),
              ElementsAre("info: calibration data: 1 of 100 samples is the same everywhere ('s40': -2.118, -2.036, "
                          "-1.804), which makes averaged ranges too narrow; leave it out"));
}

TEST(DataQuality, StatesOfZeroDoNotMakeASampleConstant) {
  Samples data;
  for (std::size_t i = 0; i < 12; ++i) {
    data.samples.push_back({{"h", filled({1, 1000}, 0)}, {"x", noise({1, 50}, i + 1)}});
  }
  const std::string states =
      "info: calibration data: input 'h' (0) is the same in all 12 samples; what the model does with other values "
      "(padding behind a mask, a state of later steps) is not covered";
  EXPECT_THAT(findings(data), ElementsAre(states));
  data.samples[5]["x"] = filled({1, 50}, 0);
  EXPECT_THAT(findings(data), ElementsAre("warning: calibration data: 1 of 12 samples is the same everywhere ('s5': "
                                          "0), which makes averaged ranges too narrow; leave it out",
                                          states));
}

TEST(DataQuality, NumbersWithoutAnAxisAreNotConstantSamples) {
  Samples data;
  for (std::size_t i = 0; i < 12; ++i) data.samples.push_back({{"x", noise({1}, i + 1)}});
  EXPECT_THAT(findings(data), IsEmpty());
}

TEST(DataQuality, NamesAnEmptySample) {
  Samples data;
  for (std::size_t i = 0; i < 12; ++i) data.samples.push_back({{"x", noise({1, i == 3 ? 0U : 8U}, i + 1)}});
  EXPECT_THAT(findings(data),
              ElementsAre("warning: calibration data: 1 of 12 samples holds no value at all ('s3'); leave it out"));
}

TEST(DataQuality, NamesTheSampleThatReachesFar) {
  Samples data = good_images();
  data.samples[6] = {{"x", pixels({1, 3, 16, 16}, 7)}};
  std::vector<float> reaches;
  for (std::size_t i = 0; i < 12; ++i) {
    const ov::Tensor& x = data.samples[i].at("x");
    reaches.push_back(0);
    for (std::size_t k = 0; k < x.get_size(); ++k) reaches[i] = std::max(reaches[i], std::abs(x.data<float>()[k]));
  }
  std::vector<float> sorted = reaches;
  std::sort(sorted.begin(), sorted.end());
  EXPECT_THAT(
      findings(data),
      ElementsAre(fmt::format("warning: calibration data: 1 of 12 samples reaches further than 20 times the median of "
                              "all ({:.4g}), 's6' to {:.4g}; look whether it is of another kind or not normalised",
                              (sorted[5] + sorted[6]) / 2, reaches[6])));
}

TEST(DataQuality, TwentyTimesTheMedianIsTheLimitForSamplesThatReachFar) {
  const auto with_factor = [](float factor) {
    Samples data;
    for (std::size_t i = 0; i < 10; ++i) data.samples.push_back({{"x", filled({1, 4}, 0)}});
    for (std::size_t i = 0; i < 10; ++i) {
      data.samples[i]["x"].data<float>()[i % 4] = i == 8 ? factor : 1;
      data.samples[i]["x"].data<float>()[3 - i % 4] = -0.01F * static_cast<float>(i);
    }
    return findings(data);
  };
  EXPECT_THAT(with_factor(19.9F), IsEmpty());
  EXPECT_THAT(with_factor(-20.1F),
              ElementsAre("warning: calibration data: 1 of 10 samples reaches further than 20 times the median of all "
                          "(1), 's8' to 20.1; look whether it is of another kind or not normalised"));
}

TEST(DataQuality, TwoKindsOfSamplesAreNotExceptions) {
  Samples data = good_images();
  for (std::size_t i = 0; i < 4; ++i) data.samples[i] = {{"x", noise({1, 3, 16, 16}, 50 + i, 100)}};
  EXPECT_THAT(findings(data), IsEmpty());
}

// ------------------------------------------------------------------------------------------------------ value ranges

Samples raw_images(const ov::Shape& shape = {1, 3, 16, 16}) {
  Samples data;
  for (std::size_t i = 0; i < 12; ++i) data.samples.push_back({{"x", pixels(shape, i + 1)}});
  return data;
}

TEST(DataQuality, RecognisesPixelsThatNobodyNormalised) {
  const std::string text =
      "warning: calibration data: the values of input 'x' are pixels as they are stored, whole numbers from 0 to 255; "
      "unless the model was trained on such, give its mean and scale (--mean, --scale)";
  const auto model = model_with({1, 3, 16, 16}, convolution);
  EXPECT_THAT(findings(raw_images(), Statistics(), model), ElementsAre(text));
  Samples one_fraction = raw_images();
  one_fraction.samples[11]["x"].data<float>()[700] = 0.5F;
  EXPECT_THAT(findings(one_fraction, Statistics(), model), IsEmpty());
  Samples with_dark = raw_images();
  for (std::size_t i = 0; i < 3 * 256; ++i) with_dark.samples[4]["x"].data<float>()[i] = static_cast<float>(i % 30);
  EXPECT_THAT(findings(with_dark, Statistics(), model), ElementsAre(text));
}

TEST(DataQuality, PixelsMayBeRightForAModelThatIsNotKnown) {
  EXPECT_THAT(
      findings(raw_images({1, 16, 16, 1})),
      ElementsAre(
          "warning: calibration data: the values of input 'x' are pixels as they are stored, whole numbers from 0 to "
          "255; unless the model normalises them or was trained on such, give its mean and scale (--mean, --scale)"));
}

TEST(DataQuality, PixelsAreRightForAModelThatNormalisesThem) {
  const auto number = [](float value) { return ops::Constant::create(ov::element::f32, {}, {value}); };
  const auto divides = [&](const ov::Output<ov::Node>& x) { return std::make_shared<ops::Divide>(x, number(255)); };
  const auto transposes_first = [&](const ov::Output<ov::Node>& x) {
    const auto order = ops::Constant::create(ov::element::i64, {4}, {0, 2, 3, 1});
    return std::make_shared<ops::Subtract>(std::make_shared<ops::Transpose>(x, order), number(127.5F));
  };
  EXPECT_THAT(findings(raw_images(), Statistics(), model_with({1, 3, 16, 16}, divides)), IsEmpty());
  EXPECT_THAT(findings(raw_images(), Statistics(), model_with({1, 3, 16, 16}, transposes_first)), IsEmpty());
}

TEST(DataQuality, SaysThatSomeImagesOnlyAreNormalised) {
  Samples data = good_images();
  for (const std::size_t i : {1, 5, 8}) data.samples[i] = {{"x", pixels({1, 3, 16, 16}, i)}};
  EXPECT_THAT(findings(data),
              ElementsAre("warning: calibration data: 3 of 12 images of input 'x' are pixels as they are stored, whole "
                          "numbers up to 255, others are not; normalise all of them alike"));
  for (Sample& sample : data.samples) sample["x"].data<float>()[0] = 100.5F;  // resized, but not normalised either
  data.samples[1] = {{"x", pixels({1, 3, 16, 16}, 1)}};
  data.samples[5] = {{"x", pixels({1, 3, 16, 16}, 5)}};
  EXPECT_THAT(findings(data), IsEmpty());
}

TEST(DataQuality, WholeNumbersThatAreNoPixels) {
  EXPECT_THAT(findings(raw_images({1, 4, 16, 16})), IsEmpty());  // no channels of colour
  EXPECT_THAT(findings(raw_images({1, 2048})), IsEmpty());       // bytes of a file
  Samples classes = raw_images();
  for (Sample& sample : classes.samples) {
    for (std::size_t i = 0; i < sample["x"].get_size(); ++i) sample["x"].data<float>()[i] /= 256;
    for (std::size_t i = 0; i < sample["x"].get_size(); ++i) {
      float& value = sample["x"].data<float>()[i];
      value = static_cast<float>(static_cast<int>(value * 20));
    }
  }
  EXPECT_THAT(findings(classes), IsEmpty());  // a map of 20 classes
}

/// What (pixel / 255 - mean) / deviation gives, if the pixels were divided by 255 before.
Samples scaled_twice(float again) {
  Samples data = raw_images();
  const std::array<float, 3> mean = {0.485F, 0.456F, 0.406F}, deviation = {0.229F, 0.224F, 0.225F};
  for (Sample& sample : data.samples) {
    for (std::size_t i = 0; i < sample["x"].get_size(); ++i) {
      float& value = sample["x"].data<float>()[i];
      value = (value / 255 / again - mean[i / 256]) / deviation[i / 256];
    }
  }
  return data;
}

TEST(DataQuality, RecognisesPixelsThatAreScaledTwice) {
  EXPECT_THAT(
      findings(scaled_twice(255)),
      ElementsAre(
          "warning: calibration data: the images of input 'x' have next to no contrast: all values of a channel lie "
          "between -2.036 and -2.018, as when pixels are scaled twice; check mean and scale (--mean, --scale)"));
  EXPECT_THAT(findings(scaled_twice(1)), IsEmpty());
}

// -------------------------------------------------------------------------------------------------------- coverage

TEST(DataQuality, NamesInputsThatNeverChange) {
  Samples data;
  for (std::int64_t i = 0; i < 12; ++i) {
    data.samples.push_back({{"ids", integers({1, 3}, {101, 2000 + i, 102})},
                            {"mask", integers({1, 3}, {1, 1, 1})},
                            {"positions", integers({1, 3}, {0, 1, 2})},
                            {"types", integers({1, 3}, {0, 0, 0})}});
  }
  EXPECT_THAT(
      findings(data),
      ElementsAre(
          "info: calibration data: inputs 'mask' (1), 'types' (0) are the same in all 12 samples; what the model "
          "does with other values (padding behind a mask, a state of later steps) is not covered"));
  data.samples[3]["mask"] = integers({1, 3}, {1, 1, 0});
  data.samples[4]["types"] = integers({1, 3}, {1, 1, 1});
  EXPECT_THAT(findings(data), IsEmpty());
}

TEST(DataQuality, ListsFourOfManyInputs) {
  Samples data;
  for (std::size_t i = 0; i < 12; ++i) {
    Sample sample = {{"x", noise({1, 8}, i + 1)}};
    for (const char* name : {"a", "b", "c", "d", "e", "f"}) sample[name] = filled({1, 8}, 0.5F);
    data.samples.push_back(sample);
  }
  EXPECT_THAT(findings(data), ElementsAre("info: calibration data: inputs 'a' (0.5), 'b' (0.5), 'c' (0.5), 'd' (0.5) "
                                          "and 2 more are the same in all 12 samples; what the model does with other "
                                          "values (padding behind a mask, a state of later steps) is not covered"));
}

TEST(DataQuality, SaysThatOtherSizesAreNotCovered) {
  const auto model = model_with({-1, 3, -1, -1}, convolution);
  EXPECT_THAT(findings(good_images(), Statistics(), model),
              ElementsAre("info: calibration data: all 12 samples have the same shape, 'x' [1,3,16,16] ([?,3,?,?] is "
                          "allowed); other sizes are not covered"));
  Samples sizes = good_images();
  sizes.samples[8] = {{"x", noise({1, 3, 16, 24}, 8)}};
  EXPECT_THAT(findings(sizes, Statistics(), model), IsEmpty());
  EXPECT_THAT(findings(good_images(), Statistics(), model_with({-1, 3, 16, 16}, convolution)), IsEmpty());
  EXPECT_THAT(findings(good_images(), Statistics(), model_with(ov::PartialShape::dynamic(4), convolution)),
              testing::SizeIs(1));
}

Samples folders(std::size_t available, std::size_t count, std::size_t folder_size) {
  Samples data = good_images(count);
  for (std::size_t i = 0; i < available; ++i) data.names.push_back(fmt::format("{}/{}.png", i / folder_size, i));
  return data;
}

TEST(DataQuality, SaysThatFoldersAreLeftOut) {
  EXPECT_THAT(findings(folders(100, 12, 10)),
              ElementsAre("warning: calibration data: the 12 samples come from 2 of 10 folders, random ones would come "
                          "from about 7; take random ones (--shuffle)"));
  EXPECT_THAT(findings(folders(100, 12, 4)), testing::SizeIs(1));  // 3 of 25, random 9.7
  EXPECT_THAT(findings(folders(100, 12, 2)), IsEmpty());           // 6 of 50, random 10.8
  EXPECT_THAT(findings(folders(100, 12, 50)), IsEmpty());          // 1 of 2
  EXPECT_THAT(findings(folders(12, 12, 3)), IsEmpty());            // all there are
  EXPECT_THAT(findings(folders(100, 12, 100)), IsEmpty());
}

TEST(DataQuality, LooksAtASampleOnce) {
  Samples data = good_images();
  DataQuality quality(data, 12);
  for (int pass = 0; pass < 2; ++pass) watch_all(data, quality);
  EXPECT_THAT(quality.findings(Statistics()), IsEmpty());
  EXPECT_EQ(quality.fingerprints().size(), 12);
}

TEST(DataQuality, GivesTheFingerprintsUpToTheFirstGap) {
  const Samples data = good_images();
  DataQuality quality(data, 12);
  EXPECT_THAT(quality.fingerprints(), IsEmpty());
  watch(data, 1, quality);
  EXPECT_THAT(quality.fingerprints(), IsEmpty());
  watch(data, 0, quality);
  watch(data, 3, quality);
  EXPECT_THAT(quality.fingerprints(), ElementsAre(base::fingerprint(data, 0), base::fingerprint(data, 1)));
}

TEST(DataQuality, SaysAgainWhatAnEarlierRunFoundInItsSamples) {
  Samples data = good_images();
  data.samples[1] = {{"x", filled({1, 3, 16, 16}, 0)}};
  DataQuality earlier(data, 12);
  for (std::size_t i = 0; i < 5; ++i) watch(data, i, earlier);
  std::vector<DataFinding> found = earlier.findings(Statistics(12));
  ASSERT_THAT(texts(found), ElementsAre("warning: calibration data: 1 of 5 samples is the same everywhere ('s1': 0), "
                                        "which makes averaged ranges too narrow; leave it out"));
  EXPECT_EQ(found[0].evidence, Evidence::samples);
  found.push_back({Severity::info, "calibration data: 5 are few", Evidence::kept});
  DataQuality later(data, 12, {.fingerprints = earlier.fingerprints(), .findings = found});
  for (std::size_t i = 5; i < 12; ++i) watch(data, i, later);
  found.pop_back();
  EXPECT_EQ(texts(later.findings(Statistics(12))), texts(found));
}

TEST(DataQuality, GoesOnBehindAnEarlierRun) {
  Samples data = good_images();
  data.samples[7] = data.samples[2];
  DataQuality earlier(data, 12);
  for (std::size_t i = 0; i < 5; ++i) watch(data, i, earlier);
  DataQuality later(data, 12, {.fingerprints = earlier.fingerprints()});
  EXPECT_EQ(later.fingerprints(), earlier.fingerprints());
  for (std::size_t i = 5; i < 12; ++i) watch(data, i, later);
  EXPECT_THAT(texts(later.findings(Statistics(12))),
              ElementsAre("info: calibration data: 1 of 12 samples is a copy of another ('s7' of sample number 3), "
                          "which tells nothing new; leave it out or give others"));
  DataQuality at_once(data, 12);
  watch_all(data, at_once);
  EXPECT_EQ(later.fingerprints(), at_once.fingerprints());
  EXPECT_THAT(texts(at_once.findings(Statistics(12))), ElementsAre(std::string("info: ") + kCopies));
}

}  // namespace
}  // namespace octune::calibration
