/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "monitor/history-private.h"

#include "ipc/error.h"

/* A range of one target's history while it is read. */
typedef struct {
  PingemHistory *history;
  PingemSeries *series;
  gint64 from_ms;
  gint64 to_ms;
  const PingemRangeSink *sink;
  gpointer data;
  GHashTable *pending; /* (owned) (nullable): gint64, hours whose rollups are not to be believed */
  int unit;            /* of the rollups that are read, in minutes: 1 or 60 */
  gint64 first;        /* the minutes of whole units that are read */
  gint64 last;
} Range;

static void
range_clear (Range *range)
{
  g_clear_pointer (&range->pending, g_hash_table_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Range, range_clear)

static gint64
minute_of (gint64 time_ms)
{
  return time_ms / PINGEM_BLOCK_SPAN_MS;
}

/* To those in the range. */
static void
trim (const Range *range, const PingemSlot **slots, guint *n_slots)
{
  while (*n_slots > 0 && pingem_slot_sent_ms (&(*slots)[0]) < range->from_ms)
    {
      ++*slots;
      --*n_slots;
    }

  while (*n_slots > 0 && pingem_slot_sent_ms (&(*slots)[*n_slots - 1]) >= range->to_ms)
    --*n_slots;
}

static void
add_slots (gint64 minute, const PingemSlot *slots, guint n_slots, gpointer user_data)
{
  const Range *range = user_data;

  trim (range, &slots, &n_slots);
  range->sink->add_slots (range->data, slots, n_slots);
}

static gboolean
take_slots (Range *range, GError **error)
{
  return pingem_history_read_slots (range->history, range->series, minute_of (range->from_ms),
                                    minute_of (range->to_ms - 1) + 1, add_slots, range, error);
}

static void
add_rolled_up (gint64 minute, const PingemSlot *slots, guint n_slots, gpointer user_data)
{
  const Range *range = user_data;
  gint64 unit = range->unit;
  gint64 start_ms = MAX (minute / unit * unit * PINGEM_BLOCK_SPAN_MS, range->from_ms);
  PingemRollup rollup = { 0 };

  trim (range, &slots, &n_slots);
  pingem_history_roll_up (&rollup, slots, n_slots);
  range->sink->add_rollup (range->data, start_ms, &rollup);
}

/* Minutes that have no rollup, or none that is up to date, or of which only a part is asked for. */
static gboolean
roll_up_minutes (Range *range, gint64 from, gint64 to, GError **error)
{
  return from >= to || pingem_history_read_slots (range->history, range->series, from, to,
                                                  add_rolled_up, range, error);
}

static gboolean
skip_packed (const guint8 **at, const guint8 *end)
{
  PingemRollup outside = { 0 };

  return pingem_rollup_append_packed (&outside, at, end);
}

static gboolean
add_minutes (const Range *range, gint64 hour, const guint8 *at, const guint8 *end)
{
  while (at < end)
    {
      gint64 minute = hour * 60 + *at++;
      gboolean is_wanted = minute >= range->first && minute < range->last;
      gboolean is_whole =
          is_wanted ? range->sink->add_packed (range->data, minute * PINGEM_BLOCK_SPAN_MS, &at, end)
                    : skip_packed (&at, end);

      if (!is_whole)
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
  gboolean is_whole =
      range->unit > 1
          ? range->sink->add_packed (range->data, hour * PINGEM_HISTORY_HOUR_MS, &at, end)
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

static gboolean
take_part (Range *range, int unit, gint64 first, gint64 last, GError **error)
{
  if (first >= last)
    return TRUE;

  range->unit = unit;
  range->first = first;
  range->last = last;

  return take_units (range, error);
}

/* Hours, before and behind them minutes, and slots of what remains. */
static gboolean
take_rollups (Range *range, int unit, GError **error)
{
  gint64 unit_ms = unit * PINGEM_BLOCK_SPAN_MS;
  gint64 end = minute_of (range->to_ms - 1) + 1;
  gint64 first = minute_of (range->from_ms + PINGEM_BLOCK_SPAN_MS - 1);
  gint64 last = MAX (minute_of (range->to_ms), first);
  gint64 first_unit = MIN ((range->from_ms + unit_ms - 1) / unit_ms * unit, last);
  gint64 last_unit = MAX (range->to_ms / unit_ms * unit, first_unit);

  range->unit = 1;

  return find_pending (range, error) &&
         roll_up_minutes (range, minute_of (range->from_ms), MIN (first, end), error) &&
         take_part (range, 1, first, first_unit, error) &&
         take_part (range, unit, first_unit, last_unit, error) &&
         take_part (range, 1, last_unit, last, error) && roll_up_minutes (range, last, end, error);
}

/* Of the hours whose slots were deleted, rollups stay for long. Returns: 0, 1, or -1 with @error */
static int
has_only_rollups (Range *range, GError **error)
{
  gint64 target = range->series->row;
  PingemRows *rows = pingem_database_query (
      range->history->db,
      "SELECT EXISTS (SELECT 1 FROM rollup WHERE id >= ? AND id < ? AND id - ? <"
      " coalesce ((SELECT min (id) - ? FROM block WHERE id >= ? AND id < ?) / ?, ?))",
      "iiiiiiii", pingem_history_rollup_row (target, minute_of (range->from_ms) / 60),
      pingem_history_rollup_row (target, (minute_of (range->to_ms - 1)) / 60 + 1),
      pingem_history_rollup_row (target, 0), pingem_history_first_block (target, 0),
      pingem_history_first_block (target, 0), pingem_history_first_block (target + 1, 0),
      pingem_history_first_block (0, 60), G_MAXINT64);
  int result =
      pingem_database_next (range->history->db, rows) ? (int) pingem_rows_get_int (rows, 0) : 0;

  return pingem_database_end (range->history->db, rows, error) ? result : -1;
}

int
pingem_history_read_range (PingemHistory *self,
                           PingemSeries *series,
                           gint64 from_ms,
                           gint64 to_ms,
                           int unit,
                           const PingemRangeSink *sink,
                           gpointer data,
                           GError **error)
{
  g_auto (Range) range = { self, series, from_ms, to_ms, sink, data, NULL, 0, 0, 0 };
  gboolean is_read;

  if (unit == 0)
    unit = has_only_rollups (&range, error);
  if (unit < 0)
    return -1;

  is_read = unit == 0 ? take_slots (&range, error) : take_rollups (&range, unit, error);

  return is_read ? unit : -1;
}

PingemSeries *
pingem_history_find_series (PingemHistory *self, const char *key, GError **error)
{
  PingemSeries *series = g_hash_table_lookup (self->series, key);

  if (series == NULL)
    g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_NOT_FOUND,
                 "There is no history of %s: name a target that was measured", key);

  return series;
}
