/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "monitor/columns.h"

#include <errno.h>
#include <string.h>

#include "stats/rtt.h"
#include "stats/tally.h"

#define LAST_MS G_GINT64_CONSTANT (253402300799999) /* end of the year 9999 */
#define N_GAPS (PINGEM_GAP_DROPPED + 1)

struct PingemColumnBuilder {
  gint64 from_ms;
  gint64 to_ms;
  guint n;
  PingemColumn *columns;        /* (owned) */
  gint64 (*covered_ms)[N_GAPS]; /* (owned): of each column, by reason */
  GArray *pending;              /* (owned): PingemSlot that a later block may still precede */

  guint at; /* the column that is being counted; n: all are done */
  PingemTally tally;
  PingemRtts rtts;
  guint run;
  guint burst;
  guint ttl;
};

/* The product stays below 2^60: LAST_MS < 2^48, PINGEM_COLUMNS_MAX < 2^12. */
static gint64
column_start (const PingemColumnBuilder *self, guint i)
{
  return self->from_ms + i * (self->to_ms - self->from_ms) / self->n;
}

static gint64
column_end (const PingemColumn *column)
{
  return column->start_ms + column->span_ms;
}

static void
place_columns (PingemColumnBuilder *self)
{
  for (guint i = 0; i < self->n; i++)
    {
      gint64 start_ms = column_start (self, i);

      self->columns[i] = (PingemColumn){
        .start_ms = start_ms,
        .span_ms = (guint) (column_start (self, i + 1) - start_ms),
        .rtt_min_us = -1,
        .rtt_p50_us = -1,
        .rtt_p95_us = -1,
        .rtt_p99_us = -1,
        .rtt_max_us = -1,
      };
    }
}

PingemColumnBuilder *
pingem_column_builder_new (gint64 from_ms, gint64 to_ms, guint n)
{
  PingemColumnBuilder *self;

  if (n == 0 || n > PINGEM_COLUMNS_MAX || from_ms < 0 || to_ms <= from_ms || to_ms > LAST_MS ||
      (to_ms - from_ms) / n >= G_MAXUINT)
    return NULL;

  self = g_new0 (PingemColumnBuilder, 1);
  self->from_ms = from_ms;
  self->to_ms = to_ms;
  self->n = n;
  self->columns = g_new0 (PingemColumn, n);
  self->covered_ms = g_malloc0_n (n, sizeof *self->covered_ms);
  self->pending = g_array_new (FALSE, FALSE, sizeof (PingemSlot));
  place_columns (self);

  return self;
}

static void
finish_column (PingemColumnBuilder *self)
{
  PingemColumn *column = &self->columns[self->at++];
  PingemRttSummary rtt = pingem_rtts_summarize (&self->rtts);

  column->reply = self->tally.reply;
  column->late = self->tally.late;
  column->lost = self->tally.lost;
  column->unsent = self->tally.unsent;
  column->held = self->tally.held;
  column->error = self->tally.error;
  column->in_flight = self->tally.in_flight;
  column->duplicates = self->tally.duplicates;
  column->burst = self->burst;
  column->ttl = self->ttl;
  column->rtt_min_us = (int) rtt.min;
  column->rtt_p50_us = (int) rtt.p50;
  column->rtt_p95_us = (int) rtt.p95;
  column->rtt_p99_us = (int) rtt.p99;
  column->rtt_max_us = (int) rtt.max;

  self->tally = (PingemTally){ 0 };
  pingem_rtts_reset (&self->rtts);
  self->run = self->burst = self->ttl = 0;
}

static gboolean
is_held (const PingemSlot *slot)
{
  return slot->state == PINGEM_STATE_UNSENT && slot->error == EAGAIN;
}

static gboolean
is_missing (const PingemSlot *slot)
{
  return slot->state == PINGEM_STATE_LOST || slot->state == PINGEM_STATE_UNSENT ||
         slot->state == PINGEM_STATE_ERROR;
}

static gboolean
is_answered (const PingemSlot *slot)
{
  return slot->state == PINGEM_STATE_REPLY || slot->state == PINGEM_STATE_LATE;
}

