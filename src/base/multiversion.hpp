// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Before a function: compiled a second time for processors with AVX2, and chosen when the program starts, so that one
/// build runs everywhere and its loops over floats are twice as wide where they can be. Nothing where the compiler or
/// the system cannot (other processors than x86-64, no glibc) and under sanitizers, which come up too late for it.
#include <cstddef>  // tells whether the C library is glibc

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define OCTUNE_MULTIVERSION
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define OCTUNE_MULTIVERSION
#endif
#if !defined(OCTUNE_MULTIVERSION) && defined(__x86_64__) && defined(__GLIBC__) && defined(__has_attribute)
#if __has_attribute(target_clones)
#define OCTUNE_MULTIVERSION __attribute__((target_clones("default", "avx2")))
#endif
#endif
#ifndef OCTUNE_MULTIVERSION
#define OCTUNE_MULTIVERSION
#endif
