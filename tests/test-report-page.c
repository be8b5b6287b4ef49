/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "chart/report-page.h"
#include "chart/report-pdf.h"

#include <string.h>

#include <glib/gstdio.h>

#include "chart/week-map.h"
#include "ipc/column.h"
#include "ipc/error.h"
#include "ipc/event.h"

#define FROM_MS G_GINT64_CONSTANT (1795132800000) /* 2026-11-20, a Friday, 0:00 UTC */
#define HOUR_MS G_GINT64_CONSTANT (3600000)
#define N_HOURS 72

static PingemColumn
make_column (gint64 start_ms, gint64 span_ms, guint due, guint lost)
{
  return (PingemColumn){ .start_ms = start_ms,
                         .span_ms = span_ms,
                         .reply = due - lost,
                         .lost = lost,
                         .rtt_p50_us = 12000,
                         .rtt_p95_us = 19000,
                         .rtt_max_us = 25000 };
}

static void
add_target (PingemReportView *view, const char *leg, const char *name, const char *address)
{
  PingemReportTarget *row = g_new0 (PingemReportTarget, 1);
  gint64 span_ms = N_HOURS * HOUR_MS / PINGEM_PAGE_COLUMNS;
  guint i = view->targets->len;

  row->target = g_variant_ref_sink (g_variant_new_parsed (
      "{'key': <%s>, 'name': <%s>, 'leg': <%s>, 'numeric': <%s>, 'interval-ms': <uint32 1000>,"
      " 'timeout-ms': <uint32 2000>, 'size': <uint32 56>}",
      address, name, leg, address));
  row->summary = g_variant_ref_sink (g_variant_new_parsed (
      "{'due': <uint32 259200>, 'reply': <uint32 259000>, 'late': <uint32 20>, 'lost': <%u>,"
      " 'unsent': <uint32 0>, 'error': <uint32 0>, 'longest-burst': <uint32 31>,"
      " 'p50-us': <uint32 12000>, 'p95-us': <uint32 19000>, 'max-us': <uint32 2100000>,"
      " 'jitter-us': <uint32 900>, 'mos': <4.3>, 'loss': <%d>}",
      180 + i, (180 + i) / 259200.0));
  row->columns = g_array_new (FALSE, FALSE, sizeof (PingemColumn));
  for (guint j = 0; j < PINGEM_PAGE_COLUMNS; j++)
    {
      PingemColumn column = make_column (FROM_MS + j * span_ms, span_ms, 648, j % 97 == i ? 20 : 0);

      if (j > 100 && j < 130)
        column = (PingemColumn){ .start_ms = column.start_ms,
                                 .span_ms = span_ms,
                                 .rtt_p50_us = -1,
                                 .rtt_p95_us = -1,
                                 .gap = PINGEM_GAP_SUSPENDED };
      g_array_append_val (row->columns, column);
    }
  g_ptr_array_add (view->targets, row);
}

static void
add_outage (PingemReportView *view, gint64 from_ms, gint64 length_ms, const char *leg)
{
  PingemEvent *event = pingem_event_new (PINGEM_EVENT_OUTAGE, from_ms, from_ms + length_ms, leg,
                                         "1.1.1.1", "provider");

  event->due = 90;
  event->bad = 31;
  g_ptr_array_add (view->events, event);
}

static PingemReportView *
make_view (guint n_targets, guint n_outages)
{
  PingemReportView *view = g_new0 (PingemReportView, 1);

  view->from_ms = FROM_MS;
  view->to_ms = FROM_MS + N_HOURS * HOUR_MS;
  view->written_ms = view->to_ms;
  view->zone = g_time_zone_new_utc ();
  view->targets = g_ptr_array_new_with_free_func ((GDestroyNotify) pingem_report_target_free);
  view->events = g_ptr_array_new_with_free_func ((GDestroyNotify) pingem_event_free);
  view->hours = g_array_new (FALSE, FALSE, sizeof (PingemColumn));

  add_target (view, "router", "Router", "192.168.1.1");
  for (guint i = 1; i < n_targets; i++)
    {
      g_autofree char *name = g_strdup_printf ("Target %u", i);
      g_autofree char *address = g_strdup_printf ("203.0.113.%u", i);

      add_target (view, i == 1 ? "provider" : "internet", name, address);
    }
  for (guint i = 0; i < n_outages; i++)
    add_outage (view, FROM_MS + (i + 1) * HOUR_MS, (i + 1) * 7000, i % 3 > 0 ? "provider" : "");
  for (guint i = 0; i < N_HOURS; i++)
    if (i < 30 || i > 36)
      {
        PingemColumn column = make_column (FROM_MS + i * HOUR_MS, HOUR_MS, 3600, i == 20 ? 36 : 0);

        g_array_append_val (view->hours, column);
      }

  return view;
}

