/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "chart/axis.h"

#include "chart/text.h"

#define MARK_HEIGHT 4
#define LABEL_SPACING 6
#define DAY_S (24 * 60 * 60)
/* All zones of today differ from UTC by a multiple of it. */
#define OFFSET_STEP_S (15 * 60)

static const int steps_s[] = { 10,   15,   30,    60,    2 * 60, 5 * 60, 10 * 60,   15 * 60,   1800,
                               3600, 7200, 10800, 21600, 43200,  DAY_S,  7 * DAY_S, 28 * DAY_S };

static int
find_step (gint64 range_ms, double width, double min_distance)
{
  double min_s = range_ms / 1000.0 * min_distance / MAX (width, 1);

  for (guint i = 0; i < G_N_ELEMENTS (steps_s); i++)
    if (steps_s[i] >= min_s)
      return steps_s[i];

  return steps_s[G_N_ELEMENTS (steps_s) - 1];
}

static int
get_offset (GTimeZone *zone, gint64 time_s)
{
  int interval = g_time_zone_find_interval (zone, G_TIME_TYPE_UNIVERSAL, time_s);

  return interval >= 0 ? g_time_zone_get_offset (zone, interval) : 0;
}

static void
write_label (PingemTick *tick, gint64 local_s, int step_s)
{
  g_autoptr (GDateTime) local = g_date_time_new_from_unix_utc (local_s);
  const char *format = step_s < 60 ? "%H:%M:%S" : "%H:%M";
  g_autofree char *label = NULL;

  if (step_s >= 3600 && local_s % DAY_S == 0)
    format = step_s < DAY_S ? "%A" : "%x";

  label = g_date_time_format (local, format);
  g_strlcpy (tick->label, label, sizeof tick->label);
}

GArray *
pingem_axis_find_ticks (
    gint64 from_ms, gint64 to_ms, double width, double min_distance, GTimeZone *zone)
{
  GArray *ticks = g_array_new (FALSE, TRUE, sizeof (PingemTick));
  int step_s = find_step (to_ms - from_ms, width, min_distance);
  int stride_s = MIN (step_s, OFFSET_STEP_S);

  /* Round in local time, so that a tick every six hours stays at 6, 12 and 18 o'clock when the
   * clocks change; walked in Unix time, where no hour is missing and none comes twice. */
  for (gint64 time_s = from_ms / 1000 / stride_s * stride_s; time_s * 1000 < to_ms;
       time_s += stride_s)
    {
      PingemTick tick = { .time_ms = time_s * 1000 };
      gint64 local_s = time_s + get_offset (zone, time_s);

      if (tick.time_ms < from_ms || local_s % step_s != 0)
        continue;

      write_label (&tick, local_s, step_s);
      g_array_append_val (ticks, tick);
    }

  return ticks;
}

/* @free_x: where the label may begin. Returns: the same for the next one. */
static double
draw_tick (cairo_t *cr,
           const PingemPalette *palette,
           const char *font,
           const PingemTick *tick,
           double x,
           double width,
           double free_x)
{
  g_autoptr (PangoLayout) layout = pingem_text_new (cr, font, tick->label);
  int label_width = pingem_text_get_width (layout);
  double label_x = CLAMP (x - label_width / 2, 0, MAX (width - label_width, 0));

  pingem_color_set_source (&palette->line, cr);
  cairo_rectangle (cr, (int) x, 0, 1, MARK_HEIGHT);
  cairo_fill (cr);

  if (label_x < free_x)
    return free_x;

  pingem_color_set_source (&palette->text, cr);
  pingem_text_draw (layout, cr, label_x, PINGEM_AXIS_LABEL_Y);

  return label_x + label_width + LABEL_SPACING;
}

void
pingem_axis_draw (cairo_t *cr,
                  const PingemPalette *palette,
                  const char *font,
                  GArray *ticks,
                  gint64 from_ms,
                  gint64 to_ms,
                  double width)
{
  double free_x = 0;

  for (guint i = 0; i < ticks->len; i++)
    {
      const PingemTick *tick = &g_array_index (ticks, PingemTick, i);
      double x = (double) (tick->time_ms - from_ms) / (to_ms - from_ms) * width;

      free_x = draw_tick (cr, palette, font, tick, x, width, free_x);
    }
}
