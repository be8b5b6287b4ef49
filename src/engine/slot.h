/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "engine/pool.h"
#include "engine/record.h"

/*
 * A probe in flight or held. Small: a flood has very many. Of two counts of 64
 * bits only the low halves are kept: the ledger knows the rest.
 */
typedef struct {
  int64_t sent_mono_ns;
  int64_t sent_real_ns;
  uint32_t count_low;
  uint32_t seq_low;
  uint32_t target;
  uint32_t next; /* the next in its queue */
  union {
    uint32_t neighbour; /* in flight: the next one to the same destination */
    uint32_t answer;    /* afterwards; or PINGEM_NONE */
  };
  uint16_t wire_seq;
  uint8_t state; /* PingemState; UNSENT: no probe is here */
  bool is_final : 1;
  bool has_transmit_stamp : 1;
  bool is_timed_out : 1;
} PingemSlot;

_Static_assert(sizeof (PingemSlot) == 40, "a million in flight are 40 MB");
