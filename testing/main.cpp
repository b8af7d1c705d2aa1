// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#include <dlfcn.h>
// TBB loads its binding library with RTLD_DEEPBIND, which the sanitizers refuse: without the flag it works.
extern "C" void* __interceptor_dlopen(const char* file, int flags);
extern "C" void* dlopen(const char* file, int flags) { return __interceptor_dlopen(file, flags & ~RTLD_DEEPBIND); }
#endif

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
