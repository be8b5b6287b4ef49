/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "engine/record.h"

/* How many slots stand where. Due slots outside loss are kept apart. */
typedef struct {
  uint64_t reply;
  uint64_t late;
  uint64_t lost;
  uint64_t unsent; /* without held */
  uint64_t held;   /* held back by a limit of ours (EAGAIN): outside loss */
  uint64_t error;
  uint64_t in_flight; /* outside loss */
  uint64_t duplicates;
} PingemTally;

/* @error: the errno of an unsent slot, else ignored. */
void pingem_tally_add (PingemTally *tally, PingemState state, int error);
/* Takes back what add() counted. */
void pingem_tally_remove (PingemTally *tally, PingemState state, int error);
/* Another target's, for a sum. */
void pingem_tally_merge (PingemTally *tally, const PingemTally *other);
/* reply + late + lost + unsent + error */
uint64_t pingem_tally_due (const PingemTally *tally);
/* (lost + unsent + error) / due, 0 to 1; -1 where nothing was due. */
double pingem_tally_loss (const PingemTally *tally);
