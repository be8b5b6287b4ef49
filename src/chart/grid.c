/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "chart/grid.h"

#include <math.h>

#define COLUMN_WIDTH 4
#define MIN_COLUMNS 20
#define MAX_COLUMNS 1000

PingemGrid
pingem_grid_fit (gint64 now_ms, gint64 range_ms, double width)
{
  double n_wanted = CLAMP (width / COLUMN_WIDTH, MIN_COLUMNS, MAX_COLUMNS);
  gint64 span_ms = (gint64) ceil (range_ms / n_wanted / 1000) * 1000;
  PingemGrid grid = { .span_ms = span_ms, .n_columns = ceil ((double) range_ms / span_ms) };

  grid.from_ms = (now_ms / span_ms + 1 - grid.n_columns) * span_ms;

  return grid;
}

gint64
pingem_grid_get_end (const PingemGrid *grid)
{
  return grid->from_ms + grid->span_ms * grid->n_columns;
}

gboolean
pingem_grid_equal (const PingemGrid *a, const PingemGrid *b)
{
  return a->from_ms == b->from_ms && a->span_ms == b->span_ms && a->n_columns == b->n_columns;
}
