// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "data/zip.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/test_files.hpp"

namespace octune::data {
namespace {

using test::error_of;
using test::Packing;
using test::ZipOptions;

std::string text(const Bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.view().data()), bytes.view().size()};
}

std::string repeated(std::size_t size) {
  std::string content;
  for (std::size_t i = 0; i < size; ++i) content.push_back(static_cast<char>(i * i % 251));
  return content;
}

class ZipVariants : public testing::TestWithParam<std::tuple<Packing, bool, bool, const char*>> {};

TEST_P(ZipVariants, EveryMemberIsReadBack) {
  const test::TemporaryFolder folder;
  const auto [packing, zip64, descriptor, comment] = GetParam();
  ZipOptions options;
  options.packing = packing;
  options.zip64 = zip64;
  options.data_descriptor = descriptor;
  options.comment = comment;
  const std::vector<std::pair<std::string, std::string>> members{
      {"b.npy", repeated(100'000)}, {"a.npy", "short"}, {"folder/empty", ""}};
  const ZipArchive archive(folder.write("x.npz", test::zip(members, options)));
  EXPECT_THAT(archive.names(), testing::ElementsAre("a.npy", "b.npy", "folder/empty"));
  for (const auto& [name, content] : members) {
    EXPECT_EQ(text(archive.member(name)), content) << name;
    EXPECT_TRUE(archive.contains(name));
  }
  EXPECT_FALSE(archive.contains("c.npy"));
}

INSTANTIATE_TEST_SUITE_P(All, ZipVariants,
                         testing::Combine(testing::Values(Packing::stored, Packing::deflated), testing::Bool(),
                                          testing::Bool(), testing::Values("", "a comment with PK\5\6 inside")));

TEST(Zip, AStoredMemberIsNotCopied) {
  const test::TemporaryFolder folder;
  const ZipArchive archive(folder.write("x.npz", test::zip({{"a", "abc"}})));
  EXPECT_EQ(archive.member("a").view().data(), archive.member("a").view().data());
}

TEST(Zip, MembersOutliveTheArchive) {
  const test::TemporaryFolder folder;
  const std::string path = folder.write("x.npz", test::zip({{"a", "abc"}}));
  const Bytes member = ZipArchive(path).member("a");
  std::filesystem::remove(path);
  EXPECT_EQ(text(member), "abc");
}

TEST(Zip, WhatIsNoArchiveSaysSo) {
  const test::TemporaryFolder folder;
  const std::string path = folder.write("x.npz", "hello, this is just some text");
  EXPECT_EQ(error_of([&] { ZipArchive archive(path); }), path + ": is no zip archive; write it with numpy.savez");
  const std::string empty = folder.write("e.npz", "");
  EXPECT_EQ(error_of([&] { ZipArchive archive(empty); }), empty + ": is no zip archive; write it with numpy.savez");
  EXPECT_EQ(error_of([&] { ZipArchive archive(folder / "none.npz"); }),
            (folder / "none.npz") + ": does not exist; check the path");
  EXPECT_EQ(error_of([&] { ZipArchive archive(folder.text()); }), folder.text() + ": is a folder; name a file");
}

TEST(Zip, ACutArchiveSaysSo) {
  const test::TemporaryFolder folder;
  const std::string whole = test::zip({{"a", repeated(1000)}});
  const std::string path = folder.write("x.npz", whole.substr(0, whole.size() - 30));
  EXPECT_EQ(error_of([&] { ZipArchive archive(path); }),
            path + ": the archive is damaged or incomplete (its directory is missing); write it again");
}

TEST(Zip, OtherCompressionsAndEncryptionAreRefused) {
  const test::TemporaryFolder folder;
  ZipOptions options;
  options.method = 14;
  const std::string path = folder.write("x.npz", test::zip({{"a", "abc"}}, options));
  EXPECT_EQ(error_of([&] { ZipArchive(path).member("a"); }),
            path + ":a: compression method 14 is not supported; write it with numpy.savez or numpy.savez_compressed");
  options = {};
  options.flags = 1;
  const std::string secret = folder.write("y.npz", test::zip({{"a", "abc"}}, options));
  EXPECT_EQ(error_of([&] { ZipArchive(secret).member("a"); }),
            secret + ":a: is encrypted; write it with numpy.savez or numpy.savez_compressed");
}

TEST(Zip, AFlippedBitInCompressedDataIsFound) {
  const test::TemporaryFolder folder;
  ZipOptions options;
  options.packing = Packing::deflated;
  std::string archive = test::zip({{"a", repeated(5000)}}, options);
  archive[200] = static_cast<char>(archive[200] ^ 0x10);
  const std::string path = folder.write("x.npz", archive);
  EXPECT_THAT(error_of([&] { ZipArchive(path).member("a"); }),
              testing::StartsWith(path + ":a: the archive is damaged or incomplete ("));
}

// Whatever a byte of the structure is changed to: the members are read or Error{input} is thrown, nothing else happens.
TEST(Zip, NoDamagedByteDoesHarm) {
  const test::TemporaryFolder folder;
  std::size_t refused = 0;
  for (const bool zip64 : {false, true}) {
    ZipOptions options;
    options.packing = Packing::deflated;
    options.zip64 = zip64;
    const std::string whole = test::zip({{"a.npy", "some content"}, {"b", "more"}}, options);
    for (std::size_t at = 0; at < whole.size(); ++at) {
      for (const char value : {'\0', '\x7f', '\xff'}) {
        std::string damaged = whole;
        damaged[at] = value;
        const std::string path = folder.write("x.npz", damaged);
        try {
          const ZipArchive archive(path);
          for (const std::string& name : archive.names()) archive.member(name);
        } catch (const Error& error) {
          EXPECT_EQ(error.kind(), ErrorKind::input) << error.what();
          ++refused;
        }
      }
    }
    for (std::size_t size = 0; size < whole.size(); ++size) {
      const std::string path = folder.write("x.npz", whole.substr(0, size));
      EXPECT_THROW(ZipArchive archive(path), Error) << size;
    }
  }
  EXPECT_GT(refused, 300u);
}

}  // namespace
}  // namespace octune::data
