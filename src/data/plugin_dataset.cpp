// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "data/plugin_dataset.hpp"

#include <fmt/format.h>

#include <array>

#include "base/plugin.hpp"
#include "data/normalization.hpp"
#include "octune/error.hpp"

namespace octune::data {
namespace {

class PluginDataset final : public Dataset {
 public:
  explicit PluginDataset(const std::string& spec)
      : spec_(spec), table_(base::plugin_dataset(spec)), state_(base::open_state(table_, spec)) {
    base::call_plugin(spec_, [&](octune_message& message) { return table_.size(state_.get(), &size_, &message); });
    if (size_ == 0)
      throw Error(ErrorKind::input, fmt::format("{}: the data set is empty; it has to have samples", spec));
  }

  std::size_t size() const override { return size_; }

  Sample sample(std::size_t index) const override {
    const std::string where = name(index);
    octune_sample made{};
    base::call_plugin(where,
                      [&](octune_message& message) { return table_.sample(state_.get(), index, &made, &message); });
    const auto release = [this](octune_sample* sample) {
      if (table_.release_sample != nullptr) table_.release_sample(state_.get(), sample);
    };
    const std::unique_ptr<octune_sample, decltype(release)> released(&made, release);
    if (made.count == 0 || made.tensors == nullptr) {
      throw Error(ErrorKind::input, fmt::format("{}: it has no tensors; give one an input", where));
    }
    Sample sample;
    for (std::size_t i = 0; i < made.count; ++i) {
      const octune_tensor& tensor = made.tensors[i];
      const ov::Tensor shared = base::from_plugin(tensor, where);
      ov::Tensor copy(shared.get_element_type(), shared.get_shape());
      shared.copy_to(copy);
      if (!sample.emplace(tensor.name == nullptr ? "" : tensor.name, std::move(copy)).second) {
        throw Error(ErrorKind::input, fmt::format("{}: two tensors are called '{}'; give one an input", where,
                                                  tensor.name == nullptr ? "" : tensor.name));
      }
    }
    return sample;
  }

  std::string name(std::size_t index) const override {
    const std::string number = fmt::format("{}[{}]", spec_, index);
    if (table_.sample_name == nullptr) return number;
    std::array<char, 4096> text{};
    octune_message message{text.data(), text.size()};
    try {
      if (table_.sample_name(state_.get(), index, &message) != 0 || text.front() == '\0') return number;
    } catch (...) {
      return number;  // names are for messages: one that cannot be told must not hide what the message is about
    }
    text.back() = '\0';
    return text.data();
  }

 private:
  std::string spec_;
  const octune_dataset& table_;
  std::shared_ptr<void> state_;
  uint64_t size_ = 0;
};

}  // namespace

std::unique_ptr<Dataset> open_plugin(const std::string& spec, const Preprocess& preprocess) {
  if (const std::string change = normalization_text(preprocess); !change.empty()) {
    throw Error(ErrorKind::input, fmt::format("{}: its samples are fed as they are, not with {}; leave that out, or "
                                              "apply it in the library",
                                              spec, change));
  }
  return std::make_unique<PluginDataset>(spec);
}

}  // namespace octune::data
