// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/refuse.hpp"

#include <fmt/format.h>

#include "octune/error.hpp"

namespace octune::quantization {

void refuse_quantized(const ov::Model& model) {
  for (const auto& node : model.get_ops()) {
    const std::string type = node->get_type_info().name;
    if (type == "FakeQuantize" || type == "FakeConvert") {
      throw Error(ErrorKind::unsupported,
                  fmt::format("model '{}': is quantized already ({} '{}'); start from the floating-point model",
                              model.get_friendly_name(), type, node->get_friendly_name()));
    }
  }
}

}  // namespace octune::quantization
