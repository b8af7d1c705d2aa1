// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openvino/runtime/tensor.hpp>
#include <span>
#include <string>
#include <string_view>

namespace octune::evaluate {

/// The text of a connectionist temporal classification output (Graves et al. 2006, best path decoding): the most
/// probable class of every time step, repeats collapsed, then blanks (class 0) removed.
/// `output`: [T,C], [1,T,C] or [T,1,C], probabilities or logits; of equal classes the lower one wins.
/// `characters[i]` is the text of class i + 1; with characters.size() + 2 classes, the last class is a space.
/// Error{input} "<where>: ..." for another shape or number of classes.
std::u32string decode_ctc(const ov::Tensor& output, std::span<const std::u32string> characters, std::string_view where);

}  // namespace octune::evaluate
