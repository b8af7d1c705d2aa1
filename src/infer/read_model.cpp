// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <openvino/frontend/manager.hpp>
#include <set>
#include <string_view>

#include "infer/runtime.hpp"
#include "infer/runtime_error.hpp"

namespace octune::infer {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kReadable =
    "allowed are OpenVINO IR (.xml with .bin), ONNX (.onnx), TensorFlow (.pb, .pbtxt, .meta or a SavedModel folder), "
    "TensorFlow Lite (.tflite) and PaddlePaddle (.pdmodel, .json)";

std::string extension_of(const fs::path& path) {
  std::string extension = path.extension().string();
  for (char& c : extension) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return extension;
}

/// Formats that only the framework that wrote them can load: the message holds the command that exports them.
void refuse_foreign_format(const fs::path& path) {
  const std::string extension = extension_of(path);
  const std::string file = path.string();
  const std::string target = fs::path(path).replace_extension(".xml").filename().string();
  std::string format, command;
  if (extension == ".pt" || extension == ".pth") {
    format = "PyTorch";
    command = fmt::format(
        "import torch, openvino as ov; model = torch.load('{}', weights_only=False).eval(); "
        "ov.save_model(ov.convert_model(model, example_input=torch.zeros(1, 3, 224, 224)), '{}', "
        "compress_to_fp16=False)",
        file, target);
  } else if (extension == ".pt2") {
    format = "PyTorch";
    command = fmt::format(
        "import torch, openvino as ov; "
        "ov.save_model(ov.convert_model(torch.export.load('{}')), '{}', compress_to_fp16=False)",
        file, target);
  } else if (extension == ".keras" || extension == ".h5") {
    format = "Keras";
    command = fmt::format("import keras; keras.models.load_model('{}').export('saved_model')", file);
  } else {
    return;
  }
  throw Error(
      ErrorKind::unsupported,
      fmt::format("{}: {} files cannot be read; export the model first: python -c \"{}\" (an example_input of the "
                  "shape of your model's input)",
                  file, format, command));
}

std::string first_bytes(const fs::path& path, std::size_t count) {
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    throw Error(ErrorKind::input, fmt::format("{}: cannot be read ({}); check the path and its permissions",
                                              path.string(), std::strerror(errno)));
  }
  std::string bytes(count, '\0');
  in.read(bytes.data(), static_cast<std::streamsize>(count));
  bytes.resize(static_cast<std::size_t>(in.gcount()));
  return bytes;
}

/// Whether the file is a sequence of protocol-buffer fields that ends where the file ends. TensorFlow's text parser,
/// which the runtime tries on anything else, writes to standard error.
bool is_protobuf(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  const std::uint64_t size = fs::file_size(path);
  std::uint64_t position = 0;
  const auto varint = [&](std::uint64_t& value) {
    value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const int byte = in.get();
      if (byte == std::char_traits<char>::eof()) return false;
      ++position;
      value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if ((byte & 0x80) == 0) return true;
    }
    return false;
  };
  while (position < size) {
    std::uint64_t key = 0, value = 0;
    if (!varint(key) || key >> 3 == 0) return false;
    std::uint64_t skip = 0;
    switch (key & 7) {
      case 0:
        if (!varint(value)) return false;
        break;
      case 1:
        skip = 8;
        break;
      case 2:
        if (!varint(skip)) return false;
        break;
      case 5:
        skip = 4;
        break;
      default:
        return false;
    }
    if (skip > size - position) return false;
    in.seekg(static_cast<std::streamoff>(skip), std::ios::cur);
    position += skip;
  }
  return size > 0;
}

[[noreturn]] void refuse_content(const fs::path& path, std::string_view format) {
  throw Error(ErrorKind::input,
              fmt::format("{}: is not a valid {} file, or is damaged; export or copy it again", path.string(), format));
}

