/* Copyright (C) 2026 octune authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A shared library that knows nothing of octune.
 */
int answer(void);
int answer(void) { return 42; }
