// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0

// Raw files, tables, lines of JSON, sounds and ONNX test data as data sets.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/open.hpp"
#include "data/source_spec.hpp"
#include "data/test_files.hpp"

namespace octune::data {
namespace {

using test::bytes_of;
using test::error_of;
using test::npy;
using testing::ElementsAre;
using testing::HasSubstr;

InputInfo input(const std::string& name, const ov::PartialShape& shape, ov::element::Type type = ov::element::f32) {
  return {name, shape, type};
}

std::vector<float> floats(const ov::Tensor& tensor) {
  return {tensor.data<float>(), tensor.data<float>() + tensor.get_size()};
}

std::vector<std::string> names(const Dataset& data) {
  std::vector<std::string> result;
  for (std::size_t i = 0; i < data.size(); ++i) result.push_back(data.name(i));
  return result;
}

class Sources : public testing::Test {
 protected:
  std::string error(const std::string& spec, const std::vector<InputInfo>& inputs,
                    const Preprocess& preprocess = {}) const {
    return error_of([&] { open_dataset(spec, inputs, preprocess)->sample(0); });
  }
  std::string png(int value) const {
    return test::png(2, 2, [value](int, int, int) { return value; });
  }
  test::TemporaryFolder folder_;
};

TEST_F(Sources, RawFilesWithTypeAndShape) {
  const std::string file = folder_.write("a.bin", bytes_of<float>({1, 2, 3, 4, 5, 6}));
  const auto data = open_dataset(file + ":f32[3,2]", {input("x", {1, 2})}, {.mean = {1}});
  EXPECT_EQ(data->size(), 3u);
  EXPECT_EQ(data->name(2), "a.bin[2]");
  EXPECT_THAT(floats(data->sample(2).at("x")), ElementsAre(4, 5));
  const auto bytes = open_dataset(file + ":u8[2,12]", {input("x", {1, 12})}, {});
  const std::vector<float> of_bytes = floats(bytes->sample(0).at("x"));  // 1.0f, byte by byte
  EXPECT_THAT(std::span(of_bytes).first(4), ElementsAre(0, 0, 128, 63));
  const std::string other = folder_.write("b.npy", npy({7, 8, 9}, {3, 1}));
  const auto both = open_dataset("x=" + file + ":f32[3,2],y=" + other, {input("x", {1, 2}), input("y", {1, 1})}, {});
  EXPECT_THAT(floats(both->sample(1).at("x")), ElementsAre(3, 4));
  EXPECT_THAT(floats(both->sample(1).at("y")), ElementsAre(8));
}

TEST_F(Sources, AListChoosesFilesOfAFolder) {
  for (const char* name : {"a.png", "b.png", "sub/c.png", "d.png"})
    folder_.write(std::string("images/") + name, png(9));
  const std::string images = folder_ / "images";
  const std::vector<InputInfo> inputs{input("x", {1, 3, 2, 2})};
  // A path below the folder, a name behind other folders, a name without extension; labels do not count.
  const std::string list = folder_.write("val.txt", "d.png 3\n\nelse/where/b.png\t7\nsub/c 1\n  a\n");
  EXPECT_THAT(names(*open_dataset(images + ":list=" + list, inputs, {})),
              ElementsAre("d.png", "b.png", "sub/c.png", "a.png"));
  // Of several files with a name the first counts.
  folder_.write("images/a.jpg", png(9));
  EXPECT_THAT(names(*open_dataset(images + ":list=" + list, inputs, {})),
              ElementsAre("d.png", "b.png", "sub/c.png", "a.jpg"));
  const std::string missing = folder_.write("more.txt", "a.png\ne.png 5\n");
  EXPECT_EQ(error(images + ":list=" + missing, inputs),
            missing + ":2: 'e.png' is no file of " + images + "; the folder has to hold all files that the list names");
  const std::string empty = folder_.write("none.txt", "\n");
  EXPECT_EQ(error(images + ":list=" + empty, inputs), empty + ": the list is empty; write one path a line");
}

TEST_F(Sources, AFolderOfRawFilesIsASampleEach) {
  folder_.write("r/2.bin", bytes_of<float>({3, 4}));
  folder_.write("r/1.bin", bytes_of<float>({1, 2}));
  const auto data = open_dataset((folder_ / "r") + ":f32[2]", {input("x", {1, 2})}, {});
  EXPECT_THAT(names(*data), ElementsAre("1.bin", "2.bin"));
  EXPECT_THAT(floats(data->sample(1).at("x")), ElementsAre(3, 4));
  EXPECT_NE(data->source_fingerprint(0), data->source_fingerprint(1));
  EXPECT_EQ(error(folder_ / "r", {input("x", {1, 2})}),
            (folder_ / "r") +
                ": the folder holds .bin files, which do not say what is in them; give the type and shape "
                "of one, as " +
                (folder_ / "r") + ":f32[3,224,224]");
}

TEST_F(Sources, RawFilesThatDoNotFitSayTheBytesTheyWouldNeed) {
  const std::string file = folder_.write("a.bin", std::string(24, '\0'));
  const std::vector<InputInfo> x{input("x", {1, 3})};
  EXPECT_EQ(error(file + ":f32[3,3]", x),
            file + ": has 24 bytes, f32[3,3] needs 36; give the type and shape it was written with");
  EXPECT_EQ(error(file + ":f32[9223372036854775807,3]", x),
            file +
                ": has 24 bytes, f32[9223372036854775807,3] needs more than 2^64; give the type and shape it was "
                "written with");
  EXPECT_EQ(error(file, x),
            file + ": does not say what it holds; give its type and shape, as " + file + ":f32[300,3,224,224]");
  EXPECT_EQ(error(file + ":float[2,3]", x), file +
                                                ": unknown type 'float'; (known: f16, f32, f64, i8, i16, i32, i64, u8, "
                                                "u16, u32, u64, boolean)");
  for (const char* form : {"f32", "f32[2,3", "f32[2,,3]", "f32[0]", "f32[2,3,]", "f32[a]", "f32[-1]"}) {
    EXPECT_EQ(error(file + ":" + form, x),
              file + ": '" + form + "' is no type and shape of values; write " + file + ":f32[300,3,224,224]");
  }
  EXPECT_THAT(error(file + ":f32[2,3]", {input("x", {1, 4})}), HasSubstr("input 'x' wants [1,4]"));
}

TEST_F(Sources, TablesOfNumbers) {
  const std::vector<InputInfo> x{input("x", {1, 3})};
  const auto plain = open_dataset(folder_.write("p.csv", "1,2,3\n4, 5.5 ,-6e0\n"), x, {.scale = {2}});
  EXPECT_EQ(plain->size(), 2u);
  EXPECT_EQ(plain->name(1), "p.csv[1]");
  EXPECT_THAT(floats(plain->sample(1).at("x")), ElementsAre(2, 2.75, -3));
  const auto tabs = open_dataset(folder_.write("p.tsv", "a\tb\tlabel\tc\r\n1\t2\tcat\t3\r\n"), x, {});
  EXPECT_EQ(tabs->size(), 1u);
  EXPECT_THAT(floats(tabs->sample(0).at("x")), ElementsAre(1, 2, 3));
  const auto named = open_dataset(folder_.write("n.csv", "a,b,kind,c\n1,2,9,3\n") + ":label=kind", x, {});
  EXPECT_THAT(floats(named->sample(0).at("x")), ElementsAre(1, 2, 3));
  const auto numbered = open_dataset(folder_.write("f.csv", "cat,1,2,3\n") + ":label=1", x, {});
  EXPECT_THAT(floats(numbered->sample(0).at("x")), ElementsAre(1, 2, 3));
  const auto digits = open_dataset(folder_.write("m.csv", "label,0,1,2\n7,1,2,3\n"), x, {});
  EXPECT_EQ(digits->size(), 1u) << "names may be numbers";
  const auto names_of_digits = open_dataset(folder_.write("d.csv", "0,1,2,kind\n7,1,2,a\n") + ":label=Kind", x, {});
  EXPECT_THAT(floats(names_of_digits->sample(0).at("x")), ElementsAre(7, 1, 2));
  // As many values as the input has get its shape; integers stay whole.
  const auto image = open_dataset(folder_ / "p.csv", {input("x", {-1, 1, 3, 1})}, {});
  EXPECT_EQ(image->sample(0).at("x").get_shape(), (ov::Shape{1, 1, 3, 1}));
  const auto ids =
      open_dataset(folder_.write("i.csv", "9007199254740993,2,3\n"), {input("x", {1, 3}, ov::element::i64)}, {});
  EXPECT_EQ(ids->sample(0).at("x").data<std::int64_t>()[0], 9007199254740993);
}

TEST_F(Sources, TablesWithTheInputsAsColumns) {
  const std::string table = folder_.write("t.csv", "age,id,pos[0],pos[1],note\n30,7,0.5,0.25,none\n31,8,1,2,\n");
  const auto data =
      open_dataset(table, {input("pos", {1, 2}), input("age", {1, 1}), input("id", {1}, ov::element::i32)}, {});
  ASSERT_EQ(data->size(), 2u);
  const Sample sample = data->sample(0);
  EXPECT_THAT(floats(sample.at("pos")), ElementsAre(0.5, 0.25));
  EXPECT_THAT(floats(sample.at("age")), ElementsAre(30));
  EXPECT_EQ(sample.at("id").data<std::int32_t>()[0], 7);
  EXPECT_EQ(error(table, {input("age", {1, 1}), input("sex", {1, 1})}),
            table +
                ": has no column for 'sex'; name columns as the inputs ('age', 'sex'), several of one input as x[0], "
                "x[1] (columns: age, id, pos[0], pos[1], note)");
}

TEST_F(Sources, ColumnsOfAnInputAreTakenByTheirIndices) {
  const std::vector<InputInfo> x{input("x", {1, 4})};
  const auto read = [&](const std::string& header) { return folder_.write("t.csv", header + "\n1,0,2,3\n"); };
  EXPECT_THAT(floats(open_dataset(read("x[1],x[0],x[2],x[3]"), x, {})->sample(0).at("x")), ElementsAre(0, 1, 2, 3));
  const std::string where = (folder_ / "t.csv") + ": ";
  EXPECT_EQ(error(read("x[1],x[2],x[3],x[4]"), x),
            where + "has a column 'x[1]' and none 'x[0]'; number the columns of an input from 0, without gaps");
  EXPECT_EQ(error(read("x[0],x[1],x[1],x[2]"), x),
            where + "columns 2 and 3 are both called 'x[1]'; give each its own index");
  EXPECT_EQ(error(read("x[0],x[1],x[2],x[-1]"), x),
            where +
                "column 'x[-1]' has no whole number as index; call the columns of 'x' x[0], x[1], ... in the order "
                "of its values");
  EXPECT_EQ(error(read("x,x[0],x[1],x[2]"), x),
            where + "has a column 'x' and columns 'x[...]'; give all of them an index");
  EXPECT_EQ(error(read("x,x,a,b"), x), where + "columns 1 and 2 are both called 'x'; call them x[0], x[1]");
}

TEST_F(Sources, TablesThatDoNotFitAreReported) {
  const std::vector<InputInfo> x{input("x", {1, 2})};
  EXPECT_EQ(error(folder_.write("e.csv", "\n"), x), (folder_ / "e.csv") + ": is empty; give at least one row");
  EXPECT_EQ(error(folder_.write("h.csv", "a,b\n"), x),
            (folder_ / "h.csv") + ": has a header and no rows; give at least one sample");
  EXPECT_EQ(error(folder_.write("w.csv", "1,2\n3,four\n"), x),
            (folder_ / "w.csv") + ":2: column 2 holds 'four', which is no number; a column of labels is named by " +
                (folder_ / "w.csv") + ":label=COLUMN");
  EXPECT_EQ(error(folder_.write("n.csv", "a,b\n1,\n"), x),
            (folder_ / "n.csv") + ":2: column 'b' holds '', which is no number; a column of labels is named by " +
                (folder_ / "n.csv") + ":label=COLUMN");
  EXPECT_EQ(error(folder_.write("r.csv", "1,2\n3\n"), x),
            (folder_ / "r.csv") + ":2: has 1 columns, the first line has 2; give all rows as many");
  EXPECT_EQ(error(folder_.write("l.csv", "a,b,kind\n1,2,3\n") + ":label=kin", x),
            (folder_ / "l.csv") + ": has no column 'kin'; did you mean 'kind'? (known: a, b, kind)");
  EXPECT_EQ(
      error((folder_ / "l.csv") + ":kind", x),
      (folder_ / "l.csv") + ":kind: 'kind' says nothing about a table; write " + (folder_ / "l.csv") + ":label=COLUMN");
  EXPECT_EQ(error((folder_ / "w.csv") + ":label=a", x),
            (folder_ / "w.csv") + ": has no header, so no column 'a'; give its number, from 1 to 2");
  EXPECT_THAT(error(folder_ / "l.csv", {input("x", {1, 2})}),
              HasSubstr("l.csv: its rows (first axis = samples) have "));
}

TEST_F(Sources, TablesOfFiles) {
  folder_.write("i/1.png", png(1));
  folder_.write("i/two, b.png", png(2));
  const std::vector<InputInfo> x{input("x", {1, 3, 2, 2})};
  const auto header =
      open_dataset(folder_.write("t.csv", "id,File,label\n7,\"i/two, b.png\",cat\n8,i/1.png,dog\n"), x, {});
  EXPECT_THAT(names(*header), ElementsAre("i/two, b.png", "i/1.png"));
  EXPECT_EQ(header->sample(0).at("x").data<float>()[0], 2);
  const auto bare = open_dataset(folder_.write("b.tsv", "i/1.png\tcat\ni/two, b.png\t3\n"), x, {});
  EXPECT_THAT(names(*bare), ElementsAre("i/1.png", "i/two, b.png"));
  EXPECT_EQ(open_dataset((folder_ / "b.tsv") + ":label=2", x, {})->size(), 2u) << "the labels' column, by its number";
  EXPECT_EQ(error(folder_.write("m.csv", "file,label\ni/1.png,1\ni/3.png,2\n"), x),
            (folder_ / "m.csv") + ":3: 'i/3.png' does not exist; paths are relative to the list's folder");
}

TEST_F(Sources, LinesOfJson) {
  const std::string file =
      folder_.write("d.jsonl",
                    "{\"ids\": [1, 2, 3], \"mask\": [[true, true, false]], \"label\": \"cat\"}\r\n\n"
                    "{\"label\": 1, \"mask\": [[1, 0, 0]], \"ids\": [4, 5, 6]}");
  const auto data =
      open_dataset(file, {input("ids", {1, 3}, ov::element::i64), input("mask", {1, 3}, ov::element::f32)}, {});
  ASSERT_EQ(data->size(), 2u);
  EXPECT_EQ(data->sample(1).at("ids").data<std::int64_t>()[2], 6);
  EXPECT_THAT(floats(data->sample(0).at("mask")), ElementsAre(1, 1, 0));
  EXPECT_THAT(names(*data), ElementsAre("d.jsonl[0]", "d.jsonl[1]"));
  EXPECT_NE(data->source_fingerprint(0), data->source_fingerprint(1));
}

// What decides is what is fed: another label is the same sample.
TEST_F(Sources, LinesOfJsonAreRecognisedByWhatIsFed) {
  folder_.write("1.png", png(5));
  const std::string file = folder_.write(
      "d.jsonl", "{\"image\": \"1.png\", \"label\": 1}\n{\"image\": \"./1.png\", \"label\": 2}\n{\"x\": \"1.png\"}\n");
  const auto data = open_dataset(file, {input("x", {1, 3, 2, 2})}, {.scale = {5}});
  EXPECT_EQ(data->source_fingerprint(0), data->source_fingerprint(1));
  EXPECT_THAT(names(*data), ElementsAre("1.png", "./1.png", "d.jsonl[2]"));
  EXPECT_EQ(data->sample(0).at("x").data<float>()[0], 1);
  EXPECT_EQ(data->sample(2).at("x").data<float>()[0], 1);
  EXPECT_THAT(data->preprocessing(), HasSubstr("image to f32 [1,3,2,2] NCHW, rgb, stretch to 2x2"));
  const auto mixed = open_dataset(folder_.write("m.jsonl", "{\"x\": \"1.png\", \"k\": [2]}\n"),
                                  {input("x", {1, 3, 2, 2}), input("k", {1, 1})}, {});
  EXPECT_EQ(mixed->sample(0).at("x").data<float>()[0], 5);
  EXPECT_THAT(floats(mixed->sample(0).at("k")), ElementsAre(2));
}

TEST_F(Sources, LinesOfJsonThatDoNotFitAreReported) {
  const std::vector<InputInfo> x{input("x", {1, 2})};
  const auto message = [&](const std::string& content) { return error(folder_.write("d.jsonl", content), x); };
  const std::string where = (folder_ / "d.jsonl") + ":1";
  EXPECT_EQ(message("\n"), (folder_ / "d.jsonl") + ": is empty; write one JSON object a line");
  EXPECT_EQ(message("[1, 2]"), where + ": is no JSON object; write one on each line, as {\"x\": [1, 2]}");
  EXPECT_EQ(message("{\"x\": [1, 2"), where + ": is no JSON object; write one on each line, as {\"x\": [1, 2]}");
  EXPECT_EQ(message("{\"y\": [1, 2]}"),
            where + ": has no key 'x'; give the numbers of each input ('x'), or a path as \"file\" (keys: y)");
  EXPECT_EQ(message("{\"x\": [[1], [2, 3]]}"),
            where + ": 'x': its lists have different lengths, or none; give numbers in lists of equal length");
  EXPECT_EQ(message("{\"x\": [1, [2]]}"),
            where + ": 'x': its lists have different lengths, or none; give numbers in lists of equal length");
  EXPECT_EQ(message("{\"x\": [[1], 2]}"),
            where + ": 'x': its lists have different depths; give numbers in lists of equal length");
  EXPECT_EQ(message("{\"x\": [1, null]}"),
            where + ": 'x': holds null, which is no number; give numbers or the path of a file");
  EXPECT_EQ(message("{\"x\": \"no.npy\"}"),
            where + ": '" + (folder_ / "no.npy") + "' does not exist; paths are relative to the file's folder");
  EXPECT_THAT(message("{\"x\": [1, 2, 3]}"), HasSubstr("input 'x' wants [1,2]"));
}

TEST_F(Sources, OnnxTestData) {
  // f32[1,2] "b" and i64[1] "a", as the onnx package writes them.
  const std::string b = test::from_hex(
      "08010802100142016"
      "24a080000803f00000040");
  const std::string a = test::from_hex(
      "0801100742016"
      "14a080700000000000000");
  for (const char* set : {"m/test_data_set_0", "m/test_data_set_1"}) {
    folder_.write(std::string(set) + "/input_0.pb", b);
    folder_.write(std::string(set) + "/input_1.pb", a);
  }
  const auto by_name = open_dataset(folder_ / "m", {input("a", {1}, ov::element::i64), input("b", {1, 2})}, {});
  EXPECT_THAT(names(*by_name), ElementsAre("test_data_set_0", "test_data_set_1"));
  EXPECT_EQ(by_name->sample(1).at("a").data<std::int64_t>()[0], 7);
  EXPECT_THAT(floats(by_name->sample(1).at("b")), ElementsAre(1, 2));
  const auto by_order =
      open_dataset(folder_ / "m/test_data_set_1", {input("x", {1, 2}), input("y", {1}, ov::element::i64)}, {});
  EXPECT_EQ(by_order->size(), 1u);
  EXPECT_THAT(floats(by_order->sample(0).at("x")), ElementsAre(1, 2));
  EXPECT_EQ(error(folder_ / "m", {input("x", {1, 2})}),
            (folder_ / "m/test_data_set_0") +
                ": has 2 files input_N.pb, the model has 1 inputs ('x'); give one for "
                "each, in their order or with their names");
}

TEST(SourceSpec, SplitsAtTheLastColonBehindAnExistingPath) {
  const test::TemporaryFolder folder;
  const std::string odd = folder.write("a:b.bin", "x");
  EXPECT_EQ(split_source(odd).path, odd);
  EXPECT_EQ(split_source(odd + ":u8[1]").path, odd);
  EXPECT_EQ(split_source(odd + ":u8[1]").option, "u8[1]");
  EXPECT_EQ(split_source("none:u8[1]").path, "none:u8[1]");
}

}  // namespace
}  // namespace octune::data
