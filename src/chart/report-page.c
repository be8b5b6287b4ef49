/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "chart/report-page.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "chart/axis.h"
#include "chart/marks.h"
#include "chart/page-table.h"
#include "chart/report-outages.h"
#include "chart/strip.h"
#include "chart/text.h"
#include "chart/week-map.h"
#include "ipc/column.h"
#include "ipc/event.h"
#include "ipc/report-names.h"
#include "ipc/status.h"

#define MARGIN 36
/* More than any page has. */
#define MAX_HEIGHT 2000
#define SPACING 10
#define TITLE_FONT "Sans Bold 16px"
#define HEAD_FONT "Sans Bold 9px"
#define TEXT_FONT "Sans 9px"
#define TABLE_FONT "Sans 7px"
#define SMALL_FONT "Sans 6.5px"
#define MAX_TARGETS 8
#define MAX_OUTAGES 8
#define NAME_WIDTH 84
#define MIN_STRIP_HEIGHT 16
#define MAX_STRIP_HEIGHT 72
#define STRIP_SPACING 4
#define AXIS_HEIGHT 18
#define TICK_DISTANCE 60
#define SAMPLE_SIZE 7
#define MAP_HEIGHT 72

typedef struct {
  cairo_t *cr;
  const PingemPalette *palette;
  const PingemReportView *view;
  GPtrArray *rows;    /* (owned): of PingemReportTarget: those that are shown */
  GPtrArray *outages; /* (owned): of PingemEvent, all */
  double width;       /* between the margins */
  double y;           /* where the next part begins */
} Page;

/* Wraps; where @draws is false it only measures. Returns: its height */
static double
put_text (Page *page, const char *font, const char *text, gboolean draws)
{
  g_autoptr (PangoLayout) layout = pingem_text_new (page->cr, font, text);
  double height;

  pango_layout_set_width (layout, page->width * PANGO_SCALE);
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  height = pingem_text_get_height (layout);

  if (draws)
    {
      pingem_color_set_source (&page->palette->text, page->cr);
      pingem_text_draw (layout, page->cr, MARGIN, page->y);
      page->y += height;
    }

  return height;
}

static void
put_table (Page *page, PingemPageTable *table)
{
  cairo_save (page->cr);
  cairo_translate (page->cr, MARGIN, page->y);
  page->y += pingem_page_table_draw (table, page->cr, page->palette, page->width);
  cairo_restore (page->cr);
}

/* With the zone: who reads it may live in another one. */
static char *
format_time (const PingemReportView *view, gint64 ms, const char *format)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (ms / 1000);
  g_autoptr (GDateTime) local = g_date_time_to_timezone (utc, view->zone);

  return g_date_time_format (local, format);
}

static void
put_head (Page *page)
{
  const PingemReportView *view = page->view;
  g_autofree char *from = format_time (view, view->from_ms, "%x %H:%M:%S");
  g_autofree char *to = format_time (view, view->to_ms, "%x %H:%M:%S UTC%:z");
  g_autofree char *written = format_time (view, view->written_ms, "%x %H:%M");
  g_autofree char *duration = pingem_format_duration (view->to_ms - view->from_ms);
  /* Translators: from, to, how long, version, when */
  g_autofree char *line = g_strdup_printf (_ ("%s – %s, %s. Measured by Pingem %s, written %s."),
                                           from, to, duration, PINGEM_VERSION, written);

  put_text (page, TITLE_FONT, _ ("Report on an internet connection"), TRUE);
  put_text (page, TEXT_FONT, line, TRUE);
}

static void
put_sentence (Page *page)
{
  g_autofree char *legs = pingem_report_outages_count (page->outages);
  g_autofree char *duration = NULL;
  g_autofree char *text = NULL;

  duration = pingem_format_duration (pingem_report_outages_measure (page->outages, page->view));
  if (page->outages->len == 0)
    text = g_strdup (_ ("There was no outage in this time."));
  else
    text = g_strdup_printf (
        /* Translators: how many, how long all of them, and on which parts of the way they began */
        ngettext ("There was %u outage in this time, of %s. Where it began: %s.",
                  "There were %u outages in this time, of %s together. Where they began: %s.",
                  page->outages->len),
        page->outages->len, duration, legs);

  page->y += SPACING / 2.0;
  put_text (page, HEAD_FONT, text, TRUE);
}

