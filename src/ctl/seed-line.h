/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

#include "engine/address.h"

G_BEGIN_DECLS

#define PINGEM_LINE_MAX_COUNT 10
#define PINGEM_LINE_MAX_INTERVAL_MS 1000
#define PINGEM_LINE_TIMEOUT_MS 5000

/* "IPv4,count,interval_ms" */
typedef struct {
  PingemAddress address;
  guint32 count;
  guint32 interval_ms;
} PingemSeedLine;

/* Spaces around the fields do not matter. PINGEM_ERROR_BAD_VALUE or BAD_ADDRESS. */
gboolean pingem_seed_line_parse (const char *text, PingemSeedLine *ret_line, GError **error);

G_END_DECLS
