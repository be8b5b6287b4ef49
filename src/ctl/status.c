/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <stdio.h>

#include <glib/gi18n-lib.h>

#include "ctl/arguments.h"
#include "ctl/command.h"
#include "ctl/monitor-link.h"
#include "ctl/number.h"
#include "ctl/status-print.h"
#include "ctl/watch.h"
#include "ipc/error.h"

typedef struct {
  gboolean json;
  gboolean watch;
  guint32 seconds;
  gboolean only_system;
} Options;

static gboolean
parse_options (char **argv, Options *options, GError **error)
{
  g_autofree char *seconds = NULL;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &options->json, N_ ("JSON: an object"), NULL },
    { "watch", 0, 0, G_OPTION_ARG_NONE, &options->watch,
      N_ ("Go on until Ctrl-C: on a terminal a page, else lines"), NULL },
    { "for", 0, 0, G_OPTION_ARG_STRING, &seconds, N_ ("With --watch: end after so long"),
      N_ ("SECONDS") },
    { "system", 0, 0, G_OPTION_ARG_NONE, &options->only_system,
      N_ ("The instance on the system bus"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (GStrv) arguments = pingem_arguments_parse (
      argv, entries, NULL, N_ ("Says how the connection stands, and who is to blame."), error);
  const PingemNumber *number;

  if (arguments == NULL || !pingem_arguments_are_none (arguments, error))
    return FALSE;
  if (seconds != NULL && !options->watch)
    {
      g_set_error_literal (error, PINGEM_ERROR, PINGEM_ERROR_BAD_VALUE,
                           _ ("--for goes with --watch: give both"));
      return FALSE;
    }

  number = &(PingemNumber){ "--for", seconds, 1, G_MAXUINT32, " s", &options->seconds };

  return pingem_number_parse (number, error);
}

static void
show (PingemDbusMonitor1 *monitor, gboolean json)
{
  const PingemStatusView view = {
    .status = pingem_dbus_monitor1_get_status (monitor),
    .targets = pingem_dbus_monitor1_get_targets (monitor),
    .source = pingem_dbus_monitor1_get_source (monitor),
  };
  g_autofree char *text = json ? pingem_status_json (&view) : pingem_status_text (&view);

  printf ("%s%s", text, json ? "\n" : "");
}

int
pingem_command_status (char **argv)
{
  Options options = { 0 };
  g_autoptr (PingemDbusMonitor1) monitor = NULL;
  g_autoptr (GError) error = NULL;

  if (!parse_options (argv, &options, &error))
    {
      pingem_complain ("%s", error->message);
      return PINGEM_EXIT_BAD_INPUT;
    }

  monitor = pingem_monitor_connect (options.only_system, &error);
  if (monitor == NULL)
    return pingem_monitor_complain (error);
  if (options.watch)
    return pingem_watch_run (monitor, options.json, options.seconds);

  show (monitor, options.json);

  return PINGEM_EXIT_OK;
}
