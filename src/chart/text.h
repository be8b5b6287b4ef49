/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <pango/pangocairo.h>

G_BEGIN_DECLS

/* One line in a Pango font description such as "Cantarell 9". Returns: (transfer full) */
PangoLayout *pingem_text_new (cairo_t *cr, const char *font, const char *text);
int pingem_text_get_width (PangoLayout *layout);
int pingem_text_get_height (PangoLayout *layout);
/* Its top left corner stands at @x, @y, on whole pixels. */
void pingem_text_draw (PangoLayout *layout, cairo_t *cr, double x, double y);

G_END_DECLS
