/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "chart/report-page.h"
#include "chart/report-pdf.h"
#include "ctl/arguments.h"
#include "ctl/command.h"
#include "ctl/monitor-link.h"
#include "ctl/number.h"
#include "ctl/report-print.h"
#include "ctl/time-arg.h"
#include "ipc/error.h"

#define DAY_MS G_GINT64_CONSTANT (86400000)
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
is_pdf (const Query *query)
{
  gsize length = query->file != NULL ? strlen (query->file) : 0;

  return length >= 4 && g_ascii_strcasecmp (query->file + length - 4, ".pdf") == 0;
}

static gboolean
check_format (const Query *query, GError **error)
{
  if (!query->json || !is_pdf (query))
    return TRUE;

  g_set_error_literal (error, PINGEM_ERROR, PINGEM_ERROR_BAD_VALUE,
                       _ ("A PDF is no JSON: leave out --json, or give the file another name"));

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
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &query->file,
      N_ ("Write it to FILE; as a PDF where its name ends so"), N_ ("FILE") },
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
         check_format (query, error) &&
         pingem_time_parse_range (from, to, query->now_ms, DAY_MS, &query->from_ms, &query->to_ms,
                                  error);
}

/* (transfer full) */
static char *
build_report (const Query *query, const PingemReportView *view)
{
  g_autofree char *json = NULL;

  if (!query->json)
    return pingem_report_text (view);

  json = pingem_report_json (view);

  return g_strconcat (json, "\n", NULL);
}

static int
complain_of_file (const char *path, const char *why)
{
  g_autofree char *quoted = pingem_quote (path);

  pingem_complain (_ ("%s cannot be written: %s"), quoted, why);

  return PINGEM_EXIT_CANNOT;
}

static int
write_text (const char *path, const char *report)
{
  FILE *stream = fopen (path, "we");
  gboolean is_written = stream != NULL && fputs (report, stream) >= 0;

  if (stream != NULL)
    is_written = fclose (stream) == 0 && is_written;

  return is_written ? PINGEM_EXIT_OK : complain_of_file (path, g_strerror (errno));
}

static int
write_report (const Query *query, const PingemReportView *view)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *report = NULL;

  if (is_pdf (query))
    return pingem_report_pdf_save (view, query->file, &error)
               ? PINGEM_EXIT_OK
               : complain_of_file (query->file, error->message);

  report = build_report (query, view);
  if (query->file != NULL)
    return write_text (query->file, report);

  fputs (report, stdout);

  return PINGEM_EXIT_OK;
}

int
pingem_command_report (char **argv)
{
  g_auto (Query) query = { 0 };
  g_autoptr (PingemDbusMonitor1) monitor = NULL;
  g_autoptr (PingemReportView) view = NULL;
  g_autoptr (GError) error = NULL;

  if (!parse_query (argv, &query, &error))
    {
      pingem_complain ("%s", error->message);
      return PINGEM_EXIT_BAD_INPUT;
    }

  monitor = pingem_monitor_connect (query.only_system, &error);
  if (monitor != NULL)
    view = pingem_report_view_collect (monitor, query.from_ms, query.to_ms,
                                       is_pdf (&query) ? PINGEM_PAGE_COLUMNS : N_COLUMNS, &error);
  if (view == NULL)
    return pingem_monitor_complain (error);

  view->show_addresses = query.show_addresses;

  return write_report (&query, view);
}
