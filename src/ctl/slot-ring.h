/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A slot of which more may be told. Small: a flood has very many. */
typedef struct {
  union {
    gint64 sent_ns; /* unanswered: Unix time */
    gint64 rtt_us;  /* answered; -1: unknown */
  };
  guint32 seq; /* its low 32 bits */
  guint32 duplicates : 24;
  guint32 state : 3; /* PingemState */
  guint32 is_held : 1;
  guint32 is_settled : 1;
  guint32 is_final : 1;
  guint32 is_timed_out : 1;
} PingemRunSlot;

G_STATIC_ASSERT (sizeof (PingemRunSlot) == 16);

/* Slots in order of sequence; old ones leave at the front. Zero it to start. */
typedef struct {
  PingemRunSlot *slots; /* (owned) (nullable) */
  guint32 head;
  guint32 n;
  guint32 n_allocated; /* 0 or a power of 2 */
  guint64 next_seq;    /* beyond the newest that was ever inserted */
} PingemSlotRing;

void pingem_slot_ring_clear (PingemSlotRing *ring);
/* From the oldest on. @i: < ring->n */
PingemRunSlot *pingem_slot_ring_at (const PingemSlotRing *ring, guint32 i);
guint64 pingem_slot_ring_seq (const PingemSlotRing *ring, const PingemRunSlot *slot);
/* O(1) where all slots follow each other, else O(log n). NULL: not there */
PingemRunSlot *pingem_slot_ring_find (const PingemSlotRing *ring, guint64 seq);
/* Zeroed but for its sequence, which is not there yet. Valid until the next change. */
PingemRunSlot *pingem_slot_ring_insert (PingemSlotRing *ring, guint64 seq);
/* @ring is not empty. */
void pingem_slot_ring_drop_first (PingemSlotRing *ring);

G_END_DECLS
