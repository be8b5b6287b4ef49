/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "monitor/history-private.h"

#include "ipc/error.h"
#include "monitor/columns.h"

/* Ranges up to this are exact, however wide a column is. */
#define EXACT_MS (2 * PINGEM_HISTORY_HOUR_MS)

/* A range of one target's history while it is read. */
typedef struct {
  PingemHistory *history;
  PingemSeries *series;
  gint64 from_ms;
  gint64 to_ms;
  PingemColumnBuilder *builder; /* (owned) */
  GHashTable *pending; /* (owned) (nullable): gint64, hours whose rollups are not to be believed */
  gint64 unit;         /* of rollups, in minutes: 1 or 60 */
  gint64 first;        /* the minutes of whole units in the range */
  gint64 last;
} Range;

static void
range_clear (Range *range)
{
  g_clear_pointer (&range->builder, pingem_column_builder_free);
  g_clear_pointer (&range->pending, g_hash_table_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Range, range_clear)

static gint64
minute_of (gint64 time_ms)
{
  return time_ms / PINGEM_BLOCK_SPAN_MS;
}

static void
add_slots (gint64 minute, const PingemSlot *slots, guint n_slots, gpointer user_data)
{
  pingem_column_builder_add_slots (((Range *) user_data)->builder, slots, n_slots);
}

static gboolean
take_slots (Range *range, GError **error)
{
  return pingem_history_read_slots (range->history, range->series, minute_of (range->from_ms),
                                    minute_of (range->to_ms - 1) + 1, add_slots, range, error);
}

/* Of those in the range. */
static void
add_rolled_up (gint64 minute, const PingemSlot *slots, guint n_slots, gpointer user_data)
{
  const Range *range = user_data;
  gint64 unit = range->unit;
  gint64 start_ms = MAX (minute / unit * unit * PINGEM_BLOCK_SPAN_MS, range->from_ms);
  PingemRollup rollup = { 0 };
  guint from = 0;

  while (from < n_slots && pingem_slot_sent_ms (&slots[from]) < range->from_ms)
    from++;
  while (n_slots > from && pingem_slot_sent_ms (&slots[n_slots - 1]) >= range->to_ms)
    n_slots--;

  pingem_history_roll_up (&rollup, slots + from, n_slots - from);
  pingem_column_builder_add_rolled (range->builder, start_ms, &rollup);
}

/* Minutes that have no rollup, or none that is up to date, or of which only a part is asked for. */
static gboolean
roll_up_minutes (Range *range, gint64 from, gint64 to, GError **error)
{
  return from >= to || pingem_history_read_slots (range->history, range->series, from, to,
                                                  add_rolled_up, range, error);
}

static gboolean
add_minutes (const Range *range, gint64 hour, const guint8 *at, const guint8 *end)
{
  while (at < end)
    {
      gint64 minute = hour * 60 + *at++;
      gboolean is_wanted = minute >= range->first && minute < range->last;

      if (!pingem_column_builder_add_rollup (
              range->builder, is_wanted ? minute * PINGEM_BLOCK_SPAN_MS : G_MAXINT64, &at, end))
        return FALSE;
    }

  return TRUE;
}

static void
take_rollup (Range *range, PingemRows *rows, gint64 hour)
{
  gint64 row = pingem_history_rollup_row (range->series->row, hour);
  gsize length;
  const guint8 *at = pingem_rows_get_blob (rows, 1, &length);
  const guint8 *end = at + length;
  gboolean is_whole = range->unit > 1 ? pingem_column_builder_add_rollup (
                                            range->builder, hour * PINGEM_HISTORY_HOUR_MS, &at, end)
                                      : add_minutes (range, hour, at, end);

  if (!is_whole)
    g_hash_table_add (range->history->damaged, g_memdup2 (&row, sizeof row));
}

static gboolean
find_pending (Range *range, GError **error)
{
  PingemDatabase *db = range->history->db;
  gint64 first = pingem_history_rollup_row (range->series->row, 0);
  PingemRows *rows =
      pingem_database_query (db, "SELECT id - ? FROM pending WHERE id >= ? AND id < ?", "iii",
                             first, first, pingem_history_rollup_row (range->series->row + 1, 0));

  range->pending = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);

  while (pingem_database_next (db, rows))
    {
      gint64 hour = pingem_rows_get_int (rows, 0);

      g_hash_table_add (range->pending, g_memdup2 (&hour, sizeof hour));
    }

  /* What is not written yet is in no rollup either. */
  for (guint i = 0; i < range->series->blocks->len; i++)
    {
      const PingemBlock *block = range->series->blocks->pdata[i];
      gint64 hour = block->minute / 60;

      if (block->is_dirty)
        g_hash_table_add (range->pending, g_memdup2 (&hour, sizeof hour));
    }

  return pingem_database_end (db, rows, error);
}

