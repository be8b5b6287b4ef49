/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Levels of the tray's icon, and parts of a strip, as people see them who see fewer colours, or
 * none. Simulated after Machado, Oliveira and Fernandes, "A Physiologically-based Model for
 * Simulation of Color Vision Deficiency", 2009, at severity 1.0; compared in CIELAB.
 */

#include <math.h>

#include <gdk-pixbuf/gdk-pixbuf.h>

#include "chart/strip.h"

#define ICON_PREFIX "io.github.pingem.Pingem-"
#define SAMPLE_SIZE 14
/* Just noticeable is about 2, on large areas side by side. */
#define MIN_DISTANCE 15

typedef struct {
  double values[3]; /* linear RGB, or L*, a* and b* */
} Triple;

typedef struct {
  const char *name;
  double matrix[3][3];
} Vision;

static const Vision visions[] = {
  { "normal", { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } } },
  { "protanopia",
    { { 0.152286, 1.052583, -0.204868 },
      { 0.114503, 0.786281, 0.099216 },
      { -0.003882, -0.048116, 1.051998 } } },
  { "deuteranopia",
    { { 0.367322, 0.860646, -0.227968 },
      { 0.280085, 0.672501, 0.047413 },
      { -0.011820, 0.042940, 0.968881 } } },
  { "tritanopia",
    { { 1.255528, -0.076749, -0.178779 },
      { -0.078411, 0.930809, 0.147602 },
      { 0.004733, 0.691367, 0.303900 } } },
  { "grey",
    { { 0.2126, 0.7152, 0.0722 }, { 0.2126, 0.7152, 0.0722 }, { 0.2126, 0.7152, 0.0722 } } },
};

#define GREY (G_N_ELEMENTS (visions) - 1)

static const double xyz_of_rgb[3][3] = { { 0.4124 / 0.9505, 0.3576 / 0.9505, 0.1805 / 0.9505 },
                                         { 0.2126, 0.7152, 0.0722 },
                                         { 0.0193 / 1.089, 0.1192 / 1.089, 0.9505 / 1.089 } };

static const char *const levels[] = { "good", "degraded", "bad", "down", "unknown", "paused" };

static const PingemColor panels[] = { { 0.96, 0.96, 0.96 }, { 0.12, 0.12, 0.12 } };

static double
linearize (double value)
{
  return value <= 0.04045 ? value / 12.92 : pow ((value + 0.055) / 1.055, 2.4);
}

static Triple
multiply (const double matrix[3][3], Triple of)
{
  Triple product = { 0 };

  for (int row = 0; row < 3; row++)
    {
      for (int i = 0; i < 3; i++)
        product.values[row] += matrix[row][i] * of.values[i];
      product.values[row] = CLAMP (product.values[row], 0, 1);
    }

  return product;
}

static double
compress (double value)
{
  return value > 216.0 / 24389 ? cbrt (value) : (24389.0 / 27 * value + 16) / 116;
}

/* What they perceive: L*, a* and b*. */
static Triple
see (const Vision *vision, const PingemColor *color)
{
  Triple rgb = { { linearize (color->red), linearize (color->green), linearize (color->blue) } };
  Triple xyz = multiply (xyz_of_rgb, multiply (vision->matrix, rgb));
  double x = compress (xyz.values[0]), y = compress (xyz.values[1]), z = compress (xyz.values[2]);

  return (Triple){ { 116 * y - 16, 500 * (x - y), 200 * (y - z) } };
}

static double
measure_distance (const Vision *vision, const PingemColor *a, const PingemColor *b)
{
  Triple one = see (vision, a), other = see (vision, b);
  double sum = 0;

  for (int i = 0; i < 3; i++)
    sum += (one.values[i] - other.values[i]) * (one.values[i] - other.values[i]);

  return sqrt (sum);
}

/* Pixels that look different. */
static int
count_different (const Vision *vision, const PingemColor *a, const PingemColor *b, int n_pixels)
{
  int n = 0;

  for (int i = 0; i < n_pixels; i++)
    n += measure_distance (vision, &a[i], &b[i]) >= MIN_DISTANCE;

  return n;
}

/* The icon on a panel of this color. Returns: (transfer full): @size x @size */
static PingemColor *
draw_icon (const char *level, int size, const PingemColor *panel)
{
  g_autofree char *file = g_strconcat (ICON_PREFIX, level, ".svg", NULL);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "data", "icons", "hicolor",
                                                 "scalable", "status", file, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkPixbuf) icon = gdk_pixbuf_new_from_file_at_size (path, size, size, &error);
  PingemColor *pixels = g_new (PingemColor, size * size);

  g_assert_no_error (error);
  g_assert_true (gdk_pixbuf_get_has_alpha (icon));
  for (int i = 0; i < size * size; i++)
    {
      const guint8 *pixel = gdk_pixbuf_read_pixels (icon);
      double alpha;

      pixel += (gsize) (i / size) * gdk_pixbuf_get_rowstride (icon) + (gsize) (i % size) * 4;
      alpha = pixel[3] / 255.0;
      pixels[i] = (PingemColor){
        pixel[0] / 255.0 * alpha + panel->red * (1 - alpha),
        pixel[1] / 255.0 * alpha + panel->green * (1 - alpha),
        pixel[2] / 255.0 * alpha + panel->blue * (1 - alpha),
      };
    }

  return pixels;
}

