/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "engine/slot.h"

/* So many of the newest sends that asked for a stamp are remembered. */
#define PINGEM_STAMPS_SIZE 64

/* Which probe a transmit stamp belongs to: the kernel counts the sends of a socket that asked. */
typedef struct {
  uint64_t n_sent;
  uint32_t n_awaited; /* sent and not yet stamped */
  uint64_t numbers[PINGEM_STAMPS_SIZE];
} PingemStamps;

/* A send that asked for its stamp went out. @number: the ledger's */
void pingem_stamps_add (PingemStamps *stamps, uint64_t number);
/* Takes the stamp of @id: false where it is none that is awaited. */
bool pingem_stamps_take (PingemStamps *stamps, uint32_t id, uint64_t *ret_number);
/*
 * @slot left at @stamp_ns (CLOCK_REALTIME), so that is when it was sent. Not
 * believed where it is answered already, or where the stamp is not from the
 * 50 ms after the send: then it is another's, or the clock was stepped.
 */
void pingem_stamp_apply (PingemSlot *slot, int64_t stamp_ns);
