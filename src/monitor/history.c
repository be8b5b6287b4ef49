/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "monitor/history-private.h"

#include "ipc/error.h"

#define ALIVE_EVERY_MS 60000
#define DAY_MS (24 * 60 * 60 * G_GINT64_CONSTANT (1000))

PingemSeries *
pingem_history_add_series (
    PingemHistory *self, gint64 row, const char *key, const char *name, const char *leg)
{
  PingemSeries *series = pingem_series_new (row, key, name, leg);

  g_hash_table_insert (self->series, series->key, series);

  return series;
}

static PingemSeries *
get_series (PingemHistory *self, const char *key)
{
  PingemSeries *series = g_hash_table_lookup (self->series, key);

  if (series == NULL)
    {
      series = pingem_history_add_series (self, self->next_target++, key, "", "");
      series->is_dirty = TRUE;
    }

  return series;
}

/* Of whole hours, which have their rollups. */
static gboolean
delete_rows (PingemHistory *self,
             const PingemSeries *series,
             gint64 slots_hour,
             gint64 rollups_hour,
             GError **error)
{
  return pingem_database_run (self->db, error, "DELETE FROM block WHERE id >= ? AND id < ?", "ii",
                              pingem_history_first_block (series->row, 0),
                              pingem_history_first_block (series->row, slots_hour * 60)) &&
         pingem_database_run (self->db, error, "DELETE FROM rollup WHERE id >= ? AND id < ?", "ii",
                              pingem_history_rollup_row (series->row, 0),
                              pingem_history_rollup_row (series->row, rollups_hour));
}

gboolean
pingem_history_delete_old (PingemHistory *self, gint64 now_ms, GError **error)
{
  gint64 slots_ms = MAX (now_ms - self->days * DAY_MS, 0);
  gint64 rollups_ms = MAX (now_ms - self->rollup_days * DAY_MS, 0);
  GHashTableIter iter;
  PingemSeries *series;

  g_hash_table_iter_init (&iter, self->series);

  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &series))
    if (!delete_rows (self, series, slots_ms / PINGEM_HISTORY_HOUR_MS,
                      rollups_ms / PINGEM_HISTORY_HOUR_MS, error))
      return FALSE;

  return pingem_database_run (self->db, error, "DELETE FROM gap WHERE to_ms < ?", "i",
                              rollups_ms) &&
         pingem_database_run (self->db, error, "DELETE FROM event WHERE to_ms < ?", "i",
                              rollups_ms) &&
         pingem_database_run (self->db, error, "DELETE FROM run WHERE alive_ms < ?", "i",
                              rollups_ms);
}

gboolean
pingem_history_write_alive (PingemHistory *self, gint64 now_ms, GError **error)
{
  return pingem_database_run (self->db, error,
                              "INSERT INTO run VALUES (?, ?, ?)"
                              " ON CONFLICT (id) DO UPDATE SET alive_ms = excluded.alive_ms",
                              "iii", self->run_row, now_ms, now_ms);
}

gboolean
pingem_history_begin (PingemHistory *self, GError **error)
{
  return pingem_database_run (self->db, error, "BEGIN IMMEDIATE", "");
}

gboolean
pingem_history_commit (PingemHistory *self, gboolean is_written, GError **error)
{
  gboolean is_done = is_written && pingem_database_run (self->db, error, "COMMIT", "");
  GHashTableIter iter;
  PingemSeries *series;

  if (is_done)
    return TRUE;

  pingem_database_undo (self->db);
  self->rolled_to_hour = -1;
  g_hash_table_iter_init (&iter, self->series);

  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &series))
    series->pending_hour = -1;

  return FALSE;
}

void
pingem_history_free (PingemHistory *self)
{
  if (self == NULL)
    return;

  pingem_database_free (self->db);
  g_free (self->awaited);
  g_hash_table_unref (self->series);
  g_hash_table_unref (self->damaged);
  g_array_unref (self->gaps);
  g_ptr_array_unref (self->events);
  g_free (self);
}

void
pingem_history_set_days (PingemHistory *self, guint days)
{
  self->days = days;
  self->rollup_days = MAX (self->rollup_days, days);
  self->purged_ms = 0;
}

void
pingem_history_name_target (PingemHistory *self, const char *key, const char *name, const char *leg)
{
  PingemSeries *series = get_series (self, key);

  if (g_str_equal (series->name, name) && g_str_equal (series->leg, leg))
    return;

  g_free (series->name);
  g_free (series->leg);
  series->name = g_strdup (name);
  series->leg = g_strdup (leg);
  series->is_dirty = TRUE;
}

void
pingem_history_record (PingemHistory *self, const char *key, const PingemRecord *record)
{
  g_return_if_fail (record->state < PINGEM_N_STATES);

  pingem_series_record (get_series (self, key), record);
}

