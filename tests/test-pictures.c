/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The chart beside reference pictures, tests/pictures/NAME.png. "ninja -C build
 * pingem-update-pictures" writes them anew: look at them before they are committed.
 */

#include "chart/axis.h"
#include "chart/marks.h"
#include "chart/strip.h"

#define FONT "DejaVu Sans 8"
#define STRIP_HEIGHT 72
#define AXIS_HEIGHT 22
#define SAMPLE_SIZE 14
#define FROM_MS (G_GINT64_CONSTANT (1789999200) * 1000)

/* Rasterisers do not agree on the edges of letters and slants: what is alike, or stands a pixel
 * beside, is the same. Of the rest there may be less than the smallest mark of a loss has. */
#define ALIKE 64
#define MAX_DIFFERENT 7

typedef struct {
  const char *name;
  gboolean is_dark;
  gboolean is_high_contrast;
  int width;
  int height;
  void (*draw) (cairo_t *cr, const PingemPalette *palette);
} Picture;

typedef struct {
  const PingemPalette *palette;
  cairo_t *cr;
  double width;
  double y; /* of what comes next */
} Page;

static PingemColumn
make_column (guint i, guint reply)
{
  int rtt_us = reply > 0 ? 9000 + (int) (i * 7919 % 6000) : -1;

  return (PingemColumn){
    .reply = reply,
    .rtt_min_us = rtt_us,
    .rtt_p50_us = rtt_us,
    .rtt_p95_us = reply > 0 ? rtt_us + 4000 + (int) (i * 104729 % 9000) : -1,
    .rtt_p99_us = rtt_us,
    .rtt_max_us = rtt_us,
  };
}

static void
draw_strip (Page *page, const PingemColumn *columns, guint n, gboolean is_log)
{
  PingemStripStyle style = { page->palette, { is_log ? 100000 : 50000, is_log }, FONT };

  cairo_save (page->cr);
  cairo_translate (page->cr, 0, page->y);
  pingem_strip_draw (page->cr, &style, columns, n, page->width, STRIP_HEIGHT);
  cairo_restore (page->cr);
}

/* A column of every kind, and of some mixtures. */
static void
draw_states (Page *page)
{
  static const PingemColumn kinds[] = {
    { .reply = 10 },
    { .reply = 9, .lost = 1 },
    { .lost = 10 },
    { .reply = 9, .late = 1 },
    { .late = 10 },
    { .reply = 9, .error = 1 },
    { .error = 10 },
    { .reply = 5, .lost = 2, .late = 2, .error = 1 },
    { .unsent = 10 },
    { .reply = 7, .unsent = 3 },
    { .held = 10 },
    { .reply = 7, .held = 3 },
    { .reply = 8, .in_flight = 2 },
    { .in_flight = 10 },
    { .reply = 5, .gap = PINGEM_GAP_STALLED },
    { .reply = 5, .lost = 1, .gap = PINGEM_GAP_SUSPENDED },
    { 0 },
  };
  PingemColumn columns[3 * G_N_ELEMENTS (kinds)];

  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    {
      const PingemColumn *kind = &kinds[i / 3];
      PingemColumn rtts = make_column (i, kind->reply + kind->late);

      columns[i] = *kind;
      columns[i].rtt_p50_us = rtts.rtt_p50_us;
      columns[i].rtt_p95_us = rtts.rtt_p95_us;
    }
  draw_strip (page, columns, G_N_ELEMENTS (columns), FALSE);
}

/* Each reason; and one on too few columns for its words. */
static void
draw_gaps (Page *page)
{
  PingemColumn columns[63];

  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    {
      guint reason = i / 10 + 1;

      columns[i] = make_column (i, i == 62 ? 10 : 0);
      columns[i].gap = i == 62       ? PINGEM_GAP_NONE
                       : i >= 60     ? PINGEM_GAP_PAUSED
                       : i % 10 == 9 ? PINGEM_GAP_NONE
                                     : (PingemGap) reason;
    }
  draw_strip (page, columns, G_N_ELEMENTS (columns), FALSE);
}

