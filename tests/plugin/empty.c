/* Copyright (C) 2026 octune authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A plugin that offers nothing.
 */
#include "octune/plugin.h"

const octune_plugin* octune_plugin_get(void) {
  static const octune_plugin plugin = {.api_version = OCTUNE_PLUGIN_API_VERSION};
  return &plugin;
}
