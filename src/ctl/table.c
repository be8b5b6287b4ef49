/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ctl/table.h"

#include <string.h>

#define GAP 2

struct PingemTable {
  char *alignment;  /* (owned) */
  GPtrArray *cells; /* (owned) row by row */
};

PingemTable *
pingem_table_new (const char *alignment)
{
  PingemTable *self = g_new0 (PingemTable, 1);

  self->alignment = g_strdup (alignment);
  self->cells = g_ptr_array_new_with_free_func (g_free);

  return self;
}

void
pingem_table_free (PingemTable *self)
{
  g_ptr_array_unref (self->cells);
  g_free (self->alignment);
  g_free (self);
}

static char *
make_cell (const char *text)
{
  char *cell = g_utf8_make_valid (text, -1);

  for (char *c = cell; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      *c = '?';

  return cell;
}

void
pingem_table_add (PingemTable *self, ...)
{
  va_list args;
  const char *text;

  va_start (args, self);
  while ((text = va_arg (args, const char *)) != NULL)
    g_ptr_array_add (self->cells, make_cell (text));
  va_end (args);

  g_return_if_fail (self->cells->len % strlen (self->alignment) == 0);
}

static glong
measure_column (PingemTable *self, guint column)
{
  glong width = 0;

  for (guint i = column; i < self->cells->len; i += strlen (self->alignment))
    width = MAX (width, g_utf8_strlen (self->cells->pdata[i], -1));

  return width;
}

static void
append_spaces (GString *line, glong n)
{
  for (glong i = 0; i < n; i++)
    g_string_append_c (line, ' ');
}

static void
append_cell (GString *line, const char *cell, glong width, gboolean is_right)
{
  glong n_spaces = width - g_utf8_strlen (cell, -1);

  append_spaces (line, is_right ? n_spaces : 0);
  g_string_append (line, cell);
  append_spaces (line, is_right ? 0 : n_spaces);
}

static void
end_line (GString *text)
{
  while (text->len > 0 && text->str[text->len - 1] == ' ')
    g_string_truncate (text, text->len - 1);

  g_string_append_c (text, '\n');
}

char *
pingem_table_print (PingemTable *self)
{
  GString *text = g_string_new (NULL);
  guint n_columns = strlen (self->alignment);
  g_autofree glong *widths = g_new (glong, n_columns);

  for (guint column = 0; column < n_columns; column++)
    widths[column] = measure_column (self, column);

  for (guint i = 0; i < self->cells->len; i++)
    {
      guint column = i % n_columns;

      append_cell (text, self->cells->pdata[i], widths[column], self->alignment[column] == '>');
      if (column + 1 < n_columns)
        append_spaces (text, GAP);
      else
        end_line (text);
    }

  return g_string_free (text, FALSE);
}
