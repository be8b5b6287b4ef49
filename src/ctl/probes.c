/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <stdio.h>

#include <glib/gi18n-lib.h>

#include "ctl/arguments.h"
#include "ctl/command.h"
#include "ctl/monitor-link.h"
#include "ctl/ping-report.h"
#include "ctl/time-arg.h"
#include "ipc/error.h"
#include "ipc/probe-line.h"
#include "ipc/probe-reader.h"

#define HOUR_MS G_GINT64_CONSTANT (3600000)
#define BUFFER_SIZE 65536

typedef struct {
  char *target; /* (owned) */
  gint64 from_ms;
  gint64 to_ms;
  gboolean csv;
  gboolean json;
  gboolean only_system;
} Query;

static void
query_clear (Query *query)
{
  g_free (query->target);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Query, query_clear)

/* Probes on their way from the monitor to standard output. */
typedef struct {
  const Query *query;        /* (unowned) */
  GMainLoop *loop;           /* (owned) */
  GCancellable *cancellable; /* (owned) */
  GTimeZone *local;          /* (owned) */
  GString *text;             /* (owned): what is printed next */
  GError *error;             /* (owned) (nullable) */
} Transfer;

static void
transfer_clear (Transfer *transfer)
{
  g_clear_pointer (&transfer->loop, g_main_loop_unref);
  g_clear_object (&transfer->cancellable);
  g_clear_pointer (&transfer->local, g_time_zone_unref);
  g_clear_error (&transfer->error);
  g_string_free (transfer->text, TRUE);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Transfer, transfer_clear)

static gboolean
check_format (const Query *query, GError **error)
{
  if (!query->csv || !query->json)
    return TRUE;

  g_set_error_literal (error, PINGEM_ERROR, PINGEM_ERROR_BAD_VALUE,
                       _ ("--csv and --json exclude each other: give one of them"));

  return FALSE;
}

static gboolean
parse_query (char **argv, Query *query, GError **error)
{
  g_autofree char *from = NULL;
  g_autofree char *to = NULL;
  const GOptionEntry entries[] = {
    { "from", 0, 0, G_OPTION_ARG_STRING, &from, N_ ("-1h, -30min, ISO 8601 or Unix seconds"),
      N_ ("T") },
    { "to", 0, 0, G_OPTION_ARG_STRING, &to, N_ ("As --from (now)"), N_ ("T") },
    { "csv", 0, 0, G_OPTION_ARG_NONE, &query->csv, N_ ("A line of values per probe"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &query->json, N_ ("JSON: an object per probe"), NULL },
    { "system", 0, 0, G_OPTION_ARG_NONE, &query->only_system, N_ ("The instance on the system bus"),
      NULL },
    G_OPTION_ENTRY_NULL,
  };
  gint64 now_ms = g_get_real_time () / 1000 + 1;
  g_auto (GStrv) arguments = pingem_arguments_parse (
      argv, entries, "TARGET", N_ ("Every probe that is kept, in order of time."), error);

  return arguments != NULL && pingem_arguments_take_target (arguments, &query->target, error) &&
         check_format (query, error) &&
         pingem_time_parse_range (from, to, now_ms, HOUR_MS, &query->from_ms, &query->to_ms, error);
}

/* A time stands where "ping" has the host. */
static void
append_text (Transfer *transfer, const PingemRecord *record)
{
  gint64 sent_ms = record->sent_ns / 1000000;
  g_autofree char *time = pingem_time_format (sent_ms, transfer->local);
  g_autofree char *label = g_strdup_printf ("%s.%03d", time, (int) (sent_ms % 1000));
  const PingemPingNames names = { .label = label };

  pingem_probe_text (transfer->text, &names, record, 0, FALSE);
}

static void
put (Transfer *transfer)
{
  fwrite (transfer->text->str, 1, transfer->text->len, stdout);
  g_string_truncate (transfer->text, 0);
  /* Nobody reads the rest. */
  if (ferror (stdout))
    g_cancellable_cancel (transfer->cancellable);
}

static void
on_line (char *line, gpointer user_data)
{
  Transfer *transfer = user_data;
  const PingemPingNames names = { .label = transfer->query->target };
  PingemRecord record;

  /* Of a newer monitor's, which may say more, CSV has all. */
  if (transfer->query->csv)
    g_string_append_printf (transfer->text, "%s\n", line);
  else if (!pingem_probe_line_parse (line, &record))
    return;
  else if (transfer->query->json)
    pingem_probe_json (transfer->text, &names, &record);
  else
    append_text (transfer, &record);

  put (transfer);
}

static void
on_read (GObject *monitor, GAsyncResult *result, gpointer user_data)
{
  Transfer *transfer = user_data;

  pingem_probe_reader_read_finish (result, NULL, &transfer->error);
  g_main_loop_quit (transfer->loop);
}

static int
show (const Query *query, PingemDbusMonitor1 *monitor)
{
  g_auto (Transfer) transfer = { .query = query };

  transfer.text = g_string_new (query->csv ? PINGEM_PROBE_LINE_HEADER "\n" : NULL);
  transfer.loop = g_main_loop_new (NULL, FALSE);
  transfer.cancellable = g_cancellable_new ();
  transfer.local = g_time_zone_new_local ();

  pingem_probe_reader_read_async (monitor, query->target, query->from_ms, query->to_ms, on_line,
                                  &transfer, transfer.cancellable, on_read, &transfer);
  g_main_loop_run (transfer.loop);

  if (transfer.error != NULL && !ferror (stdout))
    return pingem_monitor_complain (transfer.error);

  put (&transfer);

  return PINGEM_EXIT_OK;
}

int
pingem_command_probes (char **argv)
{
  g_auto (Query) query = { 0 };
  g_autoptr (PingemDbusMonitor1) monitor = NULL;
  g_autoptr (GError) error = NULL;

  if (!parse_query (argv, &query, &error))
    {
      pingem_complain ("%s", error->message);
      return PINGEM_EXIT_BAD_INPUT;
    }

  monitor = pingem_monitor_connect (query.only_system, &error);
  if (monitor == NULL)
    return pingem_monitor_complain (error);

  setvbuf (stdout, NULL, _IOFBF, BUFFER_SIZE);

  return show (&query, monitor);
}
