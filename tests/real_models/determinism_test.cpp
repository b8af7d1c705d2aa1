// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <utility>

#include "base/file.hpp"
#include "infer/runtime.hpp"
#include "models.hpp"
#include "octune/quantize.hpp"
#include "testing/temporary_folder.hpp"

namespace octune::real_models {
namespace {

struct Files {
  std::string xml;
  std::string bin;
};

Files quantized(const RealModel& model, int threads) {
  constexpr std::size_t kSamples = 6;
  const octune::testing::TemporaryFolder folder;
  const QuantizeResult result =
      quantize(read(model), *samples(model, kSamples), {.subset_size = kSamples, .threads = threads});
  infer::save_model(result.model, folder.path(), "model");
  return {base::read_file(folder.path() / "model.xml"), base::read_file(folder.path() / "model.bin")};
}

class DeterminismTest : public ::testing::TestWithParam<std::string> {};

TEST_P(DeterminismTest, TheSameFilesInEveryRunOnAnyNumberOfThreads) {
  const RealModel& model = real_model(GetParam());
  const Files first = quantized(model, 1);
  for (const int threads : {1, 2}) {
    const Files again = quantized(model, threads);
    // Not EXPECT_EQ: it would print megabytes.
    EXPECT_TRUE(again.bin == first.bin) << "weights or ranges differ with " << threads << " threads";
    EXPECT_TRUE(again.xml == first.xml) << "the graph, names or their order differ with " << threads << " threads";
  }
}

INSTANTIATE_TEST_SUITE_P(RealModels, DeterminismTest, ::testing::Values("recognition", "silero_sequence"),
                         [](const auto& instance) { return instance.param; });

}  // namespace
}  // namespace octune::real_models
