/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "ipc/language.h"
#include "window/application.h"

int
main (int argc, char *argv[])
{
  g_autoptr (PingemApplication) app = NULL;

  pingem_language_init ();

  if (!gtk_init_check ())
    {
      g_printerr (_ ("pingem: There is no display for a window: start it in a desktop session, or "
                     "use “pingemctl status” here.\n"));
      return 1;
    }

  app = pingem_application_new ();

  return g_application_run (G_APPLICATION (app), argc, argv);
}
