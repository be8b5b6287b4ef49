/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "chart/week-map.h"

#include <math.h>

#include <glib/gi18n-lib.h>

#include "chart/strip.h"
#include "chart/text.h"
#include "ipc/status.h"

#define MIN_SHADE 0.25
/* Loss that is as dark as it gets. */
#define MAX_LOSS 0.2
#define LABEL_MARGIN 4
#define LABELLED_HOURS 3

/* The locale's name of a day; 1 January 2024 was a Monday. */
static char *
name_day (guint day, const char *format)
{
  g_autoptr (GDateTime) date = g_date_time_new_utc (2024, 1, 1 + (int) day, 12, 0, 0);

  return g_date_time_format (date, format);
}

PingemWeekMap
pingem_week_map_count (const PingemColumn *columns, guint n_columns, GTimeZone *zone)
{
  PingemWeekMap map = { 0 };

  for (const PingemColumn *c = columns; c < columns + n_columns; c++)
    {
      g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (c->start_ms / 1000);
      g_autoptr (GDateTime) local = g_date_time_to_timezone (utc, zone);
      int day = g_date_time_get_day_of_week (local) - 1;
      int hour = g_date_time_get_hour (local);

      map.cells[day][hour].due += pingem_column_due (c);
      map.cells[day][hour].missing += c->lost + c->unsent + c->error;
    }

  return map;
}

double
pingem_week_map_loss (const PingemWeekMap *map, guint day, guint hour)
{
  if (map->cells[day][hour].due == 0)
    return -1;

  return (double) map->cells[day][hour].missing / map->cells[day][hour].due;
}

char *
pingem_week_map_describe (const PingemWeekMap *map)
{
  guint worst_day = 0, worst_hour = 0;
  double worst = -1;
  g_autofree char *loss = NULL;
  g_autofree char *name = NULL;

  for (guint day = 0; day < PINGEM_WEEK_DAYS; day++)
    for (guint hour = 0; hour < PINGEM_WEEK_HOURS; hour++)
      if (pingem_week_map_loss (map, day, hour) > worst)
        {
          worst = pingem_week_map_loss (map, day, hour);
          worst_day = day;
          worst_hour = hour;
        }

  if (worst < 0)
    return g_strdup (_ ("Nothing was measured."));
  if (worst <= 0)
    return g_strdup (_ ("No hour of the week lost anything."));

  loss = pingem_format_loss (worst);
  name = name_day (worst_day, "%A");

  /* Translators: a day of the week, an hour of it from and to, and the loss */
  return g_strdup_printf (_ ("Worst hour of the week: %s, %02u:00 to %02u:00, %s missing."), name,
                          worst_hour, (worst_hour + 1) % PINGEM_WEEK_HOURS, loss);
}

/* From the background to the colour of loss. */
static void
set_shade (cairo_t *cr, const PingemPalette *palette, double loss)
{
  const PingemColor *from = &palette->background, *to = &palette->lost;
  double shade = loss > 0 ? MIN_SHADE + (1 - MIN_SHADE) * MIN (sqrt (loss / MAX_LOSS), 1) : 0;

  cairo_set_source_rgb (cr, from->red + (to->red - from->red) * shade,
                        from->green + (to->green - from->green) * shade,
                        from->blue + (to->blue - from->blue) * shade);
}

static void
draw_cell (cairo_t *cr, const PingemPalette *palette, double loss, double width, double height)
{
  if (loss < 0)
    pingem_strip_draw_sample (cr, palette, PINGEM_PART_GAP, width, height);
  else
    {
      set_shade (cr, palette, loss);
      cairo_rectangle (cr, 0, 0, width, height);
      cairo_fill (cr);
    }

  pingem_color_set_source (&palette->line, cr);
  cairo_set_line_width (cr, 1);
  cairo_rectangle (cr, 0.5, 0.5, width, height);
  cairo_stroke (cr);
}

static double
measure_days (cairo_t *cr, const char *font)
{
  int width = 0;

  for (guint day = 0; day < PINGEM_WEEK_DAYS; day++)
    {
      g_autofree char *name = name_day (day, "%a");
      g_autoptr (PangoLayout) layout = pingem_text_new (cr, font, name);

      width = MAX (width, pingem_text_get_width (layout));
    }

  return width + LABEL_MARGIN;
}

static void
draw_label (cairo_t *cr,
            const PingemPalette *palette,
            const char *font,
            const char *text,
            double x,
            double middle_y)
{
  g_autoptr (PangoLayout) layout = pingem_text_new (cr, font, text);

  pingem_color_set_source (&palette->text, cr);
  pingem_text_draw (layout, cr, x, middle_y - pingem_text_get_height (layout) / 2.0);
}

void
pingem_week_map_draw (cairo_t *cr,
                      const PingemPalette *palette,
                      const char *font,
                      const PingemWeekMap *map,
                      double width,
                      double height)
{
  double left = measure_days (cr, font);
  double cell_width = floor ((width - left - 1) / PINGEM_WEEK_HOURS);
  /* The hours have a row of their own. */
  double cell_height = floor ((height - 1) / (PINGEM_WEEK_DAYS + 1));

  for (guint hour = 0; hour < PINGEM_WEEK_HOURS; hour += LABELLED_HOURS)
    {
      g_autofree char *text = g_strdup_printf ("%02u", hour);

      draw_label (cr, palette, font, text, left + hour * cell_width, cell_height / 2);
    }

  for (guint day = 0; day < PINGEM_WEEK_DAYS; day++)
    {
      g_autofree char *name = name_day (day, "%a");

      draw_label (cr, palette, font, name, 0, (day + 1.5) * cell_height);
      for (guint hour = 0; hour < PINGEM_WEEK_HOURS; hour++)
        {
          cairo_save (cr);
          cairo_translate (cr, left + hour * cell_width, (day + 1) * cell_height);
          draw_cell (cr, palette, pingem_week_map_loss (map, day, hour), cell_width, cell_height);
          cairo_restore (cr);
        }
    }
}
