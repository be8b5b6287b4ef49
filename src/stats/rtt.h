/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <stddef.h>
#include <stdint.h>

#include "stats/histogram.h"

/* So many are kept each for itself (256 KB); beyond, a histogram of 26 KB counts them. */
#define PINGEM_RTTS_MAX_EXACT 65536

/* Round-trip times in order of arrival. Zero it to start; ends with clear. */
typedef struct {
  uint32_t *us;               /* (owned) (nullable) */
  PingemHistogram *histogram; /* (owned) (nullable) in place of us */
  size_t n;
  uint32_t n_allocated;
  uint32_t newest_us;
  double jitter_us;
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

/* 0 or -ENOMEM. @rtt_us: >= 0; more than an hour counts as an hour and 11 minutes */
int pingem_rtts_add (PingemRtts *rtts, int64_t rtt_us);
/* Adds all of @other, as if they came now: jitter has no meaning then. 0 or -ENOMEM. */
int pingem_rtts_merge (PingemRtts *rtts, const PingemRtts *other);
/* As new; its memory stays. */
void pingem_rtts_reset (PingemRtts *rtts);
void pingem_rtts_clear (PingemRtts *rtts);
/*
 * Nearest-rank percentiles: exact up to PINGEM_RTTS_MAX_EXACT, within 0.4 %
 * beyond; min, max and jitter are always exact. All -1 where empty or without
 * memory.
 */
PingemRttSummary pingem_rtts_summarize (const PingemRtts *rtts);
