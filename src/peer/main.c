/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib-unix.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "monitor/presence.h"
#include "peer/instance.h"
#include "source/source.h"

/* A session that is over has no use for us; a bus that was only updated is back by then. */
#define PATIENCE_S 60

typedef struct {
  GMainLoop *loop;
  char *config;
  char *database;
  char *source;
  char *metrics;
  char **peers;
  gboolean is_system;
  gboolean show_version;
  gboolean name_is_lost;
  PingemMonitor *monitor;   /* (owned) */
  PingemInstance *instance; /* (owned) */
} Program;

static gboolean
on_signal (gpointer user_data)
{
  g_main_loop_quit (user_data);

  return G_SOURCE_CONTINUE;
}

static void
on_ended (gboolean is_lost, gpointer user_data)
{
  Program *program = user_data;

  program->name_is_lost = is_lost;
  g_main_loop_quit (program->loop);
}

static gboolean
parse_options (Program *program, int *argc, char ***argv)
{
  const GOptionEntry entries[] = {
    { "config", 0, 0, G_OPTION_ARG_FILENAME, &program->config,
      "Targets and parts from FILE, which is never rewritten", "FILE" },
    { "database", 0, 0, G_OPTION_ARG_FILENAME, &program->database, "Keep the history in FILE",
      "FILE" },
    { "source", 0, 0, G_OPTION_ARG_STRING, &program->source,
      "How to send: auto, helper, raw or datagram", "KIND" },
    { "system", 0, 0, G_OPTION_ARG_NONE, &program->is_system, "Be there on the system bus", NULL },
    { "peer", 0, 0, G_OPTION_ARG_STRING_ARRAY, &program->peers,
      "Check the instance on HOST too, and serve metrics; may be repeated", "HOST" },
    { "metrics", 0, 0, G_OPTION_ARG_STRING, &program->metrics,
      "Serve Prometheus at [ADDRESS:]PORT, whatever the file says", "ENDPOINT" },
    { "version", 0, 0, G_OPTION_ARG_NONE, &program->show_version, "Print the version", NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("- measures for Pingem");
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);

  if (!g_option_context_parse (context, argc, argv, &error))
    g_printerr ("pingem-monitor: %s\n", error->message);
  else if (*argc > 1)
    g_printerr ("pingem-monitor: “%s” is no option: see --help\n", (*argv)[1]);
  else if (program->source != NULL && !pingem_source_kind_is_valid (program->source))
    g_printerr ("pingem-monitor: --source must be auto, helper, raw or datagram, not “%s”\n",
                program->source);
  else
    return TRUE;

  return FALSE;
}

/* In memory as long as the file cannot be used: the monitor says so as long as that is so. */
static PingemHistory *
open_history (const Program *program, guint keep_days, char **ret_notice)
{
  gint64 now_ms = g_get_real_time () / 1000;
  g_autofree char *path =
      program->database != NULL
          ? g_strdup (program->database)
          : g_build_filename (g_get_user_state_dir (), "pingem", "history.sqlite", NULL);
  g_autoptr (GError) error = NULL;
  PingemHistory *history =
      pingem_history_open (path, keep_days, PINGEM_HISTORY_ROLLUP_DAYS, now_ms, ret_notice, &error);

  if (history != NULL)
    return history;

  g_printerr ("pingem-monitor: %s\n", error->message);

  return pingem_history_open_later (path, keep_days, PINGEM_HISTORY_ROLLUP_DAYS, now_ms);
}

/* FALSE: --metrics is none. */
static gboolean
choose_metrics (const Program *program, PingemInstanceConfig *config, GError **error)
{
  const char *text = program->metrics;

  if (text == NULL && program->peers != NULL && config->metrics == NULL)
    text = PINGEM_METRICS_ENDPOINT;
  if (text == NULL)
    return TRUE;

  g_clear_object (&config->metrics);
  config->metrics = pingem_endpoint_parse (text, error);

  return config->metrics != NULL;
}

/* NULL with @error: nothing of it can be used. */
static PingemSettings *
load_settings (const Program *program, PingemInstanceConfig *ret_config, GError **error)
{
  g_autoptr (PingemSettings) settings = pingem_settings_load (program->config, error);

  if (settings == NULL)
    return NULL;

  pingem_instance_config_load (ret_config, pingem_settings_get_keyfile (settings));
  pingem_keyfile_report_unknown (pingem_settings_get_keyfile (settings));

  for (char **peer = program->peers; peer != NULL && *peer != NULL; peer++)
    if (!pingem_settings_add_peer (settings, *peer, error))
      return NULL;

  return choose_metrics (program, ret_config, error) ? g_steal_pointer (&settings) : NULL;
}

static void
tell_problem (Program *program, const char *problem)
{
  if (problem == NULL)
    return;

  g_printerr ("pingem-monitor: %s\n", problem);
  pingem_monitor_add_problem (program->monitor, problem);
}

static void
tell_problems (Program *program, PingemSettings *settings)
{
  GPtrArray *problems = pingem_settings_get_keyfile (settings)->problems;

  for (guint i = 0; i < problems->len; i++)
    tell_problem (program, problems->pdata[i]);
}

/* What cannot be read changes nothing. */
static gboolean
on_reload (gpointer user_data)
{
  Program *program = user_data;
  g_auto (PingemInstanceConfig) config = { 0 };
  g_autoptr (GError) error = NULL;
  PingemSettings *settings = load_settings (program, &config, &error);

  if (settings == NULL)
    {
      g_printerr ("pingem-monitor: not read anew: %s\n", error->message);
      return G_SOURCE_CONTINUE;
    }

  pingem_monitor_reload (program->monitor, settings);
  tell_problems (program, settings);
  pingem_instance_apply (program->instance, &config);
  g_printerr ("pingem-monitor: %s was read anew\n", pingem_settings_get_path (settings));

  return G_SOURCE_CONTINUE;
}

/* @settings: (transfer full) */
static void
build_monitor (Program *program, PingemSettings *settings, PingemInstanceConfig *config)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *notice = NULL;
  g_autofree char *state_folder = g_build_filename (g_get_user_state_dir (), "pingem", NULL);
  PingemHistory *history =
      open_history (program, pingem_settings_get_preferences (settings)->keep_days, &notice);
  PingemNetwatch *netwatch = pingem_netwatch_new (&error);

  program->monitor = pingem_monitor_new (settings, history, netwatch,
                                         program->source != NULL ? program->source : "auto");
  tell_problems (program, settings);
  tell_problem (program, notice);
  tell_problem (program, error != NULL ? error->message : NULL);

  program->instance = pingem_instance_new (program->monitor, state_folder);
  pingem_instance_apply (program->instance, config);
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

/* Each connection of the echo server and each TCP check under way is a descriptor. */
static void
raise_limit (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0)
    return;

  limit.rlim_cur = limit.rlim_max;
  setrlimit (RLIMIT_NOFILE, &limit);
}

