/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A number as a user writes it, and what it must be. */
typedef struct {
  const char *name; /* as messages call it: "count", "--size" */
  const char *text; /* (nullable) not given: @ret_value stays */
  guint32 min;
  guint32 max;
  const char *unit; /* " ms", or "" */
  guint32 *ret_value;
} PingemNumber;

/*
 * Decimal digits alone, within the range. PINGEM_ERROR_BAD_VALUE: "count must
 * be 1 to 10, not 11".
 */
gboolean pingem_number_parse (const PingemNumber *number, GError **error);
gboolean pingem_numbers_parse (const PingemNumber *numbers, guint n_numbers, GError **error);

/* A text of unknown origin, fit for a message: no control characters, not endless. (transfer full)
 */
char *pingem_quote (const char *text);

G_END_DECLS
