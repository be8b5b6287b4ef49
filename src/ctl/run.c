/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ctl/run.h"

#include <errno.h>

#define MAX_DUPLICATES ((1U << 24) - 1)

struct PingemRunBook {
  PingemTally tally;
  PingemRtts rtts;
  PingemBursts bursts; /* of the slots that have left the ring */
  PingemSlotRing ring;
  guint64 left_seq; /* beyond the newest slot that has left the ring */
  guint64 n_told;
  guint n_waiting; /* lost slots whose hold goes on */
  guint n_pending; /* see is_pending() */
};

void
pingem_run_clear (PingemRun *run)
{
  if (run->form == PINGEM_RUN_BOOK)
    {
      pingem_rtts_clear (&run->book->rtts);
      pingem_slot_ring_clear (&run->book->ring);
      g_free (run->book);
    }

  run->form = PINGEM_RUN_EMPTY;
}

static gboolean
is_answered (const PingemRunSlot *slot)
{
  return slot->state == PINGEM_STATE_REPLY || slot->state == PINGEM_STATE_LATE;
}

static int
get_error (const PingemRunSlot *slot)
{
  return slot->is_held ? EAGAIN : 0;
}

static gboolean
is_waiting (const PingemRunSlot *slot)
{
  return slot->state == PINGEM_STATE_LOST && !slot->is_final;
}

/* An error is unauthenticated: until the timeout a reply may still come, and wins. */
static gboolean
is_pending (const PingemRunSlot *slot)
{
  return slot->state == PINGEM_STATE_ERROR && !slot->is_timed_out && !slot->is_final;
}

/* Silence is settled when its hold ends, as a late reply may still come. */
static gboolean
can_settle (const PingemRunSlot *slot)
{
  return slot->is_final ||
         (slot->state != PINGEM_STATE_IN_FLIGHT && slot->state != PINGEM_STATE_LOST);
}

static void
count (PingemTally *tally, const PingemRunSlot *slot)
{
  pingem_tally_add (tally, slot->state, get_error (slot));
  tally->duplicates += slot->duplicates;
}

static void
uncount (PingemTally *tally, const PingemRunSlot *slot)
{
  pingem_tally_remove (tally, slot->state, get_error (slot));
  tally->duplicates -= slot->duplicates;
}

static void
note_rtt (PingemRtts *rtts, const PingemRunSlot *slot)
{
  if (slot->rtt_us >= 0 && pingem_rtts_add (rtts, slot->rtt_us) < 0)
    g_error ("Out of memory");
}

/* @is_new: @slot says nothing yet */
static PingemNews
update (PingemRunSlot *slot, const PingemRecord *record, gboolean is_new)
{
  PingemNews news = is_new || slot->state != record->state ? PINGEM_NEWS_CHANGED : PINGEM_NEWS_NONE;
  gboolean was_answered = !is_new && is_answered (slot);

  slot->state = record->state;
  slot->is_held = record->state == PINGEM_STATE_UNSENT && record->error == EAGAIN;
  slot->duplicates = MIN (record->duplicates, MAX_DUPLICATES);
  slot->is_final = (record->flags & PINGEM_RECORD_FINAL) != 0;
  slot->is_timed_out = (record->flags & PINGEM_RECORD_TIMED_OUT) != 0;
  if (!is_answered (slot))
    slot->sent_ns = record->sent_ns;
  else if (!was_answered)
    slot->rtt_us = record->rtt_ns >= 0 ? record->rtt_ns / 1000 : -1;

  if (can_settle (slot) && !slot->is_settled)
    {
      news |= PINGEM_NEWS_SETTLED;
      slot->is_settled = TRUE;
    }

  return news;
}

/* What stays as it is leaves, in order of sequence. */
static void
drop_final (PingemRunBook *book)
{
  while (book->ring.n > 0)
    {
      const PingemRunSlot *slot = pingem_slot_ring_at (&book->ring, 0);

      if (!slot->is_final)
        return;

      pingem_bursts_add (&book->bursts, slot->state, get_error (slot));
      book->left_seq = pingem_slot_ring_seq (&book->ring, slot) + 1;
      pingem_slot_ring_drop_first (&book->ring);
    }
}

static void
open_book (PingemRun *run)
{
  PingemRunBook *book = g_new0 (PingemRunBook, 1);

  if (run->form == PINGEM_RUN_SINGLE)
    {
      *pingem_slot_ring_insert (&book->ring, 0) = run->only;
      count (&book->tally, &run->only);
      if (is_answered (&run->only))
        note_rtt (&book->rtts, &run->only);
      book->n_waiting = is_waiting (&run->only);
      book->n_pending = is_pending (&run->only);
      book->n_told = 1;
      drop_final (book);
    }

  run->book = book;
  run->form = PINGEM_RUN_BOOK;
}

