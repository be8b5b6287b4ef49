/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "monitor/history-private.h"

/* Of a target that the file does not know yet. */
#define NO_ROW 0

/* Blocks of up to a minute, wherever it began, become such of a minute by the clock. */
static gboolean
convert_slots (PingemDatabase *db, gint64 target, GArray *slots)
{
  for (guint from = 0, to; from < slots->len; from = to)
    {
      const PingemSlot *slot = &g_array_index (slots, PingemSlot, from);
      gint64 minute = pingem_slot_sent_ms (slot) / PINGEM_BLOCK_SPAN_MS;
      gint64 first = pingem_history_first_block (target, minute);
      g_autoptr (GByteArray) data = NULL;

      for (to = from + 1; to < slots->len; to++)
        if (pingem_slot_sent_ms (&g_array_index (slots, PingemSlot, to)) / PINGEM_BLOCK_SPAN_MS !=
            minute)
          break;

      if (slot->sent_us < 0 || minute >= PINGEM_BLOCK_MAX_MINUTE)
        continue;

      data = pingem_block_encode (slot, to - from);
      if (!pingem_database_run (db, NULL,
                                "INSERT INTO block SELECT coalesce (max (id) + 1, ?), ? FROM block"
                                " WHERE id >= ? AND id < ?",
                                "ibii", first, data, first,
                                pingem_history_first_block (target, minute + 1)) ||
          !pingem_database_run (db, NULL, "INSERT OR IGNORE INTO pending VALUES (?)", "i",
                                pingem_history_rollup_row (target, minute / 60)))
        return FALSE;
    }

  return TRUE;
}

static gboolean
convert_blocks (PingemDatabase *db)
{
  g_autoptr (GArray) slots = g_array_new (FALSE, FALSE, sizeof (PingemSlot));
  PingemRows *rows = pingem_database_query (
      db, "SELECT target, data FROM block_1 WHERE target < ? ORDER BY target, start_ms, id", "i",
      PINGEM_HISTORY_MAX_TARGET);
  gboolean is_converted = TRUE;

  while (is_converted && pingem_database_next (db, rows))
    {
      gsize length;
      const guint8 *data = pingem_rows_get_blob (rows, 1, &length);

      g_array_set_size (slots, 0);
      pingem_block_decode (data, length, slots, NULL);
      is_converted = convert_slots (db, pingem_rows_get_int (rows, 0), slots);
    }

  return pingem_database_end (db, rows, NULL) && is_converted;
}

/* A step that has been in a release is never changed: what is new is one more step. */
static const PingemMigration migrations[] = {
  { "CREATE TABLE target (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, name TEXT NOT NULL,"
    " leg TEXT NOT NULL) STRICT;"
    "CREATE TABLE block (id INTEGER PRIMARY KEY, target INTEGER NOT NULL REFERENCES target,"
    " start_ms INTEGER NOT NULL, end_ms INTEGER NOT NULL, data BLOB NOT NULL) STRICT;"
    "CREATE INDEX block_by_time ON block (target, start_ms);"
    "CREATE TABLE gap (id INTEGER PRIMARY KEY, from_ms INTEGER NOT NULL, to_ms INTEGER,"
    " reason TEXT NOT NULL) STRICT;"
    "CREATE TABLE run (id INTEGER PRIMARY KEY, begin_ms INTEGER NOT NULL,"
    " alive_ms INTEGER NOT NULL) STRICT",
    NULL },
  /* Blocks and rollups stand in the order of their numbers, see history-private.h. */
  { "DROP INDEX block_by_time;"
    "ALTER TABLE block RENAME TO block_1;"
    "CREATE TABLE block (id INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;"
    "CREATE TABLE rollup (id INTEGER PRIMARY KEY, hour BLOB NOT NULL, minutes BLOB NOT NULL) "
    "STRICT;"
    "CREATE TABLE pending (id INTEGER PRIMARY KEY) STRICT",
    convert_blocks },
  { "DROP TABLE block_1", NULL },
  { "CREATE TABLE event (id INTEGER PRIMARY KEY, from_ms INTEGER NOT NULL, to_ms INTEGER,"
    " kind TEXT NOT NULL, leg TEXT NOT NULL, target TEXT NOT NULL, text TEXT NOT NULL,"
    " due INTEGER NOT NULL, bad INTEGER NOT NULL) STRICT",
    NULL },
};