static void
draw_marks (Page *page, gint64 to_ms)
{
  static const struct {
    const char *kind;
    int from_s;
    int to_s;
  } rows[] = {
    { PINGEM_EVENT_OUTAGE, 18, 60 },   { PINGEM_EVENT_OUTAGE, 120, 121 },
    { PINGEM_EVENT_OUTAGE, 560, -1 },  { PINGEM_EVENT_NOTE, 90, 90 },
    { PINGEM_EVENT_NETWORK, 40, 40 },  { PINGEM_EVENT_GAP, 300, 400 },
    { PINGEM_EVENT_RESUME, 400, 400 }, { PINGEM_EVENT_CLOCK_STEP, 480, 480 },
  };
  g_autoptr (GPtrArray) events =
      g_ptr_array_new_with_free_func ((GDestroyNotify) pingem_event_free);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_ptr_array_add (events,
                     pingem_event_new (rows[i].kind, FROM_MS + rows[i].from_s * 1000,
                                       rows[i].to_s < 0 ? -1 : FROM_MS + rows[i].to_s * 1000, "",
                                       "", ""));

  cairo_save (page->cr);
  cairo_translate (page->cr, 0, page->y);
  pingem_marks_draw (page->cr, page->palette, events, FROM_MS, to_ms, page->width, STRIP_HEIGHT);
  cairo_restore (page->cr);
  page->y += STRIP_HEIGHT;
}

static void
draw_axis (Page *page, gint64 to_ms)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_utc ();
  g_autoptr (GArray) ticks = pingem_axis_find_ticks (FROM_MS, to_ms, page->width, 76, zone);

  cairo_save (page->cr);
  cairo_translate (page->cr, 0, page->y);
  pingem_axis_draw (page->cr, page->palette, FONT, ticks, FROM_MS, to_ms, page->width);
  cairo_restore (page->cr);
  page->y += AXIS_HEIGHT;
}

static void
draw_samples (Page *page)
{
  for (int part = 0; part < PINGEM_N_PARTS; part++)
    {
      cairo_save (page->cr);
      cairo_translate (page->cr, 4 + part * (SAMPLE_SIZE + 6), page->y + 4);
      pingem_strip_draw_sample (page->cr, page->palette, part, SAMPLE_SIZE, SAMPLE_SIZE);
      cairo_restore (page->cr);
    }
}

/* Two strips with marks, an axis, a legend. */
static void
draw_all (cairo_t *cr, const PingemPalette *palette)
{
  Page page = { palette, cr, 690, 0 };

  draw_states (&page);
  draw_marks (&page, FROM_MS + 600000);
  draw_gaps (&page);
  draw_marks (&page, FROM_MS + 600000);
  draw_axis (&page, FROM_MS + 600000);
  draw_samples (&page);
}

/* Half a minute of single packets, on a logarithm. */
static void
draw_zoomed (cairo_t *cr, const PingemPalette *palette)
{
  Page page = { palette, cr, 600, 0 };
  PingemColumn columns[30];

  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    {
      columns[i] = make_column (i, i % 11 != 7);
      columns[i].lost = i % 11 == 7;
      columns[i].rtt_p50_us = columns[i].rtt_p95_us = columns[i].lost ? -1 : 200 << i % 9;
    }
  draw_strip (&page, columns, G_N_ELEMENTS (columns), TRUE);
  page.y += STRIP_HEIGHT;
  draw_axis (&page, FROM_MS + 30000);
}

