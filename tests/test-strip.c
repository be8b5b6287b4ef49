/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "chart/marks.h"
#include "chart/strip.h"

#include <math.h>

#define WIDTH 300
#define HEIGHT 80

static guint32
get_pixel (cairo_surface_t *image, int x, int y)
{
  const guchar *row = cairo_image_surface_get_data (image);

  row += (gsize) y * cairo_image_surface_get_stride (image);

  return ((const guint32 *) row)[x] & 0xffffff;
}

static guint32
get_rgb (const PingemColor *color)
{
  return (guint) lround (color->red * 255) << 16 | (guint) lround (color->green * 255) << 8 |
         (guint) lround (color->blue * 255);
}

static int
count_in (cairo_surface_t *image, const PingemColor *color, int x1, int x2)
{
  int n = 0;

  for (int y = 0; y < HEIGHT; y++)
    for (int x = x1; x < x2; x++)
      n += get_pixel (image, x, y) == get_rgb (color);

  return n;
}

static int
count (cairo_surface_t *image, const PingemColor *color)
{
  return count_in (image, color, 0, WIDTH);
}

static cairo_surface_t *
draw_with (const PingemPalette *palette, const PingemColumn *columns, guint n)
{
  PingemStripStyle style = { palette, { 50000, FALSE }, "Sans 9" };
  cairo_surface_t *image = cairo_image_surface_create (CAIRO_FORMAT_RGB24, WIDTH, HEIGHT);
  cairo_t *cr = cairo_create (image);

  pingem_strip_draw (cr, &style, columns, n, WIDTH, HEIGHT);
  cairo_destroy (cr);
  cairo_surface_flush (image);

  return image;
}

static cairo_surface_t *
draw (const PingemColumn *columns, guint n)
{
  return draw_with (pingem_palette_get (FALSE, FALSE), columns, n);
}

static PingemColumn
make_good (void)
{
  return (PingemColumn){
    .reply = 300, .rtt_min_us = 9000, .rtt_p50_us = 10000, .rtt_p95_us = 20000, .rtt_max_us = 30000
  };
}

static PingemColumn
make_empty (void)
{
  return (PingemColumn){
    .rtt_min_us = -1, .rtt_p50_us = -1, .rtt_p95_us = -1, .rtt_p99_us = -1, .rtt_max_us = -1
  };
}

static void
assert_one_loss_is_visible (guint n_columns)
{
  const PingemColor *lost = &pingem_palette_get (FALSE, FALSE)->lost;

  for (guint i = 0; i < n_columns; i += 7)
    {
      g_autofree PingemColumn *columns = g_new (PingemColumn, n_columns);
      cairo_surface_t *image;

      for (guint k = 0; k < n_columns; k++)
        columns[k] = make_good ();
      columns[i].reply = 299;
      columns[i].lost = 1;

      image = draw (columns, n_columns);
      g_assert_cmpint (count (image, lost), >=, 4);
      g_assert_cmpint (count_in (image, lost, 0, MAX ((int) (i * WIDTH / n_columns) - 2, 0)), ==,
                       0);
      cairo_surface_destroy (image);
    }
}

static void
test_one_lost_among_many (void)
{
  assert_one_loss_is_visible (75);
  assert_one_loss_is_visible (288);
  /* Several columns share a pixel. */
  assert_one_loss_is_visible (1440);
}

static void
test_rtt_from_below (void)
{
  const PingemPalette *palette = pingem_palette_get (FALSE, FALSE);
  PingemColumn column = make_good ();
  cairo_surface_t *image = draw (&column, 1);

  /* 10 of 50 ms and 20 of 50 ms of a height of 80. */
  g_assert_cmphex (get_pixel (image, 5, 79), ==, get_rgb (&palette->p50));
  g_assert_cmphex (get_pixel (image, 5, 64), ==, get_rgb (&palette->p50));
  g_assert_cmphex (get_pixel (image, 5, 63), ==, get_rgb (&palette->p95));
  g_assert_cmphex (get_pixel (image, 5, 48), ==, get_rgb (&palette->p95));
  g_assert_cmphex (get_pixel (image, 5, 47), ==, get_rgb (&palette->background));
  g_assert_cmpint (count (image, &palette->lost), ==, 0);
  cairo_surface_destroy (image);
}

static void
test_all_lost (void)
{
  const PingemPalette *palette = pingem_palette_get (FALSE, FALSE);
  PingemColumn columns[2] = { make_empty (), make_good () };
  cairo_surface_t *image;

  columns[0].lost = 20;
  image = draw (columns, 2);
  g_assert_cmpint (count (image, &palette->lost), ==, (WIDTH / 2 - 1) * HEIGHT);
  g_assert_cmpint (count_in (image, &palette->lost, WIDTH / 2, WIDTH), ==, 0);
  cairo_surface_destroy (image);
}

