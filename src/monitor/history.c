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
      series = pingem_history_add_series (self, self->next_row++, key, "", "");
      series->is_dirty = TRUE;
    }

  return series;
}

gboolean
pingem_history_delete_old (PingemHistory *self, gint64 now_ms, GError **error)
{
  gint64 before_ms = now_ms - self->days * DAY_MS;

  return pingem_database_run (self->db, error,
                              "DELETE FROM block WHERE target IN (SELECT id FROM target)"
                              " AND start_ms < ?",
                              "i", before_ms) &&
         pingem_database_run (self->db, error, "DELETE FROM gap WHERE to_ms < ?", "i", before_ms) &&
         pingem_database_run (self->db, error, "DELETE FROM run WHERE alive_ms < ?", "i",
                              before_ms);
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

  if (!is_done)
    pingem_database_undo (self->db);

  return is_done;
}

void
pingem_history_free (PingemHistory *self)
{
  if (self == NULL)
    return;

  pingem_database_free (self->db);
  g_hash_table_unref (self->series);
  g_hash_table_unref (self->damaged);
  g_array_unref (self->gaps);
  g_free (self);
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

  pingem_series_record (get_series (self, key), record, &self->next_row);
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
  gint64 oldest_ms = G_MAXINT64;

  g_hash_table_iter_init (&iter, self->series);

  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &series))
    {
      PingemBlock *block = pingem_series_find_oldest_dirty (series);

      *ret_has_dirty |= series->is_dirty || block != NULL;

      if (block != NULL && block->start_ms < oldest_ms)
        {
          oldest = series;
          oldest_ms = block->start_ms;
        }
    }

  return oldest;
}

static gboolean
has_dirty (PingemHistory *self)
{
  gboolean is_dirty = FALSE;

  find_dirty_series (self, &is_dirty);

  for (guint i = 0; i < self->gaps->len; i++)
    is_dirty |= g_array_index (self->gaps, PingemHistoryGap, i).is_dirty;

  return is_dirty;
}

static gboolean
write_block (PingemHistory *self, gint64 target, const PingemBlock *block, GError **error)
{
  g_autoptr (GByteArray) data =
      pingem_block_encode ((const PingemSlot *) (void *) block->slots->data, block->slots->len);

  return pingem_database_run (self->db, error,
                              "INSERT OR REPLACE INTO block VALUES (?, ?, ?, ?, ?)", "iiiib",
                              block->row, target, block->start_ms, block->end_ms, data);
}

static gboolean
write_series (PingemHistory *self, const PingemSeries *series, GError **error)
{
  gboolean is_written =
      !series->is_dirty ||
      pingem_database_run (self->db, error, "INSERT OR REPLACE INTO target VALUES (?, ?, ?, ?)",
                           "isss", series->row, series->key, series->name, series->leg);

  for (guint i = 0; is_written && i < series->blocks->len; i++)
    {
      const PingemBlock *block = series->blocks->pdata[i];

      if (block->is_dirty)
        is_written = write_block (self, series->row, block, error);
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
note_dropped (PingemHistory *self, gint64 from_ms, gint64 to_ms)
{
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

      note_dropped (self, block->start_ms, block->end_ms + 1);
      n -= block->slots->len;
      self->n_dropped += block->slots->len;
      pingem_series_remove_block (series, block);
    }

  return n;
}

static gboolean
replace_damaged (PingemHistory *self, gint64 now_ms, GError **error)
{
  g_autofree char *notice = NULL;

  if (pingem_history_begin_anew (self, now_ms, &notice, error))
    g_set_error_literal (error, PINGEM_ERROR, PINGEM_ERROR_FAILED, notice);

  return FALSE;
}

gboolean
pingem_history_flush (PingemHistory *self, gint64 now_ms, GError **error)
{
  g_autoptr (GError) why = NULL;
  guint n_waiting;

  if (!has_dirty (self) && ABS (now_ms - self->alive_ms) < ALIVE_EVERY_MS)
    return TRUE;

  if (pingem_history_begin (self, &why) &&
      pingem_history_commit (self, write_all (self, now_ms, &why), &why))
    {
      settle (self, now_ms);
      return TRUE;
    }

  if (pingem_database_is_damaged (self->db))
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
