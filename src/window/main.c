/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "ipc/language.h"
#include "window/application.h"

int
main (int argc, char *argv[])
{
  g_autoptr (GDBusConnection) bus = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (PingemApplication) app = NULL;

  pingem_language_init ();

  if (!gtk_init_check ())
    {
      g_printerr (_ ("pingem: There is no display for a window: start it in a desktop session, or "
                     "use “pingemctl status” here.\n"));
      return 1;
    }

  bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, &error);
  if (bus == NULL)
    {
      g_printerr (
          _ ("pingem: There is no session bus (%s): start it in a desktop session, or under "
             "“dbus-run-session”.\n"),
          error->message);
      return 1;
    }

  app = pingem_application_new ();

  return g_application_run (G_APPLICATION (app), argc, argv);
}
