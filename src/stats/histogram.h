/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <stddef.h>
#include <stdint.h>

#define PINGEM_HISTOGRAM_SUB_BITS 7
#define PINGEM_HISTOGRAM_N_BUCKETS                                                                 \
  ((32 - PINGEM_HISTOGRAM_SUB_BITS + 1) << PINGEM_HISTOGRAM_SUB_BITS)

/*
 * How often which number came, in buckets of 1/128 of their number: exact below
 * 256, within 0.4 % above. Zero it to start.
 */
typedef struct {
  uint64_t n;
  uint32_t min;
  uint32_t max;
  uint64_t counts[PINGEM_HISTOGRAM_N_BUCKETS];
} PingemHistogram;

void pingem_histogram_add (PingemHistogram *histogram, uint32_t value);
void pingem_histogram_merge (PingemHistogram *histogram, const PingemHistogram *other);
/* By nearest rank: the middle of its bucket, never outside of min to max. @percent: 1 to 100; not
 * empty */
uint32_t pingem_histogram_percentile (const PingemHistogram *histogram, unsigned percent);
