/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "chart/strip.h"

#include <math.h>

#include <glib/gi18n-lib.h>

#include "chart/text.h"

#define MIN_MARK_WIDTH 2
#define MIN_MARK_HEIGHT 4
#define MIN_SPACED_WIDTH 4
#define HATCH_STEP 6
#define LABEL_MARGIN 4
#define SELECTION_ALPHA 0.25
#define SELECTION_EDGE 2

typedef struct {
  cairo_t *cr;
  const PingemStripStyle *style;
  const PingemColumn *columns;
  guint n_columns;
  double width;
  double height;
} Strip;

typedef gboolean (*ColumnTest) (const PingemColumn *column);

static double
get_x (const Strip *strip, guint i)
{
  return round (strip->width * i / strip->n_columns);
}

static guint
count_all (const PingemColumn *column)
{
  return pingem_column_due (column) + column->in_flight + column->held;
}

static gboolean
is_gap (const PingemColumn *column)
{
  return column->gap != PINGEM_GAP_NONE;
}

static gboolean
is_empty_gap (const PingemColumn *column)
{
  return is_gap (column) && count_all (column) == 0;
}

static gboolean
is_unsent (const PingemColumn *column)
{
  return column->unsent > 0;
}

static gboolean
is_held (const PingemColumn *column)
{
  return column->held > 0;
}

/* Lines over the whole of the current path, which is used up. */
static void
hatch_path (cairo_t *cr, double rise, double line_width)
{
  double x1, y1, x2, y2;

  cairo_save (cr);
  cairo_clip (cr);
  cairo_clip_extents (cr, &x1, &y1, &x2, &y2);

  /* Counted from 0, so that patterns of neighbours meet. */
  for (double y = floor (y1 / HATCH_STEP) * HATCH_STEP; y < y2 + rise * (x2 - x1) + HATCH_STEP;
       y += HATCH_STEP)
    {
      double offset = rise > 0 ? fmod (x1, HATCH_STEP) : 0;

      cairo_move_to (cr, x1 - offset, y + 0.5);
      cairo_line_to (cr, x2, y + 0.5 - rise * (x2 - x1 + offset));
    }

  cairo_set_antialias (cr, CAIRO_ANTIALIAS_NONE);
  cairo_set_line_width (cr, line_width);
  cairo_stroke (cr);
  cairo_restore (cr);
}

static void
draw_pattern (const Strip *strip, ColumnTest test, PingemPart part)
{
  const PingemPalette *palette = strip->style->palette;
  cairo_t *cr = strip->cr;

  for (guint i = 0; i < strip->n_columns; i++)
    if (test (&strip->columns[i]))
      {
        double x = get_x (strip, i);
        double end;

        while (i + 1 < strip->n_columns && test (&strip->columns[i + 1]))
          i++;
        end = MAX (get_x (strip, i + 1), get_x (strip, i) + MIN_MARK_WIDTH);
        cairo_rectangle (cr, x, 0, end - x, strip->height);
      }

  pingem_color_set_source (part == PINGEM_PART_UNSENT ? &palette->unsent
                           : part == PINGEM_PART_HELD ? &palette->held
                                                      : &palette->gap,
                           cr);
  hatch_path (cr, part == PINGEM_PART_HELD ? 0 : 1, part == PINGEM_PART_UNSENT ? 2 : 1);
}

/* The path: all of one colour at once, as a fill for each column takes twice as long. */
static void
fill (const Strip *strip, const PingemColor *color)
{
  pingem_color_set_source (color, strip->cr);
  cairo_fill (strip->cr);
}

static void
add_bar (const Strip *strip, guint i, int rtt_us)
{
  double height = pingem_scale_get_height (&strip->style->scale, rtt_us) * strip->height;
  double x = get_x (strip, i);
  double width = get_x (strip, i + 1) - x;

  if (rtt_us < 0)
    return;

  if (width >= MIN_SPACED_WIDTH)
    width -= 1;

  height = MAX (round (height), 1);
  cairo_rectangle (strip->cr, x, strip->height - height, MAX (width, 1), height);
}

