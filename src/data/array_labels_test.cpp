// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "data/array_labels.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/open.hpp"
#include "data/test_files.hpp"

namespace octune::data {
namespace {

using test::bytes_of;
using test::npy;
using testing::ElementsAre;

class Samples : public Dataset {
 public:
  std::size_t size() const override { return 2; }
  Sample sample(std::size_t) const override { return {}; }
};

template <class T>
std::vector<T> values(const ov::Tensor& tensor) {
  const T* data = tensor.data<const T>();
  return {data, data + tensor.get_size()};
}

TEST(ArrayLabels, RowsWithAxesAreTensors) {
  const test::TemporaryFolder folder;
  const std::string path = folder.write("y.npy", npy("<i2", {2, 2, 3},
                                                     bytes_of<std::int16_t>({1, 2, 3, 4, 5, 6,  //
                                                                             7, 8, 9, 10, 11, -12})));
  Labels labels = read_labels(path, Samples());
  EXPECT_TRUE(labels[0].text.empty());
  EXPECT_EQ(labels[1].values.get_element_type(), ov::element::i16);
  EXPECT_EQ(labels[1].values.get_shape(), (ov::Shape{2, 3}));
  EXPECT_THAT(values<std::int16_t>(labels[0].values), ElementsAre(1, 2, 3, 4, 5, 6));
  const Label kept = labels[1];
  labels.clear();  // a label keeps the file alive by itself
  EXPECT_THAT(values<std::int16_t>(kept.values), ElementsAre(7, 8, 9, 10, 11, -12));
}

TEST(ArrayLabels, LongRowsAreTensorsAndShortOnesText) {
  const test::TemporaryFolder folder;
  const std::size_t longer = kMostValuesAsText + 1;
  const std::string long_rows = folder.write("l.npy", npy(std::vector<float>(2 * longer, 0.5F), {2, longer}));
  EXPECT_EQ(read_labels(long_rows, Samples())[0].values.get_shape(), (ov::Shape{longer}));
  const std::string short_rows =
      folder.write("s.npy", npy(std::vector<float>(2 * kMostValuesAsText, 0.5F), {2, kMostValuesAsText}));
  EXPECT_FALSE(read_labels(short_rows, Samples())[0].values);
  EXPECT_TRUE(read_labels(short_rows, Samples())[0].text.starts_with("0.5 0.5"));
}

TEST(ArrayLabels, AlignedRowsAreViewsOfTheFileAndOthersCopies) {
  const test::TemporaryFolder folder;
  const auto gap = [&](const std::string& spec) {
    const Labels labels = read_labels(spec, Samples());
    return static_cast<const char*>(labels[1].values.data()) - static_cast<const char*>(labels[0].values.data());
  };
  const std::vector<float> rows{1, 2, 3, 4};
  EXPECT_EQ(gap(folder.write("y.npy", npy(rows, {2, 1, 2}))), 8);
  // In an archive the values begin anywhere; a name that makes it odd.
  const std::string archive = folder.write("d.npz", test::zip({{"abc.npy", npy(rows, {2, 1, 2})}}));
  const Labels labels = read_labels(archive + ":abc", Samples());
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(labels[1].values.data()) % 4, 0U);
  EXPECT_THAT(values<float>(labels[1].values), ElementsAre(3, 4));
}

TEST(ArrayLabels, OtherOrdersOfBytesAndAxes) {
  const test::TemporaryFolder folder;
  const std::string swapped =
      folder.write("s.npy", npy(">f8", {2, 1, 2}, test::swapped(bytes_of<double>({0.25, 2, 3, 4}), sizeof(double))));
  EXPECT_THAT(values<double>(read_labels(swapped, Samples())[0].values), ElementsAre(0.25, 2));
  const std::string fortran =
      folder.write("f.npy", npy("|u1", {2, 2, 2}, std::string("\1\5\3\7\2\6\4\x8", 8), test::Order::fortran));
  EXPECT_THAT(values<std::uint8_t>(read_labels(fortran, Samples())[0].values), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(values<std::uint8_t>(read_labels(fortran, Samples())[1].values), ElementsAre(5, 6, 7, 8));
}

}  // namespace
}  // namespace octune::data