static char *
format_count (GVariant *dict, const char *name)
{
  gint64 count = pingem_target_lookup_number (dict, name);

  return count >= 0 ? g_strdup_printf ("%" G_GINT64_FORMAT, count) : g_strdup ("–");
}

static void
add_figures (PingemPageTable *table, const PingemReportView *view, const PingemReportTarget *row)
{
  static const char *const counts[] = { "due", "lost", "late", "unsent", "error", "longest-burst" };
  static const char *const settings[] = { "interval-ms", "timeout-ms", "size" };
  static const char *const times[] = { "p50-us", "p95-us", "max-us", "jitter-us" };
  GVariant *summary = row->summary;
  g_autofree char *name = pingem_report_name (view, row);
  g_autofree char *address = pingem_report_address (view, row);
  g_autofree char *loss = pingem_format_loss (pingem_target_loss (summary));
  g_autofree char *mos = pingem_format_mos (pingem_target_mos (summary));
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    g_ptr_array_add (cells, format_count (summary, counts[i]));
  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    g_ptr_array_add (cells, pingem_format_rtt (pingem_target_lookup_number (summary, times[i])));
  for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
    g_ptr_array_add (cells, format_count (row->target, settings[i]));

  pingem_page_table_add (table, name, address != NULL ? address : _ ("(own)"),
                         pingem_leg_label (pingem_target_lookup_string (row->target, "leg")),
                         cells->pdata[0], loss, cells->pdata[1], cells->pdata[2], cells->pdata[3],
                         cells->pdata[4], cells->pdata[5], cells->pdata[6], cells->pdata[7],
                         cells->pdata[8], cells->pdata[9], mos, cells->pdata[10], cells->pdata[11],
                         cells->pdata[12], NULL);
}

static void
put_figures (Page *page)
{
  g_autoptr (PingemPageTable) table = pingem_page_table_new (SMALL_FONT, "   >>>>>>>>>>>>>>>");
  guint n_more = page->view->targets->len - page->rows->len;

  pingem_page_table_add (table, _ ("Name"), _ ("Address"), _ ("Leg"), _ ("Due"), _ ("Loss"),
                         _ ("Lost"), _ ("Late"), _ ("Unsent"), _ ("Error"), _ ("Burst"),
                         _ ("Median"), "95 %", _ ("Longest"), _ ("Jitter"), "MOS", _ ("Interval"),
                         _ ("Timeout"), _ ("Size"), NULL);
  for (guint i = 0; i < page->rows->len; i++)
    add_figures (table, page->view, page->rows->pdata[i]);

  page->y += SPACING;
  put_table (page, table);
  if (n_more > 0)
    {
      g_autofree char *more =
          g_strdup_printf (ngettext ("%u more target, with less loss, is left out.",
                                     "%u more targets, with less loss, are left out.", n_more),
                           n_more);

      put_text (page, TABLE_FONT, more, TRUE);
    }
}

/* One for all, so that they can be compared. */
static PingemScale
find_scale (const Page *page)
{
  int rtt_us = -1;

  for (guint i = 0; i < page->rows->len; i++)
    {
      const PingemReportTarget *row = page->rows->pdata[i];

      rtt_us =
          MAX (rtt_us, pingem_scale_measure ((const PingemColumn *) (void *) row->columns->data,
                                             row->columns->len));
    }

  return pingem_scale_fit (rtt_us, FALSE);
}

/* Of that target. (transfer container) */
static GPtrArray *
list_events (const PingemReportView *view, const char *key)
{
  GPtrArray *events = g_ptr_array_new ();

  for (guint i = 0; i < view->events->len; i++)
    {
      const PingemEvent *event = view->events->pdata[i];

      if (*event->target == '\0' || g_strcmp0 (event->target, key) == 0)
        g_ptr_array_add (events, view->events->pdata[i]);
    }

  return events;
}

