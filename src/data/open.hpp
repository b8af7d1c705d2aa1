// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <openvino/core/partial_shape.hpp>
#include <openvino/core/type/element_type.hpp>
#include <optional>
#include <string>
#include <vector>

#include "octune/dataset.hpp"
#include "octune/observer.hpp"

namespace octune::data {

/// What the model says of one of its inputs.
struct InputInfo {
  std::string name;
  ov::PartialShape shape;
  ov::element::Type type;
};

/// How an image is brought to the input's height and width.
enum class ResizeMode {
  stretch,            ///< both sides to the size, aspect lost
  letterbox,          ///< the longer side fits, centred, the rest padded
  shorter,            ///< the shorter side to the size, then a centre crop
  keep_aspect_height  ///< the height to the size, the width in proportion (cut off at the size), padded on the right
};
/// How pixels between pixels are made. The first four are OpenCV's, pixel for pixel; the others Pillow's, which
/// averages over as many pixels as the image shrinks by.
enum class Interpolation {
  linear,
  cubic,
  area,
  nearest,
  pillow_nearest,
  pillow_box,
  pillow_bilinear,
  pillow_hamming,
  pillow_bicubic,
  pillow_lanczos
};
enum class ColorOrder { rgb, bgr, gray };

/// Every member has a default, so that designated initialisers may name some only.
struct Preprocess {
  std::optional<std::pair<int, int>> resize{};  ///< height, width before cropping; default: the model input's
  std::optional<std::pair<int, int>> crop{};    ///< height, width of the centre cut out; default: the model input's
  /// That much of the resized image's height and width is cut out: `resize` is the input's size divided by it.
  std::optional<double> crop_fraction{};
  /// That much of the file's height and width, in its centre, is used; the rest is cut off before resizing.
  std::optional<double> central_fraction{};
  ResizeMode resize_mode = ResizeMode::stretch;
  Interpolation interpolation = Interpolation::linear;
  ColorOrder color = ColorOrder::rgb;
  std::optional<double> pad_value{};  ///< of the padding, in pixel values; default: what becomes 0 after mean and scale
  std::vector<double> mean{};         ///< subtracted; one value or one a channel, in the tensor's order of channels
  std::vector<double> scale{};        ///< then divided by; one value or one a channel
  std::vector<double> norm{};         ///< or multiplied by instead; one value or one a channel
  /// The same for the inputs named, in place of the above.
  std::map<std::string, std::vector<double>> mean_of{}, scale_of{}, norm_of{};
  std::string layout{};              ///< "NCHW", "NHWC", "CHW", "HWC"; default: guessed from the shape
  std::optional<int> sample_rate{};  ///< that sound files have to have; default: any
};

/// Opens the data that `spec` names:
///   folder           its images (searched below, sorted by path), or without images its .wav and .flac, or without
///                    those its .npy and .npz, a sample each
///   folder           with test_data_set_0, test_data_set_1, ... of ONNX (input_0.pb, ...): each a sample
///   folder:f32[3,8]  its .bin files of this type and shape, a sample each
///   folder:list=val.txt  its files that the lines of a text name, in that order (data/file_dataset.hpp)
///   data.npz         keys = input names, first axis = samples; other keys are left alone
///   data.npz:key     one array for a model with one input; the key may hold colons
///   data.npy         the same
///   data.bin:f32[300,3,224,224]  the same of nothing but values, little-endian
///   x=a.npy,y=b.npz:k  one array an input
///   table.csv, .tsv  numbers, a row a sample, or paths of files (data/table.hpp)
///   data.jsonl       one JSON object a line with numbers or paths (data/json_lines.hpp)
///   list.txt         paths of images, sounds or arrays, relative to the list's folder; a line may be "path label"
///   lib:FILE:NAME    what a shared library offers (data/plugin_dataset.hpp)
///   random, random:N   16 or N made-up samples, drawn with `seed`
/// A row of an array (or an array of a folder) that has the input's rank is fed as it is, one of one rank less gets a
/// leading 1. mean, scale and norm are applied to arrays too, to every input that is floating point. Nothing is decoded
/// yet, but missing files, empty folders, unknown input names, unequal lengths and shapes or types that do not fit are
/// Error{input}.
std::unique_ptr<Dataset> open_dataset(const std::string& spec, const std::vector<InputInfo>& inputs,
                                      const Preprocess& preprocess, std::uint64_t seed = 0);

/// True if `spec` names made-up samples and no file: "random", "random:8".
bool is_random(const std::string& spec);

/// What samples are decoded from; of a mixture, the first sample.
enum class Content { images, sounds, values };
Content content_of(const Dataset& dataset);

/// The formula applied to every value, for the user to compare: "(pixel - [127.5]) / [127.5], RGB, NCHW, stretched to
/// 48x320". Arrays and random values are no pixels: "(value - [127.5]) / [127.5]".
std::string describe(Content content, const Preprocess& preprocess, const std::vector<InputInfo>& inputs);

/// Labels in the order of the data set's samples. A row of several numbers becomes one label, separated by spaces.
/// `spec` is one of the forms of docs/labels.md. `observer` (may be null) is warned of annotations that do not fit the
/// image files. Error{input} when samples lack a label or the counts differ.
Labels read_labels(const std::string& spec, const Dataset& dataset, Observer* observer = nullptr);

}  // namespace octune::data
