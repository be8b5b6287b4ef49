/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "monitor/history-private.h"

static PingemHistoryEvent *
wrap (gint64 row, PingemEvent *event)
{
  PingemHistoryEvent *self = g_new0 (PingemHistoryEvent, 1);

  self->row = row;
  self->event = event;

  return self;
}

void
pingem_history_event_free (PingemHistoryEvent *self)
{
  g_clear_pointer (&self->event, pingem_event_free);
  g_free (self);
}

static PingemHistoryEvent *
find_open_outage (PingemHistory *self)
{
  for (guint i = 0; i < self->events->len; i++)
    {
      PingemHistoryEvent *waiting = self->events->pdata[i];

      if (waiting->event->to_ms < 0)
        return waiting;
    }

  return NULL;
}

/* The outage that is open stays. */
static void
drop_oldest (PingemHistory *self)
{
  PingemHistoryEvent *first = self->events->pdata[0];

  g_ptr_array_remove_index (self->events, first->event->to_ms < 0 ? 1 : 0);
}

static PingemHistoryEvent *
add (PingemHistory *self, PingemEvent *event)
{
  PingemHistoryEvent *waiting = wrap (self->next_row++, event);

  g_ptr_array_add (self->events, waiting);
  if (self->events->len > PINGEM_HISTORY_MAX_EVENTS)
    drop_oldest (self);

  return waiting;
}

void
pingem_history_begin_outage (PingemHistory *self,
                             const char *verdict,
                             const char *leg,
                             const char *key,
                             gint64 at_ms,
                             gint64 count_from_ms)
{
  pingem_history_end_outage (self, at_ms);
  add (self, pingem_event_new (PINGEM_EVENT_OUTAGE, at_ms, -1, leg, key, verdict))->count_from_ms =
      count_from_ms;
}

void
pingem_history_name_outage (PingemHistory *self,
                            const char *verdict,
                            const char *leg,
                            const char *key)
{
  PingemHistoryEvent *open = find_open_outage (self);
  PingemEvent *event;

  if (open == NULL)
    return;

  event = pingem_event_new (PINGEM_EVENT_OUTAGE, open->event->from_ms, -1, leg, key, verdict);
  pingem_event_free (open->event);
  open->event = event;
}

void
pingem_history_end_outage (PingemHistory *self, gint64 at_ms)
{
  PingemHistoryEvent *open = find_open_outage (self);

  if (open != NULL)
    open->event->to_ms = MAX (open->event->from_ms, at_ms);
}

void
pingem_history_add_event (
    PingemHistory *self, const char *kind, const char *key, const char *text, gint64 at_ms)
{
  add (self, pingem_event_new (kind, at_ms, at_ms, "", key, text));
}

/* Where the slots cannot be had, what was counted last stays. */
static void
count (PingemHistory *self, const PingemHistoryEvent *waiting, gint64 now_ms)
{
  PingemEvent *event = waiting->event;
  PingemColumn column;

  if (*event->target == '\0' ||
      !pingem_history_columns (self, event->target, waiting->count_from_ms,
                               event->to_ms < 0 ? now_ms : event->to_ms, 1, &column, NULL))
    return;

  event->due = pingem_column_due (&column);
  event->bad = column.lost + column.unsent + column.error;
}

static gboolean
write_event (PingemHistory *self, const PingemHistoryEvent *waiting, GError **error)
{
  const PingemEvent *event = waiting->event;

  return pingem_database_run (
      self->db, error,
      "INSERT OR REPLACE INTO event VALUES (?, ?, nullif (?, -1), ?, ?, ?, ?, ?, ?)", "iiissssii",
      waiting->row, event->from_ms, event->to_ms, event->kind, event->leg, event->target,
      event->text, (gint64) event->due, (gint64) event->bad);
}

gboolean
pingem_history_write_events (PingemHistory *self, gint64 now_ms, GError **error)
{
  for (guint i = 0; i < self->events->len; i++)
    {
      PingemHistoryEvent *waiting = self->events->pdata[i];

      if (g_str_equal (waiting->event->kind, PINGEM_EVENT_OUTAGE))
        count (self, waiting, now_ms);
      if (!write_event (self, waiting, error))
        return FALSE;
    }

  return TRUE;
}

void
pingem_history_settle_events (PingemHistory *self)
{
  for (guint i = self->events->len; i > 0; i--)
    {
      const PingemHistoryEvent *waiting = self->events->pdata[i - 1];

      if (waiting->event->to_ms >= 0)
        g_ptr_array_remove_index (self->events, i - 1);
    }
}

static gboolean
is_in_memory (const PingemHistory *self, gint64 row)
{
  for (guint i = 0; i < self->events->len; i++)
    {
      const PingemHistoryEvent *waiting = self->events->pdata[i];

      if (waiting->row == row)
        return TRUE;
    }

  return pingem_history_gap_is_in_memory (self, row);
}

