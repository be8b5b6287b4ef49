/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <gtk/gtk.h>

#include "ipc/language.h"
#include "tray/app.h"

int
main (int argc, char *argv[])
{
  g_autoptr (GDBusConnection) connection = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GApplication) app = NULL;

  pingem_language_init ();

  if (!gtk_init_check (&argc, &argv))
    {
      g_printerr (_ ("pingem-tray: There is no display for a tray icon: start it in a desktop "
                     "session, or use “pingemctl status” here.\n"));
      return 1;
    }

  connection = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, &error);
  if (connection == NULL)
    {
      g_printerr (_ ("pingem-tray: There is no session bus (%s): start it in a desktop session, "
                     "or under “dbus-run-session”.\n"),
                  error->message);
      return 1;
    }

  app = pingem_tray_app_new ();

  return g_application_run (app, argc, argv);
}