static double
get_mark_height (const Strip *strip, guint i, guint count)
{
  double height = strip->height * count / MAX (count_all (&strip->columns[i]), 1);

  return count > 0 ? MAX (round (height), MIN_MARK_HEIGHT) : 0;
}

/* Hangs at @y. */
static void
add_mark (const Strip *strip, guint i, guint count, double y)
{
  double x = get_x (strip, i);
  double width = get_x (strip, i + 1) - x;

  if (count == 0)
    return;

  width -= width >= MIN_SPACED_WIDTH ? 1 : 0;
  width = MAX (width, MIN_MARK_WIDTH);
  cairo_rectangle (strip->cr, MIN (x, strip->width - width), y, width,
                   get_mark_height (strip, i, count));
}

static void
draw_in_flight (const Strip *strip)
{
  for (guint i = 0; i < strip->n_columns; i++)
    {
      const PingemColumn *c = &strip->columns[i];

      add_mark (strip, i, c->in_flight,
                get_mark_height (strip, i, c->lost) + get_mark_height (strip, i, c->late) +
                    get_mark_height (strip, i, c->error));
    }
  fill (strip, &strip->style->palette->in_flight);
}

static void
draw_rtts (const Strip *strip)
{
  for (guint i = 0; i < strip->n_columns; i++)
    add_bar (strip, i, strip->columns[i].rtt_p95_us);
  fill (strip, &strip->style->palette->p95);

  for (guint i = 0; i < strip->n_columns; i++)
    add_bar (strip, i, strip->columns[i].rtt_p50_us);
  fill (strip, &strip->style->palette->p50);
}

/* Lost ones last: where columns share a pixel, a better neighbour never covers them. */
static void
draw_marks (const Strip *strip)
{
  const PingemPalette *palette = strip->style->palette;

  for (guint i = 0; i < strip->n_columns; i++)
    add_mark (strip, i, strip->columns[i].late, get_mark_height (strip, i, strip->columns[i].lost));
  fill (strip, &palette->late);

  for (guint i = 0; i < strip->n_columns; i++)
    add_mark (strip, i, strip->columns[i].error,
              get_mark_height (strip, i, strip->columns[i].lost) +
                  get_mark_height (strip, i, strip->columns[i].late));
  fill (strip, &palette->error);

  for (guint i = 0; i < strip->n_columns; i++)
    add_mark (strip, i, strip->columns[i].lost, 0);
  fill (strip, &palette->lost);
}

static void
draw_reason (const Strip *strip, guint from, guint to)
{
  const PingemPalette *palette = strip->style->palette;
  const char *label = pingem_gap_label (strip->columns[from].gap);
  g_autoptr (PangoLayout) layout = pingem_text_new (strip->cr, strip->style->font, label);
  double width = pingem_text_get_width (layout) + 2 * LABEL_MARGIN;
  double height = pingem_text_get_height (layout);
  double x = round ((get_x (strip, from) + get_x (strip, to) - width) / 2);
  double y = round ((strip->height - height) / 2);

  if (x < get_x (strip, from) || y < 0)
    return;

  pingem_color_set_source (&palette->background, strip->cr);
  cairo_rectangle (strip->cr, x, y, width, height);
  cairo_fill (strip->cr);

  pingem_color_set_source (&palette->text, strip->cr);
  pingem_text_draw (layout, strip->cr, x + LABEL_MARGIN, y);
}

static void
draw_reasons (const Strip *strip)
{
  for (guint from = 0, to; from < strip->n_columns; from = to)
    {
      const PingemColumn *first = &strip->columns[from];

      for (to = from + 1; to < strip->n_columns && is_empty_gap (&strip->columns[to]) &&
                          strip->columns[to].gap == first->gap;)
        to++;

      if (is_empty_gap (first))
        draw_reason (strip, from, to);
    }
}

