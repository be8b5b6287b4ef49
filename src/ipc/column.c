/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ipc/column.h"

#include <glib/gi18n-lib.h>

static const char *const gap_words[] = {
  [PINGEM_GAP_NONE] = "",
  [PINGEM_GAP_NOT_RUNNING] = "not-running",
  [PINGEM_GAP_PAUSED] = "paused",
  [PINGEM_GAP_SUSPENDED] = "suspended",
  [PINGEM_GAP_NO_SOURCE] = "no-source",
  [PINGEM_GAP_STALLED] = "stalled",
  [PINGEM_GAP_DROPPED] = "dropped",
};

guint
pingem_column_due (const PingemColumn *column)
{
  return column->reply + column->late + column->lost + column->unsent + column->error;
}

double
pingem_column_loss (const PingemColumn *column)
{
  guint due = pingem_column_due (column);

  return due > 0 ? (double) (column->lost + column->unsent + column->error) / due : -1;
}

GVariant *
pingem_columns_to_variant (const PingemColumn *columns, guint n_columns)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, PINGEM_COLUMNS_TYPE);

  for (const PingemColumn *c = columns; c < columns + n_columns; c++)
    g_variant_builder_add (&builder, "(xuuuuuuuuuuuiiiiis)", c->start_ms, c->span_ms, c->reply,
                           c->late, c->lost, c->unsent, c->held, c->error, c->in_flight,
                           c->duplicates, c->burst, c->ttl, c->rtt_min_us, c->rtt_p50_us,
                           c->rtt_p95_us, c->rtt_p99_us, c->rtt_max_us, pingem_gap_word (c->gap));

  return g_variant_builder_end (&builder);
}

PingemGap
pingem_gap_parse (const char *word)
{
  for (guint i = 0; i < G_N_ELEMENTS (gap_words); i++)
    if (g_str_equal (gap_words[i], word))
      return i;

  return PINGEM_GAP_NOT_RUNNING;
}

GArray *
pingem_columns_from_variant (GVariant *variant)
{
  GArray *columns = g_array_sized_new (FALSE, TRUE, sizeof (PingemColumn), 64);
  GVariantIter iter;
  PingemColumn c = { 0 };
  const char *gap;

  g_variant_iter_init (&iter, variant);

  while (g_variant_iter_next (&iter, "(xuuuuuuuuuuuiiiii&s)", &c.start_ms, &c.span_ms, &c.reply,
                              &c.late, &c.lost, &c.unsent, &c.held, &c.error, &c.in_flight,
                              &c.duplicates, &c.burst, &c.ttl, &c.rtt_min_us, &c.rtt_p50_us,
                              &c.rtt_p95_us, &c.rtt_p99_us, &c.rtt_max_us, &gap))
    {
      c.gap = pingem_gap_parse (gap);
      g_array_append_val (columns, c);
    }

  return columns;
}

const char *
pingem_gap_word (PingemGap gap)
{
  return gap_words[gap];
}

const char *
pingem_gap_label (PingemGap gap)
{
  switch (gap)
    {
    case PINGEM_GAP_NONE:
      return "";
    case PINGEM_GAP_NOT_RUNNING:
      return _ ("not running");
    case PINGEM_GAP_PAUSED:
      return _ ("paused");
    case PINGEM_GAP_SUSPENDED:
      return _ ("asleep");
    case PINGEM_GAP_NO_SOURCE:
      return _ ("no way to send");
    case PINGEM_GAP_STALLED:
      return _ ("stood still");
    case PINGEM_GAP_DROPPED:
      return _ ("not read in time");
    }

  return "";
}