static void
test_marks_hang_in_order (void)
{
  const PingemPalette *palette = pingem_palette_get (FALSE, FALSE);
  PingemColumn column = make_empty ();
  cairo_surface_t *image;

  column.reply = 4;
  column.lost = column.late = column.error = column.in_flight = 1;
  image = draw (&column, 1);
  g_assert_cmphex (get_pixel (image, 5, 0), ==, get_rgb (&palette->lost));
  g_assert_cmphex (get_pixel (image, 5, 9), ==, get_rgb (&palette->lost));
  g_assert_cmphex (get_pixel (image, 5, 10), ==, get_rgb (&palette->late));
  g_assert_cmphex (get_pixel (image, 5, 20), ==, get_rgb (&palette->error));
  g_assert_cmphex (get_pixel (image, 5, 30), ==, get_rgb (&palette->in_flight));
  g_assert_cmphex (get_pixel (image, 5, 60), ==, get_rgb (&palette->background));
  cairo_surface_destroy (image);
}

/* Where both are drawn, and how each row of pixels looks. */
static void
test_patterns_differ (void)
{
  const PingemPalette *palette = pingem_palette_get (FALSE, FALSE);
  PingemColumn columns[4] = { make_empty (), make_empty (), make_empty (), make_empty () };
  cairo_surface_t *image;

  columns[0].unsent = 5;
  columns[1].held = 5;
  columns[2].gap = PINGEM_GAP_STALLED;
  image = draw (columns, 4);

  g_assert_cmpint (count_in (image, &palette->unsent, 0, 75), >, 75 * HEIGHT / 10);
  g_assert_cmpint (count_in (image, &palette->unsent, 75, WIDTH), ==, 0);
  /* Whole lines, unlike the slanted ones of a gap. */
  g_assert_cmpint (count_in (image, &palette->held, 75, 150), >, 75 * HEIGHT / 10);
  g_assert_cmpint (count_in (image, &palette->held, 150, WIDTH), ==, 0);
  /* Nothing due and no gap: blank. */
  g_assert_cmpint (count_in (image, &palette->background, 225, WIDTH), ==, 75 * (HEIGHT - 1));
  g_assert_cmpint (count (image, &palette->lost), ==, 0);
  cairo_surface_destroy (image);
}

static void
test_gap_says_why (void)
{
  const PingemPalette *palette = pingem_palette_get (FALSE, FALSE);
  PingemColumn columns[30];
  cairo_surface_t *wide, *narrow;

  for (guint i = 0; i < 30; i++)
    {
      columns[i] = make_empty ();
      columns[i].gap = PINGEM_GAP_SUSPENDED;
    }
  wide = draw (columns, 30);
  g_assert_cmpint (count (wide, &palette->text), >, 0);

  for (guint i = 0; i < 30; i++)
    columns[i].gap = i == 15 ? PINGEM_GAP_SUSPENDED : PINGEM_GAP_NONE;
  narrow = draw (columns, 30);
  g_assert_cmpint (count (narrow, &palette->text), ==, 0);
  g_assert_cmpint (count_in (narrow, &palette->background, 151, 159), <, 8 * (HEIGHT - 1));

  cairo_surface_destroy (wide);
  cairo_surface_destroy (narrow);
}

static void
test_in_flight_is_no_loss (void)
{
  const PingemPalette *palette = pingem_palette_get (FALSE, FALSE);
  PingemColumn column = make_empty ();
  cairo_surface_t *image;

  column.in_flight = 2;
  image = draw (&column, 1);
  g_assert_cmpint (count (image, &palette->lost), ==, 0);
  g_assert_cmpint (count (image, &palette->in_flight), >, 0);
  cairo_surface_destroy (image);
}

static void
test_palettes (void)
{
  for (int i = 0; i < 4; i++)
    {
      const PingemPalette *palette = pingem_palette_get (i & 1, i & 2);
      PingemColumn columns[2] = { make_good (), make_empty () };
      cairo_surface_t *image;

      columns[1].lost = 1;
      image = draw_with (palette, columns, 2);
      g_assert_cmpint (count (image, &palette->lost), >, 0);
      g_assert_cmpint (count (image, &palette->p50), >, 0);
      g_assert_cmpint (count (image, &palette->background), >, 0);
      g_assert_cmpuint (palette->background.red < 0.5, ==, i & 1);
      cairo_surface_destroy (image);
    }
}

static void
test_samples_look_different (void)
{
  const PingemPalette *palette = pingem_palette_get (FALSE, FALSE);
  g_autoptr (GHashTable) sums = g_hash_table_new (NULL, NULL);

  for (int part = 0; part < PINGEM_N_PARTS; part++)
    {
      cairo_surface_t *image = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 16, 16);
      cairo_t *cr = cairo_create (image);
      guint sum = 0;

      pingem_strip_draw_sample (cr, palette, part, 16, 16);
      cairo_destroy (cr);
      cairo_surface_flush (image);

      for (int i = 0; i < 256; i++)
        sum = sum * 31 + get_pixel (image, i % 16, i / 16);
      g_assert_true (g_hash_table_add (sums, GUINT_TO_POINTER (sum)));
      cairo_surface_destroy (image);
    }
}

