/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ctl/strip-text.h"

#include <glib/gi18n-lib.h>

#define SOME_LOST "▒"
#define ALL_LOST "█"
#define NOT_MEASURED "·"

/* ECMA-48 */
#define RED "\033[31m"
#define GREEN "\033[32m"
#define YELLOW "\033[33m"
#define PLAIN "\033[0m"

static const struct {
  int below_us;
  const char *block;
} heights[] = {
  { 5000, "▁" },   { 10000, "▂" },  { 20000, "▃" },    { 50000, "▄" },
  { 100000, "▅" }, { 200000, "▆" }, { G_MAXINT, "▇" },
};

static const char *
find_height (int rtt_us)
{
  guint i = 0;

  while (i + 1 < G_N_ELEMENTS (heights) && rtt_us >= heights[i].below_us)
    i++;

  return heights[i].block;
}

static const char *
find_character (const PingemColumn *column)
{
  double loss = pingem_column_loss (column);

  if (loss < 0)
    return column->gap != PINGEM_GAP_NONE ? NOT_MEASURED : " ";
  if (loss > 0)
    return loss < 1 ? SOME_LOST : ALL_LOST;

  return find_height (column->rtt_max_us);
}

static const char *
find_colour (const PingemColumn *column)
{
  double loss = pingem_column_loss (column);

  if (loss < 0)
    return PLAIN;
  if (loss > 0)
    return RED;

  return column->late > 0 ? YELLOW : GREEN;
}

char *
pingem_strip_text (const PingemColumn *columns, guint n_columns, gboolean has_colours)
{
  GString *text = g_string_new (NULL);
  const char *colour = PLAIN;

  for (guint i = 0; i < n_columns; i++)
    {
      const char *next = has_colours ? find_colour (&columns[i]) : PLAIN;

      if (!g_str_equal (next, colour))
        g_string_append (text, next);
      colour = next;
      g_string_append (text, find_character (&columns[i]));
    }

  if (!g_str_equal (colour, PLAIN))
    g_string_append (text, PLAIN);

  return g_string_free (text, FALSE);
}

const char *
pingem_strip_legend (void)
{
  /* Translators: the characters of a strip, and what they mean */
  return _ ("▁ below 5 ms, ▂ 10, ▃ 20, ▄ 50, ▅ 100, ▆ 200, ▇ above; ▒ some lost, █ all lost, "
            "· not measured");
}
