// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "data/sequences.hpp"

#include "base/assert.hpp"
#include "data/framing.hpp"
#include "octune/error.hpp"

namespace octune::data {
namespace {

class Sequences final : public Dataset, public FramedImages {
 public:
  Sequences(std::unique_ptr<Dataset> samples, std::size_t length)
      : samples_(std::move(samples)), framed_(dynamic_cast<const FramedImages*>(samples_.get())), length_(length) {}

  std::size_t size() const override { return samples_->size(); }
  Sample sample(std::size_t index) const override { return samples_->sample(index); }
  std::size_t sequence_length() const override { return length_; }
  std::optional<std::uint64_t> source_fingerprint(std::size_t index) const override {
    return samples_->source_fingerprint(index);
  }
  std::string preprocessing() const override { return samples_->preprocessing(); }
  std::string name(std::size_t index) const override { return samples_->name(index); }

  std::optional<std::filesystem::path> image_file(std::size_t index) const override {
    return framed_ == nullptr ? std::nullopt : framed_->image_file(index);
  }
  Framing framing(std::size_t index, Size image) const override {
    OCTUNE_ASSERT(framed_ != nullptr, "the geometry of a sample that is no image");
    return framed_->framing(index, image);
  }

 private:
  std::unique_ptr<Dataset> samples_;
  const FramedImages* framed_;  ///< the same; null if they hold no images
  std::size_t length_;
};

}  // namespace

std::unique_ptr<Dataset> as_sequences(std::unique_ptr<Dataset> samples, std::size_t length) {
  OCTUNE_ASSERT(samples != nullptr, "sequences of no data set");
  if (length == 0) throw Error(ErrorKind::input, "sequence length: 0 is out of range; it must be 1 or more");
  return std::make_unique<Sequences>(std::move(samples), length);
}

}  // namespace octune::data