/* What stands on the page, by poppler. (transfer full) */
static char *
read_pdf (const char *path, const char *program)
{
  const char *const arguments[] = { program, "-layout", path, "-", NULL };
  const char *const info[] = { program, path, NULL };
  char *text = NULL;
  int status;
  g_autoptr (GError) error = NULL;

  g_spawn_sync (NULL, (char **) (g_str_equal (program, "pdfinfo") ? info : arguments), NULL,
                G_SPAWN_SEARCH_PATH, NULL, NULL, &text, NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);

  return text;
}

static char *
build_path (void)
{
  const char *folder = g_getenv ("PINGEM_TEST_OUTPUT");

  g_mkdir_with_parents (g_get_user_cache_dir (), 0700);

  return g_build_filename (folder != NULL ? folder : g_get_user_cache_dir (), "report.pdf", NULL);
}

static void
assert_has (const char *text, const char *part)
{
  if (strstr (text, part) == NULL)
    g_error ("“%s” is not in:\n%s", part, text);
}

static void
test_page (void)
{
  g_autoptr (PingemReportView) view = make_view (5, 4);
  g_autofree char *path = build_path ();
  g_autofree char *text = NULL;
  g_autofree char *info = NULL;
  g_autoptr (GError) error = NULL;
  static const char *const parts[] = {
    "Report on an internet connection",
    "UTC+00:00",
    "3 d 0 h",
    "Pingem " PINGEM_VERSION,
    "There were 4 outages in this time, of 1 min 10 s together. Where they began: Provider 2, "
    "unknown 2.",
    "Target 4",
    "203.0.113.4",
    "0:00:28",
    "31 of 90",
    "Worst hour of the week: Friday, 20:00 to 21:00, 1.0 % missing.",
    "How it was measured",
    "asleep",
  };

  g_assert_true (pingem_report_pdf_save (view, path, &error));
  text = read_pdf (path, "pdftotext");
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    assert_has (text, parts[i]);
  g_assert_null (strstr (text, "192.168"));

  info = read_pdf (path, "pdfinfo");
  assert_has (info, "Pages:           1\n");
  assert_has (info, "(A4)");
  assert_has (info, "Title:           Report on an internet connection");
}

static void
test_addresses_are_shown_where_wanted (void)
{
  g_autoptr (PingemReportView) view = make_view (2, 0);
  g_autofree char *path = build_path ();
  g_autofree char *text = NULL;

  view->show_addresses = TRUE;
  g_assert_true (pingem_report_pdf_save (view, path, NULL));
  text = read_pdf (path, "pdftotext");
  assert_has (text, "192.168.1.1");
  assert_has (text, "There was no outage in this time.");
}

static void
test_many_are_one_page (void)
{
  g_autoptr (PingemReportView) view = make_view (200, 1000);
  g_autofree char *path = build_path ();
  g_autofree char *text = NULL;
  g_autofree char *info = NULL;

  g_assert_true (pingem_report_pdf_save (view, path, NULL));
  text = read_pdf (path, "pdftotext");
  /* The worst and the longest. */
  assert_has (text, "Target 199");
  assert_has (text, "192 more targets, with less loss, are left out.");
  assert_has (text, "0:08:17");
  assert_has (text, "992 shorter outages are left out.");
  info = read_pdf (path, "pdfinfo");
  assert_has (info, "Pages:           1\n");
}

