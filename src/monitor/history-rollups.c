/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "monitor/history-private.h"

#include "stats/rollup.h"

/* When all in an hour is final: what may be corrected stays in memory for so long. */
#define SETTLED_MS (PINGEM_SERIES_OPEN_NS / 1000000 + 10000)

/* An hour while its rollups are made. */
typedef struct {
  gint64 hour;
  PingemRollup whole;
  GByteArray *minutes; /* (owned) */
} Hour;

void
pingem_history_roll_up (PingemRollup *rollup, const PingemSlot *slots, guint n_slots)
{
  for (guint i = 0; i < n_slots; i++)
    pingem_rollup_add (rollup, slots[i].state, slots[i].error, slots[i].rtt_us, slots[i].duplicates,
                       slots[i].ttl);
}

static void
append_packed (GByteArray *out, const PingemRollup *rollup)
{
  guint64 n_replies = rollup->tally.reply + rollup->tally.late;
  g_autofree guint8 *bytes = g_malloc (PINGEM_ROLLUP_MAX_PACKED (n_replies));

  g_byte_array_append (out, bytes, (guint) pingem_rollup_pack (rollup, bytes));
}

/* Each minute is its number in the hour and its rollup. */
static void
add_minute (gint64 minute, const PingemSlot *slots, guint n_slots, gpointer user_data)
{
  Hour *hour = user_data;
  guint8 number = (guint8) (minute - hour->hour * 60);
  PingemRollup rollup = { 0 };

  pingem_history_roll_up (&rollup, slots, n_slots);
  g_byte_array_append (hour->minutes, &number, 1);
  append_packed (hour->minutes, &rollup);
  pingem_rollup_append (&hour->whole, &rollup);
}

static gboolean
write_rollup (PingemHistory *self, PingemSeries *series, gint64 hour, GError **error)
{
  g_autoptr (GByteArray) minutes = g_byte_array_new ();
  g_autoptr (GByteArray) whole = g_byte_array_new ();
  gint64 row = pingem_history_rollup_row (series->row, hour);
  Hour h = { .hour = hour, .minutes = minutes };

  if (!pingem_history_read_slots (self, series, hour * 60, (hour + 1) * 60, add_minute, &h, error))
    return FALSE;

  append_packed (whole, &h.whole);

  return pingem_database_run (self->db, error, "INSERT OR REPLACE INTO rollup VALUES (?, ?, ?)",
                              "ibb", row, whole, minutes) &&
         pingem_database_run (self->db, error, "DELETE FROM pending WHERE id = ?", "i", row);
}

gboolean
pingem_history_write_pending (PingemHistory *self,
                              PingemSeries *series,
                              gint64 hour,
                              GError **error)
{
  if (series->pending_hour == hour)
    return TRUE;

  series->pending_hour = hour;

  return pingem_database_run (self->db, error, "INSERT OR IGNORE INTO pending VALUES (?)", "i",
                              pingem_history_rollup_row (series->row, hour));
}

/* Hours of @series that wait and are over, as gint64; NULL with @error */
static GArray *
list_pending (PingemHistory *self, const PingemSeries *series, gint64 end_hour, GError **error)
{
  g_autoptr (GArray) hours = g_array_new (FALSE, FALSE, sizeof (gint64));
  gint64 first = pingem_history_rollup_row (series->row, 0);
  PingemRows *rows =
      pingem_database_query (self->db, "SELECT id - ? FROM pending WHERE id >= ? AND id < ?", "iii",
                             first, first, first + end_hour);

  while (pingem_database_next (self->db, rows))
    {
      gint64 hour = pingem_rows_get_int (rows, 0);

      g_array_append_val (hours, hour);
    }

  return pingem_database_end (self->db, rows, error) ? g_steal_pointer (&hours) : NULL;
}

static gboolean
write_series (PingemHistory *self, PingemSeries *series, gint64 end_hour, GError **error)
{
  g_autoptr (GArray) hours = list_pending (self, series, end_hour, error);
  gboolean is_written = hours != NULL;

  for (guint i = 0; is_written && i < hours->len; i++)
    is_written = write_rollup (self, series, g_array_index (hours, gint64, i), error);

  series->pending_hour = -1;

  return is_written;
}

gboolean
pingem_history_write_rollups (PingemHistory *self, gint64 now_ms, GError **error)
{
  gint64 end_hour = (now_ms - SETTLED_MS) / PINGEM_HISTORY_HOUR_MS;
  GHashTableIter iter;
  PingemSeries *series;
  gboolean is_written = TRUE;

  /* Once an hour, and at the start. */
  if (end_hour == self->rolled_to_hour)
    return TRUE;

  g_hash_table_iter_init (&iter, self->series);

  while (is_written && g_hash_table_iter_next (&iter, NULL, (gpointer *) &series))
    is_written = write_series (self, series, end_hour, error);

  if (is_written)
    self->rolled_to_hour = end_hour;

  return is_written;
}
