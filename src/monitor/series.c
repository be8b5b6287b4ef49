/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "monitor/series.h"

#include <string.h>

static void
block_free (PingemBlock *block)
{
  g_array_unref (block->slots);
  g_free (block);
}

PingemSeries *
pingem_series_new (gint64 row, const char *key, const char *name, const char *leg)
{
  PingemSeries *self = g_new0 (PingemSeries, 1);

  self->row = row;
  self->key = g_strdup (key);
  self->name = g_strdup (name);
  self->leg = g_strdup (leg);
  self->blocks = g_ptr_array_new_with_free_func ((GDestroyNotify) block_free);
  self->pending_hour = -1;

  return self;
}

void
pingem_series_free (PingemSeries *self)
{
  g_free (self->key);
  g_free (self->name);
  g_free (self->leg);
  g_ptr_array_unref (self->blocks);
  g_free (self);
}

static PingemSlot *
slot_at (const PingemBlock *block, guint i)
{
  return &g_array_index (block->slots, PingemSlot, i);
}

static PingemSlot *
last_slot (const PingemBlock *block)
{
  return slot_at (block, block->slots->len - 1);
}

/* The first position whose seq is not smaller; looks at the newest first. */
static guint
find_position (const PingemBlock *block, guint64 seq)
{
  guint low = 0, high = block->slots->len;

  if (last_slot (block)->seq < seq)
    return high;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (slot_at (block, middle)->seq < seq)
        low = middle + 1;
      else
        high = middle;
    }

  return low;
}

static gboolean
has_seq_from (const PingemSeries *self, guint64 seq)
{
  for (guint i = self->run_start; i < self->blocks->len; i++)
    if (last_slot (self->blocks->pdata[i])->seq >= seq)
      return TRUE;

  return self->closed_to > seq;
}

/*
 * Due times only grow within a run. So a later one whose seq was used already, or another number of
 * the target, comes from a source that counts anew.
 */
static gboolean
begins_run (const PingemSeries *self, const PingemRecord *record)
{
  if (!self->has_run || record->target != self->last_target)
    return TRUE;

  return record->due_ns > self->last_due_ns && has_seq_from (self, record->seq);
}

/* Of a number that the target had before: its run is over. */
static gboolean
is_of_earlier_run (const PingemSeries *self, const PingemRecord *record)
{
  return self->has_run && record->target != self->last_target && record->due_ns < self->last_due_ns;
}

static void
begin_run (PingemSeries *self, const PingemRecord *record)
{
  self->has_run = TRUE;
  self->run_start = self->blocks->len;
  self->closed_to = 0;
  self->last_target = record->target;
  self->last_due_ns = record->due_ns;
}

static PingemSlot *
find_slot (const PingemBlock *block, guint64 seq)
{
  guint i = find_position (block, seq);

  return i < block->slots->len && slot_at (block, i)->seq == seq ? slot_at (block, i) : NULL;
}

/* Returns: whether the slot was there */
static gboolean
correct_slot (PingemSeries *self, PingemSlot *slot)
{
  for (guint i = self->blocks->len; i > self->run_start; i--)
    {
      PingemBlock *block = self->blocks->pdata[i - 1];
      PingemSlot *known = find_slot (block, slot->seq);

      if (known == NULL)
        continue;

      /* The send is told once; its block was chosen by it. */
      slot->sent_us = known->sent_us;
      block->is_dirty |= memcmp (known, slot, sizeof *slot) != 0;
      *known = *slot;

      return TRUE;
    }

  return FALSE;
}

static PingemBlock *
add_block (PingemSeries *self, gint64 minute)
{
  PingemBlock *block = g_new0 (PingemBlock, 1);

  block->minute = minute;
  block->slots = g_array_new (FALSE, FALSE, sizeof (PingemSlot));
  g_ptr_array_add (self->blocks, block);

  return block;
}

static PingemBlock *
find_fitting_block (PingemSeries *self, gint64 minute)
{
  for (guint i = self->blocks->len; i > self->run_start; i--)
    {
      PingemBlock *block = self->blocks->pdata[i - 1];

      if (block->minute == minute && block->slots->len < PINGEM_BLOCK_MAX_SLOTS)
        return block;
    }

  return NULL;
}

static void
insert_slot (PingemSeries *self, const PingemSlot *slot, gint64 due_ns)
{
  gint64 minute = pingem_slot_sent_ms (slot) / PINGEM_BLOCK_SPAN_MS;
  PingemBlock *block = find_fitting_block (self, minute);

  if (block == NULL)
    block = add_block (self, minute);

  g_array_insert_vals (block->slots, block->slots->len > 0 ? find_position (block, slot->seq) : 0,
                       slot, 1);
  block->last_due_ns = MAX (block->last_due_ns, due_ns);
  block->is_dirty = TRUE;
}

/* A wall clock that is far off has no minute. */
static gboolean
is_in_time (const PingemSlot *slot)
{
  return slot->sent_us >= 0 &&
         pingem_slot_sent_ms (slot) / PINGEM_BLOCK_SPAN_MS < PINGEM_BLOCK_MAX_MINUTE;
}

void
pingem_series_record (PingemSeries *self, const PingemRecord *record)
{
  PingemSlot slot = pingem_slot_from_record (record);

  if (is_of_earlier_run (self, record) || !is_in_time (&slot))
    return;

  if (begins_run (self, record))
    begin_run (self, record);

  self->last_due_ns = MAX (self->last_due_ns, record->due_ns);

  if (slot.seq >= self->closed_to && !correct_slot (self, &slot))
    insert_slot (self, &slot, record->due_ns);
}

void
pingem_series_remove_block (PingemSeries *self, PingemBlock *block)
{
  guint i;

  if (!g_ptr_array_find (self->blocks, block, &i))
    return;

  if (i < self->run_start)
    self->run_start--;
  else
    self->closed_to = MAX (self->closed_to, last_slot (block)->seq + 1);

  g_ptr_array_remove_index (self->blocks, i);
}

void
pingem_series_close_old (PingemSeries *self)
{
  for (guint i = self->blocks->len; i > 0; i--)
    {
      PingemBlock *block = self->blocks->pdata[i - 1];

      if (!block->is_dirty && self->last_due_ns - block->last_due_ns > PINGEM_SERIES_OPEN_NS)
        pingem_series_remove_block (self, block);
    }
}

PingemBlock *
pingem_series_find_oldest_dirty (PingemSeries *self)
{
  for (guint i = 0; i < self->blocks->len; i++)
    {
      PingemBlock *block = self->blocks->pdata[i];

      if (block->is_dirty)
        return block;
    }

  return NULL;
}
