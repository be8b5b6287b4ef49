/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "monitor/history-private.h"

#include "ipc/error.h"
#include "monitor/columns.h"

static void
add_slots (gpointer data, const PingemSlot *slots, guint n_slots)
{
  pingem_column_builder_add_slots (data, slots, n_slots);
}

static void
add_rollup (gpointer data, gint64 start_ms, const PingemRollup *rollup)
{
  pingem_column_builder_add_rolled (data, start_ms, rollup);
}

static gboolean
add_packed (gpointer data, gint64 start_ms, const guint8 **at, const guint8 *end)
{
  return pingem_column_builder_add_rollup (data, start_ms, at, end);
}

static PingemGap
parse_gap (const char *word)
{
  for (PingemGap gap = PINGEM_GAP_NOT_RUNNING; gap <= PINGEM_GAP_DROPPED; gap++)
    if (g_str_equal (pingem_gap_word (gap), word))
      return gap;

  return PINGEM_GAP_NOT_RUNNING;
}

gboolean
pingem_history_gap_is_in_memory (const PingemHistory *self, gint64 row)
{
  for (guint i = 0; i < self->gaps->len; i++)
    if (g_array_index (self->gaps, PingemHistoryGap, i).row == row)
      return TRUE;

  return FALSE;
}

static gboolean
take_gaps (
    PingemHistory *self, PingemColumnBuilder *builder, gint64 from_ms, gint64 to_ms, GError **error)
{
  PingemRows *rows = pingem_database_query (
      self->db,
      "SELECT id, from_ms, coalesce (to_ms, ?), reason FROM gap"
      " WHERE from_ms < ? AND coalesce (to_ms, ?) > ?",
      "iiii", PINGEM_HISTORY_OPEN_END_MS, to_ms, PINGEM_HISTORY_OPEN_END_MS, from_ms);

  while (pingem_database_next (self->db, rows))
    if (!pingem_history_gap_is_in_memory (self, pingem_rows_get_int (rows, 0)))
      pingem_column_builder_add_gap (builder, pingem_rows_get_int (rows, 1),
                                     pingem_rows_get_int (rows, 2),
                                     parse_gap (pingem_rows_get_text (rows, 3)));

  for (guint i = 0; i < self->gaps->len; i++)
    {
      const PingemHistoryGap *gap = &g_array_index (self->gaps, PingemHistoryGap, i);

      pingem_column_builder_add_gap (builder, gap->from_ms, gap->to_ms, gap->reason);
    }

  return pingem_database_end (self->db, rows, error);
}

/* By how wide a column is: no reader sees more, and a month is read in no time. */
static int
choose_unit (gint64 span_ms, guint n)
{
  if (span_ms <= PINGEM_HISTORY_EXACT_MS || span_ms / n < PINGEM_BLOCK_SPAN_MS)
    return 0;

  return span_ms / n < PINGEM_HISTORY_HOUR_MS ? 1 : 60;
}

gboolean
pingem_history_columns (PingemHistory *self,
                        const char *key,
                        gint64 from_ms,
                        gint64 to_ms,
                        guint n,
                        PingemColumn *ret_columns,
                        GError **error)
{
  static const PingemRangeSink sink = { add_slots, add_rollup, add_packed };
  PingemSeries *series = pingem_history_find_series (self, key, error);
  g_autoptr (PingemColumnBuilder) builder = NULL;

  if (series == NULL)
    return FALSE;

  builder = pingem_column_builder_new (from_ms, to_ms, n);
  if (builder == NULL)
    {
      g_set_error (
          error, PINGEM_ERROR, PINGEM_ERROR_BAD_VALUE,
          "The history has no %u columns from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT
          " ms: ask for 1 to %d columns, none longer than 49 days, of a time from 1970 to 9999",
          n, from_ms, to_ms, PINGEM_COLUMNS_MAX);
      return FALSE;
    }

  if (pingem_history_read_range (self, series, from_ms, to_ms, choose_unit (to_ms - from_ms, n),
                                 &sink, builder, error) < 0 ||
      !take_gaps (self, builder, from_ms, to_ms, error))
    return FALSE;

  pingem_column_builder_end (g_steal_pointer (&builder), ret_columns);

  return TRUE;
}
