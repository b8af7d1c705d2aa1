// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "data/npy.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <openvino/core/type/bfloat16.hpp>
#include <openvino/core/type/float16.hpp>

#include "data/test_files.hpp"

namespace octune::data {
namespace {

using test::bytes_of;
using test::error_of;
using test::npy;
using test::Order;
using testing::ElementsAre;
using testing::ElementsAreArray;

NpyArray parse(const std::string& file) {
  std::vector<std::byte> bytes(file.size());
  std::memcpy(bytes.data(), file.data(), file.size());
  return NpyArray::parse(Bytes::own(std::move(bytes)), "x.npy");
}

template <class T>
std::vector<T> row(const NpyArray& array, std::size_t index) {
  std::vector<T> values(array.row_size());
  array.read_row(index, values.data());
  return values;
}

/// Values -2..9 (or 0..11 if unsigned) as `T`, in both byte orders, read as `Out`.
template <class T, class Out>
void check_type(const std::string& letter, T first) {
  std::vector<T> values;
  std::vector<Out> expected;
  for (int i = 0; i < 12; ++i) {
    values.push_back(static_cast<T>(first + static_cast<T>(i)));
    expected.push_back(static_cast<Out>(values.back()));
  }
  for (const bool big : {false, true}) {
    const std::string bytes = big ? test::swapped(bytes_of(values), sizeof(T)) : bytes_of(values);
    const NpyArray array = parse(npy((big ? ">" : "<") + letter, {2, 6}, bytes));
    EXPECT_THAT(row<Out>(array, 0), ElementsAreArray(expected.begin(), expected.begin() + 6)) << letter << big;
    EXPECT_THAT(row<Out>(array, 1), ElementsAreArray(expected.begin() + 6, expected.end())) << letter << big;
  }
}

TEST(Npy, EveryNumericTypeInBothByteOrders) {
  check_type<std::int8_t, float>("i1", -2);
  check_type<std::int16_t, float>("i2", -2);
  check_type<std::int32_t, float>("i4", -2);
  check_type<std::int64_t, float>("i8", -2);
  check_type<std::uint8_t, float>("u1", 0);
  check_type<std::uint16_t, float>("u2", 0);
  check_type<std::uint32_t, float>("u4", 0);
  check_type<std::uint64_t, float>("u8", 0);
  check_type<float, float>("f4", -2);
  check_type<double, float>("f8", -2);
  check_type<float, double>("f4", -2);
  check_type<double, double>("f8", -2);
  check_type<std::int16_t, std::int64_t>("i2", -2);
  check_type<std::int64_t, std::int32_t>("i8", -2);
  check_type<std::uint8_t, std::int64_t>("u1", 0);
  check_type<std::uint32_t, std::uint8_t>("u4", 0);
  check_type<std::int64_t, std::int64_t>("i8", std::int64_t{1} << 60);
  check_type<std::uint64_t, std::uint64_t>("u8", std::uint64_t{1} << 63);
}

TEST(Npy, HalfPrecisionIsWidenedAndNarrowed) {
  // 1, -2, 65504 (largest), 2^-24 (smallest), from IEEE 754-2008.
  const std::vector<std::uint16_t> bits{0x3c00, 0xc000, 0x7bff, 0x0001};
  const NpyArray array = parse(npy("<f2", {1, 4}, bytes_of(bits)));
  EXPECT_THAT(row<float>(array, 0), ElementsAre(1.f, -2.f, 65504.f, 5.9604644775390625e-8f));
  const NpyArray big = parse(npy(">f2", {1, 4}, test::swapped(bytes_of(bits), 2)));
  EXPECT_THAT(row<double>(big, 0), ElementsAre(1., -2., 65504., 5.9604644775390625e-8));

  const NpyArray wide = parse(npy({0.5f, 3.f}, {1, 2}));
  EXPECT_THAT(row<ov::float16>(wide, 0), ElementsAre(ov::float16(0.5f), ov::float16(3.f)));
  EXPECT_THAT(row<ov::bfloat16>(wide, 0), ElementsAre(ov::bfloat16(0.5f), ov::bfloat16(3.f)));
}

TEST(Npy, BooleansAreZeroAndOne) {
  const NpyArray array = parse(npy("|b1", {3}, std::string("\0\1\1", 3)));
  EXPECT_THAT(row<float>(array, 1), ElementsAre(1.f));
  EXPECT_THAT(row<char>(array, 0), ElementsAre('\0'));
  EXPECT_EQ(array.row_text(2), "1");
}

TEST(Npy, IntegersBecomeBooleansByBeingZeroOrNot) {
  const NpyArray array = parse(npy("<i4", {1, 3}, bytes_of<std::int32_t>({0, 256, -1})));
  EXPECT_THAT(row<char>(array, 0), ElementsAre('\0', '\1', '\1'));
}

TEST(Npy, AllVersionsOfTheFormat) {
  for (const int version : {1, 2, 3}) {
    const NpyArray array = parse(npy("<i2", {2, 1}, bytes_of<std::int16_t>({5, 6}), Order::c, version));
    EXPECT_THAT(row<float>(array, 1), ElementsAre(6.f)) << version;
  }
}

// A tensor written in Fortran order gives the rows of the same tensor written in C order, whatever its shape.
TEST(Npy, FortranOrderGivesTheSameRows) {
  for (const std::vector<std::size_t>& shape :
       {std::vector<std::size_t>{5}, {2, 3}, {3, 2, 4}, {2, 3, 1, 5}, {4, 1}, {1, 7, 2}}) {
    std::size_t size = 1;
    for (const std::size_t length : shape) size *= length;
    std::vector<std::int32_t> c_order(size);
    std::vector<std::int32_t> fortran(size);
    for (std::size_t flat = 0; flat < size; ++flat) {
      c_order[flat] = static_cast<std::int32_t>(flat);
      std::size_t rest = flat;
      std::vector<std::size_t> index(shape.size());
      for (std::size_t axis = shape.size(); axis-- > 0; rest /= shape[axis]) index[axis] = rest % shape[axis];
      std::size_t target = 0;
      for (std::size_t axis = shape.size(); axis-- > 0;) target = target * shape[axis] + index[axis];
      fortran[target] = c_order[flat];
    }
    const NpyArray a = parse(npy("<i4", shape, bytes_of(c_order)));
    const NpyArray b = parse(npy("<i4", shape, bytes_of(fortran), Order::fortran));
    for (std::size_t i = 0; i < shape[0]; ++i) EXPECT_EQ(row<float>(a, i), row<float>(b, i));
    EXPECT_EQ(row<float>(a.as_single_row(), 0), row<float>(b.as_single_row(), 0));
  }
}

TEST(Npy, ShapesAreSplitIntoRows) {
  const NpyArray array = parse(npy("<f4", {2, 3, 4}, std::string(96, '\0')));
  EXPECT_EQ(array.rows(), 2u);
  EXPECT_THAT(array.row_shape(), ElementsAre(3u, 4u));
  EXPECT_EQ(array.row_size(), 12u);
  const NpyArray single = array.as_single_row();
  EXPECT_EQ(single.rows(), 1u);
  EXPECT_THAT(single.row_shape(), ElementsAre(2u, 3u, 4u));
  EXPECT_EQ(single.row_size(), 24u);
  EXPECT_EQ(parse(npy("<f4", {0, 3}, "")).rows(), 0u);
}

TEST(Npy, StringsBecomeUtf8WithoutPadding) {
  const std::vector<std::uint32_t> codes{'a', 0xe9, 0, 0x4e2d, 0x1f600, 0};
  EXPECT_EQ(parse(npy("<U3", {2}, bytes_of(codes))).row_text(0), "a\u00e9");
  EXPECT_EQ(parse(npy("<U3", {2}, bytes_of(codes))).row_text(1), "\u4e2d\U0001f600");
  EXPECT_EQ(parse(npy(">U3", {2}, test::swapped(bytes_of(codes), 4))).row_text(1), "\u4e2d\U0001f600");
  EXPECT_EQ(parse(npy("|S4", {2}, std::string("cat\0fish", 8))).row_text(0), "cat");
  EXPECT_EQ(parse(npy("|S4", {2}, std::string("cat\0fish", 8))).row_text(1), "fish");
  EXPECT_EQ(parse(npy("<U0", {2}, "")).row_text(1), "");
}

TEST(Npy, NumbersBecomeText) {
  EXPECT_EQ(parse(npy("<i8", {2}, bytes_of<std::int64_t>({-7, 1}))).row_text(0), "-7");
  EXPECT_EQ(parse(npy("<u8", {1}, bytes_of<std::uint64_t>({~std::uint64_t{0}}))).row_text(0), "18446744073709551615");
  EXPECT_EQ(parse(npy({0.1f, 2.f}, {2})).row_text(0), "0.1");
  EXPECT_EQ(parse(npy("<f8", {1}, bytes_of<double>({0.1}))).row_text(0), "0.1");
  EXPECT_EQ(parse(npy("|i1", {1, 3}, std::string("\1\0\1", 3))).row_text(0), "1 0 1");
}

TEST(Npy, IntegersThatDoNotFitAreReported) {
  const NpyArray array = parse(npy("<i4", {2, 1}, bytes_of<std::int32_t>({1, 300})));
  EXPECT_THAT(row<std::uint8_t>(array, 0), ElementsAre(1));
  EXPECT_EQ(error_of([&] { row<std::uint8_t>(array, 1); }),
            "x.npy[1]: a value of '<i4' does not fit the input's type; check the data");
  const NpyArray negative = parse(npy("<i4", {1, 1}, bytes_of<std::int32_t>({-1})));
  EXPECT_NE(error_of([&] { row<std::uint64_t>(negative, 0); }), "");
}

TEST(Npy, WhatCannotBeReadSaysWhy) {
  EXPECT_EQ(error_of([] { parse("no array at all"); }), "x.npy: is no .npy array; write it with numpy.save");
  EXPECT_EQ(error_of([] { parse(npy("|O", {1}, "x")); }),
            "x.npy: holds Python objects, which are not read because that would run code; convert it with astype() to "
            "numbers "
            "or strings");
  EXPECT_EQ(
      error_of([] { parse(npy("<c8", {1}, std::string(8, 'x'))); }),
      "x.npy: arrays of type '<c8' cannot be read; write booleans, integers, float16, float32, float64 or strings");
  EXPECT_EQ(error_of([] {
              parse(test::npy_with_header("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", ""));
            }),
            "x.npy: holds records with several fields; write one array for each field");
  EXPECT_EQ(error_of([] {
              parse(npy("<f4", {3, 2}, std::string(20, 'x')));
            }),
            "x.npy: is cut off: shape [3,2] of '<f4' needs 24 bytes, 20 are there; write it again");
  EXPECT_EQ(error_of([] {
              parse(npy("<f4", {std::size_t{1} << 62, 2}, ""));
            }),
            "x.npy: is cut off: shape [4611686018427387904,2] of '<f4' needs more than 2^64 bytes, 0 are there; write "
            "it again");
  EXPECT_EQ(error_of([] { parse(npy("<f4", {1}, "", Order::c, 4)); }),
            "x.npy: .npy version 4.0 is not known; versions 1 to 3 are read");
  EXPECT_EQ(error_of([] { parse(npy("<f4", {1}, "1234").substr(0, 30)); }),
            "x.npy: the .npy header is damaged (it ends early); write it again with numpy.save");
  EXPECT_EQ(error_of([] { parse(test::npy_with_header("{'descr': '<f4', 'shape': (1,), }", "1234")); }),
            "x.npy: the .npy header is damaged ('descr', 'fortran_order' or 'shape' is missing); write it again with "
            "numpy.save");
  EXPECT_EQ(error_of([] { parse(npy("<f4", {}, "1234")).rows(); }),
            "x.npy: is a single value; the first axis counts the samples, write an array with one row a sample");
  EXPECT_EQ(error_of([] { parse(npy("<U1", {1}, bytes_of<std::uint32_t>({0xd800}))).row_text(0); }),
            "x.npy: holds 0xd800, which is no character; write the strings again");
}

TEST(Npy, NoDamagedHeaderDoesHarm) {
  const std::string whole = npy("<f4", {2, 3}, std::string(24, '\0'));
  for (std::size_t at = 0; at < 80; ++at) {
    for (const char value : {'\0', ' ', '9', '\'', ')', '\xff'}) {
      std::string damaged = whole;
      damaged[at] = value;
      try {
        const NpyArray array = parse(damaged);
        if (array.rows() != 0 && array.type().kind == NpyKind::floating) row<float>(array, array.rows() - 1);
      } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::input) << error.what();
      }
    }
  }
}

