// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/label_lists.hpp"
#include "data/open.hpp"
#include "data/test_files.hpp"

namespace octune::data {
namespace {

using test::bytes_of;
using test::error_of;
using test::npy;
using test::texts_of;
using testing::ElementsAre;

/// A data set of names only.
class Named : public Dataset {
 public:
  explicit Named(std::vector<std::string> names) : names_(std::move(names)) {}
  std::size_t size() const override { return names_.size(); }
  Sample sample(std::size_t) const override { return {}; }
  std::string name(std::size_t index) const override { return names_[index]; }

 private:
  std::vector<std::string> names_;
};

class LabelFiles : public testing::Test {
 protected:
  test::TemporaryFolder folder_;
};

TEST_F(LabelFiles, PathsAndTheRestOfTheLine) {
  const Named data({"a/1.png", "a/2.png", "b/3.png"});
  const std::string path =
      folder_.write("l.txt", "\xef\xbb\xbf./a/2.png two words\r\n\nb/3.png\t 3 \nother/9.png 9\n  a/1.png   one\n");
  EXPECT_THAT(texts_of(read_labels(path, data)), ElementsAre("one", "two words", "3"));
}

TEST_F(LabelFiles, LinesWithCommasBehindPathsAreNotLabelsByOrder) {
  const std::string path = folder_.write("l.txt", "1.png,b\n0.png,a\n");
  EXPECT_EQ(error_of([&] {
              read_labels(path, Named({"x/0.png", "x/1.png"}));
            }),
            path + ":1: '1.png,b' has no label; write 'path label' on each line, or name the file .csv");
  EXPECT_THAT(texts_of(read_labels(folder_.write("m.txt", "1,2\n0,3\n"), Named({"x/0.png", "x/1.png"}))),
              ElementsAre("1,2", "0,3"));
}

TEST_F(LabelFiles, AListOfOneName) {
  const Named data({"cat/0.png"});
  EXPECT_THAT(texts_of(read_labels("folders:cat", data)), ElementsAre("0"));
  EXPECT_THAT(texts_of(read_labels("folders:dog,cat,", data)), ElementsAre("1"));
  EXPECT_THAT(texts_of(read_labels("folders:v1.2,", Named({"v1.2/0.png"}))), ElementsAre("0"));
}

TEST_F(LabelFiles, PathsMayHoldSpaces) {
  const Named data({"my images/a 1.png", "my images/a.png"});
  EXPECT_THAT(texts_of(read_labels(folder_.write("l.txt", "my images/a.png x y\nmy images/a 1.png z w\n"), data)),
              ElementsAre("z w", "x y"));
}

TEST_F(LabelFiles, BaseNamesServeWhenUnique) {
  EXPECT_THAT(
      texts_of(read_labels(folder_.write("l.txt", "/else/where/2.png b\n1.png a\n"), Named({"x/1.png", "y/2.png"}))),
      ElementsAre("a", "b"));
  const std::string path = folder_.write("m.txt", "1.png a\n");
  EXPECT_EQ(error_of([&] {
              read_labels(path, Named({"x/1.png", "y/1.png"}));
            }),
            path + ": 2 of 2 samples have no label: 'x/1.png', 'y/1.png'; give a label for each path");
  const std::string twice = folder_.write("n.txt", "p/1.png a\nq/1.png b\n");
  EXPECT_EQ(error_of([&] { read_labels(twice, Named({"x/1.png"})); }),
            twice + ": 1 of 1 samples have no label: 'x/1.png'; give a label for each path");
}

TEST_F(LabelFiles, MissingLabelsAreCountedAndThreeShown) {
  const std::string path = folder_.write("l.txt", "2.png b\n");
  EXPECT_EQ(error_of([&] {
              read_labels(path, Named({"1.png", "2.png", "3.png", "4.png", "5.png"}));
            }),
            path + ": 4 of 5 samples have no label: '1.png', '3.png', '4.png', ...; give a label for each path");
}

TEST_F(LabelFiles, ContradictionsAndLinesWithoutLabelAreReported) {
  const std::string path = folder_.write("l.txt", "1.png a\n./1.png b\n");
  EXPECT_EQ(error_of([&] { read_labels(path, Named({"1.png"})); }),
            path + ": './1.png' has two labels, 'a' and 'b'; keep one");
  EXPECT_THAT(texts_of(read_labels(folder_.write("m.txt", "1.png a\n1.png a\n"), Named({"1.png"}))), ElementsAre("a"));
  const std::string bare = folder_.write("n.txt", "1.png a\n2.png\n");
  EXPECT_EQ(error_of([&] { read_labels(bare, Named({"1.png"})); }),
            bare + ":2: '2.png' has no label; write 'path label' on each line");
}

TEST_F(LabelFiles, LinesOfOneWordAndJsonListsGoByTheirOrder) {
  const Named data({"1.png", "2.png", "3.png"});
  EXPECT_THAT(texts_of(read_labels(folder_.write("l.txt", "4\n 0\n\n7\n"), data)), ElementsAre("4", "0", "7"));
  EXPECT_THAT(texts_of(read_labels(folder_.write("l.json", R"([4, [1, 2], "cat"])"), data)),
              ElementsAre("4", "1|2", "cat"));
  const std::string few = folder_.write("few.txt", "4\n0\n");
  EXPECT_EQ(error_of([&] { read_labels(few, data); }),
            few + ": has 2 labels and no paths, the data set has 3 samples; give one label a sample, or paths");
}

TEST_F(LabelFiles, FoldersMayBeNumbered) {
  const Named data({"dog/1.png", "cat/2.png", "dog/3.png"});
  EXPECT_THAT(texts_of(read_labels("folders", data)), ElementsAre("dog", "cat", "dog"));
  EXPECT_THAT(texts_of(read_labels("folders:sorted", data)), ElementsAre("1", "0", "1"));
  EXPECT_THAT(texts_of(read_labels("folders:bird,dog,cat", data)), ElementsAre("1", "2", "1"));
  const std::string names = folder_.write("names.txt", "dog\nbird\ncat\n");
  EXPECT_THAT(texts_of(read_labels("folders:" + names, data)), ElementsAre("0", "2", "0"));
  EXPECT_EQ(error_of([&] { read_labels("folders:dog,cut", data); }),
            "folders: 'cat' is no class of dog,cut; did you mean 'cut'? (known: dog, cut)");
}

TEST_F(LabelFiles, ClassesOfAListMayBeShifted) {
  const Named data({"1.png", "2.png"});
  const std::string path = folder_.write("l.txt", "1.png 0\n2.png 7|12\n");
  EXPECT_THAT(texts_of(read_labels(path + ":+1", data)), ElementsAre("1", "8|13"));
  EXPECT_THAT(texts_of(read_labels(path + ":-1", data)), ElementsAre("-1", "6|11"));
  const std::string words = folder_.write("w.txt", "1.png cat\n2.png 1\n");
  EXPECT_EQ(error_of([&] { read_labels(words + ":+1", data); }),
            words + ": the label 'cat' is no class, to which 1 could be added; give the file without ':+1'");
  EXPECT_EQ(error_of([&] { read_labels(path + ":1", data); }),
            path + ":1: nothing can be chosen of such data behind a colon; remove ':1'");
}

TEST_F(LabelFiles, CsvWithAHeader) {
  const std::string path =
      folder_.write("l.csv", "id,Label,filename\r\n7,cat,1.png\r\n8,\"a \"\"dog\"\", big\",2.png\r\n");
  EXPECT_THAT(texts_of(read_labels(path, Named({"2.png", "1.png"}))), ElementsAre("a \"dog\", big", "cat"));
}

TEST_F(LabelFiles, CsvOfTwoColumns) {
  const std::string path = folder_.write("l.csv", "1.png,\"line one\nline two\"\n\n\"2,5.png\",\n3.png,x");
  EXPECT_THAT(texts_of(read_labels(path, Named({"1.png", "2,5.png", "3.png"}))),
              ElementsAre("line one\nline two", "", "x"));
}

TEST_F(LabelFiles, CsvColumnsByName) {
  const Named data({"1.png", "2.png"});
  const std::string path = folder_.write("l.csv", "file,Species,class\n2.png,cat,1\n1.png,dog,0\n");
  EXPECT_THAT(texts_of(read_labels(path + ":species", data)), ElementsAre("dog", "cat"));
  EXPECT_THAT(texts_of(read_labels(path + ":label=species", data)), ElementsAre("dog", "cat"));
  EXPECT_THAT(texts_of(read_labels(path, data)), ElementsAre("0", "1"));
  EXPECT_EQ(error_of([&] { read_labels(path + ":specis", data); }),
            path + ":1: has no column 'specis'; did you mean 'Species'? (known: file, Species, class)");
  // Without paths rows are in the order of the samples.
  EXPECT_THAT(texts_of(read_labels(folder_.write("m.tsv", "x\ttarget\n0.5\tb\n0.25\ta\n"), data)),
              ElementsAre("b", "a"));
  const std::string short_table = folder_.write("n.csv", "x,target\n0.5,b\n");
  EXPECT_EQ(error_of([&] { read_labels(short_table, data); }),
            short_table + ": has 1 labels and no paths, the data set has 2 samples; give one label a sample, or paths");
}

TEST_F(LabelFiles, JsonLines) {
  const Named data({"1.png", "2.png"});
  const std::string path = folder_.write("l.jsonl",
                                         "{\"file\": \"2.png\", \"text\": \"a b\", \"ids\": [3, 5]}\n\n"
                                         "{\"file\": \"1.png\", \"text\": \"c\", \"ids\": [0.5, 2]}\n");
  EXPECT_THAT(texts_of(read_labels(path, data)), ElementsAre("c", "a b"));
  EXPECT_THAT(texts_of(read_labels(path + ":ids", data)), ElementsAre("0.5 2", "3|5"));
  EXPECT_EQ(error_of([&] { read_labels(path + ":id", data); }),
            path + ":1: has no key 'id'; did you mean 'ids'? (known: file, ids, text)");
  EXPECT_THAT(texts_of(read_labels(folder_.write("m.jsonl", "{\"label\": 7}\n{\"label\": true}\n"), data)),
              ElementsAre("7", "1"));
  EXPECT_THAT(texts_of(read_labels(folder_.write("b.jsonl", "{\"boxes\": []}\n{\"boxes\": [[1,2,3,4]]}\n"), data)),
              ElementsAre("{\"boxes\":[]}", "{\"boxes\":[[1,2,3,4]]}"));
  const std::string inputs = "{\"ids\": [7], \"mask\": [1], \"label\": \"x\"}\n";
  EXPECT_THAT(texts_of(read_labels(folder_.write("i.jsonl", inputs + inputs), data)), ElementsAre("x", "x"));
  const std::string broken = folder_.write("n.jsonl", "{\"label\": 7}\n{\"label\": \n");
  EXPECT_EQ(error_of([&] { read_labels(broken, data); }), broken + ":2: is no JSON object; write one on each line");
  const std::string bare = folder_.write("o.jsonl", "{\"x\": 7}\n");
  EXPECT_EQ(error_of([&] { read_labels(bare, data); }),
            bare + ":1: has no label; write it under 'label', or name its key behind the file, as labels.jsonl:KEY");
}

TEST_F(LabelFiles, CsvColumnsByNumberWithoutAHeader) {
  const Named data({"1.png", "2.png"});
  const std::string numbers = folder_.write("n.csv", "5,6,7,8,2\n1,2,3,4,0\n");
  EXPECT_THAT(texts_of(read_labels(numbers + ":5", data)), ElementsAre("2", "0")) << "5 is no name, though it is there";
  EXPECT_THAT(texts_of(read_labels(numbers + ":label=1", data)), ElementsAre("5", "1"));
  EXPECT_EQ(error_of([&] { read_labels(numbers + ":6", data); }),
            numbers + ":1: has no header, so no column '6'; give its number, from 1 to 5");
  const std::string paths = folder_.write("p.csv", "2.png,7,b\n1.png,8,a\n");
  EXPECT_THAT(texts_of(read_labels(paths + ":3", data)), ElementsAre("a", "b"));
  const std::string named = folder_.write("h.csv", "a,5\n1,6\n2,7\n");
  EXPECT_THAT(texts_of(read_labels(named + ":5", data)), ElementsAre("6", "7")) << "a name, as there is a header";
  const std::string digits = folder_.write("d.csv", "1,2,species\n5,6,a\n7,8,b\n");
  EXPECT_THAT(texts_of(read_labels(digits + ":Species", data)), ElementsAre("a", "b")) << "its name makes it a header";
}

TEST_F(LabelFiles, DamagedCsvIsReportedWithItsLine) {
  const auto error = [&](const std::string& text) {
    const std::string path = folder_.write("l.csv", text);
    const std::string message = error_of([&] { read_labels(path, Named({"1.png"})); });
    EXPECT_EQ(message.substr(0, path.size()), path);
    return message.substr(std::min(path.size(), message.size()));
  };
  EXPECT_EQ(error("1.png,a\n2.png,\"b\n"), ":2: a quoted field does not end; close it with '\"'");
  EXPECT_EQ(error("1.png,\"a\"b\n"), ":1: text follows a closing quote; double the quotes inside a field");
  EXPECT_EQ(
      error("a,b,c\n"),
      ":1: the columns are not known: a, b, c; write a header with 'file' and 'label', or two columns, or name the "
      "labels' column, as " +
          (folder_ / "l.csv") + ":COLUMN");
  EXPECT_EQ(error("file,label\n\n1.png,a,b\n"), ":3: has 3 columns, the first line has 2; quote fields with commas");
  EXPECT_EQ(error(""), ": 1 of 1 samples have no label: '1.png'; give a label for each path");
}

TEST_F(LabelFiles, Arrays) {
  const Named data({"a", "b"});
  const std::string integers = folder_.write("y.npy", npy("<i8", {2}, bytes_of<std::int64_t>({7, -1})));
  EXPECT_THAT(texts_of(read_labels(integers, data)), ElementsAre("7", "-1"));
  const std::vector<std::uint32_t> text{'h', 'i', 'x', 0};
  const std::string archive =
      folder_.write("d.npz", test::zip({{"y.npy", npy("<U2", {2}, bytes_of(text))},
                                        {"frames.npy", npy("|i1", {2, 2}, std::string("\1\0\0\1", 4))},
                                        {"pairs.npy", npy("<U1", {2, 2}, bytes_of(text))}}));
  EXPECT_THAT(texts_of(read_labels(archive + ":y", data)), ElementsAre("hi", "x"));
  EXPECT_THAT(texts_of(read_labels(archive + ":frames", data)), ElementsAre("1 0", "0 1"));
  EXPECT_EQ(error_of([&] { read_labels(archive + ":pairs", data); }),
            archive + ":pairs: holds 2 strings a row; give one label a sample");
  EXPECT_EQ(error_of([&] { read_labels(archive + ":z", data); }),
            archive + ": has no key 'z'; did you mean 'y'? (known: frames, pairs, y)");
  EXPECT_EQ(error_of([&] { read_labels(archive, data); }),
            archive + ": names no key; give " + archive + ":KEY (keys: frames, pairs, y)");
  EXPECT_EQ(error_of([&] {
              read_labels(integers, Named({"a", "b", "c"}));
            }),
            integers + ": has 2 labels, the data set has 3 samples; give one label a sample");
}

TEST_F(LabelFiles, Folders) {
  EXPECT_THAT(texts_of(read_labels("folders", Named({"cat/1.png", "x/dog/2.png"}))), ElementsAre("cat", "dog"));
  EXPECT_EQ(
      error_of([] { read_labels("folders", Named({"1.png"})); }),
      "folders: '1.png' lies in no folder below the data; put the samples of each label into a folder of its name");
}

TEST_F(LabelFiles, MissingFiles) {
  EXPECT_EQ(error_of([] { read_labels("/none/l.txt", Named({"a"})); }), "/none/l.txt: does not exist; check the path");
  EXPECT_EQ(error_of([] { read_labels("/none/l.npz:y", Named({"a"})); }),
            "/none/l.npz: does not exist; check the path");
  EXPECT_EQ(error_of([] { read_labels("", Named({"a"})); }), "labels: nothing is named; give a file or folders");
}

}  // namespace
}  // namespace octune::data
