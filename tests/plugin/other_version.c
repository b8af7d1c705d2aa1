/* Copyright (C) 2026 octune authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A plugin for an interface that comes later: nothing but the version may be read.
 */
#include "octune/plugin.h"

const octune_plugin* octune_plugin_get(void) {
  static const octune_plugin plugin = {.api_version = OCTUNE_PLUGIN_API_VERSION + 1, .dataset_count = 7};
  return &plugin;
}
