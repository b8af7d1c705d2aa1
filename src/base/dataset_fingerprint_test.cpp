// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "base/dataset_fingerprint.hpp"

#include <gtest/gtest.h>

#include <set>

#include "octune/error.hpp"

namespace octune::base {
namespace {

/// One sample; told apart from others by its values, or by what it says itself.
class One final : public Dataset {
 public:
  explicit One(Sample sample) : sample_(std::move(sample)) {}
  explicit One(std::uint64_t own) : own_(own) {}

  std::size_t size() const override { return 1; }
  Sample sample(std::size_t) const override {
    if (own_) throw Error(ErrorKind::internal, "decoded for nothing");
    return sample_;
  }
  std::optional<std::uint64_t> source_fingerprint(std::size_t) const override { return own_; }

 private:
  Sample sample_;
  std::optional<std::uint64_t> own_;
};

template <class T>
ov::Tensor tensor(const ov::Shape& shape, std::vector<T> values) {
  ov::Tensor result(ov::element::from<T>(), shape);
  std::copy(values.begin(), values.end(), result.data<T>());
  return result;
}

std::uint64_t of(const Sample& sample) {
  const One dataset{sample};
  EXPECT_EQ(fingerprint(dataset, 0), fingerprint(dataset, 0, sample));
  return fingerprint(dataset, 0);
}

TEST(Fingerprint, IsTheDatasetsOwnIfItHasOne) {
  const One dataset{std::uint64_t{42}};
  EXPECT_EQ(fingerprint(dataset, 0), 42u);
  EXPECT_EQ(fingerprint(dataset, 0, Sample{{"x", tensor<float>({1}, {1})}}), 42u);
}

TEST(Fingerprint, EveryPartOfASampleCounts) {
  EXPECT_EQ(of({{"x", tensor<float>({2}, {1, 2})}}), of({{"x", tensor<float>({2}, {1, 2})}}));
  const std::set<std::uint64_t> different{
      of({}),
      of({{"x", tensor<float>({2}, {1, 2})}}),
      of({{"x", tensor<float>({2}, {1, 3})}}),
      of({{"x", tensor<float>({1, 2}, {1, 2})}}),
      of({{"x", tensor<float>({2, 1}, {1, 2})}}),
      of({{"y", tensor<float>({2}, {1, 2})}}),
      of({{"x", tensor<std::int32_t>({2}, {1, 2})}}),
      of({{"x", tensor<std::uint32_t>({2}, {1, 2})}}),
      of({{"x", tensor<float>({1}, {1})}, {"y", tensor<float>({1}, {2})}}),
      of({{"x", tensor<float>({1}, {2})}, {"y", tensor<float>({1}, {1})}}),
      of({{"x", tensor<std::string>({2}, {"ab", "c"})}}),
      of({{"x", tensor<std::string>({2}, {"a", "bc"})}}),
  };
  EXPECT_EQ(different.size(), 12u);
}

TEST(Fingerprint, OfAPartOfATensorIsThatOfItsValues) {
  const ov::Tensor whole = tensor<float>({2, 3}, {1, 2, 3, 4, 5, 6});
  const ov::Tensor part(whole, ov::Coordinate{0, 1}, ov::Coordinate{2, 3});
  EXPECT_EQ(of({{"x", part}}), of({{"x", tensor<float>({2, 2}, {2, 3, 5, 6})}}));
}

}  // namespace
}  // namespace octune::base