static void
count_slot (PingemColumnBuilder *self, const PingemSlot *slot)
{
  pingem_tally_add (&self->tally, slot->state, slot->error);
  self->tally.duplicates += slot->duplicates;

  /* A slot that we held back ourselves neither ends a run of loss nor lengthens it. */
  if (!is_held (slot))
    self->run = is_missing (slot) ? self->run + 1 : 0;

  self->burst = MAX (self->burst, self->run);

  if (!is_answered (slot))
    return;

  self->ttl = slot->ttl;

  if (slot->rtt_us >= 0 && pingem_rtts_add (&self->rtts, slot->rtt_us) < 0)
    g_error ("Out of memory");
}

static void
take_slot (PingemColumnBuilder *self, const PingemSlot *slot)
{
  if (slot->sent_ms < self->from_ms || slot->sent_ms >= self->to_ms)
    return;

  while (slot->sent_ms >= column_end (&self->columns[self->at]))
    finish_column (self);

  count_slot (self, slot);
}

static int
compare_sent (gconstpointer a, gconstpointer b)
{
  const PingemSlot *x = a, *y = b;

  return (x->sent_ms > y->sent_ms) - (x->sent_ms < y->sent_ms);
}

/* Counts what was sent before @until_ms: nothing that comes can precede it. */
static void
take_pending (PingemColumnBuilder *self, gint64 until_ms)
{
  guint n = 0;

  g_array_sort (self->pending, compare_sent);

  for (; n < self->pending->len; n++)
    {
      const PingemSlot *slot = &g_array_index (self->pending, PingemSlot, n);

      if (slot->sent_ms >= until_ms)
        break;

      take_slot (self, slot);
    }

  g_array_remove_range (self->pending, 0, n);
}

void
pingem_column_builder_add_block (PingemColumnBuilder *self,
                                 gint64 start_ms,
                                 const PingemSlot *slots,
                                 guint n_slots)
{
  take_pending (self, start_ms);
  g_array_append_vals (self->pending, slots, n_slots);
}

void
pingem_column_builder_add_gap (PingemColumnBuilder *self,
                               gint64 from_ms,
                               gint64 to_ms,
                               PingemGap reason)
{
  if (reason <= PINGEM_GAP_NONE || reason >= N_GAPS)
    return;

  for (guint i = 0; i < self->n; i++)
    {
      gint64 start_ms = self->columns[i].start_ms;
      gint64 end_ms = column_end (&self->columns[i]);

      if (from_ms < end_ms && to_ms > start_ms)
        self->covered_ms[i][reason] += MIN (to_ms, end_ms) - MAX (from_ms, start_ms);
    }
}

static PingemGap
choose_gap (const PingemColumn *column, const gint64 covered_ms[N_GAPS])
{
  PingemGap longest = PINGEM_GAP_NONE;
  gint64 sum_ms = 0;

  for (guint reason = PINGEM_GAP_NONE + 1; reason < N_GAPS; reason++)
    {
      sum_ms += covered_ms[reason];

      if (covered_ms[reason] > covered_ms[longest])
        longest = reason;
    }

  return sum_ms * 2 >= column->span_ms ? longest : PINGEM_GAP_NONE;
}

void
pingem_column_builder_end (PingemColumnBuilder *self, PingemColumn *ret_columns)
{
  take_pending (self, G_MAXINT64);

  while (self->at < self->n)
    finish_column (self);

  for (guint i = 0; i < self->n; i++)
    self->columns[i].gap = choose_gap (&self->columns[i], self->covered_ms[i]);

  memcpy (ret_columns, self->columns, self->n * sizeof *ret_columns);
  pingem_column_builder_free (self);
}

void
pingem_column_builder_free (PingemColumnBuilder *self)
{
  if (self == NULL)
    return;

  g_free (self->columns);
  g_free (self->covered_ms);
  g_array_unref (self->pending);
  pingem_rtts_clear (&self->rtts);
  g_free (self);
}
