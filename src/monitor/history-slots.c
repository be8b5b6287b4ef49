/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "monitor/history-private.h"

#include "ipc/error.h"
#include "monitor/columns.h"

/* Minutes of one target while they are read. */
typedef struct {
  PingemHistory *history;
  PingemSeries *series;
  gint64 minute;   /* whose slots are gathered; -1: none yet */
  GArray *slots;   /* (owned): of PingemSlot */
  GPtrArray *rest; /* (owned): PingemBlock in memory that are to come, by minute */
  PingemSlotsFunc func;
  gpointer user_data;
} Reader;

static void
reader_clear (Reader *reader)
{
  g_clear_pointer (&reader->slots, g_array_unref);
  g_clear_pointer (&reader->rest, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reader, reader_clear)

static gint64
clamp_minute (gint64 minute)
{
  return CLAMP (minute, 0, PINGEM_BLOCK_MAX_MINUTE);
}

static int
compare_minutes (gconstpointer a, gconstpointer b)
{
  gint64 x = (*(const PingemBlock *const *) a)->minute;
  gint64 y = (*(const PingemBlock *const *) b)->minute;

  return (x > y) - (x < y);
}

static GPtrArray *
list_blocks (const PingemSeries *series, gint64 from_minute, gint64 to_minute)
{
  GPtrArray *list = g_ptr_array_new ();

  for (guint i = 0; i < series->blocks->len; i++)
    {
      PingemBlock *block = series->blocks->pdata[i];

      if (block->minute >= from_minute && block->minute < to_minute)
        g_ptr_array_add (list, block);
    }

  g_ptr_array_sort (list, compare_minutes);

  return list;
}

/* Memory knows better than the disk. */
static gboolean
block_is_in_memory (const PingemSeries *series, gint64 row)
{
  for (guint i = 0; i < series->blocks->len; i++)
    if (((const PingemBlock *) series->blocks->pdata[i])->row == row)
      return TRUE;

  return FALSE;
}

static int
compare_sent (gconstpointer a, gconstpointer b)
{
  const PingemSlot *x = a, *y = b;

  return (x->sent_us > y->sent_us) - (x->sent_us < y->sent_us);
}

static gboolean
is_in_order (const GArray *slots)
{
  for (guint i = 1; i < slots->len; i++)
    if (g_array_index (slots, PingemSlot, i).sent_us <
        g_array_index (slots, PingemSlot, i - 1).sent_us)
      return FALSE;

  return TRUE;
}

static void
tell (Reader *reader)
{
  if (reader->slots->len == 0)
    return;

  if (!is_in_order (reader->slots))
    g_array_sort (reader->slots, compare_sent);
  reader->func (reader->minute, (const PingemSlot *) (void *) reader->slots->data,
                reader->slots->len, reader->user_data);
  g_array_set_size (reader->slots, 0);
}

static void
begin_minute (Reader *reader, gint64 minute)
{
  if (minute == reader->minute)
    return;

  tell (reader);
  reader->minute = minute;
}

/* What lies in memory of minutes up to this one. */
static void
take_memory (Reader *reader, gint64 minute)
{
  guint n = 0;

  for (; n < reader->rest->len; n++)
    {
      const PingemBlock *block = reader->rest->pdata[n];

      if (block->minute > minute)
        break;

      begin_minute (reader, block->minute);
      g_array_append_vals (reader->slots, block->slots->data, block->slots->len);
    }

  g_ptr_array_remove_range (reader->rest, 0, n);
}

/* A slot outside its block's minute shows damage that the packing itself cannot show. */
static gboolean
cut_at_damage (GArray *slots, guint from, gint64 minute)
{
  for (guint i = from; i < slots->len; i++)
    {
      const PingemSlot *slot = &g_array_index (slots, PingemSlot, i);

      if (slot->sent_us >= 0 && pingem_slot_sent_ms (slot) / PINGEM_BLOCK_SPAN_MS == minute)
        continue;

      g_array_set_size (slots, i);

      return TRUE;
    }

  return FALSE;
}

static void
take_row (Reader *reader, gint64 row, const guint8 *data, gsize length)
{
  gint64 minute = pingem_history_minute_of_block (row);
  gboolean is_whole, is_cut;
  guint from;

  take_memory (reader, minute - 1);
  begin_minute (reader, minute);
  from = reader->slots->len;
  is_whole = pingem_block_decode (data, length, reader->slots, NULL);
  is_cut = cut_at_damage (reader->slots, from, minute);

  if (!is_whole || is_cut)
    g_hash_table_add (reader->history->damaged, g_memdup2 (&row, sizeof row));
}

gboolean
pingem_history_read_slots (PingemHistory *self,
                           PingemSeries *series,
                           gint64 from_minute,
                           gint64 to_minute,
                           PingemSlotsFunc func,
                           gpointer user_data,
                           GError **error)
{
  g_auto (Reader) reader = {
    .history = self, .series = series, .minute = -1, .func = func, .user_data = user_data
  };
  PingemRows *rows = pingem_database_query (
      self->db, "SELECT id, data FROM block WHERE id >= ? AND id < ? ORDER BY id", "ii",
      pingem_history_first_block (series->row, clamp_minute (from_minute)),
      pingem_history_first_block (series->row, clamp_minute (to_minute)));

  reader.slots = g_array_new (FALSE, FALSE, sizeof (PingemSlot));
  reader.rest = list_blocks (series, from_minute, to_minute);

  while (pingem_database_next (self->db, rows))
    {
      gint64 row = pingem_rows_get_int (rows, 0);
      gsize length;
      const guint8 *data = pingem_rows_get_blob (rows, 1, &length);

      if (!block_is_in_memory (series, row))
        take_row (&reader, row, data, length);
    }

  take_memory (&reader, G_MAXINT64);
  tell (&reader);

  return pingem_database_end (self->db, rows, error);
}

/* The first from @minute on, in memory or on disk, that may have slots; @end: there is none. */
static gboolean
find_minute (PingemHistory *self, PingemSeries *series, gint64 *minute, gint64 end, GError **error)
{
  PingemRows *rows = pingem_database_query (
      self->db, "SELECT coalesce (min (id), -1) FROM block WHERE id >= ? AND id < ?", "ii",
      pingem_history_first_block (series->row, clamp_minute (*minute)),
      pingem_history_first_block (series->row, clamp_minute (end)));
  gint64 found = end;

  if (pingem_database_next (self->db, rows) && pingem_rows_get_int (rows, 0) >= 0)
    found = pingem_history_minute_of_block (pingem_rows_get_int (rows, 0));

  for (guint i = 0; i < series->blocks->len; i++)
    {
      const PingemBlock *block = series->blocks->pdata[i];

      if (block->minute >= *minute)
        found = MIN (found, block->minute);
    }

  *minute = found;

  return pingem_database_end (self->db, rows, error);
}

/* Those of a range. */
typedef struct {
  gint64 from_ms;
  gint64 to_ms;
  GArray *slots; /* (unowned) */
} Wanted;

static void
take_wanted (gint64 minute, const PingemSlot *slots, guint n_slots, gpointer user_data)
{
  const Wanted *wanted = user_data;

  for (guint i = 0; i < n_slots; i++)
    if (pingem_slot_sent_ms (&slots[i]) >= wanted->from_ms &&
        pingem_slot_sent_ms (&slots[i]) < wanted->to_ms)
      g_array_append_val (wanted->slots, slots[i]);
}

gboolean
pingem_history_read_minute (PingemHistory *self,
                            const char *key,
                            gint64 from_ms,
                            gint64 to_ms,
                            GArray *slots,
                            gint64 *ret_next_ms,
                            GError **error)
{
  PingemSeries *series = pingem_history_find_series (self, key, error);
  Wanted wanted = { from_ms, to_ms, slots };
  gint64 minute, end;

  if (series == NULL)
    return FALSE;

  if (from_ms < 0 || to_ms <= from_ms || to_ms > PINGEM_COLUMNS_LAST_MS)
    {
      g_set_error_literal (error, PINGEM_ERROR, PINGEM_ERROR_BAD_VALUE,
                           "Probes are of a time that begins before it ends, and lies from 1970 to "
                           "9999");
      return FALSE;
    }

  minute = from_ms / PINGEM_BLOCK_SPAN_MS;
  end = (to_ms - 1) / PINGEM_BLOCK_SPAN_MS + 1;
  if (!find_minute (self, series, &minute, end, error) ||
      !pingem_history_read_slots (self, series, minute, MIN (minute + 1, end), take_wanted, &wanted,
                                  error))
    return FALSE;

  *ret_next_ms = MIN ((minute + 1) * PINGEM_BLOCK_SPAN_MS, to_ms);

  return TRUE;
}
