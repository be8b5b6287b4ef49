/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "ctl/arguments.h"
#include "ctl/command.h"
#include "ctl/monitor-link.h"
#include "ctl/time-arg.h"
#include "ipc/error.h"

typedef struct {
  char *text;   /* (owned) */
  gint64 at_ms; /* 0: now */
  gboolean only_system;
} Note;

static void
note_clear (Note *note)
{
  g_free (note->text);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Note, note_clear)

static gboolean
take_text (GStrv arguments, Note *note, GError **error)
{
  if (g_strv_length (arguments) == 1)
    return pingem_argument_take (arguments[0], &note->text, error);

  g_set_error_literal (error, PINGEM_ERROR, PINGEM_ERROR_BAD_VALUE,
                       _ ("Give one TEXT: put quotes around it"));

  return FALSE;
}

static gboolean
parse_note (char **argv, Note *note, GError **error)
{
  g_autoptr (GTimeZone) local = g_time_zone_new_local ();
  g_autofree char *at = NULL;
  const GOptionEntry entries[] = {
    { "at", 0, 0, G_OPTION_ARG_STRING, &at, N_ ("-1h, -30min, ISO 8601 or Unix seconds (now)"),
      N_ ("T") },
    { "system", 0, 0, G_OPTION_ARG_NONE, &note->only_system, N_ ("The instance on the system bus"),
      NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (GStrv) arguments = pingem_arguments_parse (
      argv, entries, "TEXT", N_ ("Writes a note among the events, of what you saw or did."), error);

  return arguments != NULL && take_text (arguments, note, error) &&
         (at == NULL ||
          pingem_time_parse ("--at", at, g_get_real_time () / 1000, local, &note->at_ms, error));
}

int
pingem_command_note (char **argv)
{
  g_auto (Note) note = { 0 };
  g_autoptr (PingemDbusMonitor1) monitor = NULL;
  g_autoptr (GError) error = NULL;

  if (!parse_note (argv, &note, &error))
    {
      pingem_complain ("%s", error->message);
      return PINGEM_EXIT_BAD_INPUT;
    }

  monitor = pingem_monitor_connect (note.only_system, &error);
  if (monitor == NULL ||
      !pingem_dbus_monitor1_call_add_note_sync (monitor, note.at_ms, note.text, NULL, &error))
    return pingem_monitor_complain (error);

  return PINGEM_EXIT_OK;
}
