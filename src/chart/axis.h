/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "chart/palette.h"

G_BEGIN_DECLS

/* Where the labels begin, in pixels below the strips. */
#define PINGEM_AXIS_LABEL_Y 6

typedef struct {
  gint64 time_ms; /* Unix time */
  char label[64]; /* "14:20", "14:20:30", or the day where it begins */
} PingemTick;

/*
 * Times that are round in @zone, from @from_ms to before @to_ms, at least
 * @min_distance of @width apart. Returns: (transfer full): of PingemTick
 */
GArray *pingem_axis_find_ticks (
    gint64 from_ms, gint64 to_ms, double width, double min_distance, GTimeZone *zone);

/* The marks and labels of @ticks, a label moved inwards where it would be cut, and left out where
 * it would meet the one before. */
void pingem_axis_draw (cairo_t *cr,
                       const PingemPalette *palette,
                       const char *font,
                       GArray *ticks,
                       gint64 from_ms,
                       gint64 to_ms,
                       double width);

G_END_DECLS