/* @connection: (nullable): nobody is told on a bus */
static int
run (Program *program, GDBusConnection *connection)
{
  GBusType bus = program->is_system ? G_BUS_TYPE_SYSTEM : G_BUS_TYPE_SESSION;
  g_autoptr (GError) error = NULL;
  g_autoptr (PingemPresence) presence = NULL;

  pingem_monitor_start (program->monitor);
  g_bus_get (G_BUS_TYPE_SYSTEM, NULL, on_system_bus, g_object_ref (program->monitor));

  if (connection != NULL)
    presence = pingem_presence_new (program->monitor, bus, connection, choose_patience_s (),
                                    on_ended, program, &error);
  if (error != NULL)
    {
      g_printerr ("pingem-monitor: %s\n", error->message);
      return EXIT_FAILURE;
    }

  g_main_loop_run (program->loop);
  pingem_monitor_stop (program->monitor);

  if (program->name_is_lost)
    g_printerr ("pingem-monitor: another monitor runs on this bus, or the bus is gone%s\n",
                program->is_system ? ", or this user may not have the name there" : "");

  return program->name_is_lost ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* Without a session bus an instance still measures, and tells Prometheus. FALSE: said why. */
static gboolean
reach_bus (const Program *program, GDBusConnection **ret_connection)
{
  g_autoptr (GError) error = NULL;

  *ret_connection =
      g_bus_get_sync (program->is_system ? G_BUS_TYPE_SYSTEM : G_BUS_TYPE_SESSION, NULL, &error);
  if (*ret_connection != NULL)
    return TRUE;

  if (program->is_system)
    g_printerr ("pingem-monitor: there is no system bus (%s): leave out --system\n",
                error->message);
  else if (program->config != NULL || program->peers != NULL)
    {
      g_printerr (
          "pingem-monitor: there is no session bus, so pingemctl cannot ask this monitor\n");
      return TRUE;
    }
  else
    g_printerr ("pingem-monitor: there is no session bus (%s): start it in a desktop session, or "
                "with dbus-run-session\n",
                error->message);

  return FALSE;
}

int
main (int argc, char *argv[])
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Program program = { .loop = loop };
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) connection = NULL;
  g_auto (PingemInstanceConfig) config = { 0 };
  PingemSettings *settings;
  int exit_status;

  setlocale (LC_ALL, "");
  signal (SIGPIPE, SIG_IGN); /* who reads probes may go away at any time */

  if (!parse_options (&program, &argc, &argv))
    return 2;

  if (program.show_version)
    {
      g_print ("pingem-monitor %s\n", PINGEM_VERSION);
      return EXIT_SUCCESS;
    }

  if (!reach_bus (&program, &connection))
    return EXIT_FAILURE;

  settings = load_settings (&program, &config, &error);
  if (settings == NULL)
    {
      g_printerr ("pingem-monitor: %s\n", error->message);
      return 2;
    }

  raise_limit ();
  g_unix_signal_add (SIGTERM, on_signal, loop);
  g_unix_signal_add (SIGINT, on_signal, loop);
  build_monitor (&program, settings, &config);
  g_unix_signal_add (SIGHUP, on_reload, &program);

  exit_status = run (&program, connection);
  pingem_instance_free (program.instance);
  g_object_unref (program.monitor);

  return exit_status;
}
