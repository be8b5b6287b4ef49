/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "chart/axis.h"
#include "chart/grid.h"

#include <string.h>

#define HOUR_MS G_GINT64_CONSTANT (3600000)

/* 2026-03-29 00:00 UTC; at 01:00 UTC Berlin's clocks go from 02:00 to 03:00. */
#define SPRING_MS G_GINT64_CONSTANT (1774742400000)
/* 2026-10-25 01:00 UTC: Berlin's clocks go from 03:00 to 02:00. */
#define AUTUMN_MS G_GINT64_CONSTANT (1792890000000)

static const char *
get_label (GArray *ticks, guint i)
{
  g_assert_cmpuint (i, <, ticks->len);

  return g_array_index (ticks, PingemTick, i).label;
}

static void
test_ticks_are_round (void)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GArray) ticks =
      pingem_axis_find_ticks (SPRING_MS + 61000, SPRING_MS + HOUR_MS + 61000, 720, 70, utc);

  g_assert_cmpuint (ticks->len, ==, 6);
  g_assert_cmpstr (get_label (ticks, 0), ==, "00:10");
  g_assert_cmpstr (get_label (ticks, 5), ==, "01:00");
  g_assert_cmpint (g_array_index (ticks, PingemTick, 0).time_ms, ==, SPRING_MS + 600000);
}

static void
test_ticks_keep_their_distance (void)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();

  for (double width = 50; width < 2000; width += 50)
    for (gint64 range_ms = 60000; range_ms <= (width < 300 ? 1 : 90) * 24 * HOUR_MS; range_ms *= 2)
      {
        g_autoptr (GArray) ticks =
            pingem_axis_find_ticks (SPRING_MS + 1, SPRING_MS + range_ms, width, 70, utc);

        for (guint i = 1; i < ticks->len; i++)
          g_assert_cmpfloat ((g_array_index (ticks, PingemTick, i).time_ms -
                              g_array_index (ticks, PingemTick, i - 1).time_ms) *
                                 width / range_ms,
                             >=, 69.9);
      }
}

static void
test_local_time (void)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier ("Asia/Kolkata");
  g_autoptr (GArray) ticks = NULL;

  if (zone == NULL)
    {
      g_test_skip ("no time zone data (tzdata)");
      return;
    }

  ticks = pingem_axis_find_ticks (SPRING_MS, SPRING_MS + 6 * HOUR_MS, 720, 70, zone);
  g_assert_cmpstr (get_label (ticks, 0), ==, "06:00");
  g_assert_cmpint (g_array_index (ticks, PingemTick, 0).time_ms, ==, SPRING_MS + HOUR_MS / 2);
}

static void
test_clocks_change (void)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier ("Europe/Berlin");
  g_autoptr (GArray) ticks = NULL;

  if (zone == NULL)
    {
      g_test_skip ("no time zone data (tzdata)");
      return;
    }

  ticks = pingem_axis_find_ticks (SPRING_MS - 2 * HOUR_MS, SPRING_MS + 22 * HOUR_MS, 400, 80, zone);
  g_assert_cmpstr (get_label (ticks, 1), ==, "06:00");
  g_assert_cmpint (g_array_index (ticks, PingemTick, 1).time_ms, ==, SPRING_MS + 4 * HOUR_MS);
}

static void
check_labels (GTimeZone *zone, gint64 from_ms, const char *expected)
{
  g_autoptr (GArray) ticks = pingem_axis_find_ticks (from_ms, from_ms + HOUR_MS, 720, 70, zone);
  g_autoptr (GString) labels = g_string_new (NULL);

  for (guint i = 0; i < ticks->len; i++)
    g_string_append_printf (labels, "%s ", get_label (ticks, i));

  g_assert_cmpstr (labels->str, ==, expected);
}

static void
test_hour_that_is_missing_or_twice (void)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier ("Europe/Berlin");

  if (zone == NULL)
    {
      g_test_skip ("no time zone data (tzdata)");
      return;
    }

  check_labels (zone, SPRING_MS + HOUR_MS / 2, "01:30 01:40 01:50 03:00 03:10 03:20 ");
  check_labels (zone, AUTUMN_MS - HOUR_MS / 2, "02:30 02:40 02:50 02:00 02:10 02:20 ");
  check_labels (zone, AUTUMN_MS - HOUR_MS, "02:00 02:10 02:20 02:30 02:40 02:50 ");
}