static void
put_strip (Page *page, const PingemStripStyle *style, const PingemReportTarget *row, double height)
{
  const PingemReportView *view = page->view;
  double width = page->width - NAME_WIDTH;
  g_autofree char *name = pingem_report_name (view, row);
  g_autoptr (PangoLayout) layout = pingem_text_new (page->cr, TABLE_FONT, name);
  g_autoptr (GPtrArray) events =
      list_events (view, pingem_target_lookup_string (row->target, "key"));

  pango_layout_set_width (layout, (NAME_WIDTH - SPACING) * PANGO_SCALE);
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  pingem_color_set_source (&page->palette->text, page->cr);
  pingem_text_draw (layout, page->cr, MARGIN, page->y);

  cairo_save (page->cr);
  cairo_translate (page->cr, MARGIN + NAME_WIDTH, page->y);
  pingem_strip_draw (page->cr, style, (const PingemColumn *) (void *) row->columns->data,
                     row->columns->len, width, height);
  pingem_marks_draw (page->cr, style->palette, events, view->from_ms, view->to_ms, width, height);
  pingem_color_set_source (&page->palette->line, page->cr);
  cairo_set_line_width (page->cr, 0.5);
  cairo_rectangle (page->cr, 0, 0, width, height);
  cairo_stroke (page->cr);
  cairo_restore (page->cr);

  page->y += height + STRIP_SPACING;
}

static void
put_axis (Page *page)
{
  const PingemReportView *view = page->view;
  double width = page->width - NAME_WIDTH;
  g_autoptr (GArray) ticks =
      pingem_axis_find_ticks (view->from_ms, view->to_ms, width, TICK_DISTANCE, view->zone);

  cairo_save (page->cr);
  cairo_translate (page->cr, MARGIN + NAME_WIDTH, page->y - STRIP_SPACING);
  pingem_axis_draw (page->cr, page->palette, TABLE_FONT, ticks, view->from_ms, view->to_ms, width);
  cairo_restore (page->cr);
  page->y += AXIS_HEIGHT;
}

static void
put_legend (Page *page, const PingemScale *scale)
{
  g_autofree char *top = pingem_format_rtt (scale->top_us);
  g_autofree char *height = g_strdup_printf (_ ("full height: %s"), top);
  double x = MARGIN + NAME_WIDTH;

  for (PingemPart part = PINGEM_PART_P50; part < PINGEM_N_PARTS; part++)
    {
      g_autoptr (PangoLayout) layout =
          pingem_text_new (page->cr, TABLE_FONT, pingem_part_label (part));

      cairo_save (page->cr);
      cairo_translate (page->cr, x, page->y + 1);
      pingem_strip_draw_sample (page->cr, page->palette, part, SAMPLE_SIZE, SAMPLE_SIZE);
      cairo_restore (page->cr);

      pingem_color_set_source (&page->palette->text, page->cr);
      pingem_text_draw (layout, page->cr, x + SAMPLE_SIZE + 2, page->y);
      x += SAMPLE_SIZE + 2 + pingem_text_get_width (layout) + SPACING;
    }

  put_text (page, TABLE_FONT, height, TRUE);
}

static void
put_strips (Page *page, double height)
{
  PingemStripStyle style = { page->palette, find_scale (page), SMALL_FONT };
  double each = height / MAX (page->rows->len, 1) - STRIP_SPACING;

  for (guint i = 0; i < page->rows->len; i++)
    put_strip (page, &style, page->rows->pdata[i],
               CLAMP (each, MIN_STRIP_HEIGHT, MAX_STRIP_HEIGHT));
  put_axis (page);
  put_legend (page, &style.scale);
}

static void
add_outage (PingemPageTable *table, const PingemReportView *view, const PingemEvent *event)
{
  g_autofree char *begin = format_time (view, event->from_ms, "%x %H:%M:%S");
  g_autofree char *duration = pingem_event_duration (event);
  g_autofree char *name = pingem_report_event_name (view, event);
  g_autofree char *loss =
      pingem_format_loss (event->due > 0 ? (double) event->bad / event->due : -1);
  g_autofree char *counts =
      event->due > 0 ? g_strdup_printf (_ ("%u of %u"), event->bad, event->due) : g_strdup ("–");

  pingem_page_table_add (table, begin, name,
                         *event->leg != '\0' ? pingem_leg_label (event->leg) : _ ("unknown"),
                         duration, loss, counts, NULL);
}

