// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
// Only the precompiled header is wanted from this target.
