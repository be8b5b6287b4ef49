/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ipc/language.h"

#include <libintl.h>
#include <locale.h>
#include <stdlib.h>

void
pingem_language_init (void)
{
  const char *folder = getenv ("PINGEM_LOCALE_DIR");

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, folder != NULL ? folder : LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}
