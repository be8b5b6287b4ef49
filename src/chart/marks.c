/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "chart/marks.h"

#include <math.h>

#define BAR_HEIGHT 4
#define MIN_BAR_WIDTH 2
#define TRIANGLE_SIZE 7

/* With an edge, to be seen on bars too. */
static void
fill_edged (cairo_t *cr, const PingemPalette *palette, const PingemColor *color)
{
  pingem_color_set_source (&palette->background, cr);
  cairo_set_line_width (cr, 2);
  cairo_stroke_preserve (cr);
  pingem_color_set_source (color, cr);
  cairo_fill (cr);
}

static void
draw_bar (cairo_t *cr, const PingemPalette *palette, double begin, double end, double height)
{
  double x = round (begin);

  cairo_rectangle (cr, x, height - BAR_HEIGHT, MAX (round (end) - x, MIN_BAR_WIDTH), BAR_HEIGHT);
  fill_edged (cr, palette, &palette->lost);
}

static void
draw_triangle (cairo_t *cr, const PingemPalette *palette, double x, double height)
{
  cairo_move_to (cr, x, height - TRIANGLE_SIZE);
  cairo_line_to (cr, x + TRIANGLE_SIZE / 2.0, height);
  cairo_line_to (cr, x - TRIANGLE_SIZE / 2.0, height);
  cairo_close_path (cr);
  fill_edged (cr, palette, &palette->text);
}

void
pingem_marks_draw (cairo_t *cr,
                   const PingemPalette *palette,
                   const GPtrArray *events,
                   gint64 from_ms,
                   gint64 to_ms,
                   double width,
                   double height)
{
  double scale = width / MAX (to_ms - from_ms, 1);

  for (guint i = 0; i < events->len; i++)
    {
      const PingemEvent *event = g_ptr_array_index (events, i);
      gint64 end_ms = event->to_ms < 0 ? to_ms : event->to_ms;
      double x = (event->from_ms - from_ms) * scale;

      if (g_str_equal (event->kind, PINGEM_EVENT_GAP) || event->from_ms >= to_ms ||
          end_ms < from_ms)
        continue;

      if (g_str_equal (event->kind, PINGEM_EVENT_OUTAGE))
        draw_bar (cr, palette, x, (end_ms - from_ms) * scale, height);
      else
        draw_triangle (cr, palette, x, height);
    }
}
