/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "chart/palette.h"
#include "ipc/column.h"

G_BEGIN_DECLS

#define PINGEM_WEEK_DAYS 7
#define PINGEM_WEEK_HOURS 24

/* Loss by hour of the day and day of the week. */
typedef struct {
  struct {
    guint64 due;
    guint64 missing;                            /* lost, unsent or ended by an error */
  } cells[PINGEM_WEEK_DAYS][PINGEM_WEEK_HOURS]; /* the first day is Monday */
} PingemWeekMap;

/* Of @columns of an hour at most; a column counts to the hour of @zone in which it begins. */
PingemWeekMap pingem_week_map_count (const PingemColumn *columns, guint n_columns, GTimeZone *zone);
/* 0 to 1; -1 where nothing was due */
double pingem_week_map_loss (const PingemWeekMap *map, guint day, guint hour);
/* The worst hour, in the reader's language: one line. (transfer full) */
char *pingem_week_map_describe (const PingemWeekMap *map);

/*
 * A row per day under the hours, from @width and @height. The more is lost, the darker a cell is;
 * where nothing was due it is hatched, and where anything is lost it is never as light as where
 * nothing is.
 */
void pingem_week_map_draw (cairo_t *cr,
                           const PingemPalette *palette,
                           const char *font,
                           const PingemWeekMap *map,
                           double width,
                           double height);

G_END_DECLS
