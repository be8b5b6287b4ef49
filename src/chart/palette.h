/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <cairo.h>
#include <glib.h>

G_BEGIN_DECLS

/* sRGB, 0 to 1 each. */
typedef struct {
  double red;
  double green;
  double blue;
} PingemColor;

/* Okabe and Ito's colours, told apart by people who see fewer of them. */
typedef struct {
  PingemColor background;
  PingemColor line; /* grid lines and ticks */
  PingemColor text;
  PingemColor p50;
  PingemColor p95;
  PingemColor lost;
  PingemColor late;
  PingemColor error;
  PingemColor unsent;
  PingemColor held;
  PingemColor in_flight;
  PingemColor gap;
  PingemColor selection;
} PingemPalette;

/* Returns: (transfer none) */
const PingemPalette *pingem_palette_get (gboolean dark, gboolean high_contrast);

void pingem_color_set_source (const PingemColor *color, cairo_t *cr);

G_END_DECLS
