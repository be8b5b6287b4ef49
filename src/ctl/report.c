/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "ctl/arguments.h"
#include "ctl/command.h"
#include "ctl/monitor-link.h"
#include "ctl/number.h"
#include "ctl/report-print.h"
#include "ctl/time-arg.h"
#include "ipc/column.h"
#include "ipc/error.h"
#include "ipc/event.h"
#include "ipc/status.h"

#define DAY_MS G_GINT64_CONSTANT (86400000)
#define MAX_EVENTS 10000
#define N_COLUMNS 72

typedef struct {
  gint64 now_ms;
  gint64 from_ms;
  gint64 to_ms;
  char *file; /* (owned) (nullable) */
  gboolean json;
  gboolean show_addresses;
  gboolean only_system;
} Query;

static void
query_clear (Query *query)
{
  g_free (query->file);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Query, query_clear)

static gboolean
check_file (const Query *query, GError **error)
{
  g_autofree char *quoted = NULL;
  gsize length = query->file != NULL ? strlen (query->file) : 0;

  if (length < 4 || g_ascii_strcasecmp (query->file + length - 4, ".pdf") != 0)
    return TRUE;

  quoted = pingem_quote (query->file);
  g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_BAD_VALUE,
               _ ("%s: a report is plain text here, so give it a name that does not end in .pdf"),
               quoted);

  return FALSE;
}

static gboolean
parse_query (char **argv, Query *query, GError **error)
{
  g_autofree char *from = NULL;
  g_autofree char *to = NULL;
  const GOptionEntry entries[] = {
    { "from", 0, 0, G_OPTION_ARG_STRING, &from,
      N_ ("-1h, -30min, ISO 8601 or Unix seconds (a day before --to)"), N_ ("T") },
    { "to", 0, 0, G_OPTION_ARG_STRING, &to, N_ ("As --from (now)"), N_ ("T") },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &query->file, N_ ("Write it to FILE"), N_ ("FILE") },
    { "show-addresses", 0, 0, G_OPTION_ARG_NONE, &query->show_addresses,
      N_ ("Also the addresses of your own network"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &query->json, N_ ("JSON: an object"), NULL },
    { "system", 0, 0, G_OPTION_ARG_NONE, &query->only_system, N_ ("The instance on the system bus"),
      NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (GStrv) arguments = pingem_arguments_parse (
      argv, entries, NULL, N_ ("A page for your provider: figures, strips and outages."), error);

  query->now_ms = g_get_real_time () / 1000;

  return arguments != NULL && pingem_arguments_are_none (arguments, error) &&
         check_file (query, error) &&
         pingem_time_parse_range (from, to, query->now_ms, DAY_MS, &query->from_ms, &query->to_ms,
                                  error);
}

static PingemReportTarget *
ask_target (const Query *query, PingemDbusMonitor1 *monitor, GVariant *target, GError **error)
{
  g_autoptr (PingemReportTarget) row = g_new0 (PingemReportTarget, 1);
  g_autoptr (GVariant) columns = NULL;
  const char *key = pingem_target_lookup_string (target, "key");

  if (!pingem_dbus_monitor1_call_summary_sync (monitor, key != NULL ? key : "", query->from_ms,
                                               query->to_ms, &row->summary, NULL, error) ||
      !pingem_dbus_monitor1_call_columns_sync (monitor, key != NULL ? key : "", query->from_ms,
                                               query->to_ms, N_COLUMNS, &columns, NULL, error))
    return NULL;

  row->target = g_variant_ref (target);
  row->columns = pingem_columns_from_variant (columns);

  return g_steal_pointer (&row);
}

/* (transfer full): NULL with @error */
static GPtrArray *
ask_targets (const Query *query, PingemDbusMonitor1 *monitor, GError **error)
{
  g_autoptr (GPtrArray) rows =
      g_ptr_array_new_with_free_func ((GDestroyNotify) pingem_report_target_free);
  GVariant *targets = pingem_dbus_monitor1_get_targets (monitor);

  for (gsize i = 0; i < g_variant_n_children (targets); i++)
    {
      g_autoptr (GVariant) target = g_variant_get_child_value (targets, i);
      PingemReportTarget *row = ask_target (query, monitor, target, error);

      if (row == NULL)
        return NULL;

      g_ptr_array_add (rows, row);
    }

  return g_steal_pointer (&rows);
}

static GPtrArray *
ask_events (const Query *query, PingemDbusMonitor1 *monitor, GError **error)
{
  g_autoptr (GVariant) events = NULL;

  if (!pingem_dbus_monitor1_call_events_sync (monitor, query->from_ms, query->to_ms, MAX_EVENTS,
                                              &events, NULL, error))
    return NULL;

  return pingem_events_from_variant (events);
}

/* (transfer full): NULL with @error */
static char *
build_report (const Query *query, PingemDbusMonitor1 *monitor, GError **error)
{
  g_autoptr (GTimeZone) local = g_time_zone_new_local ();
  g_autoptr (GPtrArray) targets = ask_targets (query, monitor, error);
  g_autoptr (GPtrArray) events = targets != NULL ? ask_events (query, monitor, error) : NULL;
  const PingemReportView view = {
    .from_ms = query->from_ms,
    .to_ms = query->to_ms,
    .written_ms = query->now_ms,
    .show_addresses = query->show_addresses,
    .zone = local,
    .targets = targets,
    .events = events,
  };
  g_autofree char *json = NULL;

  if (events == NULL)
    return NULL;
  if (!query->json)
    return pingem_report_text (&view);

  json = pingem_report_json (&view);

  return g_strconcat (json, "\n", NULL);
}

static int
write_file (const char *path, const char *report)
{
  FILE *stream = fopen (path, "we");
  gboolean is_written = stream != NULL && fputs (report, stream) >= 0;
  g_autofree char *quoted = NULL;

  if (stream != NULL)
    is_written = fclose (stream) == 0 && is_written;
  if (is_written)
    return PINGEM_EXIT_OK;

  quoted = pingem_quote (path);
  pingem_complain (_ ("%s cannot be written: %s"), quoted, g_strerror (errno));

  return PINGEM_EXIT_CANNOT;
}

int
pingem_command_report (char **argv)
{
  g_auto (Query) query = { 0 };
  g_autoptr (PingemDbusMonitor1) monitor = NULL;
  g_autofree char *report = NULL;
  g_autoptr (GError) error = NULL;

  if (!parse_query (argv, &query, &error))
    {
      pingem_complain ("%s", error->message);
      return PINGEM_EXIT_BAD_INPUT;
    }

  monitor = pingem_monitor_connect (query.only_system, &error);
  report = monitor != NULL ? build_report (&query, monitor, &error) : NULL;
  if (report == NULL)
    return pingem_monitor_complain (error);
  if (query.file != NULL)
    return write_file (query.file, report);

  fputs (report, stdout);

  return PINGEM_EXIT_OK;
}