static void
take (GPtrArray *found, gint64 row, PingemEvent *event, gint64 from_ms, gint64 to_ms)
{
  gboolean is_in_range = event->from_ms < to_ms &&
                         (event->from_ms >= from_ms || event->to_ms < 0 || event->to_ms > from_ms);

  if (is_in_range)
    g_ptr_array_add (found, wrap (row, event));
  else
    pingem_event_free (event);
}

static void
take_from_memory (PingemHistory *self, gint64 from_ms, gint64 to_ms, GPtrArray *found)
{
  for (guint i = 0; i < self->events->len; i++)
    {
      const PingemHistoryEvent *waiting = self->events->pdata[i];

      take (found, waiting->row, pingem_event_copy (waiting->event), from_ms, to_ms);
    }

  for (guint i = 0; i < self->gaps->len; i++)
    {
      const PingemHistoryGap *gap = &g_array_index (self->gaps, PingemHistoryGap, i);
      gint64 end_ms = gap->to_ms == PINGEM_HISTORY_OPEN_END_MS ? -1 : gap->to_ms;

      take (found, gap->row,
            pingem_event_new (PINGEM_EVENT_GAP, gap->from_ms, end_ms, "", "",
                              pingem_gap_word (gap->reason)),
            from_ms, to_ms);
    }
}

static PingemEvent *
read_row (PingemRows *rows)
{
  PingemEvent *event =
      pingem_event_new (pingem_rows_get_text (rows, 3), pingem_rows_get_int (rows, 1),
                        pingem_rows_get_int (rows, 2), pingem_rows_get_text (rows, 4),
                        pingem_rows_get_text (rows, 5), pingem_rows_get_text (rows, 6));

  event->due = (guint) CLAMP (pingem_rows_get_int (rows, 7), 0, G_MAXUINT);
  event->bad = (guint) CLAMP (pingem_rows_get_int (rows, 8), 0, event->due);

  return event;
}

/* The newest; what memory knows better is left out. */
static gboolean
take_from_file (
    PingemHistory *self, gint64 from_ms, gint64 to_ms, guint n, GPtrArray *found, GError **error)
{
  PingemRows *rows = pingem_database_query (
      self->db,
      "SELECT id, from_ms, coalesce (to_ms, -1), kind, leg, target, text, due, bad FROM event"
      " WHERE from_ms < ?1 AND (from_ms >= ?2 OR coalesce (to_ms, ?1) > ?2)"
      " UNION ALL SELECT id, from_ms, coalesce (to_ms, -1), ?3, '', '', reason, 0, 0 FROM gap"
      " WHERE from_ms < ?1 AND (from_ms >= ?2 OR coalesce (to_ms, ?1) > ?2)"
      " ORDER BY 2 DESC, 1 DESC LIMIT ?4",
      "iisi", to_ms, from_ms, PINGEM_EVENT_GAP, (gint64) n + self->events->len + self->gaps->len);

  while (pingem_database_next (self->db, rows))
    if (!is_in_memory (self, pingem_rows_get_int (rows, 0)))
      take (found, pingem_rows_get_int (rows, 0), read_row (rows), from_ms, to_ms);

  return pingem_database_end (self->db, rows, error);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const PingemHistoryEvent *x = *(const PingemHistoryEvent *const *) a;
  const PingemHistoryEvent *y = *(const PingemHistoryEvent *const *) b;

  if (x->event->from_ms != y->event->from_ms)
    return x->event->from_ms < y->event->from_ms ? -1 : 1;

  return (x->row > y->row) - (x->row < y->row);
}

GPtrArray *
pingem_history_read_events (
    PingemHistory *self, gint64 from_ms, gint64 to_ms, guint n, GError **error)
{
  g_autoptr (GPtrArray) found =
      g_ptr_array_new_with_free_func ((GDestroyNotify) pingem_history_event_free);
  GPtrArray *events;

  take_from_memory (self, from_ms, to_ms, found);
  if (!take_from_file (self, from_ms, to_ms, n, found, error))
    return NULL;

  g_ptr_array_sort (found, compare);
  events = g_ptr_array_new_with_free_func ((GDestroyNotify) pingem_event_free);

  for (guint i = found->len > n ? found->len - n : 0; i < found->len; i++)
    {
      PingemHistoryEvent *one = found->pdata[i];

      g_ptr_array_add (events, g_steal_pointer (&one->event));
    }

  return events;
}

char *
pingem_history_find_last_text (PingemHistory *self, const char *kind)
{
  PingemRows *rows = pingem_database_query (
      self->db, "SELECT text FROM event WHERE kind = ? ORDER BY from_ms DESC, id DESC LIMIT 1", "s",
      kind);
  char *text = NULL;

  if (pingem_database_next (self->db, rows))
    text = g_utf8_make_valid (pingem_rows_get_text (rows, 0), -1);
  pingem_database_end (self->db, rows, NULL);

  return text;
}

void
pingem_history_reword_event (PingemHistory *self, const char *kind, const char *text)
{
  pingem_database_run (
      self->db, NULL,
      "UPDATE event SET text = ? WHERE id ="
      " (SELECT id FROM event WHERE kind = ? ORDER BY from_ms DESC, id DESC LIMIT 1)",
      "ss", text, kind);
}
