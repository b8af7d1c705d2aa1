// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0

// Linked into the programs of sanitizer builds only. TBB loads its binding library with RTLD_DEEPBIND, which the
// sanitizers refuse at start-up; without the flag it works.
#include <dlfcn.h>

extern "C" void* __interceptor_dlopen(const char* file, int flags);
extern "C" void* dlopen(const char* file, int flags) { return __interceptor_dlopen(file, flags & ~RTLD_DEEPBIND); }
