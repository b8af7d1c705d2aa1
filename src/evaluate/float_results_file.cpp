// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>

#include "base/byte_stream.hpp"
#include "base/checked_file.hpp"
#include "base/file.hpp"
#include "evaluate/float_results.hpp"

// The layout is described in docs/float_results.md, which has to change with it.
namespace octune::evaluate {
namespace {

using base::ByteReader;
using base::ByteWriter;
using base::Damaged;

constexpr base::FileKind kFloatResultsFile{.magic = {'\x89', 'O', 'C', 'T', 'F', '\r', '\n', '\x1a'},
                                           .format = 1,
                                           .name = "file of float results",
                                           .extension = ".octf",
                                           .makers = "octune quantize",
                                           .renew = "measure the float model"};

/// The texts of a key, in the order of the file.
template <class Key>
auto parts(Key& key) {
  return std::array{&key.program, &key.model,         &key.runtime, &key.precision,
                    &key.data,    &key.preprocessing, &key.labels,  &key.options};
}

void write(ByteWriter& out, const MetricResult& metric) {
  out.text(metric.name);
  out.text(metric.unit);
  out.number(std::uint8_t{metric.higher_is_better});
  out.number(metric.value);
  out.number(std::uint64_t{metric.scores.size()});
  for (const Score& score : metric.scores) {
    out.number(static_cast<std::uint32_t>(score.size()));
    out.numbers(std::span<const double>(score));
  }
}

MetricResult read_metric(ByteReader& in) {
  MetricResult metric;
  metric.name = in.text();
  metric.unit = in.text();
  metric.higher_is_better = in.flag();
  metric.value = in.number<double>();
  metric.samples = in.fitting(in.number<std::uint64_t>(), sizeof(std::uint32_t));
  metric.scores.reserve(metric.samples);
  for (std::size_t i = 0; i < metric.samples; ++i) {
    const auto length = in.number<std::uint32_t>();
    metric.scores.push_back(in.numbers<double>(length));
  }
  return metric;
}

void write(ByteWriter& out, const ov::Tensor& tensor) {
  out.text(tensor.get_element_type().get_type_name());
  out.number(static_cast<std::uint32_t>(tensor.get_shape().size()));
  for (const std::size_t length : tensor.get_shape()) out.number(std::uint64_t{length});
  out.numbers(std::span(static_cast<const std::byte*>(tensor.data()), tensor.get_byte_size()));
}

/// The types of whole bytes, which a model may have as outputs.
ov::element::Type read_type(ByteReader& in) {
  const std::string name = in.text();
  for (const auto type : {ov::element::f32, ov::element::f16, ov::element::bf16, ov::element::f64, ov::element::i8,
                          ov::element::i16, ov::element::i32, ov::element::i64, ov::element::u8, ov::element::u16,
                          ov::element::u32, ov::element::u64, ov::element::boolean}) {
    if (type.get_type_name() == name) return type;
  }
  throw Damaged();
}

ov::Tensor read_tensor(ByteReader& in) {
  const ov::element::Type type = read_type(in);
  const std::size_t rank = in.fitting(in.number<std::uint32_t>(), sizeof(std::uint64_t));
  ov::Shape shape;
  std::uint64_t size = 1;
  for (std::size_t axis = 0; axis < rank; ++axis) {
    const auto length = in.number<std::uint64_t>();
    if (length != 0 && size > std::numeric_limits<std::uint64_t>::max() / length) throw Damaged();
    size *= length;
    shape.push_back(length);
  }
  in.fitting(size, type.size());
  ov::Tensor tensor(type, shape);
  in.bytes(std::span(static_cast<std::byte*>(tensor.data()), tensor.get_byte_size()));
  return tensor;
}

bool can_be_kept(const Outputs& outputs) {
  return std::all_of(outputs.begin(), outputs.end(),
                     [](const ov::Tensor& output) { return output.get_element_type().bitwidth() % 8 == 0; });
}

void write(ByteWriter& out, const FloatResults& results) {
  for (const std::string* part : parts(results.key)) out.text(*part);
  out.number(std::uint64_t{results.metrics.size()});
  for (const MetricResult& metric : results.metrics) write(out, metric);
  const bool kept = std::all_of(results.outputs.begin(), results.outputs.end(), can_be_kept);
  out.number(std::uint64_t{kept ? results.outputs.size() : 0});
  if (!kept) return;
  for (const Outputs& outputs : results.outputs) {
    out.number(static_cast<std::uint32_t>(outputs.size()));
    for (const ov::Tensor& tensor : outputs) write(out, tensor);
  }
}

FloatResults read(ByteReader& in) {
  FloatResults results;
  for (std::string* part : parts(results.key)) *part = in.text();
  const std::size_t metrics = in.fitting(in.number<std::uint64_t>(), sizeof(std::uint64_t));
  for (std::size_t i = 0; i < metrics; ++i) {
    results.metrics.push_back(read_metric(in));
    if (results.metrics.back().samples != results.metrics.front().samples) throw Damaged();
  }
  const std::size_t samples = in.fitting(in.number<std::uint64_t>(), sizeof(std::uint32_t));
  if (samples != 0 && (metrics == 0 || samples != results.metrics.front().samples)) throw Damaged();
  for (std::size_t i = 0; i < samples; ++i) {
    const std::size_t count = in.fitting(in.number<std::uint32_t>(), 2 * sizeof(std::uint32_t));
    results.outputs.emplace_back();
    for (std::size_t k = 0; k < count; ++k) results.outputs.back().push_back(read_tensor(in));
  }
  return results;
}

}  // namespace

void write_float_results(const FloatResults& results, std::ostream& out) {
  base::write_checked(out, kFloatResultsFile, [&](ByteWriter& writer) { write(writer, results); });
}

FloatResults read_float_results(std::istream& in, const std::string& where) {
  FloatResults results;
  base::read_checked(in, kFloatResultsFile, where, [&](ByteReader& reader) { results = read(reader); });
  return results;
}

void save_float_results(const FloatResults& results, const std::filesystem::path& path) {
  base::write_file(path, [&](std::ostream& out) { write_float_results(results, out); });
}

FloatResults load_float_results(const std::filesystem::path& path) {
  std::ifstream in = base::open_checked(path, kFloatResultsFile);
  return read_float_results(in, path.string());
}

}  // namespace octune::evaluate
