/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ctl/report-print.h"

#include <glib/gi18n-lib.h>

#include "ctl/events-print.h"
#include "ipc/report-names.h"
#include "ctl/strip-text.h"
#include "ctl/table.h"
#include "ctl/time-arg.h"
#include "ipc/column.h"
#include "ipc/event.h"
#include "ipc/status.h"

static void
append_table (GString *text, PingemTable *table)
{
  g_autofree char *printed = pingem_table_print (table);

  g_string_append (text, printed);
}

/* Of the time zone too: who reads it may live in another one. */
static char *
format_time (const PingemReportView *view, gint64 ms)
{
  g_autofree char *time = pingem_time_format (ms, view->zone);
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (ms / 1000);
  g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_timezone (utc, view->zone) : NULL;
  g_autofree char *offset = local != NULL ? g_date_time_format (local, "%:z") : g_strdup ("");

  return g_strdup_printf ("%s UTC%s", time, offset);
}

static void
append_head (GString *text, const PingemReportView *view)
{
  g_autoptr (PingemTable) table = pingem_table_new ("  ");
  g_autofree char *from = format_time (view, view->from_ms);
  g_autofree char *to = format_time (view, view->to_ms);
  g_autofree char *written = format_time (view, view->written_ms);

  g_string_append_printf (text, _ ("Report on an internet connection, by Pingem %s\n\n"),
                          PINGEM_VERSION);
  pingem_table_add (table, _ ("From"), from, NULL);
  pingem_table_add (table, _ ("To"), to, NULL);
  pingem_table_add (table, _ ("Written"), written, NULL);
  append_table (text, table);
}

static char *
format_count (GVariant *summary, const char *name)
{
  gint64 count = pingem_target_lookup_number (summary, name);

  return count >= 0 ? g_strdup_printf ("%" G_GINT64_FORMAT, count) : g_strdup ("–");
}

static void
add_figures (PingemTable *table, const PingemReportView *view, const PingemReportTarget *row)
{
  GVariant *summary = row->summary;
  g_autofree char *name = pingem_report_name (view, row);
  g_autofree char *address = pingem_report_address (view, row);
  g_autofree char *due = format_count (summary, "due");
  g_autofree char *loss = pingem_format_loss (pingem_target_loss (summary));
  g_autofree char *lost = format_count (summary, "lost");
  g_autofree char *late = format_count (summary, "late");
  g_autofree char *unsent = format_count (summary, "unsent");
  g_autofree char *error = format_count (summary, "error");
  g_autofree char *burst = format_count (summary, "longest-burst");
  g_autofree char *p50 = pingem_format_rtt (pingem_target_lookup_number (summary, "p50-us"));
  g_autofree char *p95 = pingem_format_rtt (pingem_target_lookup_number (summary, "p95-us"));
  g_autofree char *max = pingem_format_rtt (pingem_target_lookup_number (summary, "max-us"));
  g_autofree char *jitter = pingem_format_rtt (pingem_target_lookup_number (summary, "jitter-us"));
  g_autofree char *mos = pingem_format_mos (pingem_target_mos (summary));

  pingem_table_add (table, pingem_leg_label (pingem_target_lookup_string (row->target, "leg")),
                    name, address != NULL ? address : _ ("(own)"), due, loss, lost, late, unsent,
                    error, burst, p50, p95, max, jitter, mos, NULL);
}

static gboolean
is_about (const PingemReportTarget *row)
{
  gboolean about = FALSE;

  return g_variant_lookup (row->summary, "about", "b", &about) && about;
}

static void
append_figures (GString *text, const PingemReportView *view)
{
  g_autoptr (PingemTable) table = pingem_table_new ("   >>>>>>>>>>>>");
  gboolean has_about = FALSE;

  pingem_table_add (table, _ ("Leg"), _ ("Name"), _ ("Address"), _ ("Due"), _ ("Loss"), _ ("Lost"),
                    _ ("Late"), _ ("Unsent"), _ ("Error"), _ ("Burst"), _ ("Median"), "95 %",
                    _ ("Longest"), _ ("Jitter"), "MOS", NULL);
  for (guint i = 0; i < view->targets->len; i++)
    {
      add_figures (table, view, view->targets->pdata[i]);
      has_about |= is_about (view->targets->pdata[i]);
    }

  g_string_append_c (text, '\n');
  append_table (text, table);
  if (has_about)
    g_string_append (
        text, _ ("Median, 95 % and jitter are about, within 5 %; all other figures are exact.\n"));
}

/* "10 min", "1.5 h" */
static char *
format_span (gint64 ms)
{
  if (ms < 60000)
    return g_strdup_printf (_ ("%.1f s"), ms / 1e3);
  if (ms < 3600000)
    return g_strdup_printf (_ ("%.1f min"), ms / 6e4);

  return g_strdup_printf (_ ("%.1f h"), ms / 36e5);
}