static PingemNews
take_into_book (PingemRunBook *book, const PingemRecord *record, PingemTally *total)
{
  PingemRunSlot *slot = pingem_slot_ring_find (&book->ring, record->seq);
  gboolean is_new = slot == NULL;
  gboolean was_answered = !is_new && is_answered (slot);
  PingemNews news;

  /* Of a slot that has left, nothing is left to say. */
  if (is_new && record->seq < book->left_seq)
    return PINGEM_NEWS_NONE;

  if (is_new)
    {
      slot = pingem_slot_ring_insert (&book->ring, record->seq);
      book->n_told++;
    }
  else
    {
      uncount (&book->tally, slot);
      uncount (total, slot);
      book->n_waiting -= is_waiting (slot);
      book->n_pending -= is_pending (slot);
    }

  news = update (slot, record, is_new);
  count (&book->tally, slot);
  count (total, slot);
  book->n_waiting += is_waiting (slot);
  book->n_pending += is_pending (slot);
  if (is_answered (slot) && !was_answered)
    note_rtt (&book->rtts, slot);
  if (slot->is_final)
    drop_final (book);

  return news;
}

static PingemNews
take_single (PingemRun *run, const PingemRecord *record, PingemTally *total)
{
  gboolean is_new = run->form == PINGEM_RUN_EMPTY;
  PingemNews news;

  if (is_new)
    run->only = (PingemRunSlot){ 0 };
  else
    uncount (total, &run->only);

  run->form = PINGEM_RUN_SINGLE;
  news = update (&run->only, record, is_new);
  count (total, &run->only);

  return news;
}

PingemNews
pingem_run_take (PingemRun *run, const PingemRecord *record, PingemTally *total)
{
  if (run->form != PINGEM_RUN_BOOK && record->seq == 0)
    return take_single (run, record, total);
  if (run->form != PINGEM_RUN_BOOK)
    open_book (run);

  return take_into_book (run->book, record, total);
}

gboolean
pingem_run_is_done (const PingemRun *run)
{
  switch ((PingemRunForm) run->form)
    {
    case PINGEM_RUN_EMPTY:
      return FALSE;
    case PINGEM_RUN_SINGLE:
      return run->count == 1 && run->only.state != PINGEM_STATE_IN_FLIGHT &&
             !is_pending (&run->only) && !(run->has_hold && is_waiting (&run->only));
    case PINGEM_RUN_BOOK:
      return run->count > 0 && run->book->ring.next_seq >= run->count &&
             run->book->tally.in_flight == 0 && run->book->n_pending == 0 &&
             !(run->has_hold && run->book->n_waiting > 0);
    }

  return FALSE;
}

static void
settle_slot (PingemRunSlot *slot, guint64 seq, PingemRunFunc func, gpointer user_data)
{
  const PingemRecord record = {
    .seq = seq,
    .sent_ns = slot->sent_ns,
    .rtt_ns = -1,
    .state = slot->state,
  };

  if (!slot->is_settled)
    func (&record, user_data);
  slot->is_settled = TRUE;
}

void
pingem_run_settle (PingemRun *run, PingemRunFunc func, gpointer user_data)
{
  if (run->form == PINGEM_RUN_SINGLE)
    settle_slot (&run->only, 0, func, user_data);
  if (run->form != PINGEM_RUN_BOOK)
    return;

  for (guint32 i = 0; i < run->book->ring.n; i++)
    {
      PingemRunSlot *slot = pingem_slot_ring_at (&run->book->ring, i);

      settle_slot (slot, pingem_slot_ring_seq (&run->book->ring, slot), func, user_data);
    }
}

PingemTally
pingem_run_tally (const PingemRun *run)
{
  PingemTally tally = { 0 };

  if (run->form == PINGEM_RUN_BOOK)
    return run->book->tally;
  if (run->form == PINGEM_RUN_SINGLE)
    count (&tally, &run->only);

  return tally;
}

PingemBursts
pingem_run_bursts (const PingemRun *run)
{
  PingemBursts bursts = { 0 };

  if (run->form == PINGEM_RUN_SINGLE)
    pingem_bursts_add (&bursts, run->only.state, get_error (&run->only));
  if (run->form != PINGEM_RUN_BOOK)
    return bursts;

  bursts = run->book->bursts;
  for (guint32 i = 0; i < run->book->ring.n; i++)
    {
      const PingemRunSlot *slot = pingem_slot_ring_at (&run->book->ring, i);

      pingem_bursts_add (&bursts, slot->state, get_error (slot));
    }

  return bursts;
}

void
pingem_run_add_rtts (const PingemRun *run, PingemRtts *total)
{
  if (run->form == PINGEM_RUN_SINGLE && is_answered (&run->only))
    note_rtt (total, &run->only);
  if (run->form == PINGEM_RUN_BOOK && pingem_rtts_merge (total, &run->book->rtts) < 0)
    g_error ("Out of memory");
}

PingemRttSummary
pingem_run_rtts (const PingemRun *run)
{
  PingemRtts rtts = { 0 };
  PingemRttSummary summary;

  if (run->form == PINGEM_RUN_BOOK)
    return pingem_rtts_summarize (&run->book->rtts);

  pingem_run_add_rtts (run, &rtts);
  summary = pingem_rtts_summarize (&rtts);
  pingem_rtts_clear (&rtts);

  return summary;
}

guint64
pingem_run_count_passed (const PingemRun *run)
{
  return run->form == PINGEM_RUN_BOOK ? run->book->ring.next_seq - run->book->n_told : 0;
}