TEST(Npz, KeysAreMembersWithoutTheirEnding) {
  const test::TemporaryFolder folder;
  const NpzFile file(folder.write("d.npz", test::zip({{"x.npy", npy({1.f, 2.f}, {2, 1})}, {"readme.txt", "hello"}})));
  EXPECT_THAT(file.keys(), ElementsAre("x"));
  EXPECT_THAT(row<float>(file.array("x"), 1), ElementsAre(2.f));
  EXPECT_EQ(error_of([&] { file.array("X"); }), (folder / "d.npz") + ": has no key 'X'; did you mean 'x'? (known: x)");
}

TEST(Npz, TheKeyBeginsBehindTheEnding) {
  const auto plain = split_npz_key("dir/data.npz:c_x");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->file, "dir/data.npz");
  EXPECT_EQ(plain->key, "c_x");
  EXPECT_EQ(split_npz_key("data.npz:input:0")->key, "input:0");
  EXPECT_EQ(split_npz_key("data.npz:input:0")->file, "data.npz");
  EXPECT_EQ(split_npz_key("old.npz:1/data.npz:x")->file, "old.npz:1/data.npz");
  EXPECT_FALSE(split_npz_key("data.npz"));
  EXPECT_FALSE(split_npz_key("data.npy:x"));
}

}  // namespace
}  // namespace octune::data
