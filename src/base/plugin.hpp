// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <openvino/runtime/tensor.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "octune/plugin.h"

/// Shared libraries of users, as octune/plugin.h describes them.
namespace octune::base {

/// Whether data or a metric come from a library: "lib:...".
bool is_plugin(std::string_view spec);

/// What "lib:./libmine.so:name" names: the path ends at the last colon behind which no file goes on. The library stays
/// loaded. Error{input} "<spec>: ...": no such file, no library, none of octune's or of another version, a name it does
/// not offer (the message lists those it does), a table that lacks something.
const octune_dataset& plugin_dataset(const std::string& spec);
const octune_metric& plugin_metric(const std::string& spec);

/// Calls a function of a plugin; Error{input} "<where>: <its message>" if it fails or throws.
void call_plugin(const std::string& where, const std::function<int(octune_message&)>& function);

/// What open() of a table made, until close(). Error{input} if it fails.
template <class Table>
std::shared_ptr<void> open_state(const Table& table, const std::string& where) {
  if (table.open == nullptr) return nullptr;
  void* state = nullptr;
  call_plugin(where, [&](octune_message& message) { return table.open(&state, &message); });
  return {state, [close = table.close](void* opened) {
            if (close != nullptr) close(opened);
          }};
}

/// The memory is shared; Error{input} "<where>: ..." for an unknown type, a shape or a pointer that cannot be right.
ov::Tensor from_plugin(const octune_tensor& tensor, const std::string& where);

/// The memory is shared with `tensor`, and its shape with `shape`; both have to live as long. Error{unsupported} for an
/// element type that plugins do not know.
octune_tensor to_plugin(const ov::Tensor& tensor, std::vector<int64_t>& shape);

}  // namespace octune::base