static const PingemSchema schema = {
  .application_id = 0x50676d68, /* "Pgmh" */
  .migrations = migrations,
  .n_migrations = G_N_ELEMENTS (migrations),
};

static gboolean
load_targets (PingemHistory *self, GError **error)
{
  PingemRows *rows = pingem_database_query (self->db,
                                            "SELECT id, key, name, leg FROM target"
                                            " WHERE id > 0 AND id < ?",
                                            "i", PINGEM_HISTORY_MAX_TARGET);

  while (pingem_database_next (self->db, rows))
    {
      const char *key = pingem_rows_get_text (rows, 1);
      PingemSeries *series = g_hash_table_lookup (self->series, key);

      if (series != NULL)
        series->row = pingem_rows_get_int (rows, 0);
      else
        pingem_history_add_series (self, pingem_rows_get_int (rows, 0), key,
                                   pingem_rows_get_text (rows, 2), pingem_rows_get_text (rows, 3));
    }

  return pingem_database_end (self->db, rows, error);
}

static gboolean
load_number (PingemHistory *self, const char *sql, gint64 *ret_number, GError **error)
{
  PingemRows *rows = pingem_database_query (self->db, sql, "");

  if (pingem_database_next (self->db, rows))
    *ret_number = pingem_rows_get_int (rows, 0);

  return pingem_database_end (self->db, rows, error);
}

/* The rows of other tables than that of targets count together. Near the end they are forged. */
static gboolean
load_next_rows (PingemHistory *self, GError **error)
{
  gint64 last = 0, last_target = 0;

  if (!load_number (self,
                    "SELECT max(coalesce((SELECT max(id) FROM gap), 0),"
                    " coalesce((SELECT max(id) FROM run), 0),"
                    " coalesce((SELECT max(id) FROM event), 0))",
                    &last, error) ||
      !load_number (self, "SELECT coalesce (max (id), 0) FROM target WHERE id < 4194304",
                    &last_target, error))
    return FALSE;

  self->next_row = MAX (self->next_row, CLAMP (last, 0, G_MAXINT64 / 2) + 1);
  self->next_target = MAX (self->next_target, MAX (last_target, 0) + 1);

  return TRUE;
}

/* What is in memory, and not of this file, gets rows that are free in it. */
static void
number_what_waits (PingemHistory *self)
{
  GHashTableIter iter;
  PingemSeries *series;

  g_hash_table_iter_init (&iter, self->series);

  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &series))
    if (series->row == NO_ROW)
      series->row = self->next_target++;

  for (guint i = 0; i < self->gaps->len; i++)
    g_array_index (self->gaps, PingemHistoryGap, i).row = self->next_row++;
  for (guint i = 0; i < self->events->len; i++)
    ((PingemHistoryEvent *) self->events->pdata[i])->row = self->next_row++;
}

/* What was open when the last run died ended with its last sign of life; since then: not running.
 */
static gboolean
write_begin (PingemHistory *self, gint64 last_ms, gint64 now_ms, GError **error)
{
  if (!pingem_database_run (self->db, error,
                            "UPDATE gap SET to_ms = max(from_ms, ?) WHERE to_ms IS NULL", "i",
                            last_ms) ||
      !pingem_database_run (self->db, error,
                            "UPDATE event SET to_ms = max(from_ms, ?) WHERE to_ms IS NULL", "i",
                            last_ms))
    return FALSE;

  if (last_ms > 0 && last_ms < self->begun_ms &&
      !pingem_database_run (self->db, error, "INSERT INTO gap VALUES (?, ?, ?, ?)", "iiis",
                            self->next_row++, last_ms, self->begun_ms,
                            pingem_gap_word (PINGEM_GAP_NOT_RUNNING)))
    return FALSE;

  return pingem_history_write_alive (self, now_ms, error) &&
         pingem_history_write_rollups (self, now_ms, error) &&
         pingem_history_delete_old (self, now_ms, error);
}

