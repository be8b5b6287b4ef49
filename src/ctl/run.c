/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ctl/run.h"

/* The record comes first: its sequence is the key. */
typedef struct {
  PingemRecord record;
  gboolean is_settled;
} Slot;

G_STATIC_ASSERT (G_STRUCT_OFFSET (PingemRecord, seq) == 0);

void
pingem_run_init (PingemRun *run, guint32 count, gboolean has_hold)
{
  *run = (PingemRun){ .count = count, .has_hold = has_hold };
  run->slots = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, g_free);
}

void
pingem_run_clear (PingemRun *run)
{
  pingem_rtts_clear (&run->rtts);
  g_clear_pointer (&run->slots, g_hash_table_unref);
}

static gboolean
is_answered (const PingemRecord *record)
{
  return record->state == PINGEM_STATE_REPLY || record->state == PINGEM_STATE_LATE;
}

static gboolean
is_final (const PingemRecord *record)
{
  return (record->flags & PINGEM_RECORD_FINAL) != 0;
}

static gboolean
is_waiting (const PingemRecord *record)
{
  return record->state == PINGEM_STATE_LOST && !is_final (record);
}

static void
count (PingemRun *run, const PingemRecord *record)
{
  pingem_tally_add (&run->tally, record->state, record->error);
  run->tally.duplicates += record->duplicates;
  run->n_waiting += is_waiting (record);
}

static void
uncount (PingemRun *run, const PingemRecord *record)
{
  pingem_tally_remove (&run->tally, record->state, record->error);
  run->tally.duplicates -= record->duplicates;
  run->n_waiting -= is_waiting (record);
}

static void
note_rtt (PingemRun *run, const PingemRecord *record)
{
  if (pingem_rtts_add (&run->rtts, record->rtt_ns / 1000) < 0)
    g_error ("Out of memory");
}

static Slot *
find_slot (PingemRun *run, const PingemRecord *record, gboolean *ret_is_new)
{
  Slot *slot = g_hash_table_lookup (run->slots, &record->seq);

  *ret_is_new = slot == NULL;
  if (slot != NULL)
    return slot;

  slot = g_new0 (Slot, 1);
  slot->record.seq = record->seq;
  g_hash_table_insert (run->slots, &slot->record.seq, slot);
  run->next_seq = MAX (run->next_seq, record->seq + 1);
  run->n_slots++;

  return slot;
}

/* Silence is settled when its hold ends, as a late reply may still come. */
static gboolean
can_settle (const PingemRecord *record)
{
  return is_final (record) ||
         (record->state != PINGEM_STATE_IN_FLIGHT && record->state != PINGEM_STATE_LOST);
}

PingemNews
pingem_run_take (PingemRun *run, const PingemRecord *record)
{
  gboolean is_new;
  Slot *slot = find_slot (run, record, &is_new);
  PingemRecord old = slot->record;
  PingemNews news = PINGEM_NEWS_NONE;

  if (!is_new)
    uncount (run, &old);
  count (run, record);
  slot->record = *record;

  if (is_answered (record) && record->rtt_ns >= 0 && (is_new || !is_answered (&old)))
    note_rtt (run, record);
  if (is_new || old.state != record->state)
    news |= PINGEM_NEWS_CHANGED;
  if (can_settle (record) && !slot->is_settled)
    {
      news |= PINGEM_NEWS_SETTLED;
      slot->is_settled = TRUE;
    }
  if (is_final (record))
    g_hash_table_remove (run->slots, &record->seq);

  return news;
}

gboolean
pingem_run_is_done (const PingemRun *run)
{
  return run->count > 0 && run->next_seq >= run->count && run->tally.in_flight == 0 &&
         (!run->has_hold || run->n_waiting == 0);
}

static int
compare_seq (gconstpointer a, gconstpointer b)
{
  const Slot *x = *(Slot *const *) a;
  const Slot *y = *(Slot *const *) b;

  return (x->record.seq > y->record.seq) - (x->record.seq < y->record.seq);
}

void
pingem_run_settle (PingemRun *run, PingemRunFunc func, gpointer user_data)
{
  g_autoptr (GPtrArray) slots = g_ptr_array_sized_new (g_hash_table_size (run->slots));
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, run->slots);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_ptr_array_add (slots, value);
  g_ptr_array_sort (slots, compare_seq);

  for (guint i = 0; i < slots->len; i++)
    {
      Slot *slot = slots->pdata[i];

      if (!slot->is_settled)
        func (&slot->record, user_data);
      slot->is_settled = TRUE;
    }
}

gboolean
pingem_run_is_all_answered (const PingemRun *run)
{
  const PingemTally *tally = &run->tally;

  return tally->lost + tally->unsent + tally->held + tally->error == 0;
}

guint64
pingem_run_count_passed (const PingemRun *run)
{
  return run->next_seq - run->n_slots;
}
