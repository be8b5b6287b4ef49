/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <stdbool.h>
#include <stdint.h>

/* How fast, on average, and how many may come at once. */
typedef struct {
  uint32_t per_second; /* from 1 on */
  uint32_t burst;      /* from 1 on */
} PingemRate;

/*
 * A token bucket, kept as the time at which it is full (the generic cell rate algorithm, ITU-T
 * I.371): it costs one number, and nothing refills it. All zero it is full.
 */
typedef struct {
  int64_t full_ns;
} PingemBucket;

/* Whether there is a token at @now_ns, of a clock that never goes back. */
bool pingem_bucket_has_token (const PingemBucket *bucket, const PingemRate *rate, int64_t now_ns);
/* Takes one, and goes into debt where there is none. */
void pingem_bucket_take (PingemBucket *bucket, const PingemRate *rate, int64_t now_ns);
