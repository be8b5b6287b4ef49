/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <stdio.h>

#include <glib/gi18n-lib.h>

#include "ctl/arguments.h"
#include "ctl/command.h"
#include "ctl/events-print.h"
#include "ctl/monitor-link.h"
#include "ctl/time-arg.h"

#define DAY_MS G_GINT64_CONSTANT (86400000)
#define MAX_EVENTS 10000

typedef struct {
  gint64 from_ms;
  gint64 to_ms;
  gboolean json;
  gboolean only_system;
} Query;

static gboolean
parse_query (char **argv, Query *query, GError **error)
{
  g_autofree char *from = NULL;
  g_autofree char *to = NULL;
  const GOptionEntry entries[] = {
    { "from", 0, 0, G_OPTION_ARG_STRING, &from,
      N_ ("-1h, -30min, ISO 8601 or Unix seconds (a day before --to)"), N_ ("T") },
    { "to", 0, 0, G_OPTION_ARG_STRING, &to, N_ ("As --from (now)"), N_ ("T") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &query->json, N_ ("JSON: an array"), NULL },
    { "system", 0, 0, G_OPTION_ARG_NONE, &query->only_system, N_ ("The instance on the system bus"),
      NULL },
    G_OPTION_ENTRY_NULL,
  };
  /* What happened just now is in it. */
  gint64 now_ms = g_get_real_time () / 1000 + 1;
  g_auto (GStrv) arguments = pingem_arguments_parse (
      argv, entries, NULL, N_ ("What happened: outages, gaps, changes, notes."), error);

  return arguments != NULL && pingem_arguments_are_none (arguments, error) &&
         pingem_time_parse_range (from, to, now_ms, DAY_MS, &query->from_ms, &query->to_ms, error);
}

/* Line by line: an element needs no other to be read. */
static void
print_json (const GPtrArray *events)
{
  puts ("[");
  for (guint i = 0; i < events->len; i++)
    {
      g_autofree char *object = pingem_event_json (events->pdata[i]);

      printf ("%s%s\n", object, i + 1 < events->len ? "," : "");
    }
  puts ("]");
}

static void
print_text (const GPtrArray *events)
{
  g_autoptr (GTimeZone) local = g_time_zone_new_local ();
  g_autofree char *text = pingem_events_text (events, local);

  fputs (text, stdout);
}

int
pingem_command_events (char **argv)
{
  Query query = { 0 };
  g_autoptr (PingemDbusMonitor1) monitor = NULL;
  g_autoptr (GVariant) variant = NULL;
  g_autoptr (GPtrArray) events = NULL;
  g_autoptr (GError) error = NULL;

  if (!parse_query (argv, &query, &error))
    {
      pingem_complain ("%s", error->message);
      return PINGEM_EXIT_BAD_INPUT;
    }

  monitor = pingem_monitor_connect (query.only_system, &error);
  if (monitor == NULL ||
      !pingem_dbus_monitor1_call_events_sync (monitor, query.from_ms, query.to_ms, MAX_EVENTS,
                                              &variant, NULL, &error))
    return pingem_monitor_complain (error);

  events = pingem_events_from_variant (variant);
  if (query.json)
    print_json (events);
  else
    print_text (events);

  return PINGEM_EXIT_OK;
}