static void
check_icons (int size, const PingemColor *panel, const Vision *vision)
{
  PingemColor *icons[G_N_ELEMENTS (levels)];

  for (guint i = 0; i < G_N_ELEMENTS (levels); i++)
    {
      icons[i] = draw_icon (levels[i], size, panel);
      for (guint k = 0; k < i; k++)
        {
          int n = count_different (vision, icons[i], icons[k], size * size);

          g_test_message ("%d px, panel %.2f, %s: %s and %s differ in %d", size, panel->red,
                          vision->name, levels[i], levels[k], n);
          g_assert_cmpint (n, >=, size * size / 8);
        }
    }

  for (guint i = 0; i < G_N_ELEMENTS (levels); i++)
    g_free (icons[i]);
}

static void
test_icons (void)
{
  static const int sizes[] = { 16, 22, 24 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (guint panel = 0; panel < G_N_ELEMENTS (panels); panel++)
      for (guint vision = 0; vision < G_N_ELEMENTS (visions); vision++)
        check_icons (sizes[i], &panels[panel], &visions[vision]);
}

/* A part as the legend and the strip show it. Returns: (transfer full): SAMPLE_SIZE² */
static PingemColor *
draw_part (const PingemPalette *palette, PingemPart part)
{
  PingemColor *pixels = g_new (PingemColor, SAMPLE_SIZE * SAMPLE_SIZE);
  cairo_surface_t *image =
      cairo_image_surface_create (CAIRO_FORMAT_RGB24, SAMPLE_SIZE, SAMPLE_SIZE);
  cairo_t *cr = cairo_create (image);

  pingem_color_set_source (&palette->background, cr);
  cairo_paint (cr);
  pingem_strip_draw_sample (cr, palette, part, SAMPLE_SIZE, SAMPLE_SIZE);
  cairo_destroy (cr);
  cairo_surface_flush (image);

  for (int i = 0; i < SAMPLE_SIZE * SAMPLE_SIZE; i++)
    {
      const guint8 *row = cairo_image_surface_get_data (image);
      guint32 pixel;

      row += (gsize) (i / SAMPLE_SIZE) * cairo_image_surface_get_stride (image);
      pixel = ((const guint32 *) row)[i % SAMPLE_SIZE];
      pixels[i] = (PingemColor){ (pixel >> 16 & 0xff) / 255.0, (pixel >> 8 & 0xff) / 255.0,
                                 (pixel & 0xff) / 255.0 };
    }
  cairo_surface_destroy (image);

  return pixels;
}

static void
check_parts (const PingemPalette *palette, const Vision *vision)
{
  PingemColor *parts[PINGEM_N_PARTS + 1];

  parts[PINGEM_N_PARTS] = g_new (PingemColor, SAMPLE_SIZE * SAMPLE_SIZE);
  for (int i = 0; i < SAMPLE_SIZE * SAMPLE_SIZE; i++)
    parts[PINGEM_N_PARTS][i] = palette->background;

  for (int part = 0; part < PINGEM_N_PARTS; part++)
    parts[part] = draw_part (palette, part);

  for (int part = 0; part <= PINGEM_N_PARTS; part++)
    for (int other = 0; other < part; other++)
      {
        int n = count_different (vision, parts[part], parts[other], SAMPLE_SIZE * SAMPLE_SIZE);

        g_test_message ("%s: parts %d and %d differ in %d", vision->name, other, part, n);
        g_assert_cmpint (n, >=, SAMPLE_SIZE * SAMPLE_SIZE / 8);
      }

  for (int part = 0; part <= PINGEM_N_PARTS; part++)
    g_free (parts[part]);
}

/* Without any colour, places tell them apart: what hangs from above, what stands below. */
static void
test_parts (void)
{
  for (int i = 0; i < 4; i++)
    for (guint vision = 0; vision < GREY; vision++)
      {
        g_test_message ("palette %d", i);
        check_parts (pingem_palette_get (i & 1, i & 2), &visions[vision]);
      }
}

/* A confusion that is in the books: without it the simulation would prove nothing. */
static void
test_simulation (void)
{
  static const PingemColor red = { 0.6, 0.2, 0.2 }, green = { 0.33, 0.33, 0.2 };
  static const PingemColor blue = { 0.2, 0.2, 0.6 };

  g_assert_cmpfloat (measure_distance (&visions[0], &red, &green), >, 2 * MIN_DISTANCE);
  g_assert_cmpfloat (measure_distance (&visions[2], &red, &green), <, MIN_DISTANCE);
  g_assert_cmpfloat (measure_distance (&visions[2], &red, &blue), >, 2 * MIN_DISTANCE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/colours/simulation", test_simulation);
  g_test_add_func ("/colours/icons", test_icons);
  g_test_add_func ("/colours/parts", test_parts);

  return g_test_run ();
}
