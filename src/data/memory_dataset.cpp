// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "base/assert.hpp"
#include "octune/dataset.hpp"

namespace octune {
namespace {

class MemoryDataset final : public Dataset {
 public:
  explicit MemoryDataset(std::vector<Sample> samples) : samples_(std::move(samples)) {}

  std::size_t size() const override { return samples_.size(); }
  Sample sample(std::size_t index) const override {
    OCTUNE_ASSERT(index < size(), "a sample outside the data set");
    return samples_[index];
  }

 private:
  std::vector<Sample> samples_;
};

class FunctionDataset final : public Dataset {
 public:
  FunctionDataset(std::size_t size, std::function<Sample(std::size_t)> make) : size_(size), make_(std::move(make)) {}

  std::size_t size() const override { return size_; }
  Sample sample(std::size_t index) const override {
    OCTUNE_ASSERT(index < size(), "a sample outside the data set");
    return make_(index);
  }

 private:
  std::size_t size_;
  std::function<Sample(std::size_t)> make_;
};

}  // namespace

std::unique_ptr<Dataset> dataset(std::vector<Sample> samples) {
  return std::make_unique<MemoryDataset>(std::move(samples));
}

std::unique_ptr<Dataset> dataset(std::size_t size, std::function<Sample(std::size_t)> make) {
  if (!make) throw Error(ErrorKind::input, "dataset: the function that makes samples is empty; give one");
  return std::make_unique<FunctionDataset>(size, std::move(make));
}

}  // namespace octune
