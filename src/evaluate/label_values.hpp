// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "octune/dataset.hpp"

/// What labels say as numbers. `where` stands in front of messages: "metric 'mse'".
namespace octune::evaluate {

/// All numbers of a label, row-major: those of its array, or of its text, in which brackets group and commas, bars or
/// white space separate: "1.5", "[0, 1, 1]", "[[1,2],[3,4]]", "3|5". Error{input}: no number, or something that is none
/// or not finite.
std::vector<double> label_numbers(const Label& label, std::string_view where);

/// The classes that a label names, out of `classes`: an index or several ("[3,5]", "3|5", "3,5", "3 5"), or as many
/// zeros and ones as there are classes, with ones for those meant ("0|1" of two classes are two indices all the same).
/// None for
/// "[]" and for zeros alone. Error{input}: no integers, or indices that are no class of the output.
std::vector<std::size_t> label_classes(const Label& label, std::size_t classes, std::string_view where);

/// The same where there has to be exactly one; Error{input} otherwise.
std::size_t label_class(const Label& label, std::size_t classes, std::string_view where);

/// The label as messages show it.
std::string shown(const Label& label);

/// "metric 'name'": how messages of a metric begin.
std::string metric_place(std::string_view name);

}  // namespace octune::evaluate
