// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
// Precompiled for every translation unit; sources still include what they use.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>
#include <openvino/openvino.hpp>
#include <openvino/opsets/opset13.hpp>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>
