/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What it costs to draw strips on an image surface, and beside them the least that a chart can do:
 * a rectangle for each column. Prints "key value" pairs, a line per look.
 */

#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "chart/strip.h"

#define HEIGHT 88
#define MAX_COLUMNS 10000

typedef struct {
  const char *name;
  int scale;
  gboolean is_dark;
  gboolean is_bad; /* every column has something of everything */
  gboolean is_png; /* and is written as a PNG that nobody reads */
  void (*draw) (cairo_t *cr, const PingemPalette *palette, const PingemColumn *columns, guint n);
} Look;

static double
now_ms (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);

  return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

/* As on an ordinary line, with a little loss and a gap. */
static PingemColumn
make_good (guint i)
{
  PingemColumn column = { .reply = 60, .rtt_p50_us = 9000 + (int) (i * 7919 % 6000) };

  column.rtt_p95_us = column.rtt_p50_us + 4000 + (int) (i * 104729 % 9000);
  column.lost = i % 97 == 0;
  column.late = i % 211 == 0;
  if (i % 500 >= 480)
    column = (PingemColumn){ .gap = PINGEM_GAP_SUSPENDED, .rtt_p50_us = -1, .rtt_p95_us = -1 };

  return column;
}

static PingemColumn
make_bad (guint i)
{
  PingemColumn column = make_good (i);

  column.lost = 1 + i % 7;
  column.late = 1 + i % 5;
  column.error = 1 + i % 3;
  column.in_flight = 1;
  column.unsent = 1;
  column.held = 1;
  column.gap = i % 2 == 0 ? PINGEM_GAP_STALLED : PINGEM_GAP_PAUSED;

  return column;
}

static void
draw_strip (cairo_t *cr, const PingemPalette *palette, const PingemColumn *columns, guint n)
{
  PingemStripStyle style = { palette, { 50000, FALSE }, "Sans 8" };

  pingem_strip_draw (cr, &style, columns, n, n, HEIGHT);
}

static void
draw_rectangles (cairo_t *cr, const PingemPalette *palette, const PingemColumn *columns, guint n)
{
  pingem_color_set_source (&palette->background, cr);
  cairo_paint (cr);
  for (guint i = 0; i < n; i++)
    {
      double height = columns[i].rtt_p50_us / 50000.0 * HEIGHT;

      pingem_color_set_source (&palette->p50, cr);
      cairo_rectangle (cr, i, HEIGHT - height, 1, height);
      cairo_fill (cr);
    }
}

static cairo_status_t
discard (void *closure, const unsigned char *data, unsigned int length)
{
  return CAIRO_STATUS_SUCCESS;
}

static double
measure (const Look *look, const PingemColumn *columns, guint n, cairo_surface_t *image)
{
  const PingemPalette *palette = pingem_palette_get (look->is_dark, FALSE);
  double begin = now_ms ();
  cairo_t *cr = cairo_create (image);

  look->draw (cr, palette, columns, n);
  cairo_destroy (cr);
  cairo_surface_flush (image);
  if (look->is_png)
    cairo_surface_write_to_png_stream (image, discard, NULL);

  return now_ms () - begin;
}

static int
compare (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static cairo_surface_t *
make_image (const Look *look, guint n)
{
  cairo_surface_t *image =
      cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) n * look->scale, HEIGHT * look->scale);

  cairo_surface_set_device_scale (image, look->scale, look->scale);

  return image;
}

static void
look_at (const Look *look, guint n, guint n_strips)
{
  g_autofree PingemColumn *columns = g_new (PingemColumn, n);
  g_autofree double *times = g_new (double, n_strips);
  cairo_surface_t *image = make_image (look, n);

  for (guint i = 0; i < n; i++)
    columns[i] = look->is_bad ? make_bad (i) : make_good (i);

  /* The first finds its fonts, and malloc learns from its end how much it may keep. */
  measure (look, columns, n, image);
  cairo_surface_destroy (image);
  image = make_image (look, n);
  for (guint i = 0; i < n_strips; i++)
    times[i] = measure (look, columns, n, image);

  qsort (times, n_strips, sizeof *times, compare);
  printf ("look %s median_ms %.4f max_ms %.4f\n", look->name, times[n_strips / 2],
          times[n_strips - 1]);
  cairo_surface_destroy (image);
}

int
main (int argc, char *argv[])
{
  static const Look looks[] = {
    { "light", 1, FALSE, FALSE, FALSE, draw_strip },
    { "dark", 1, TRUE, FALSE, FALSE, draw_strip },
    { "light-2x", 2, FALSE, FALSE, FALSE, draw_strip },
    { "dark-2x", 2, TRUE, FALSE, FALSE, draw_strip },
    { "bad", 1, FALSE, TRUE, FALSE, draw_strip },
    { "bad-2x", 2, FALSE, TRUE, FALSE, draw_strip },
    { "png", 1, FALSE, FALSE, TRUE, draw_strip },
    { "rectangles", 1, FALSE, FALSE, FALSE, draw_rectangles },
    { "rectangles-2x", 2, FALSE, FALSE, FALSE, draw_rectangles },
  };
  guint n_columns = argc > 1 ? (guint) strtoul (argv[1], NULL, 10) : 0;
  guint n_strips = argc > 2 ? (guint) strtoul (argv[2], NULL, 10) : 0;

  if (argc != 3 || n_columns < 1 || n_columns > MAX_COLUMNS || n_strips < 1)
    {
      fprintf (stderr, "usage: bench-strip COLUMNS STRIPS, 1 to %d and 1 or more\n", MAX_COLUMNS);
      return 2;
    }

  for (guint i = 0; i < G_N_ELEMENTS (looks); i++)
    look_at (&looks[i], n_columns, n_strips);

  return 0;
}
