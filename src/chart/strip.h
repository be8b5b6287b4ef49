/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "chart/palette.h"
#include "chart/scale.h"

G_BEGIN_DECLS

typedef struct {
  const PingemPalette *palette;
  PingemScale scale;
  const char *font; /* of the reasons of gaps: a Pango font description */
} PingemStripStyle;

/* What a column is drawn from; in the order of a legend. */
typedef enum {
  PINGEM_PART_P50,
  PINGEM_PART_P95,
  PINGEM_PART_LOST,
  PINGEM_PART_LATE,
  PINGEM_PART_ERROR,
  PINGEM_PART_UNSENT,
  PINGEM_PART_HELD,
  PINGEM_PART_GAP,
} PingemPart;

#define PINGEM_N_PARTS (PINGEM_PART_GAP + 1)

/*
 * @columns, oldest first and all of one span, over the whole of @width: RTT
 * from below; lost, late and error hanging from the top, each at least 2 pixels
 * wide and 4 high, also where columns are narrower than a pixel; unsent, held
 * and gaps as patterns of full height behind them.
 */
void pingem_strip_draw (cairo_t *cr,
                        const PingemStripStyle *style,
                        const PingemColumn *columns,
                        guint n_columns,
                        double width,
                        double height);

/* In a legend, in the reader's language. */
const char *pingem_part_label (PingemPart part);
/* A sample of @part for a legend. */
void pingem_strip_draw_sample (
    cairo_t *cr, const PingemPalette *palette, PingemPart part, double width, double height);

/* The range from @x1 to @x2 is chosen: with an edge at both ends, and a veil between them. */
void pingem_strip_draw_selection (
    cairo_t *cr, const PingemPalette *palette, double x1, double x2, double height);

/* Which column stands at @x; always below @n_columns, which is at least 1. */
guint pingem_strip_find_column (guint n_columns, double width, double x);

G_END_DECLS