static guint
count_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;

  return n;
}

static void
test_what_cannot_be_written_leaves_nothing (void)
{
  g_autoptr (PingemReportView) view = make_view (2, 0);
  g_autofree char *folder = g_build_filename (g_get_user_cache_dir (), "folder.pdf", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (pingem_report_pdf_save (view, "/nonexistent/x.pdf", &error));
  g_assert_nonnull (strstr (error->message, "No such file"));
  g_clear_error (&error);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_false (pingem_report_pdf_save (view, folder, &error));
  g_assert_nonnull (error);
  /* Nothing is left beside it. */
  g_assert_cmpuint (count_files (g_get_user_cache_dir ()), ==, 1);
}

static void
test_week (void)
{
  /* Clocks went back in Berlin on 25 October 2026, at 1:00 UTC: 2 o'clock came twice. */
  const gint64 sunday_ms = G_GINT64_CONSTANT (1792886400000); /* 0:00 UTC */
  g_autoptr (GTimeZone) berlin = g_time_zone_new_identifier ("Europe/Berlin");
  PingemColumn columns[3];
  PingemWeekMap map;
  g_autofree char *worst = NULL;

  g_assert_nonnull (berlin);
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    columns[i] = make_column (sunday_ms + i * HOUR_MS, HOUR_MS, 100, i);
  map = pingem_week_map_count (columns, G_N_ELEMENTS (columns), berlin);

  g_assert_cmpfloat (pingem_week_map_loss (&map, 6, 1), ==, -1);
  g_assert_cmpuint (map.cells[6][2].due, ==, 200);
  g_assert_cmpfloat (pingem_week_map_loss (&map, 6, 2), ==, 0.005);
  g_assert_cmpfloat (pingem_week_map_loss (&map, 6, 3), ==, 0.02);
  worst = pingem_week_map_describe (&map);
  g_assert_cmpstr (worst, ==, "Worst hour of the week: Sunday, 03:00 to 04:00, 2.0 % missing.");
}

static guint32
get_pixel (cairo_surface_t *surface, int x, int y)
{
  const guint8 *data = cairo_image_surface_get_data (surface);

  return *(const guint32 *) (const void *) (data + y * cairo_image_surface_get_stride (surface) +
                                            x * 4);
}

static void
test_week_is_drawn (void)
{
  const PingemPalette *palette = pingem_palette_get (FALSE, FALSE);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 1000, 160);
  cairo_t *cr = cairo_create (surface);
  PingemWeekMap map = { 0 };
  guint32 none, little, much;

  for (guint hour = 0; hour < PINGEM_WEEK_HOURS; hour++)
    map.cells[0][hour].due = 3600;
  map.cells[0][22].missing = 1;
  map.cells[0][23].missing = 3600;
  pingem_week_map_draw (cr, palette, "Sans 8px", &map, 1000, 160);
  cairo_surface_flush (surface);

  /* Cells end at the right, a little before it; the first row is that of the hours. */
  none = get_pixel (surface, 1000 - 110, 30);
  little = get_pixel (surface, 1000 - 75, 30);
  much = get_pixel (surface, 1000 - 35, 30);
  g_assert_cmphex (none & 0xffffff, ==, 0xffffff);
  g_assert_cmphex (little & 0xff, <, 0xd0);
  g_assert_cmphex (much & 0xffffff, ==, 0xd55e00);

  cairo_destroy (cr);
  cairo_surface_destroy (surface);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/chart/report-page/page", test_page);
  g_test_add_func ("/chart/report-page/addresses-are-shown-where-wanted",
                   test_addresses_are_shown_where_wanted);
  g_test_add_func ("/chart/report-page/many-are-one-page", test_many_are_one_page);
  g_test_add_func ("/chart/report-page/what-cannot-be-written-leaves-nothing",
                   test_what_cannot_be_written_leaves_nothing);
  g_test_add_func ("/chart/week-map/week", test_week);
  g_test_add_func ("/chart/week-map/week-is-drawn", test_week_is_drawn);

  return g_test_run ();
}
