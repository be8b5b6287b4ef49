/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "engine/address.h"

/* Where a due slot stands. It starts as IN_FLIGHT or UNSENT. */
typedef enum {
  PINGEM_STATE_IN_FLIGHT, /* sent, neither answered nor timed out */
  PINGEM_STATE_REPLY,     /* answered before its timeout */
  PINGEM_STATE_LATE,      /* answered after its timeout, before its hold ended */
  PINGEM_STATE_LOST,      /* timed out */
  PINGEM_STATE_UNSENT,    /* the send failed; PingemRecord.error says why */
  PINGEM_STATE_ERROR,     /* an ICMP error, or a refusal, came instead of a reply */
} PingemState;

#define PINGEM_N_STATES (PINGEM_STATE_ERROR + 1)

enum {
  PINGEM_RECORD_KERNEL_STAMP = 1 << 0,    /* the RTT is corrected by the kernel's receive stamp */
  PINGEM_RECORD_UNAUTHENTICATED = 1 << 1, /* no cookie was there to check (ICMP errors, hops) */
  PINGEM_RECORD_FINAL = 1 << 2,           /* its hold ended: no further record of this slot */
  PINGEM_RECORD_TRANSMIT_STAMP = 1 << 3,  /* sent_ns is the kernel's stamp at the driver */
  PINGEM_RECORD_TIMED_OUT = 1 << 4,       /* its timeout has passed */
};

/*
 * What is known of one due slot. Every slot has a record when it falls due and
 * one more at each change: later records of the same target and seq replace
 * earlier ones. One in ERROR is told again at its timeout, until which a reply
 * may win over the error. Fixed size without hidden padding: it crosses the channel as
 * it is, also between 32 and 64 bit programs of one machine.
 */
typedef struct {
  uint64_t seq;        /* the slot on its target's grid, from 0 */
  int64_t due_ns;      /* CLOCK_BOOTTIME */
  int64_t sent_ns;     /* Unix time: of the send, where UNSENT of the attempt */
  int64_t rtt_ns;      /* -1: unknown; never negative otherwise */
  uint32_t target;     /* the caller's id */
  uint32_t duplicates; /* replies beyond the first, so far */
  int32_t error;       /* errno where UNSENT (EAGAIN: held back by a limit of ours), or of a
                          connection in ERROR; else 0 */
  uint8_t state;       /* PingemState */
  uint8_t flags;       /* PINGEM_RECORD_* */
  uint8_t ttl;         /* TTL or hop limit of the reply; 0: unknown */
  uint8_t icmp_type;   /* where ERROR, or a hop's answer */
  uint8_t icmp_code;
  uint8_t reserved[7];
  PingemAddress from; /* who sent the ICMP error or the hop's answer; family 0: nobody */
} PingemRecord;

_Static_assert(sizeof (PingemRecord) == 80, "crosses the channel");

/* "in-flight", "reply", "late", "lost", "unsent", "error": stable words. */
const char *pingem_state_word (PingemState state);