/* A day, of which a pixel holds nearly five columns; of the losses one has its place alone. */
static void
draw_dense_without (cairo_t *cr, const PingemPalette *palette, guint forgotten)
{
  Page page = { palette, cr, 300, 0 };
  PingemColumn columns[1440];

  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    {
      columns[i] = make_column (i, i > 900 && i < 1000 ? 0 : 60);
      columns[i].gap = i > 900 && i < 1000 ? PINGEM_GAP_NOT_RUNNING : PINGEM_GAP_NONE;
      columns[i].lost = i != forgotten && (i == 300 || (i > 600 && i < 640)) ? 1 + i % 40 : 0;
      columns[i].late = i == 1200;
    }
  columns[300].lost = MIN (columns[300].lost, 1);
  draw_strip (&page, columns, G_N_ELEMENTS (columns), FALSE);
  page.y += STRIP_HEIGHT;
  draw_axis (&page, FROM_MS + 86400000);
}

static void
draw_dense (cairo_t *cr, const PingemPalette *palette)
{
  draw_dense_without (cr, palette, G_MAXUINT);
}

static void
draw_dense_but_one (cairo_t *cr, const PingemPalette *palette)
{
  draw_dense_without (cr, palette, 300);
}

#define ALL_HEIGHT (2 * STRIP_HEIGHT + AXIS_HEIGHT + SAMPLE_SIZE + 8)

static const Picture pictures[] = {
  { "light", FALSE, FALSE, 690, ALL_HEIGHT, draw_all },
  { "dark", TRUE, FALSE, 690, ALL_HEIGHT, draw_all },
  { "contrast", FALSE, TRUE, 690, ALL_HEIGHT, draw_all },
  { "dark-contrast", TRUE, TRUE, 690, ALL_HEIGHT, draw_all },
  { "zoomed", FALSE, FALSE, 600, STRIP_HEIGHT + AXIS_HEIGHT, draw_zoomed },
  { "dense", FALSE, FALSE, 300, STRIP_HEIGHT + AXIS_HEIGHT, draw_dense },
};

static cairo_surface_t *
draw_picture (const Picture *picture)
{
  const PingemPalette *palette = pingem_palette_get (picture->is_dark, picture->is_high_contrast);
  cairo_surface_t *image =
      cairo_image_surface_create (CAIRO_FORMAT_RGB24, picture->width, picture->height);
  cairo_t *cr = cairo_create (image);

  pingem_color_set_source (&palette->background, cr);
  cairo_paint (cr);
  picture->draw (cr, palette);
  cairo_destroy (cr);
  cairo_surface_flush (image);

  return image;
}

static char *
build_name (const Picture *picture)
{
  g_autofree char *file = g_strconcat (picture->name, ".png", NULL);

  return g_test_build_filename (G_TEST_DIST, "pictures", file, NULL);
}

static guint32 *
get_pixel (cairo_surface_t *image, int x, int y)
{
  guchar *row = cairo_image_surface_get_data (image);

  row += (gsize) y * cairo_image_surface_get_stride (image);

  return (guint32 *) row + x;
}

static gboolean
is_alike (guint32 a, guint32 b)
{
  for (int shift = 0; shift < 24; shift += 8)
    if (ABS ((int) (a >> shift & 0xff) - (int) (b >> shift & 0xff)) > ALIKE)
      return FALSE;

  return TRUE;
}

/* Whether @image has it at this place, or beside. */
static gboolean
has_pixel (cairo_surface_t *image, int x, int y, guint32 pixel)
{
  int last_x = MIN (x + 1, cairo_image_surface_get_width (image) - 1);
  int last_y = MIN (y + 1, cairo_image_surface_get_height (image) - 1);

  for (int row = MAX (y - 1, 0); row <= last_y; row++)
    for (int column = MAX (x - 1, 0); column <= last_x; column++)
      if (is_alike (*get_pixel (image, column, row), pixel))
        return TRUE;

  return FALSE;
}

/* Marks in @difference, which may be NULL, what only one of them has. */
static int
count_different (cairo_surface_t *a, cairo_surface_t *b, cairo_surface_t *difference)
{
  int n = 0;

  for (int y = 0; y < cairo_image_surface_get_height (a); y++)
    for (int x = 0; x < cairo_image_surface_get_width (a); x++)
      if (!has_pixel (b, x, y, *get_pixel (a, x, y)) || !has_pixel (a, x, y, *get_pixel (b, x, y)))
        {
          n++;
          if (difference != NULL)
            *get_pixel (difference, x, y) = 0xff00ff;
        }

  return n;
}

