/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib-unix.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>

#include "monitor/presence.h"
#include "source/source.h"

/* A session that is over has no use for us; a bus that was only updated is back by then. */
#define PATIENCE_S 60

typedef struct {
  GMainLoop *loop;
  char *config;
  char *database;
  char *source;
  gboolean show_version;
  gboolean name_is_lost;
} Options;

static gboolean
on_signal (gpointer user_data)
{
  g_main_loop_quit (user_data);

  return G_SOURCE_CONTINUE;
}

static void
on_ended (gboolean is_lost, gpointer user_data)
{
  Options *options = user_data;

  options->name_is_lost = is_lost;
  g_main_loop_quit (options->loop);
}

static gboolean
parse_options (Options *options, int *argc, char ***argv)
{
  const GOptionEntry entries[] = {
    { "config", 0, 0, G_OPTION_ARG_FILENAME, &options->config,
      "Targets from FILE, which is never rewritten", "FILE" },
    { "database", 0, 0, G_OPTION_ARG_FILENAME, &options->database, "Keep the history in FILE",
      "FILE" },
    { "source", 0, 0, G_OPTION_ARG_STRING, &options->source,
      "How to send: auto, helper, raw or datagram", "KIND" },
    { "version", 0, 0, G_OPTION_ARG_NONE, &options->show_version, "Print the version", NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("- measures for Pingem");
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);

  if (!g_option_context_parse (context, argc, argv, &error))
    g_printerr ("pingem-monitor: %s\n", error->message);
  else if (*argc > 1)
    g_printerr ("pingem-monitor: “%s” is no option: see --help\n", (*argv)[1]);
  else if (options->source != NULL && !pingem_source_kind_is_valid (options->source))
    g_printerr ("pingem-monitor: --source must be auto, helper, raw or datagram, not “%s”\n",
                options->source);
  else
    return TRUE;

  return FALSE;
}

static void
add_problem (GPtrArray *problems, const char *problem)
{
  if (problem != NULL)
    g_ptr_array_add (problems, g_strdup (problem));
}

/* In memory as long as the file cannot be used: the monitor says so as long as that is so. */
static PingemHistory *
open_history (const Options *options, guint keep_days, GPtrArray *problems)
{
  gint64 now_ms = g_get_real_time () / 1000;
  g_autofree char *path =
      options->database != NULL
          ? g_strdup (options->database)
          : g_build_filename (g_get_user_state_dir (), "pingem", "history.sqlite", NULL);
  g_autofree char *notice = NULL;
  g_autoptr (GError) error = NULL;
  PingemHistory *history =
      pingem_history_open (path, keep_days, PINGEM_HISTORY_ROLLUP_DAYS, now_ms, &notice, &error);

  add_problem (problems, notice);
  if (history != NULL)
    return history;

  g_printerr ("pingem-monitor: %s\n", error->message);

  return pingem_history_open_later (path, keep_days, PINGEM_HISTORY_ROLLUP_DAYS, now_ms);
}

static PingemMonitor *
build_monitor (const Options *options, PingemSettings *settings, GPtrArray *problems)
{
  g_autoptr (GError) error = NULL;
  PingemHistory *history =
      open_history (options, pingem_settings_get_preferences (settings)->keep_days, problems);
  PingemNetwatch *netwatch = pingem_netwatch_new (&error);
  PingemMonitor *monitor = pingem_monitor_new (settings, history, netwatch,
                                               options->source != NULL ? options->source : "auto");

  add_problem (problems, error != NULL ? error->message : NULL);

  for (guint i = 0; i < problems->len; i++)
    {
      g_printerr ("pingem-monitor: %s\n", (const char *) g_ptr_array_index (problems, i));
      pingem_monitor_add_problem (monitor, g_ptr_array_index (problems, i));
    }

  return monitor;
}

/* On a machine without one nothing is amiss. */
static void
on_system_bus (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PingemMonitor) monitor = user_data;
  g_autoptr (GDBusConnection) bus = g_bus_get_finish (result, NULL);

  if (bus == NULL)
    return;

  g_dbus_connection_set_exit_on_close (bus, FALSE);
  pingem_monitor_follow_desktop (monitor, bus);
}

/* One that the bus has started is the bus's, and ends with it. */
static guint
choose_patience_s (void)
{
  return g_getenv ("DBUS_STARTER_ADDRESS") != NULL ? 0 : PATIENCE_S;
}

static int
run (Options *options, PingemMonitor *monitor, GDBusConnection *connection)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PingemPresence) presence = NULL;

  pingem_monitor_start (monitor);
  g_bus_get (G_BUS_TYPE_SYSTEM, NULL, on_system_bus, g_object_ref (monitor));
  presence =
      pingem_presence_new (monitor, connection, choose_patience_s (), on_ended, options, &error);

  if (presence == NULL)
    {
      g_printerr ("pingem-monitor: %s\n", error->message);
      return EXIT_FAILURE;
    }

  g_main_loop_run (options->loop);
  pingem_monitor_stop (monitor);

  if (options->name_is_lost)
    g_printerr ("pingem-monitor: another monitor runs on this bus, or the bus is gone\n");

  return options->name_is_lost ? EXIT_FAILURE : EXIT_SUCCESS;
}

int
main (int argc, char *argv[])
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Options options = { .loop = loop };
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) connection = NULL;
  g_autoptr (PingemMonitor) monitor = NULL;
  PingemSettings *settings;

  setlocale (LC_ALL, "");
  signal (SIGPIPE, SIG_IGN); /* who reads probes may go away at any time */

  if (!parse_options (&options, &argc, &argv))
    return 2;

  if (options.show_version)
    {
      g_print ("pingem-monitor %s\n", PINGEM_VERSION);
      return EXIT_SUCCESS;
    }

  connection = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, &error);
  if (connection == NULL)
    {
      g_printerr ("pingem-monitor: there is no session bus (%s): start it in a desktop session, or "
                  "with dbus-run-session\n",
                  error->message);
      return EXIT_FAILURE;
    }

  settings = pingem_settings_load (options.config, &problems, &error);
  if (settings == NULL)
    {
      g_printerr ("pingem-monitor: %s\n", error->message);
      return 2;
    }

  g_unix_signal_add (SIGTERM, on_signal, loop);
  g_unix_signal_add (SIGINT, on_signal, loop);
  monitor = build_monitor (&options, settings, problems);

  return run (&options, monitor, connection);
}
