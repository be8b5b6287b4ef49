/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ctl/arguments.h"

#include <stdio.h>

#include <glib/gi18n-lib.h>

#include "ctl/number.h"
#include "ipc/error.h"

GStrv
pingem_arguments_parse (char **argv,
                        const GOptionEntry *entries,
                        const char *parameters,
                        const char *summary,
                        GError **error)
{
  g_autoptr (GOptionContext) context = g_option_context_new (parameters);
  g_autofree char *name = g_strdup_printf ("pingemctl %s", argv[0]);
  g_auto (GStrv) rest = g_strdupv (argv);
  g_auto (GStrv) arguments = NULL;
  const GOptionEntry remaining[] = {
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &arguments, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };

  g_set_prgname (name);
  g_option_context_set_summary (context, summary);
  g_option_context_set_translation_domain (context, GETTEXT_PACKAGE);
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  g_option_context_add_main_entries (context, remaining, NULL);

  if (!g_option_context_parse_strv (context, &rest, error))
    {
      g_prefix_error (error, "%s: ", name);
      return NULL;
    }

  return arguments != NULL ? g_steal_pointer (&arguments) : g_new0 (char *, 1);
}

gboolean
pingem_arguments_are_none (GStrv arguments, GError **error)
{
  g_autofree char *quoted = NULL;

  if (arguments[0] == NULL)
    return TRUE;

  quoted = pingem_quote (arguments[0]);
  g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_BAD_VALUE,
               _ ("%s is too much: this command takes options alone; see %s --help"), quoted,
               g_get_prgname ());

  return FALSE;
}

gboolean
pingem_argument_take (const char *argument, char **ret_text, GError **error)
{
  g_autofree char *quoted = NULL;

  if (g_utf8_validate (argument, -1, NULL))
    {
      *ret_text = g_strdup (argument);
      return TRUE;
    }

  quoted = pingem_quote (argument);
  g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_BAD_VALUE, _ ("%s is no name: it is not UTF-8"),
               quoted);

  return FALSE;
}

gboolean
pingem_arguments_take_target (GStrv arguments, char **ret_text, GError **error)
{
  if (g_strv_length (arguments) == 1)
    return pingem_argument_take (arguments[0], ret_text, error);

  g_set_error_literal (error, PINGEM_ERROR, PINGEM_ERROR_BAD_VALUE,
                       _ ("Name one target: pingemctl target list shows them"));

  return FALSE;
}

void
pingem_complain (const char *format, ...)
{
  va_list args;
  g_autofree char *message = NULL;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  fprintf (stderr, "%s\n", message);
}
