/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <gio/gunixfdlist.h>
#include <glib/gi18n-lib.h>

#include "ctl/arguments.h"
#include "ctl/command.h"
#include "ctl/line-reader.h"
#include "ctl/monitor-link.h"
#include "ctl/ping-report.h"
#include "ctl/time-arg.h"
#include "ipc/error.h"
#include "ipc/probe-line.h"

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
  const Query *query;       /* (unowned) */
  GMainLoop *loop;          /* (owned) */
  PingemLineReader *reader; /* (owned) */
  GTimeZone *local;         /* (owned) */
  GString *text;            /* (owned): what is printed next */
  guint64 n_read;
  guint64 n_sent; /* as the monitor says */
  gboolean is_read;
  gboolean is_answered;
  GError *error; /* (owned) (nullable): the monitor's */
} Transfer;

static void
transfer_clear (Transfer *transfer)
{
  g_clear_pointer (&transfer->reader, pingem_line_reader_free);
  g_clear_pointer (&transfer->loop, g_main_loop_unref);
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
append_line (Transfer *transfer, const char *line)
{
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
}

static void
end_if_done (Transfer *transfer)
{
  if ((transfer->is_read && transfer->is_answered) || ferror (stdout))
    g_main_loop_quit (transfer->loop);
}

static void
put (Transfer *transfer)
{
  fwrite (transfer->text->str, 1, transfer->text->len, stdout);
  g_string_truncate (transfer->text, 0);
}

static gboolean
on_lines (gpointer user_data)
{
  Transfer *transfer = user_data;
  PingemReadResult result;
  char *line;

  while ((result = pingem_line_reader_next (transfer->reader, &line)) == PINGEM_READ_LINE)
    {
      transfer->n_read++;
      append_line (transfer, line);
    }

  if (transfer->n_read > 0)
    put (transfer);
  transfer->is_read = result == PINGEM_READ_END;
  end_if_done (transfer);

  return G_SOURCE_REMOVE;
}

static void
on_answer (GObject *monitor, GAsyncResult *result, gpointer user_data)
{
  Transfer *transfer = user_data;

  pingem_dbus_monitor1_call_probes_finish (PINGEM_DBUS_MONITOR1 (monitor), &transfer->n_sent, NULL,
                                           result, &transfer->error);
  transfer->is_answered = TRUE;
  end_if_done (transfer);
}

/* The monitor alone has the writing end then: when that is closed, all has come. */
static gboolean
call (Transfer *transfer, PingemDbusMonitor1 *monitor, int *ret_fd, GError **error)
{
  g_autoptr (GUnixFDList) fds = NULL;
  int ends[2];

  if (pipe2 (ends, O_CLOEXEC) != 0)
    {
      g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_FAILED, _ ("There is no pipe to be had: %s"),
                   g_strerror (errno));
      return FALSE;
    }

  fds = g_unix_fd_list_new_from_array (&ends[1], 1);
  g_dbus_proxy_set_default_timeout (G_DBUS_PROXY (monitor), G_MAXINT);
  pingem_dbus_monitor1_call_probes (monitor, transfer->query->target, transfer->query->from_ms,
                                    transfer->query->to_ms, g_variant_new_handle (0), fds, NULL,
                                    on_answer, transfer);
  *ret_fd = ends[0];

  return TRUE;
}

static int
finish (Transfer *transfer)
{
  if (transfer->error != NULL && !ferror (stdout))
    return pingem_monitor_complain (transfer->error);

  put (transfer);
  if (transfer->n_read == transfer->n_sent || ferror (stdout))
    return PINGEM_EXIT_OK;

  pingem_complain (_ ("Not all probes came from the monitor: repeat it"));

  return PINGEM_EXIT_CANNOT;
}

static int
show (const Query *query, PingemDbusMonitor1 *monitor)
{
  g_auto (Transfer) transfer = { .query = query };
  g_autoptr (GError) error = NULL;
  int fd;

  transfer.text = g_string_new (query->csv ? PINGEM_PROBE_LINE_HEADER "\n" : NULL);
  if (!call (&transfer, monitor, &fd, &error))
    {
      pingem_complain ("%s", error->message);
      return PINGEM_EXIT_CANNOT;
    }

  transfer.loop = g_main_loop_new (NULL, FALSE);
  transfer.local = g_time_zone_new_local ();
  transfer.reader = pingem_line_reader_new (fd, on_lines, &transfer);
  on_lines (&transfer);
  if (!transfer.is_answered || !transfer.is_read)
    g_main_loop_run (transfer.loop);
  close (fd);

  return finish (&transfer);
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