static PingemHistoryGap *
find_open_gap (PingemHistory *self)
{
  PingemHistoryGap *gap = self->gaps->len > 0
                              ? &g_array_index (self->gaps, PingemHistoryGap, self->gaps->len - 1)
                              : NULL;

  return gap != NULL && gap->to_ms == PINGEM_HISTORY_OPEN_END_MS ? gap : NULL;
}

void
pingem_history_begin_gap (PingemHistory *self, PingemGap reason, gint64 at_ms)
{
  PingemHistoryGap *open = find_open_gap (self);
  PingemHistoryGap gap = { self->next_row, at_ms, PINGEM_HISTORY_OPEN_END_MS, reason, TRUE };

  if (open != NULL && open->reason == reason)
    return;

  pingem_history_end_gap (self, at_ms);
  self->next_row++;
  g_array_append_val (self->gaps, gap);
}

void
pingem_history_end_gap (PingemHistory *self, gint64 at_ms)
{
  PingemHistoryGap *open = find_open_gap (self);

  if (open == NULL)
    return;

  open->to_ms = MAX (open->from_ms, at_ms);
  open->is_dirty = TRUE;
}

static PingemSeries *
find_dirty_series (PingemHistory *self, gboolean *ret_has_dirty)
{
  GHashTableIter iter;
  PingemSeries *series, *oldest = NULL;
  gint64 oldest_minute = G_MAXINT64;

  g_hash_table_iter_init (&iter, self->series);

  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &series))
    {
      PingemBlock *block = pingem_series_find_oldest_dirty (series);

      *ret_has_dirty |= series->is_dirty || block != NULL;

      if (block != NULL && block->minute < oldest_minute)
        {
          oldest = series;
          oldest_minute = block->minute;
        }
    }

  return oldest;
}

static gboolean
has_dirty (PingemHistory *self)
{
  gboolean is_dirty = self->events->len > 0;

  find_dirty_series (self, &is_dirty);

  for (guint i = 0; i < self->gaps->len; i++)
    is_dirty |= g_array_index (self->gaps, PingemHistoryGap, i).is_dirty;

  return is_dirty;
}

/* Behind the other blocks of its minute. */
static gboolean
choose_row (PingemHistory *self, gint64 target, PingemBlock *block, GError **error)
{
  gint64 first = pingem_history_first_block (target, block->minute);
  PingemRows *rows = pingem_database_query (
      self->db, "SELECT coalesce (max (id) + 1, ?) FROM block WHERE id >= ? AND id < ?", "iii",
      first, first, pingem_history_first_block (target, block->minute + 1));

  if (pingem_database_next (self->db, rows))
    block->row = pingem_rows_get_int (rows, 0);

  return pingem_database_end (self->db, rows, error);
}

static gboolean
write_block (PingemHistory *self, PingemSeries *series, PingemBlock *block, GError **error)
{
  g_autoptr (GByteArray) data =
      pingem_block_encode ((const PingemSlot *) (void *) block->slots->data, block->slots->len);

  if (block->row == 0 && !choose_row (self, series->row, block, error))
    return FALSE;

  return pingem_database_run (self->db, error, "INSERT OR REPLACE INTO block VALUES (?, ?)", "ib",
                              block->row, data) &&
         pingem_history_write_pending (self, series, block->minute / 60, error);
}

static gboolean
write_series (PingemHistory *self, PingemSeries *series, GError **error)
{
  gboolean is_written =
      !series->is_dirty ||
      pingem_database_run (self->db, error, "INSERT OR REPLACE INTO target VALUES (?, ?, ?, ?)",
                           "isss", series->row, series->key, series->name, series->leg);

  for (guint i = 0; is_written && i < series->blocks->len; i++)
    {
      PingemBlock *block = series->blocks->pdata[i];

      if (block->is_dirty)
        is_written = write_block (self, series, block, error);
    }

  return is_written;
}

static gboolean
write_gap (PingemHistory *self, const PingemHistoryGap *gap, GError **error)
{
  return !gap->is_dirty ||
         pingem_database_run (self->db, error,
                              "INSERT OR REPLACE INTO gap VALUES (?, ?, nullif (?, ?), ?)", "iiiis",
                              gap->row, gap->from_ms, gap->to_ms, PINGEM_HISTORY_OPEN_END_MS,
                              pingem_gap_word (gap->reason));
}

static gboolean
write_all (PingemHistory *self, gint64 now_ms, GError **error)
{
  GHashTableIter iter;
  PingemSeries *series;
  gboolean is_written = TRUE;

  g_hash_table_iter_init (&iter, self->series);

  while (is_written && g_hash_table_iter_next (&iter, NULL, (gpointer *) &series))
    is_written = write_series (self, series, error);

  for (guint i = 0; is_written && i < self->gaps->len; i++)
    is_written = write_gap (self, &g_array_index (self->gaps, PingemHistoryGap, i), error);

  if (is_written)
    is_written = pingem_history_write_events (self, now_ms, error);
  if (is_written)
    is_written = pingem_history_write_rollups (self, now_ms, error);
  if (is_written && ABS (now_ms - self->purged_ms) >= DAY_MS)
    is_written = pingem_history_delete_old (self, now_ms, error);

  return is_written && pingem_history_write_alive (self, now_ms, error);
}

