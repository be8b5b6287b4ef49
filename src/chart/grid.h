/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Which columns stand on a strip. They begin at whole multiples of their span,
 * so that a column keeps its content while the strip moves on.
 */
typedef struct {
  gint64 from_ms; /* Unix time */
  gint64 span_ms;
  guint n_columns;
} PingemGrid;

/* The columns of the last @range_ms, the newest being the one that holds @now_ms, on @width pixels.
 */
PingemGrid pingem_grid_fit (gint64 now_ms, gint64 range_ms, double width);
gint64 pingem_grid_get_end (const PingemGrid *grid);
gboolean pingem_grid_equal (const PingemGrid *a, const PingemGrid *b);

G_END_DECLS
