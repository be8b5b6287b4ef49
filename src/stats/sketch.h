/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <stddef.h>
#include <stdint.h>

/* From 1 us to an hour and 11 minutes. */
#define PINGEM_SKETCH_N_BUCKETS 223

/*
 * How often which number came, in buckets that grow by a tenth: DDSketch
 * (Masson, Rim and Lee, 2019) with a relative error of 5 % at most. Small
 * enough to be kept for each minute of a year, and two are merged by addition.
 * Zero it to start.
 */
typedef struct {
  uint64_t n;
  uint32_t min;
  uint32_t max;
  uint32_t counts[PINGEM_SKETCH_N_BUCKETS];
} PingemSketch;

void pingem_sketch_add (PingemSketch *sketch, uint32_t value);
void pingem_sketch_merge (PingemSketch *sketch, const PingemSketch *other);
/* By nearest rank, never outside of min to max; -1: empty. @percent: 1 to 100 */
int64_t pingem_sketch_percentile (const PingemSketch *sketch, unsigned percent);

/* So many bytes at most for the counts of so many numbers, however they lie. */
#define PINGEM_SKETCH_MAX_PACKED(n) ((3 * (n) + PINGEM_SKETCH_N_BUCKETS + 7) / 8 + 2)

/*
 * The counts alone, packed: n, min and max are the caller's to keep.
 * @ret_bytes: room for PINGEM_SKETCH_MAX_PACKED (n). Returns: how many it took
 */
size_t pingem_sketch_pack (const PingemSketch *sketch, uint8_t *ret_bytes);
/* For the n that were unpacked, of which these were the least and the most. */
void pingem_sketch_widen (PingemSketch *sketch, uint64_t n, uint32_t min, uint32_t max);
/*
 * Adds packed counts to those of @sketch; widen() does the rest. Returns: how many bytes were read,
 * or 0 where they are damaged: counts that do not sum up to @n.
 */
size_t
pingem_sketch_unpack (PingemSketch *sketch, uint64_t n, const uint8_t *bytes, size_t n_bytes);