static void
test_nothing_to_draw (void)
{
  cairo_surface_t *image = draw (NULL, 0);
  const PingemPalette *palette = pingem_palette_get (FALSE, FALSE);

  g_assert_cmpint (count (image, &palette->background), ==, WIDTH * (HEIGHT - 1));
  cairo_surface_destroy (image);
}

static void
test_find_column (void)
{
  g_assert_cmpuint (pingem_strip_find_column (10, 100, -5), ==, 0);
  g_assert_cmpuint (pingem_strip_find_column (10, 100, 35), ==, 3);
  g_assert_cmpuint (pingem_strip_find_column (10, 100, 100), ==, 9);
}

/* Where the colour is, from the left; -1: nowhere. */
static int
find_first (cairo_surface_t *image, const PingemColor *color)
{
  for (int x = 0; x < WIDTH; x++)
    if (count_in (image, color, x, x + 1) > 0)
      return x;

  return -1;
}

static cairo_surface_t *
draw_marks (const char *kind, gint64 from_ms, gint64 to_ms)
{
  cairo_surface_t *image = cairo_image_surface_create (CAIRO_FORMAT_RGB24, WIDTH, HEIGHT);
  cairo_t *cr = cairo_create (image);
  g_autoptr (GPtrArray) events =
      g_ptr_array_new_with_free_func ((GDestroyNotify) pingem_event_free);

  g_ptr_array_add (events, pingem_event_new (kind, from_ms, to_ms, "", "", ""));
  pingem_marks_draw (cr, pingem_palette_get (FALSE, FALSE), events, 1000000, 1300000, WIDTH,
                     HEIGHT);
  cairo_destroy (cr);
  cairo_surface_flush (image);

  return image;
}

/* A pixel is a second. */
static void
test_marks (void)
{
  const PingemPalette *palette = pingem_palette_get (FALSE, FALSE);
  static const struct {
    const char *kind;
    gint64 from_ms;
    gint64 to_ms;
    int at;
    int n_pixels; /* of a bar */
  } rows[] = {
    { PINGEM_EVENT_OUTAGE, 1100000, 1120000, 100, 20 * 4 },
    { PINGEM_EVENT_OUTAGE, 1100000, 1100100, 100, 2 * 4 },
    { PINGEM_EVENT_OUTAGE, 900000, 1010000, 0, 10 * 4 },
    { PINGEM_EVENT_OUTAGE, 1290000, -1, 290, 10 * 4 },
    { PINGEM_EVENT_OUTAGE, 900000, 990000, -1, 0 },
    { PINGEM_EVENT_OUTAGE, 1300000, -1, -1, 0 },
    { PINGEM_EVENT_GAP, 1100000, 1120000, -1, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      cairo_surface_t *image = draw_marks (rows[i].kind, rows[i].from_ms, rows[i].to_ms);

      g_test_message ("row %u", i);
      g_assert_cmpint (find_first (image, &palette->lost), ==, rows[i].at);
      g_assert_cmpint (count (image, &palette->lost), ==, rows[i].n_pixels);
      cairo_surface_destroy (image);
    }
}

static void
test_mark_without_length (void)
{
  const PingemPalette *palette = pingem_palette_get (FALSE, FALSE);
  cairo_surface_t *image = draw_marks (PINGEM_EVENT_NOTE, 1100000, 1100000);

  g_assert_cmpint (find_first (image, &palette->text), >, 95);
  g_assert_cmpint (count (image, &palette->text), >, 5);
  g_assert_cmpint (count (image, &palette->lost), ==, 0);
  cairo_surface_destroy (image);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/chart/strip/one-lost-among-many", test_one_lost_among_many);
  g_test_add_func ("/chart/strip/rtt-from-below", test_rtt_from_below);
  g_test_add_func ("/chart/strip/all-lost", test_all_lost);
  g_test_add_func ("/chart/strip/marks-hang-in-order", test_marks_hang_in_order);
  g_test_add_func ("/chart/strip/patterns-differ", test_patterns_differ);
  g_test_add_func ("/chart/strip/gap-says-why", test_gap_says_why);
  g_test_add_func ("/chart/strip/in-flight-is-no-loss", test_in_flight_is_no_loss);
  g_test_add_func ("/chart/strip/palettes", test_palettes);
  g_test_add_func ("/chart/strip/samples", test_samples_look_different);
  g_test_add_func ("/chart/strip/nothing-to-draw", test_nothing_to_draw);
  g_test_add_func ("/chart/strip/find-column", test_find_column);

  g_test_add_func ("/chart/marks/bars", test_marks);
  g_test_add_func ("/chart/marks/without-length", test_mark_without_length);

  return g_test_run ();
}
