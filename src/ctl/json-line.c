/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ctl/json-line.h"

#include <string.h>

#include <json-glib/json-glib.h>

#define MAX_DIGITS 20

void
pingem_text_append_number (GString *text, gint64 value)
{
  char digits[MAX_DIGITS];
  char *first = digits + MAX_DIGITS;
  guint64 rest = value < 0 ? -(guint64) value : (guint64) value;

  if (value < 0)
    g_string_append_c (text, '-');
  do
    *--first = (char) ('0' + rest % 10);
  while ((rest /= 10) > 0);

  g_string_append_len (text, first, digits + MAX_DIGITS - first);
}

void
pingem_json_line_number (GString *text, gint64 value, gboolean is_known)
{
  if (is_known)
    pingem_text_append_number (text, value);
  else
    pingem_text_append (text, "null");
}

void
pingem_json_line_share (GString *text, double value)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  if (value < 0)
    {
      pingem_text_append (text, "null");
      return;
    }

  /* All or nothing, most often. */
  if (value == 0 || value == 1)
    {
      g_string_append_c (text, value == 0 ? '0' : '1');
      pingem_text_append (text, ".0");
      return;
    }

  g_string_append (text, g_ascii_dtostr (number, sizeof number, value));
}

static gboolean
is_plain (const char *value)
{
  for (const char *c = value; *c != '\0'; c++)
    if (*c < ' ' || *c > '~' || *c == '"' || *c == '\\')
      return FALSE;

  return TRUE;
}

static void
append_escaped (GString *text, const char *value)
{
  g_autoptr (JsonNode) node = json_node_init_string (json_node_alloc (), value);
  g_autofree char *quoted = json_to_string (node, FALSE);

  g_string_append (text, quoted);
}

void
pingem_json_line_string (GString *text, const char *value)
{
  if (!is_plain (value))
    {
      append_escaped (text, value);
      return;
    }

  g_string_append_c (text, '"');
  g_string_append (text, value);
  g_string_append_c (text, '"');
}
