/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "monitor/history-private.h"

#include "ipc/error.h"
#include "monitor/columns.h"

/* A range of one target's history while it is read. */
typedef struct {
  PingemHistory *history;
  PingemSeries *series;
  gint64 from_ms;
  gint64 to_ms;
  PingemColumnBuilder *builder; /* (owned) */
  GPtrArray *unwritten;         /* (owned): PingemBlock in memory, by start */
  GArray *slots;                /* (owned): of one block */
} Range;

static int
compare_start (gconstpointer a, gconstpointer b)
{
  const PingemBlock *x = *(const PingemBlock *const *) a;
  const PingemBlock *y = *(const PingemBlock *const *) b;

  return (x->start_ms > y->start_ms) - (x->start_ms < y->start_ms);
}

static void
range_clear (Range *range)
{
  g_clear_pointer (&range->builder, pingem_column_builder_free);
  g_clear_pointer (&range->unwritten, g_ptr_array_unref);
  g_clear_pointer (&range->slots, g_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Range, range_clear)

static void
find_unwritten (Range *range)
{
  GPtrArray *blocks = range->series->blocks;

  range->unwritten = g_ptr_array_new ();

  for (guint i = 0; i < blocks->len; i++)
    {
      PingemBlock *block = blocks->pdata[i];

      if (block->start_ms < range->to_ms && block->end_ms >= range->from_ms)
        g_ptr_array_add (range->unwritten, block);
    }

  g_ptr_array_sort (range->unwritten, compare_start);
}

/* Blocks go to the builder by their start, be they on disk or in memory. */
static void
take_unwritten (Range *range, gint64 until_ms)
{
  guint n = 0;

  for (; n < range->unwritten->len; n++)
    {
      const PingemBlock *block = range->unwritten->pdata[n];

      if (block->start_ms > until_ms)
        break;

      pingem_column_builder_add_block (range->builder, block->start_ms,
                                       (const PingemSlot *) (void *) block->slots->data,
                                       block->slots->len);
    }

  g_ptr_array_remove_range (range->unwritten, 0, n);
}

/* Memory knows better than the disk. */
static gboolean
block_is_in_memory (const Range *range, gint64 row)
{
  for (guint i = 0; i < range->series->blocks->len; i++)
    if (((const PingemBlock *) range->series->blocks->pdata[i])->row == row)
      return TRUE;

  return FALSE;
}

/* A slot outside its block's times shows damage that the packing itself cannot show. */
static gboolean
cut_at_damage (GArray *slots, gint64 start_ms, gint64 end_ms)
{
  for (guint i = 0; i < slots->len; i++)
    {
      const PingemSlot *slot = &g_array_index (slots, PingemSlot, i);

      if (slot->sent_ms >= start_ms && slot->sent_ms <= end_ms)
        continue;

      g_array_set_size (slots, i);

      return TRUE;
    }

  return FALSE;
}

static void
take_row (Range *range, PingemRows *rows)
{
  gint64 row = pingem_rows_get_int (rows, 0);
  gint64 start_ms = pingem_rows_get_int (rows, 1);
  gsize length;
  const guint8 *data = pingem_rows_get_blob (rows, 3, &length);

  gboolean is_whole;

  g_array_set_size (range->slots, 0);
  is_whole = pingem_block_decode (data, length, range->slots, NULL);

  if (cut_at_damage (range->slots, start_ms, pingem_rows_get_int (rows, 2)) || !is_whole)
    g_hash_table_add (range->history->damaged, g_memdup2 (&row, sizeof row));

  take_unwritten (range, start_ms);
  pingem_column_builder_add_block (range->builder, start_ms,
                                   (const PingemSlot *) (void *) range->slots->data,
                                   range->slots->len);
}

static gboolean
take_blocks (Range *range, GError **error)
{
  PingemDatabase *db = range->history->db;
  PingemRows *rows = pingem_database_query (
      db,
      "SELECT id, start_ms, end_ms, data FROM block"
      " WHERE target = ? AND start_ms > ? AND start_ms < ? ORDER BY start_ms",
      "iii", range->series->row, range->from_ms - PINGEM_BLOCK_SPAN_MS, range->to_ms);

  while (pingem_database_next (db, rows))
    if (!block_is_in_memory (range, pingem_rows_get_int (rows, 0)))
      take_row (range, rows);

  take_unwritten (range, G_MAXINT64);

  return pingem_database_end (db, rows, error);
}

static PingemGap
parse_gap (const char *word)
{
  for (PingemGap gap = PINGEM_GAP_NOT_RUNNING; gap <= PINGEM_GAP_DROPPED; gap++)
    if (g_str_equal (pingem_gap_word (gap), word))
      return gap;

  return PINGEM_GAP_NOT_RUNNING;
}

static gboolean
gap_is_in_memory (const PingemHistory *self, gint64 row)
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
    if (!gap_is_in_memory (self, pingem_rows_get_int (rows, 0)))
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

  range.slots = g_array_new (FALSE, FALSE, sizeof (PingemSlot));
  find_unwritten (&range);

  if (!take_blocks (&range, error) || !take_gaps (&range, error))
    return FALSE;

  pingem_column_builder_end (g_steal_pointer (&range.builder), ret_columns);

  return TRUE;
}