/* Rollups as far as there are, and slots between them: of whole units. */
static gboolean
take_units (Range *range, GError **error)
{
  PingemDatabase *db = range->history->db;
  gint64 target = range->series->row;
  gint64 minute = range->first;
  gboolean is_read = TRUE;
  PingemRows *rows = pingem_database_query (
      db,
      range->unit > 1 ? "SELECT id, hour FROM rollup WHERE id >= ? AND id < ? ORDER BY id"
                      : "SELECT id, minutes FROM rollup WHERE id >= ? AND id < ? ORDER BY id",
      "ii", pingem_history_rollup_row (target, minute / 60),
      pingem_history_rollup_row (target, (range->last + 59) / 60));

  while (is_read && pingem_database_next (db, rows))
    {
      gint64 hour = pingem_rows_get_int (rows, 0) - pingem_history_rollup_row (target, 0);

      if (g_hash_table_contains (range->pending, &hour))
        continue;
      is_read = roll_up_minutes (range, minute, MIN (hour * 60, range->last), error);
      take_rollup (range, rows, hour);
      minute = MAX (minute, (hour + 1) * 60);
    }

  return pingem_database_end (db, rows, is_read ? error : NULL) && is_read &&
         roll_up_minutes (range, minute, range->last, error);
}

/* Units of so many minutes; before and behind them, what remains of the range. */
static gboolean
take_rollups (Range *range, gint64 unit, GError **error)
{
  gint64 unit_ms = unit * PINGEM_BLOCK_SPAN_MS;

  range->unit = unit;
  range->first = (range->from_ms + unit_ms - 1) / unit_ms * unit;
  range->last = range->to_ms / unit_ms * unit;

  return find_pending (range, error) &&
         roll_up_minutes (range, minute_of (range->from_ms), range->first, error) &&
         take_units (range, error) &&
         roll_up_minutes (range, range->last, minute_of (range->to_ms - 1) + 1, error);
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
take_gaps (Range *range, GError **error)
{
  PingemHistory *self = range->history;
  PingemRows *rows = pingem_database_query (
      self->db,
      "SELECT id, from_ms, coalesce (to_ms, ?), reason FROM gap"
      " WHERE from_ms < ? AND coalesce (to_ms, ?) > ?",
      "iiii", PINGEM_HISTORY_OPEN_END_MS, range->to_ms, PINGEM_HISTORY_OPEN_END_MS, range->from_ms);

  while (pingem_database_next (self->db, rows))
    if (!pingem_history_gap_is_in_memory (self, pingem_rows_get_int (rows, 0)))
      pingem_column_builder_add_gap (range->builder, pingem_rows_get_int (rows, 1),
                                     pingem_rows_get_int (rows, 2),
                                     parse_gap (pingem_rows_get_text (rows, 3)));

  for (guint i = 0; i < self->gaps->len; i++)
    {
      const PingemHistoryGap *gap = &g_array_index (self->gaps, PingemHistoryGap, i);

      pingem_column_builder_add_gap (range->builder, gap->from_ms, gap->to_ms, gap->reason);
    }

  return pingem_database_end (self->db, rows, error);
}

/* By how wide a column is: no reader sees more, and a month is read in no time. */
static gboolean
take_all (Range *range, guint n, GError **error)
{
  gint64 span_ms = range->to_ms - range->from_ms;

  if (span_ms <= EXACT_MS || span_ms / n < PINGEM_BLOCK_SPAN_MS)
    return take_slots (range, error);

  return take_rollups (range, span_ms / n < PINGEM_HISTORY_HOUR_MS ? 1 : 60, error);
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
  g_auto (Range) range = { .history = self, .from_ms = from_ms, .to_ms = to_ms };

  range.series = g_hash_table_lookup (self->series, key);
  if (range.series == NULL)
    {
      g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_NOT_FOUND,
                   "There is no history of %s: name a target that was measured", key);
      return FALSE;
    }

  range.builder = pingem_column_builder_new (from_ms, to_ms, n);
  if (range.builder == NULL)
    {
      g_set_error (
          error, PINGEM_ERROR, PINGEM_ERROR_BAD_VALUE,
          "The history has no %u columns from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT
          " ms: ask for 1 to %d columns, none longer than 49 days, of a time from 1970 to 9999",
          n, from_ms, to_ms, PINGEM_COLUMNS_MAX);
      return FALSE;
    }

  if (!take_all (&range, n, error) || !take_gaps (&range, error))
    return FALSE;

  pingem_column_builder_end (g_steal_pointer (&range.builder), ret_columns);

  return TRUE;
}
