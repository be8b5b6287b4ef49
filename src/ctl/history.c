/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <stdio.h>

#include <glib/gi18n-lib.h>

#include "ctl/arguments.h"
#include "ctl/command.h"
#include "ctl/history-print.h"
#include "ctl/monitor-link.h"
#include "ctl/number.h"
#include "ctl/time-arg.h"

#define HOUR_MS G_GINT64_CONSTANT (3600000)
#define MAX_COLUMNS 4000

typedef struct {
  char *target; /* (owned) */
  gint64 from_ms;
  gint64 to_ms;
  guint32 n_columns;
  gboolean json;
  gboolean only_system;
} Query;

static void
query_clear (Query *query)
{
  g_free (query->target);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Query, query_clear)

static gboolean
parse_query (char **argv, Query *query, GError **error)
{
  g_autofree char *from = NULL;
  g_autofree char *to = NULL;
  g_autofree char *columns = NULL;
  const GOptionEntry entries[] = {
    { "from", 0, 0, G_OPTION_ARG_STRING, &from, N_ ("-1h, -30min, ISO 8601 or Unix seconds"),
      N_ ("T") },
    { "to", 0, 0, G_OPTION_ARG_STRING, &to, N_ ("As --from (now)"), N_ ("T") },
    { "columns", 0, 0, G_OPTION_ARG_STRING, &columns, N_ ("Into how many parts (60)"), N_ ("N") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &query->json, N_ ("JSON: an array"), NULL },
    { "system", 0, 0, G_OPTION_ARG_NONE, &query->only_system, N_ ("The instance on the system bus"),
      NULL },
    G_OPTION_ENTRY_NULL,
  };
  /* Whole seconds: columns then begin at readable times. */
  gint64 now_ms = g_get_real_time () / G_USEC_PER_SEC * 1000;
  const PingemNumber *number;
  g_auto (GStrv) arguments = pingem_arguments_parse (
      argv, entries, "TARGET", N_ ("What was measured, in equal parts of a time."), error);

  number = &(PingemNumber){ "--columns", columns, 1, MAX_COLUMNS, "", &query->n_columns };

  return arguments != NULL && pingem_arguments_take_target (arguments, &query->target, error) &&
         pingem_number_parse (number, error) &&
         pingem_time_parse_range (from, to, now_ms, HOUR_MS, &query->from_ms, &query->to_ms, error);
}

/* Line by line: an element needs no other to be read. */
static void
print_json (const PingemColumn *columns, guint n_columns)
{
  puts ("[");
  for (guint i = 0; i < n_columns; i++)
    {
      g_autofree char *object = pingem_column_json (&columns[i]);

      printf ("%s%s\n", object, i + 1 < n_columns ? "," : "");
    }
  puts ("]");
}

static void
print_text (const PingemColumn *columns, guint n_columns)
{
  g_autoptr (GTimeZone) local = g_time_zone_new_local ();
  g_autofree char *text = pingem_columns_text (columns, n_columns, local);

  fputs (text, stdout);
}

int
pingem_command_history (char **argv)
{
  g_auto (Query) query = { .n_columns = 60 };
  g_autoptr (PingemDbusMonitor1) monitor = NULL;
  g_autoptr (GVariant) variant = NULL;
  g_autoptr (GArray) columns = NULL;
  g_autoptr (GError) error = NULL;

  if (!parse_query (argv, &query, &error))
    {
      pingem_complain ("%s", error->message);
      return PINGEM_EXIT_BAD_INPUT;
    }

  monitor = pingem_monitor_connect (query.only_system, &error);
  if (monitor == NULL ||
      !pingem_dbus_monitor1_call_columns_sync (monitor, query.target, query.from_ms, query.to_ms,
                                               query.n_columns, &variant, NULL, &error))
    return pingem_monitor_complain (error);

  columns = pingem_columns_from_variant (variant);
  if (query.json)
    print_json ((const PingemColumn *) (void *) columns->data, columns->len);
  else
    print_text ((const PingemColumn *) (void *) columns->data, columns->len);

  return PINGEM_EXIT_OK;
}