/// Asks the reader of the format that the extension promises, so that a damaged file is not handed on to other readers
/// (TensorFlow's prints).
void check_content(const fs::path& path) {
  const std::string extension = extension_of(path);
  struct Format {
    std::string_view extension, name, framework;
  };
  static constexpr std::array<Format, 5> kFormats{{{".xml", "OpenVINO IR", "ir"},
                                                   {".onnx", "ONNX", "onnx"},
                                                   {".tflite", "TensorFlow Lite", "tflite"},
                                                   {".pdmodel", "PaddlePaddle", "paddle"},
                                                   {".json", "PaddlePaddle", "paddle"}}};
  for (const Format& format : kFormats) {
    if (extension != format.extension) continue;
    ov::frontend::FrontEnd::Ptr reader;
    try {
      reader = ov::frontend::FrontEndManager().load_by_framework(std::string(format.framework));
    } catch (const std::exception&) {
      // Not part of this installation of the runtime.
    }
    if (!reader) {
      throw Error(ErrorKind::unsupported,
                  fmt::format("{}: the installed OpenVINO has no reader for {}; convert the model "
                              "with a complete OpenVINO installation",
                              path.string(), format.name));
    }
    bool supported = false;
    try {
      supported = reader->supported(path.string());
    } catch (const std::exception&) {
      // Some readers throw on what they do not know.
    }
    if (!supported) refuse_content(path, format.name);
    return;
  }
  if (extension == ".pb") {
    if (is_protobuf(path)) return;
    const std::string text = first_bytes(path, 256);
    const bool printable = std::all_of(text.begin(), text.end(), [](unsigned char c) {
      return c == '\n' || c == '\r' || c == '\t' || (c >= 0x20 && c < 0x7f);
    });
    // A GraphDef as text starts with one of its fields.
    if (!printable || text.find_first_of("{:") == std::string::npos) refuse_content(path, "TensorFlow");
    return;
  }
  if (extension == ".pbtxt" || extension == ".prototxt" || extension == ".meta") return;
  throw Error(ErrorKind::unsupported,
              fmt::format("{}: is of an unknown model format '{}'; {}", path.string(), extension, kReadable));
}

/// The operation types that the runtime's message says it does not know, comma-separated; empty if it is about
/// something else.
std::string unknown_operations(const std::string& message) {
  static constexpr std::string_view kOnnx = "No conversion rule found for operations: ";
  static constexpr std::string_view kIr = "doesn't contain the operation with type: ";
  for (const std::string_view marker : {kOnnx, kIr}) {
    const std::size_t found = message.find(marker);
    if (found == std::string::npos) continue;
    const std::size_t begin = found + marker.size();
    return message.substr(begin, message.find('\n', begin) - begin);
  }
  return {};
}

}  // namespace

std::shared_ptr<ov::Model> Runtime::read_model(const fs::path& path) const {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!fs::exists(status)) {
    throw Error(ErrorKind::input, fmt::format("{}: no such model file ({}); check the path", path.string(),
                                              error ? error.message() : "not found"));
  }
  if (fs::is_directory(status)) {
    if (!fs::exists(path / "saved_model.pb")) {
      throw Error(ErrorKind::input,
                  fmt::format("{}: is a folder without a TensorFlow saved_model.pb; {}", path.string(), kReadable));
    }
    if (!is_protobuf(path / "saved_model.pb")) refuse_content(path / "saved_model.pb", "TensorFlow");
  } else {
    refuse_foreign_format(path);
    if (first_bytes(path, 1).empty()) {
      throw Error(ErrorKind::input, fmt::format("{}: the file is empty; export or copy it again", path.string()));
    }
    check_content(path);
  }
  try {
    return core_->read_model(path.string());
  } catch (const std::exception& exception) {
    if (const std::string unknown = unknown_operations(exception.what()); !unknown.empty()) {
      throw Error(
          ErrorKind::unsupported,
          fmt::format("{}: holds operations that OpenVINO {} does not know: {}; replace them or export with other "
                      "settings",
                      path.string(), version(), unknown));
    }
    const fs::path weights = fs::path(path).replace_extension(".bin");
    if (extension_of(path) == ".xml" && !fs::exists(weights)) {
      throw Error(ErrorKind::input, fmt::format("{}: its weights '{}' are missing; keep both files in one folder",
                                                path.string(), weights.filename().string()));
    }
    throw Error(ErrorKind::input, fmt::format("{}: cannot be read as a model ({}); export or copy it again",
                                              path.string(), brief(exception)));
  }
}

}  // namespace octune::infer