/* Joins what stands in the file, which may be a new one, and tells it that we run. */
static gboolean
load (PingemHistory *self, gint64 now_ms, GError **error)
{
  gint64 last_ms = 0;

  if (!load_targets (self, error) || !load_next_rows (self, error) ||
      !load_number (self, "SELECT alive_ms FROM run ORDER BY id DESC LIMIT 1", &last_ms, error) ||
      !pingem_history_begin (self, error))
    return FALSE;

  number_what_waits (self);
  self->run_row = self->next_row++;
  self->purged_ms = self->alive_ms = now_ms;

  return pingem_history_commit (self, write_begin (self, last_ms, now_ms, error), error);
}

/* What the new file has not got, memory has as far as it can be had. */
static void
mark_all_dirty (PingemHistory *self)
{
  GHashTableIter iter;
  PingemSeries *series;

  g_hash_table_iter_init (&iter, self->series);

  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &series))
    {
      series->row = NO_ROW;
      series->is_dirty = TRUE;

      for (guint i = 0; i < series->blocks->len; i++)
        {
          PingemBlock *block = series->blocks->pdata[i];

          block->is_dirty = TRUE;
          block->row = 0;
        }
    }

  for (guint i = 0; i < self->gaps->len; i++)
    g_array_index (self->gaps, PingemHistoryGap, i).is_dirty = TRUE;
}

gboolean
pingem_history_begin_anew (PingemHistory *self, gint64 now_ms, char **ret_notice, GError **error)
{
  if (!pingem_database_begin_anew (self->db, now_ms, ret_notice, error))
    return FALSE;

  mark_all_dirty (self);

  return load (self, now_ms, error);
}

static gboolean
load_or_begin_anew (PingemHistory *self, gint64 now_ms, char **ret_notice, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  if (load (self, now_ms, &local_error))
    return TRUE;

  if (pingem_database_is_damaged (self->db))
    return pingem_history_begin_anew (self, now_ms, ret_notice, error);

  g_propagate_error (error, g_steal_pointer (&local_error));

  return FALSE;
}

static PingemHistory *
history_new (guint days, guint rollup_days, gint64 now_ms)
{
  PingemHistory *self = g_new0 (PingemHistory, 1);

  self->days = days;
  self->rollup_days = MAX (rollup_days, days);
  self->begun_ms = now_ms;
  self->rolled_to_hour = -1;
  self->next_row = self->next_target = 1;
  self->series =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) pingem_series_free);
  self->damaged = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->gaps = g_array_new (FALSE, FALSE, sizeof (PingemHistoryGap));
  self->events = g_ptr_array_new_with_free_func ((GDestroyNotify) pingem_history_event_free);

  return self;
}

PingemHistory *
pingem_history_open (const char *path,
                     guint days,
                     guint rollup_days,
                     gint64 now_ms,
                     char **ret_notice,
                     GError **error)
{
  g_autoptr (PingemHistory) self = history_new (days, rollup_days, now_ms);
  g_autofree char *notice = NULL;

  self->db = pingem_database_open (path, &schema, now_ms, &notice, error);

  if (self->db == NULL || !load_or_begin_anew (self, now_ms, &notice, error))
    return NULL;

  if (ret_notice != NULL)
    *ret_notice = g_steal_pointer (&notice);

  return g_steal_pointer (&self);
}

PingemHistory *
pingem_history_open_later (const char *path, guint days, guint rollup_days, gint64 now_ms)
{
  g_autoptr (PingemHistory) self = history_new (days, rollup_days, now_ms);

  self->awaited = g_strdup (path);
  self->db = pingem_database_open (":memory:", &schema, now_ms, NULL, NULL);

  return self->db != NULL ? g_steal_pointer (&self) : NULL;
}

gboolean
pingem_history_open_awaited (PingemHistory *self, gint64 now_ms, char **ret_notice, GError **error)
{
  PingemDatabase *memory = self->db;
  PingemDatabase *file = pingem_database_open (self->awaited, &schema, now_ms, ret_notice, error);

  if (file == NULL)
    return FALSE;

  self->db = file;
  mark_all_dirty (self);

  if (!load_or_begin_anew (self, now_ms, ret_notice, error))
    {
      self->db = memory;
      pingem_database_free (file);
      return FALSE;
    }

  pingem_database_free (memory);
  g_clear_pointer (&self->awaited, g_free);

  return TRUE;
}