/* Returns: (transfer full): with ticks where @share says, from 0 to 1, with long labels. */
static cairo_surface_t *
draw_at (const double *share, guint n)
{
  cairo_surface_t *image = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 400, 40);
  cairo_t *cr = cairo_create (image);
  g_autoptr (GArray) ticks = g_array_new (FALSE, TRUE, sizeof (PingemTick));

  for (guint i = 0; i < n; i++)
    {
      PingemTick tick = { SPRING_MS + (gint64) (share[i] * HOUR_MS), "a long label" };

      g_array_append_val (ticks, tick);
    }

  pingem_axis_draw (cr, pingem_palette_get (FALSE, FALSE), "Sans 9", ticks, SPRING_MS,
                    SPRING_MS + HOUR_MS, 400);
  cairo_destroy (cr);
  cairo_surface_flush (image);

  return image;
}

static gboolean
have_same_labels (cairo_surface_t *one, cairo_surface_t *other)
{
  gsize stride = cairo_image_surface_get_stride (one);
  gsize skipped = PINGEM_AXIS_LABEL_Y * stride;

  return memcmp (cairo_image_surface_get_data (one) + skipped,
                 cairo_image_surface_get_data (other) + skipped, 40 * stride - skipped) == 0;
}

static void
test_labels_never_meet (void)
{
  const double near[] = { 0.3, 0.4, 0.8 };
  const double far[] = { 0.3, 0.8 };
  cairo_surface_t *crowded = draw_at (near, 3);
  cairo_surface_t *wide = draw_at (far, 2);
  cairo_surface_t *first = draw_at (far, 1);

  g_assert_true (have_same_labels (crowded, wide));
  g_assert_false (have_same_labels (first, wide));

  cairo_surface_destroy (crowded);
  cairo_surface_destroy (wide);
  cairo_surface_destroy (first);
}

static void
test_grid_moves_in_whole_columns (void)
{
  PingemGrid first = pingem_grid_fit (SPRING_MS + 7000, HOUR_MS, 720);

  for (int i = 0; i < 100; i++)
    {
      gint64 now_ms = SPRING_MS + 7000 + i * 1000;
      PingemGrid grid = pingem_grid_fit (now_ms, HOUR_MS, 720);

      g_assert_cmpint (grid.span_ms, ==, 20000);
      g_assert_cmpuint (grid.n_columns, ==, 180);
      g_assert_cmpint ((grid.from_ms - first.from_ms) % grid.span_ms, ==, 0);
      g_assert_cmpint (pingem_grid_get_end (&grid), >, now_ms);
      g_assert_cmpint (pingem_grid_get_end (&grid) - grid.span_ms, <=, now_ms);
    }
}

static void
test_grid_covers_any_width (void)
{
  for (double width = 0; width < 10000; width += 37)
    for (gint64 range_ms = 300000; range_ms <= 24 * HOUR_MS; range_ms *= 4)
      {
        PingemGrid grid = pingem_grid_fit (SPRING_MS, range_ms, width);

        g_assert_cmpint (grid.span_ms * grid.n_columns, >=, range_ms);
        g_assert_cmpuint (grid.n_columns, <=, 4000);
      }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/chart/axis/ticks-are-round", test_ticks_are_round);
  g_test_add_func ("/chart/axis/ticks-keep-their-distance", test_ticks_keep_their_distance);
  g_test_add_func ("/chart/axis/local-time", test_local_time);
  g_test_add_func ("/chart/axis/clocks-change", test_clocks_change);
  g_test_add_func ("/chart/axis/hour-that-is-missing-or-twice", test_hour_that_is_missing_or_twice);
  g_test_add_func ("/chart/axis/labels-never-meet", test_labels_never_meet);
  g_test_add_func ("/chart/grid/moves-in-whole-columns", test_grid_moves_in_whole_columns);
  g_test_add_func ("/chart/grid/covers-any-width", test_grid_covers_any_width);

  return g_test_run ();
}
