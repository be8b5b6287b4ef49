/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ctl/slot-ring.h"

#define FIRST_ALLOCATION 4

void
pingem_slot_ring_clear (PingemSlotRing *ring)
{
  g_free (ring->slots);
  *ring = (PingemSlotRing){ 0 };
}

PingemRunSlot *
pingem_slot_ring_at (const PingemSlotRing *ring, guint32 i)
{
  return &ring->slots[(ring->head + i) & (ring->n_allocated - 1)];
}

/* How far before the newest; the low bits suffice, as no ring spans 2^32 slots. */
static guint32
get_age (const PingemSlotRing *ring, const PingemRunSlot *slot)
{
  return (guint32) (ring->next_seq - 1) - slot->seq;
}

guint64
pingem_slot_ring_seq (const PingemSlotRing *ring, const PingemRunSlot *slot)
{
  return ring->next_seq - 1 - get_age (ring, slot);
}

/* The place of the first slot that is not older than @age; ring->n where all are. */
static guint32
find_place (const PingemSlotRing *ring, guint64 age)
{
  guint32 low = 0;
  guint32 high = ring->n;

  while (low < high)
    {
      guint32 middle = low + (high - low) / 2;

      if (get_age (ring, pingem_slot_ring_at (ring, middle)) > age)
        low = middle + 1;
      else
        high = middle;
    }

  return low;
}

PingemRunSlot *
pingem_slot_ring_find (const PingemSlotRing *ring, guint64 seq)
{
  guint64 age = ring->next_seq - 1 - seq;
  PingemRunSlot *slot;
  guint32 place;

  if (seq >= ring->next_seq)
    return NULL;

  if (age < ring->n)
    {
      slot = pingem_slot_ring_at (ring, ring->n - 1 - (guint32) age);
      if (get_age (ring, slot) == age)
        return slot;
    }

  place = find_place (ring, age);
  if (place == ring->n)
    return NULL;
  slot = pingem_slot_ring_at (ring, place);

  return get_age (ring, slot) == age ? slot : NULL;
}

static void
grow (PingemSlotRing *ring)
{
  guint32 n = ring->n_allocated > 0 ? 2 * ring->n_allocated : FIRST_ALLOCATION;

  ring->slots = g_renew (PingemRunSlot, ring->slots, n);
  /* What had wrapped to the front goes on behind the old end. */
  for (guint32 i = 0; i < ring->head; i++)
    ring->slots[ring->n_allocated + i] = ring->slots[i];
  ring->n_allocated = n;
}

PingemRunSlot *
pingem_slot_ring_insert (PingemSlotRing *ring, guint64 seq)
{
  guint32 place = ring->n;
  PingemRunSlot *slot;

  if (ring->n == ring->n_allocated)
    grow (ring);
  if (seq < ring->next_seq)
    place = find_place (ring, ring->next_seq - 1 - seq);

  ring->n++;
  for (guint32 i = ring->n - 1; i > place; i--)
    *pingem_slot_ring_at (ring, i) = *pingem_slot_ring_at (ring, i - 1);
  ring->next_seq = MAX (ring->next_seq, seq + 1);

  slot = pingem_slot_ring_at (ring, place);
  *slot = (PingemRunSlot){ .seq = (guint32) seq };

  return slot;
}

void
pingem_slot_ring_drop_first (PingemSlotRing *ring)
{
  ring->head = (ring->head + 1) & (ring->n_allocated - 1);
  ring->n--;
}
