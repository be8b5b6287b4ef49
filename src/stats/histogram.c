/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "stats/histogram.h"

#define N_SUB_BUCKETS (1U << PINGEM_HISTOGRAM_SUB_BITS)

/* Below two octaves of sub-buckets, each number has a bucket of its own. */
static unsigned
count_shift (uint32_t value)
{
  unsigned n_bits = 32 - (unsigned) __builtin_clz (value | 1);

  return n_bits > PINGEM_HISTOGRAM_SUB_BITS + 1 ? n_bits - PINGEM_HISTOGRAM_SUB_BITS - 1 : 0;
}

static size_t
find_bucket (uint32_t value)
{
  unsigned shift = count_shift (value);

  return shift * N_SUB_BUCKETS + (value >> shift);
}

static uint32_t
find_middle (size_t bucket)
{
  unsigned shift = bucket < 2 * N_SUB_BUCKETS ? 0 : (unsigned) (bucket / N_SUB_BUCKETS - 1);
  uint32_t low = (uint32_t) (bucket - shift * N_SUB_BUCKETS) << shift;

  return low + (((1U << shift) - 1) / 2);
}

static void
widen (PingemHistogram *histogram, uint32_t min, uint32_t max)
{
  if (histogram->n == 0 || min < histogram->min)
    histogram->min = min;
  if (histogram->n == 0 || max > histogram->max)
    histogram->max = max;
}

void
pingem_histogram_add (PingemHistogram *histogram, uint32_t value)
{
  widen (histogram, value, value);
  histogram->counts[find_bucket (value)]++;
  histogram->n++;
}

void
pingem_histogram_merge (PingemHistogram *histogram, const PingemHistogram *other)
{
  if (other->n == 0)
    return;

  widen (histogram, other->min, other->max);
  for (size_t i = 0; i < PINGEM_HISTOGRAM_N_BUCKETS; i++)
    histogram->counts[i] += other->counts[i];
  histogram->n += other->n;
}

uint32_t
pingem_histogram_percentile (const PingemHistogram *histogram, unsigned percent)
{
  uint64_t rank = histogram->n / 100 * percent + (histogram->n % 100 * percent + 99) / 100;
  size_t bucket = 0;
  uint32_t value;

  for (uint64_t n = histogram->counts[0]; n < rank; n += histogram->counts[bucket])
    bucket++;

  value = find_middle (bucket);
  if (value < histogram->min)
    return histogram->min;

  return value < histogram->max ? value : histogram->max;
}
