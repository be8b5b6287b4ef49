/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "engine/pool.h"
#include "engine/record.h"

/* What is known of a probe that was answered. */
typedef struct {
  int64_t rtt_ns;
  uint32_t duplicates;
  uint8_t ttl;
  uint8_t icmp_type;
  uint8_t icmp_code;
  uint8_t flags; /* PINGEM_RECORD_* */
  PingemAddress from;
} PingemAnswer;

/* A probe in flight or held. Small: a flood has very many. */
typedef struct {
  uint64_t number; /* counts over the whole engine */
  uint64_t seq;
  int64_t sent_mono_ns;
  int64_t sent_real_ns;
  uint32_t target;
  uint32_t next; /* the next in its queue */
  union {
    uint32_t neighbour; /* in flight: the next one to the same destination */
    uint32_t answer;    /* afterwards; or PINGEM_NONE */
  };
  uint16_t wire_seq;
  uint8_t state;    /* PingemState, never UNSENT */
  uint8_t is_final; /* boolean */
} PingemSlot;

_Static_assert(sizeof (PingemSlot) == 48, "a million in flight are 48 MB");