static char *
write_output (cairo_surface_t *image, const char *name, const char *what)
{
  const char *given = g_getenv ("PINGEM_TEST_OUTPUT");
  g_autofree char *folder =
      given != NULL ? g_strdup (given) : g_build_filename ("tests", "output", NULL);
  g_autofree char *file = g_strdup_printf ("picture-%s-%s.png", name, what);
  char *path = g_build_filename (folder, file, NULL);

  g_mkdir_with_parents (folder, 0755);
  g_assert_cmpint (cairo_surface_write_to_png (image, path), ==, CAIRO_STATUS_SUCCESS);

  return path;
}

static void
tell_difference (const Picture *picture, cairo_surface_t *actual, cairo_surface_t *expected)
{
  g_autofree char *actual_path = write_output (actual, picture->name, "actual");
  cairo_surface_t *difference = draw_picture (picture);
  int n = count_different (actual, expected, difference);
  g_autofree char *path = write_output (difference, picture->name, "difference");

  g_test_message ("%s: %d pixels differ: see %s and %s", picture->name, n, actual_path, path);
  cairo_surface_destroy (difference);
}

static void
test_picture (gconstpointer data)
{
  const Picture *picture = data;
  g_autofree char *path = build_name (picture);
  cairo_surface_t *actual = draw_picture (picture);
  cairo_surface_t *expected = cairo_image_surface_create_from_png (path);
  int n;

  g_assert_cmpint (cairo_surface_status (expected), ==, CAIRO_STATUS_SUCCESS);
  g_assert_cmpint (cairo_image_surface_get_width (expected), ==, picture->width);
  g_assert_cmpint (cairo_image_surface_get_height (expected), ==, picture->height);

  n = count_different (actual, expected, NULL);
  if (n > MAX_DIFFERENT)
    tell_difference (picture, actual, expected);
  g_assert_cmpint (n, <=, MAX_DIFFERENT);

  cairo_surface_destroy (actual);
  cairo_surface_destroy (expected);
}

/* One lost of 86,400, and the reference would be no use if it did not tell. */
static void
test_one_loss_differs (void)
{
  static const Picture but_one = { "but-one",         FALSE, FALSE, 300, STRIP_HEIGHT + AXIS_HEIGHT,
                                   draw_dense_but_one };
  const Picture *dense = &pictures[G_N_ELEMENTS (pictures) - 1];
  cairo_surface_t *with = draw_picture (dense);
  cairo_surface_t *without = draw_picture (&but_one);

  g_assert_cmpint (count_different (with, without, NULL), >, MAX_DIFFERENT);
  cairo_surface_destroy (with);
  cairo_surface_destroy (without);
}

static void
update (const Picture *picture)
{
  g_autofree char *path = build_name (picture);
  cairo_surface_t *image = draw_picture (picture);
  cairo_status_t status = cairo_surface_write_to_png (image, path);

  if (status != CAIRO_STATUS_SUCCESS)
    g_error ("%s: %s", path, cairo_status_to_string (status));
  cairo_surface_destroy (image);
}

static void
use_own_fonts (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "pictures", "fonts.conf", NULL);

  g_setenv ("FONTCONFIG_FILE", path, TRUE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  use_own_fonts ();

  if (argc > 1 && g_str_equal (argv[1], "--update"))
    {
      for (guint i = 0; i < G_N_ELEMENTS (pictures); i++)
        update (&pictures[i]);
      return 0;
    }

  for (guint i = 0; i < G_N_ELEMENTS (pictures); i++)
    {
      g_autofree char *path = g_strconcat ("/chart/pictures/", pictures[i].name, NULL);

      g_test_add_data_func (path, &pictures[i], test_picture);
    }
  g_test_add_func ("/chart/pictures/one-loss-differs", test_one_loss_differs);

  return g_test_run ();
}
