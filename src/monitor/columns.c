/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "monitor/columns.h"

#include <string.h>

#include "stats/rtt.h"

#define N_GAPS (PINGEM_GAP_DROPPED + 1)

struct PingemColumnBuilder {
  gint64 from_ms;
  gint64 to_ms;
  guint n;
  PingemColumn *columns;        /* (owned) */
  gint64 (*covered_ms)[N_GAPS]; /* (owned): of each column, by reason */

  guint at;            /* the column that is being counted; n: all are done */
  PingemRollup rollup; /* of slots without their RTTs */
  PingemRtts rtts;
};

/* The product stays below 2^60: PINGEM_COLUMNS_LAST_MS < 2^48, PINGEM_COLUMNS_MAX < 2^12. */
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

  if (n == 0 || n > PINGEM_COLUMNS_MAX || from_ms < 0 || to_ms <= from_ms ||
      to_ms > PINGEM_COLUMNS_LAST_MS || (to_ms - from_ms) / n >= G_MAXUINT)
    return NULL;

  self = g_new0 (PingemColumnBuilder, 1);
  self->from_ms = from_ms;
  self->to_ms = to_ms;
  self->n = n;
  self->columns = g_new0 (PingemColumn, n);
  self->covered_ms = g_malloc0_n (n, sizeof *self->covered_ms);
  place_columns (self);

  return self;
}

static void
put_rtts (PingemColumn *column, const PingemRttSummary *rtt)
{
  column->rtt_min_us = (int) rtt->min;
  column->rtt_p50_us = (int) rtt->p50;
  column->rtt_p95_us = (int) rtt->p95;
  column->rtt_p99_us = (int) rtt->p99;
  column->rtt_max_us = (int) rtt->max;
}

static PingemRttSummary
summarize_sketch (const PingemSketch *sketch)
{
  return (PingemRttSummary){
    .min = sketch->min,
    .p50 = pingem_sketch_percentile (sketch, 50),
    .p95 = pingem_sketch_percentile (sketch, 95),
    .p99 = pingem_sketch_percentile (sketch, 99),
    .max = sketch->max,
  };
}

static void
finish_column (PingemColumnBuilder *self)
{
  PingemColumn *column = &self->columns[self->at++];
  const PingemTally *tally = &self->rollup.tally;
  gboolean is_exact = self->rollup.rtts.n == 0;
  PingemRttSummary rtt =
      is_exact ? pingem_rtts_summarize (&self->rtts) : summarize_sketch (&self->rollup.rtts);

  column->reply = (guint) tally->reply;
  column->late = (guint) tally->late;
  column->lost = (guint) tally->lost;
  column->unsent = (guint) tally->unsent;
  column->held = (guint) tally->held;
  column->error = (guint) tally->error;
  column->in_flight = (guint) tally->in_flight;
  column->duplicates = (guint) tally->duplicates;
  column->burst = self->rollup.bursts.longest;
  column->ttl = self->rollup.ttl;
  put_rtts (column, &rtt);

  self->rollup = (PingemRollup){ 0 };
  pingem_rtts_reset (&self->rtts);
}

static void
count_slot (PingemColumnBuilder *self, const PingemSlot *slot)
{
  gboolean is_answered = slot->state == PINGEM_STATE_REPLY || slot->state == PINGEM_STATE_LATE;

  pingem_rollup_add (&self->rollup, slot->state, slot->error, -1, slot->duplicates, slot->ttl);
  if (is_answered && slot->rtt_us >= 0 && pingem_rtts_add (&self->rtts, slot->rtt_us) < 0)
    g_error ("Out of memory");
}

/* @time_ms: within the range, and not before the last one */
static void
move_to (PingemColumnBuilder *self, gint64 time_ms)
{
  while (time_ms >= column_end (&self->columns[self->at]))
    finish_column (self);
}

static void
take_slot (PingemColumnBuilder *self, const PingemSlot *slot)
{
  gint64 sent_ms = pingem_slot_sent_ms (slot);

  if (sent_ms < self->from_ms || sent_ms >= self->to_ms)
    return;

  move_to (self, sent_ms);
  count_slot (self, slot);
}

void
pingem_column_builder_add_slots (PingemColumnBuilder *self, const PingemSlot *slots, guint n_slots)
{
  for (guint i = 0; i < n_slots; i++)
    take_slot (self, &slots[i]);
}

gboolean
pingem_column_builder_add_rollup (PingemColumnBuilder *self,
                                  gint64 start_ms,
                                  const guint8 **at,
                                  const guint8 *end)
{
  PingemRollup outside = { 0 };

  if (start_ms < self->from_ms || start_ms >= self->to_ms)
    return pingem_rollup_append_packed (&outside, at, end);

  move_to (self, start_ms);

  return pingem_rollup_append_packed (&self->rollup, at, end);
}

void
pingem_column_builder_add_rolled (PingemColumnBuilder *self,
                                  gint64 start_ms,
                                  const PingemRollup *rollup)
{
  if (start_ms < self->from_ms || start_ms >= self->to_ms)
    return;

  move_to (self, start_ms);
  pingem_rollup_append (&self->rollup, rollup);
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
  pingem_rtts_clear (&self->rtts);
  g_free (self);
}
