/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ctl/number.h"

#include <glib/gi18n-lib.h>

#include "ipc/error.h"

#define MAX_QUOTED_CHARS 60

char *
pingem_quote (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  glong n = g_utf8_strlen (valid, -1);
  g_autofree char *cut = g_utf8_substring (valid, 0, MIN (n, MAX_QUOTED_CHARS));
  GString *quoted = g_string_new (NULL);

  for (const char *c = cut; *c != '\0'; c = g_utf8_next_char (c))
    g_string_append_unichar (quoted,
                             g_unichar_isprint (g_utf8_get_char (c)) ? g_utf8_get_char (c) : '?');
  if (n > MAX_QUOTED_CHARS)
    g_string_append (quoted, "…");
  if (n == 0)
    g_string_append (quoted, "\"\"");

  return g_string_free (quoted, FALSE);
}

gboolean
pingem_number_parse (const PingemNumber *number, GError **error)
{
  g_autofree char *quoted = NULL;
  guint64 value;

  if (number->text == NULL)
    return TRUE;

  if (g_ascii_string_to_unsigned (number->text, 10, number->min, number->max, &value, NULL))
    {
      *number->ret_value = value;
      return TRUE;
    }

  quoted = pingem_quote (number->text);
  /* Translators: name, smallest, largest, unit, what it was: "count must be 1 to 10, not 11" */
  g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_BAD_VALUE, _ ("%s must be %u to %u%s, not %s"),
               number->name, number->min, number->max, number->unit, quoted);

  return FALSE;
}

gboolean
pingem_numbers_parse (const PingemNumber *numbers, guint n_numbers, GError **error)
{
  for (guint i = 0; i < n_numbers; i++)
    if (!pingem_number_parse (&numbers[i], error))
      return FALSE;

  return TRUE;
}
