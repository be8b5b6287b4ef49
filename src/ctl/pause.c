/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "ctl/arguments.h"
#include "ctl/command.h"
#include "ctl/monitor-link.h"
#include "ctl/number.h"

static gboolean
parse_pause (char **argv, gboolean *ret_only_system, guint32 *ret_seconds, GError **error)
{
  g_autofree char *seconds = NULL;
  const GOptionEntry entries[] = {
    { "for", 0, 0, G_OPTION_ARG_STRING, &seconds, N_ ("Go on by itself after so long"),
      N_ ("SECONDS") },
    { "system", 0, 0, G_OPTION_ARG_NONE, ret_only_system, N_ ("The instance on the system bus"),
      NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (GStrv) arguments = pingem_arguments_parse (
      argv, entries, NULL, N_ ("Stops probing until pingemctl resume."), error);

  if (arguments == NULL || !pingem_arguments_are_none (arguments, error))
    return FALSE;

  const PingemNumber number = { "--for", seconds, 1, G_MAXUINT32, " s", ret_seconds };

  return pingem_number_parse (&number, error);
}

static gboolean
parse_resume (char **argv, gboolean *ret_only_system, GError **error)
{
  const GOptionEntry entries[] = {
    { "system", 0, 0, G_OPTION_ARG_NONE, ret_only_system, N_ ("The instance on the system bus"),
      NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (GStrv) arguments = pingem_arguments_parse (
      argv, entries, NULL, N_ ("Goes on probing after pingemctl pause."), error);

  return arguments != NULL && pingem_arguments_are_none (arguments, error);
}

int
pingem_command_pause (char **argv)
{
  g_autoptr (PingemDbusMonitor1) monitor = NULL;
  g_autoptr (GError) error = NULL;
  gboolean only_system = FALSE;
  guint32 seconds = 0;

  if (!parse_pause (argv, &only_system, &seconds, &error))
    {
      pingem_complain ("%s", error->message);
      return PINGEM_EXIT_BAD_INPUT;
    }

  monitor = pingem_monitor_connect (only_system, &error);
  if (monitor == NULL || !pingem_dbus_monitor1_call_pause_sync (monitor, seconds, NULL, &error))
    return pingem_monitor_complain (error);

  return PINGEM_EXIT_OK;
}

int
pingem_command_resume (char **argv)
{
  g_autoptr (PingemDbusMonitor1) monitor = NULL;
  g_autoptr (GError) error = NULL;
  gboolean only_system = FALSE;

  if (!parse_resume (argv, &only_system, &error))
    {
      pingem_complain ("%s", error->message);
      return PINGEM_EXIT_BAD_INPUT;
    }

  monitor = pingem_monitor_connect (only_system, &error);
  if (monitor == NULL || !pingem_dbus_monitor1_call_resume_sync (monitor, NULL, &error))
    return pingem_monitor_complain (error);

  return PINGEM_EXIT_OK;
}
