// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "layerwise/unfinished_tuning.hpp"

#include "base/byte_stream.hpp"
#include "base/checked_file.hpp"
#include "base/file.hpp"

// The layout is described in docs/layerwise_tuning.md, which has to change with it.
namespace octune::layerwise {
namespace {

using base::ByteReader;
using base::ByteWriter;

constexpr base::FileKind kUnfinishedFile{.magic = {'\x89', 'O', 'C', 'T', 'L', '\r', '\n', '\x1a'},
                                         .format = 2,
                                         .name = "file of unfinished layer-wise tuning",
                                         .extension = ".octl",
                                         .makers = "octune quantize",
                                         .renew = "tune the layers"};

template <class Number>
void write_list(ByteWriter& out, const std::vector<Number>& values) {
  out.number(std::uint64_t{values.size()});
  out.numbers(std::span<const Number>(values));
}

template <class Number>
std::vector<Number> read_list(ByteReader& in) {
  return in.numbers<Number>(in.number<std::uint64_t>());
}

void write(ByteWriter& out, const FinishedLayer& layer) {
  const TunedLayer& record = layer.record;
  out.text(record.name);
  out.number(std::uint8_t{record.kept});
  out.text(record.reason);
  out.text(record.fixed_weights);
  for (const double value :
       {record.loss_untuned, record.loss_before, record.loss_after, record.target_power, record.seconds})
    out.number(value);
  out.number(std::uint64_t{record.rows});
  out.number(record.bytes);
  if (!record.kept) return;
  write_list(out, layer.constants.integers);
  write_list(out, layer.constants.scale);
  write_list(out, layer.constants.bias);
  out.number(std::uint8_t{layer.constants.input_range.has_value()});
  if (!layer.constants.input_range) return;
  out.number(layer.constants.input_range->first);
  out.number(layer.constants.input_range->second);
}

FinishedLayer read_layer(ByteReader& in) {
  FinishedLayer layer;
  TunedLayer& record = layer.record;
  record.name = in.text();
  record.kept = in.flag();
  record.reason = in.text();
  record.fixed_weights = in.text();
  for (double* value :
       {&record.loss_untuned, &record.loss_before, &record.loss_after, &record.target_power, &record.seconds})
    *value = in.number<double>();
  record.rows = in.number<std::uint64_t>();
  record.bytes = in.number<std::uint64_t>();
  record.resumed = true;
  if (!record.kept) return layer;
  layer.constants.integers = read_list<std::int16_t>(in);
  layer.constants.scale = read_list<float>(in);
  layer.constants.bias = read_list<float>(in);
  if (in.flag()) {
    const auto low = in.number<float>();
    layer.constants.input_range = {low, in.number<float>()};
  }
  return layer;
}

}  // namespace

void write_unfinished(const UnfinishedTuning& tuning, std::ostream& out) {
  base::write_checked(out, kUnfinishedFile, [&](ByteWriter& writer) {
    writer.text(tuning.key);
    writer.number(std::uint64_t{tuning.layers.size()});
    for (const FinishedLayer& layer : tuning.layers) write(writer, layer);
  });
}

UnfinishedTuning read_unfinished(std::istream& in, const std::string& where) {
  UnfinishedTuning tuning;
  base::read_checked(in, kUnfinishedFile, where, [&](ByteReader& reader) {
    tuning.key = reader.text();
    // A layer takes more than the lengths of its three texts.
    const std::size_t count = reader.fitting(reader.number<std::uint64_t>(), 3 * sizeof(std::uint32_t));
    for (std::size_t i = 0; i < count; ++i) tuning.layers.push_back(read_layer(reader));
  });
  return tuning;
}

void save_unfinished(const UnfinishedTuning& tuning, const std::filesystem::path& path) {
  base::write_file(path, [&](std::ostream& out) { write_unfinished(tuning, out); });
}

UnfinishedTuning load_unfinished(const std::filesystem::path& path) {
  std::ifstream in = base::open_checked(path, kUnfinishedFile);
  return read_unfinished(in, path.string());
}

}  // namespace octune::layerwise