static void
append_strips (GString *text, const PingemReportView *view)
{
  g_autoptr (PingemTable) table = pingem_table_new ("  ");
  g_autofree char *span = NULL;
  guint n = 1;

  for (guint i = 0; i < view->targets->len; i++)
    {
      const PingemReportTarget *row = view->targets->pdata[i];
      g_autofree char *name = pingem_report_name (view, row);
      g_autofree char *strip = pingem_strip_text (
          (const PingemColumn *) (void *) row->columns->data, row->columns->len, FALSE);

      n = MAX (n, row->columns->len);
      pingem_table_add (table, name, strip, NULL);
    }

  g_string_append_c (text, '\n');
  append_table (text, table);
  span = format_span ((view->to_ms - view->from_ms) / n);
  /* Translators: how long a character is, "10.0 min", and what each means */
  g_string_append_printf (text, _ ("A character is %s. %s\n"), span, pingem_strip_legend ());
}

static void
add_outage (PingemTable *table, const PingemReportView *view, const PingemEvent *event)
{
  g_autofree char *begin = pingem_time_format (event->from_ms, view->zone);
  g_autofree char *duration = pingem_event_duration (event);
  g_autofree char *name = pingem_report_event_name (view, event);
  g_autofree char *loss =
      pingem_format_loss (event->due > 0 ? (double) event->bad / event->due : -1);
  g_autofree char *counts =
      event->due > 0 ? g_strdup_printf (_ ("%u of %u"), event->bad, event->due) : g_strdup ("–");

  pingem_table_add (table, begin, duration,
                    *event->leg != '\0' ? pingem_leg_label (event->leg) : "–", name, loss, counts,
                    NULL);
}

static void
add_gap (PingemTable *table, const PingemReportView *view, const PingemEvent *event)
{
  g_autofree char *begin = pingem_time_format (event->from_ms, view->zone);
  g_autofree char *duration = pingem_event_duration (event);
  g_autofree char *why = pingem_event_describe (event);

  pingem_table_add (table, begin, duration, why, NULL);
}

/* Returns: how many there are of @kind */
static guint
add_events (PingemTable *table,
            const PingemReportView *view,
            const char *kind,
            void (*add) (PingemTable *, const PingemReportView *, const PingemEvent *))
{
  guint n = 0;

  for (guint i = 0; i < view->events->len; i++)
    {
      const PingemEvent *event = view->events->pdata[i];

      if (!g_str_equal (event->kind, kind))
        continue;

      add (table, view, event);
      n++;
    }

  return n;
}

static void
append_outages (GString *text, const PingemReportView *view)
{
  g_autoptr (PingemTable) table = pingem_table_new (" >  >>");
  guint n;

  pingem_table_add (table, _ ("Begin"), _ ("Duration"), _ ("Leg"), _ ("Name"), _ ("Loss"),
                    _ ("Probes"), NULL);
  n = add_events (table, view, PINGEM_EVENT_OUTAGE, add_outage);
  g_string_append_printf (text, _ ("\nOutages: %u\n"), n);
  if (n > 0)
    append_table (text, table);
}

static void
append_gaps (GString *text, const PingemReportView *view)
{
  g_autoptr (PingemTable) table = pingem_table_new (" > ");
  guint n;

  pingem_table_add (table, _ ("Begin"), _ ("Duration"), _ ("Why"), NULL);
  n = add_events (table, view, PINGEM_EVENT_GAP, add_gap);
  g_string_append_printf (text, _ ("\nTimes when nothing was measured: %u\n"), n);
  if (n > 0)
    append_table (text, table);
}

static void
append_targets (GString *text, const PingemReportView *view)
{
  g_autoptr (PingemTable) table = pingem_table_new (" >>>");

  pingem_table_add (table, _ ("Name"), _ ("Interval"), _ ("Timeout"), _ ("Size"), NULL);
  for (guint i = 0; i < view->targets->len; i++)
    {
      const PingemReportTarget *row = view->targets->pdata[i];
      g_autofree char *name = pingem_report_name (view, row);
      g_autofree char *interval = format_count (row->target, "interval-ms");
      g_autofree char *timeout = format_count (row->target, "timeout-ms");
      g_autofree char *size = format_count (row->target, "size");

      pingem_table_add (table, name, interval, timeout, size, NULL);
    }

  append_table (text, table);
}

static void
append_method (GString *text, const PingemReportView *view)
{
  g_string_append_printf (text, "\n%s\n\n", pingem_report_method ());
  append_targets (text, view);
}

char *
pingem_report_text (const PingemReportView *view)
{
  GString *text = g_string_new (NULL);

  append_head (text, view);
  append_figures (text, view);
  append_strips (text, view);
  append_outages (text, view);
  append_gaps (text, view);
  append_method (text, view);

  return g_string_free (text, FALSE);
}