/* The longest ones, in the order of time. */
static void
put_outages (Page *page)
{
  g_autoptr (PingemPageTable) table = pingem_page_table_new (TABLE_FONT, "   >>>");
  g_autoptr (GPtrArray) shown =
      pingem_report_outages_choose (page->outages, page->view, MAX_OUTAGES);
  guint n_more = page->outages->len - shown->len;

  if (shown->len == 0)
    return;

  pingem_page_table_add (table, _ ("Begin"), _ ("Name"), _ ("Leg"), _ ("Duration"), _ ("Loss"),
                         _ ("Probes"), NULL);
  for (guint i = 0; i < shown->len; i++)
    add_outage (table, page->view, shown->pdata[i]);

  page->y += SPACING;
  put_text (page, HEAD_FONT, _ ("Outages"), TRUE);
  put_table (page, table);
  if (n_more > 0)
    {
      g_autofree char *more = g_strdup_printf (
          ngettext ("%u shorter outage is left out.", "%u shorter outages are left out.", n_more),
          n_more);

      put_text (page, TABLE_FONT, more, TRUE);
    }
}

static void
put_map (Page *page)
{
  PingemWeekMap map;
  g_autofree char *worst = NULL;

  if (page->view->hours == NULL)
    return;

  map = pingem_week_map_count ((const PingemColumn *) (void *) page->view->hours->data,
                               page->view->hours->len, page->view->zone);
  worst = pingem_week_map_describe (&map);
  page->y += SPACING;
  put_text (page, HEAD_FONT, _ ("Loss to the internet by hour of the week"), TRUE);
  put_text (page, TABLE_FONT, worst, TRUE);

  cairo_save (page->cr);
  cairo_translate (page->cr, MARGIN, page->y);
  pingem_week_map_draw (page->cr, page->palette, TABLE_FONT, &map, page->width, MAP_HEIGHT);
  cairo_restore (page->cr);
  page->y += MAP_HEIGHT;
}

/* Without the line breaks that a terminal needs. */
static char *
build_method (void)
{
  g_autofree char *text = g_strdup (pingem_report_method ());
  char *body = strchr (text, '\n');

  if (body != NULL)
    g_strdelimit (body + 1, "\n", ' ');

  return g_steal_pointer (&text);
}

static int
compare_loss (gconstpointer a, gconstpointer b)
{
  double loss_a = pingem_target_loss ((*(const PingemReportTarget *const *) a)->summary);
  double loss_b = pingem_target_loss ((*(const PingemReportTarget *const *) b)->summary);

  return loss_a < loss_b ? 1 : loss_a > loss_b ? -1 : 0;
}

/* The worst, in the order in which packets travel. (transfer container) */
static GPtrArray *
choose_rows (const PingemReportView *view)
{
  g_autoptr (GPtrArray) ranked = g_ptr_array_new ();
  GPtrArray *rows = g_ptr_array_new ();

  g_ptr_array_extend (ranked, view->targets, NULL, NULL);
  g_ptr_array_sort (ranked, compare_loss);
  g_ptr_array_set_size (ranked, MIN (ranked->len, MAX_TARGETS));
  for (guint i = 0; i < view->targets->len; i++)
    if (g_ptr_array_find (ranked, view->targets->pdata[i], NULL))
      g_ptr_array_add (rows, view->targets->pdata[i]);

  return rows;
}

/* What is below the strips, drawn on nothing. */
static double
measure_rest (const Page *page)
{
  cairo_rectangle_t area = { 0, 0, page->width, MAX_HEIGHT };
  cairo_surface_t *surface = cairo_recording_surface_create (CAIRO_CONTENT_COLOR, &area);
  Page rest = *page;

  rest.cr = cairo_create (surface);
  rest.y = 0;
  put_outages (&rest);
  put_map (&rest);
  cairo_destroy (rest.cr);
  cairo_surface_destroy (surface);

  return rest.y;
}

void
pingem_report_page_draw (cairo_t *cr, const PingemReportView *view, double width, double height)
{
  g_autoptr (GPtrArray) rows = choose_rows (view);
  g_autoptr (GPtrArray) outages = pingem_report_outages_list (view);
  g_autofree char *method = build_method ();
  Page page = { .cr = cr,
                .palette = pingem_palette_get (FALSE, TRUE),
                .view = view,
                .rows = rows,
                .outages = outages,
                .width = width - 2 * MARGIN,
                .y = MARGIN };
  double method_y = height - MARGIN - put_text (&page, SMALL_FONT, method, FALSE);

  put_head (&page);
  put_sentence (&page);
  put_figures (&page);
  page.y += SPACING;
  put_strips (&page, method_y - page.y - measure_rest (&page) - AXIS_HEIGHT - 3 * SPACING);
  put_outages (&page);
  put_map (&page);

  page.y = method_y;
  put_text (&page, SMALL_FONT, method, TRUE);
}