static void
draw_background (const Strip *strip)
{
  const PingemPalette *palette = strip->style->palette;

  pingem_color_set_source (&palette->background, strip->cr);
  cairo_rectangle (strip->cr, 0, 0, strip->width, strip->height);
  cairo_fill (strip->cr);

  pingem_color_set_source (&palette->line, strip->cr);
  cairo_rectangle (strip->cr, 0, floor (strip->height / 2), strip->width, 1);
  cairo_fill (strip->cr);
}

void
pingem_strip_draw (cairo_t *cr,
                   const PingemStripStyle *style,
                   const PingemColumn *columns,
                   guint n_columns,
                   double width,
                   double height)
{
  const Strip strip = { cr, style, columns, n_columns, width, height };

  cairo_save (cr);
  cairo_rectangle (cr, 0, 0, width, height);
  cairo_clip (cr);

  draw_background (&strip);
  draw_pattern (&strip, is_gap, PINGEM_PART_GAP);
  draw_pattern (&strip, is_held, PINGEM_PART_HELD);
  draw_in_flight (&strip);
  draw_pattern (&strip, is_unsent, PINGEM_PART_UNSENT);
  draw_rtts (&strip);
  draw_marks (&strip);
  draw_reasons (&strip);

  cairo_restore (cr);
}

void
pingem_strip_draw_sample (
    cairo_t *cr, const PingemPalette *palette, PingemPart part, double width, double height)
{
  const PingemColor *const colors[] = {
    [PINGEM_PART_P50] = &palette->p50,     [PINGEM_PART_P95] = &palette->p95,
    [PINGEM_PART_LOST] = &palette->lost,   [PINGEM_PART_LATE] = &palette->late,
    [PINGEM_PART_ERROR] = &palette->error, [PINGEM_PART_UNSENT] = &palette->unsent,
    [PINGEM_PART_HELD] = &palette->held,   [PINGEM_PART_GAP] = &palette->gap,
  };

  pingem_color_set_source (colors[part], cr);
  cairo_rectangle (cr, 0, 0, width, height);

  if (part < PINGEM_PART_UNSENT)
    cairo_fill (cr);
  else
    hatch_path (cr, part == PINGEM_PART_HELD ? 0 : 1, part == PINGEM_PART_UNSENT ? 2 : 1);
}

void
pingem_strip_draw_selection (
    cairo_t *cr, const PingemPalette *palette, double x1, double x2, double height)
{
  const PingemColor *color = &palette->selection;

  x1 = round (x1);
  x2 = round (x2);
  cairo_set_source_rgba (cr, color->red, color->green, color->blue, SELECTION_ALPHA);
  cairo_rectangle (cr, x1, 0, x2 - x1, height);
  cairo_fill (cr);

  pingem_color_set_source (color, cr);
  cairo_rectangle (cr, x1, 0, SELECTION_EDGE, height);
  cairo_rectangle (cr, x2 - SELECTION_EDGE, 0, SELECTION_EDGE, height);
  cairo_fill (cr);
}

const char *
pingem_part_label (PingemPart part)
{
  static const char *const labels[PINGEM_N_PARTS] = {
    [PINGEM_PART_P50] = NC_ ("legend", "RTT, median"),
    [PINGEM_PART_P95] = NC_ ("legend", "RTT, 95 %"),
    [PINGEM_PART_LOST] = NC_ ("legend", "lost"),
    [PINGEM_PART_LATE] = NC_ ("legend", "late"),
    [PINGEM_PART_ERROR] = NC_ ("legend", "error"),
    [PINGEM_PART_UNSENT] = NC_ ("legend", "not sent"),
    [PINGEM_PART_HELD] = NC_ ("legend", "held back"),
    [PINGEM_PART_GAP] = NC_ ("legend", "not measured"),
  };

  return g_dpgettext2 (GETTEXT_PACKAGE, "legend", labels[part]);
}

guint
pingem_strip_find_column (guint n_columns, double width, double x)
{
  return CLAMP (x / MAX (width, 1) * n_columns, 0, n_columns - 1);
}
