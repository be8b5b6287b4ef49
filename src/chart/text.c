/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "chart/text.h"

#include <math.h>

PangoLayout *
pingem_text_new (cairo_t *cr, const char *font, const char *text)
{
  PangoLayout *layout = pango_cairo_create_layout (cr);
  PangoFontDescription *description = pango_font_description_from_string (font);

  pango_layout_set_font_description (layout, description);
  pango_layout_set_text (layout, text, -1);
  pango_font_description_free (description);

  return layout;
}

int
pingem_text_get_width (PangoLayout *layout)
{
  int width;

  pango_layout_get_pixel_size (layout, &width, NULL);

  return width;
}

int
pingem_text_get_height (PangoLayout *layout)
{
  int height;

  pango_layout_get_pixel_size (layout, NULL, &height);

  return height;
}

void
pingem_text_draw (PangoLayout *layout, cairo_t *cr, double x, double y)
{
  cairo_move_to (cr, round (x), round (y));
  pango_cairo_show_layout (cr, layout);
}