/* All is on disk: forgets what nobody needs in memory any more. */
static void
settle (PingemHistory *self, gint64 now_ms)
{
  GHashTableIter iter;
  PingemSeries *series;

  g_hash_table_iter_init (&iter, self->series);

  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &series))
    {
      series->is_dirty = FALSE;

      for (guint i = 0; i < series->blocks->len; i++)
        ((PingemBlock *) series->blocks->pdata[i])->is_dirty = FALSE;

      pingem_series_close_old (series);
    }

  g_array_remove_range (self->gaps, 0, self->gaps->len - (find_open_gap (self) != NULL));

  if (find_open_gap (self) != NULL)
    find_open_gap (self)->is_dirty = FALSE;

  pingem_history_settle_events (self);

  if (ABS (now_ms - self->purged_ms) >= DAY_MS)
    self->purged_ms = now_ms;

  self->alive_ms = now_ms;
  self->n_dropped = 0;
}

static guint
count_waiting (PingemHistory *self)
{
  GHashTableIter iter;
  PingemSeries *series;
  guint n = 0;

  g_hash_table_iter_init (&iter, self->series);

  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &series))
    for (guint i = 0; i < series->blocks->len; i++)
      n += ((PingemBlock *) series->blocks->pdata[i])->slots->len;

  return n;
}

/* One gap for all that is dropped until it can be written; an open gap stays the last. */
static void
note_dropped (PingemHistory *self, const PingemBlock *block)
{
  const PingemSlot *slots = (const PingemSlot *) (void *) block->slots->data;
  gint64 from_ms = pingem_slot_sent_ms (&slots[0]);
  gint64 to_ms = pingem_slot_sent_ms (&slots[block->slots->len - 1]) + 1;
  PingemHistoryGap gap = { self->next_row, from_ms, to_ms, PINGEM_GAP_DROPPED, TRUE };
  PingemHistoryGap *first =
      self->gaps->len > 0 ? &g_array_index (self->gaps, PingemHistoryGap, 0) : NULL;

  if (first != NULL && self->n_dropped > 0)
    {
      first->from_ms = MIN (first->from_ms, from_ms);
      first->to_ms = MAX (first->to_ms, to_ms);
      return;
    }

  self->next_row++;
  g_array_prepend_val (self->gaps, gap);
}

/* Returns: how many results wait now */
static guint
drop_oldest (PingemHistory *self)
{
  guint n = count_waiting (self);
  gboolean unused = FALSE;
  PingemSeries *series;

  while (n > PINGEM_HISTORY_MAX_WAITING && (series = find_dirty_series (self, &unused)) != NULL)
    {
      PingemBlock *block = pingem_series_find_oldest_dirty (series);

      note_dropped (self, block);
      n -= block->slots->len;
      self->n_dropped += block->slots->len;
      pingem_series_remove_block (series, block);
    }

  return n;
}

/* The notice comes in place of the error, once. */
static gboolean
replace_damaged (PingemHistory *self, gint64 now_ms, GError **error)
{
  g_autofree char *notice = NULL;

  if (pingem_history_begin_anew (self, now_ms, &notice, error))
    g_set_error_literal (error, PINGEM_ERROR, PINGEM_ERROR_FAILED, notice);

  return FALSE;
}

static gboolean
open_awaited (PingemHistory *self, gint64 now_ms, GError **error)
{
  g_autofree char *notice = NULL;

  if (!pingem_history_open_awaited (self, now_ms, &notice, error))
    return FALSE;

  if (notice != NULL)
    g_set_error_literal (error, PINGEM_ERROR, PINGEM_ERROR_FAILED, notice);

  return notice == NULL;
}

static gboolean
write_file (PingemHistory *self, gint64 now_ms, GError **error)
{
  if (self->awaited != NULL && !open_awaited (self, now_ms, error))
    return FALSE;

  return pingem_history_begin (self, error) &&
         pingem_history_commit (self, write_all (self, now_ms, error), error);
}

gboolean
pingem_history_flush (PingemHistory *self, gint64 now_ms, GError **error)
{
  g_autoptr (GError) why = NULL;
  guint n_waiting;

  if (self->awaited == NULL && !has_dirty (self) && ABS (now_ms - self->alive_ms) < ALIVE_EVERY_MS)
    return TRUE;

  if (write_file (self, now_ms, &why))
    {
      settle (self, now_ms);
      return TRUE;
    }

  if (self->awaited == NULL && pingem_database_is_damaged (self->db))
    return replace_damaged (self, now_ms, error);

  n_waiting = drop_oldest (self);
  g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_FAILED,
               "%s (%u results wait in memory, %" G_GUINT64_FORMAT " older ones were dropped)",
               why->message, n_waiting, self->n_dropped);

  return FALSE;
}

guint
pingem_history_get_n_damaged (const PingemHistory *self)
{
  return g_hash_table_size (self->damaged);
}
