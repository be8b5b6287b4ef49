/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "engine/record.h"
#include "stats/burst.h"
#include "stats/sketch.h"
#include "stats/tally.h"

/*
 * What stays of the slots of a minute, or of any time: sums that can be added up. Zero it to
 * start. Percentiles are within 5 %, all other numbers exact.
 */
typedef struct {
  PingemTally tally;
  PingemBursts bursts;
  PingemSketch rtts; /* in microseconds */
  uint64_t jumps_us; /* the sum of how much an RTT differed from the one before */
  uint64_t n_jumps;
  uint32_t newest_us; /* the last RTT; within one rollup alone */
  uint8_t ttl;        /* of the last reply; 0: unknown */
} PingemRollup;

/* One slot, in order of its time; @rtt_us: -1: unknown; @error: errno where UNSENT */
void pingem_rollup_add (PingemRollup *rollup,
                        PingemState state,
                        int error,
                        int64_t rtt_us,
                        uint32_t duplicates,
                        uint8_t ttl);
/* The slots that follow those of @rollup. */
void pingem_rollup_append (PingemRollup *rollup, const PingemRollup *next);
/*
 * The mean difference of consecutive RTTs, which the estimator of RFC 3550 approaches, in
 * microseconds; -1: unknown.
 */
int64_t pingem_rollup_jitter (const PingemRollup *rollup);

/* So many bytes at most for so many replies; about 25 for an ordinary minute at 1 Hz. */
#define PINGEM_ROLLUP_MAX_PACKED(n_replies) (160 + PINGEM_SKETCH_MAX_PACKED (n_replies))

/* @ret_bytes: room for PINGEM_ROLLUP_MAX_PACKED (replies). Returns: how many bytes it took */
size_t pingem_rollup_pack (const PingemRollup *rollup, uint8_t *ret_bytes);
/*
 * As pingem_rollup_append(), of a packed one. Moves @at on, up to @end. False where the bytes are
 * damaged: then the percentiles of @rollup may be wrong, and nothing else.
 */
bool pingem_rollup_append_packed (PingemRollup *rollup, const uint8_t **at, const uint8_t *end);
