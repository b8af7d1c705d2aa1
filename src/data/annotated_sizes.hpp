// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "data/placement.hpp"
#include "octune/dataset.hpp"
#include "octune/observer.hpp"

namespace octune::data {

/// Warns `observer`, once, if image files have other proportions than their annotations say: boxes and masks are then
/// in the wrong place of the model's input. An image that was scaled as a whole fits. `annotated_size` gives that of a
/// sample's image, 0 x 0 if it is not written down; `where` names the annotations. Decodes up to 200 images, spread
/// evenly; none without an observer. Images that do not decode are left to whoever needs them.
void warn_of_other_proportions(const Dataset& dataset, const std::function<Size(std::size_t)>& annotated_size,
                               const std::string& where, Observer* observer);

}  // namespace octune::data
