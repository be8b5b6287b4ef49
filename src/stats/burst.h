/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "engine/record.h"

/*
 * Runs of loss. A burst is one slot or several in a row, by sequence, of which
 * each counts as loss: lost, ended by an ICMP error, or not sent. A reply ends
 * it, a late one too. Slots of which nothing is known about the way there and
 * back neither end nor lengthen it: those in flight, those held back by a limit
 * of ours, and those that passed without a record. So a burst goes on behind
 * them. Zero it to start.
 */
typedef struct {
  uint32_t n;       /* bursts */
  uint32_t longest; /* in slots */
  uint32_t current; /* slots of the burst that has not ended */
  uint32_t head;    /* slots of the burst that no reply precedes */
  bool has_reply;
} PingemBursts;

/* @error: the errno of an unsent slot, else ignored. */
bool pingem_state_is_loss (PingemState state, int error);
/*
 * In order of sequence, with what is known at last: a slot that a late reply may
 * still correct is added again by whoever keeps it, to a copy.
 */
void pingem_bursts_add (PingemBursts *bursts, PingemState state, int error);
/* Another target's, for a sum: the longest of both. */
void pingem_bursts_merge (PingemBursts *bursts, const PingemBursts *other);
/* The same target's, of the slots that follow: a burst may go on from one to the other. */
void pingem_bursts_append (PingemBursts *bursts, const PingemBursts *next);
