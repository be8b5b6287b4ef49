/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <stddef.h>
#include <stdint.h>

/* Round-trip times in order of arrival. Zero it to start; ends with clear. */
typedef struct {
  int64_t *us;
  size_t n;
  size_t n_allocated;
} PingemRtts;

/* All in microseconds, -1: unknown. */
typedef struct {
  int64_t min;
  int64_t p50;
  int64_t p95;
  int64_t p99;
  int64_t max;
  int64_t jitter; /* RFC 3550 section 6.4.1 over consecutive arrivals; unknown below 2 */
} PingemRttSummary;

/* 0 or -ENOMEM. @rtt_us: >= 0 */
int pingem_rtts_add (PingemRtts *rtts, int64_t rtt_us);
void pingem_rtts_clear (PingemRtts *rtts);
/* Nearest-rank percentiles, exact. Keeps the order of arrival; all -1 where empty or without
 * memory. */
PingemRttSummary pingem_rtts_summarize (const PingemRtts *rtts);
