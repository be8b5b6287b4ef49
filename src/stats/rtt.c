/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "stats/rtt.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_ALLOCATION 4

/* J += (|D| - J) / 16; the transit times of RFC 3550 differ as our RTTs do. */
static void
note_arrival (PingemRtts *rtts, uint32_t us)
{
  if (rtts->n > 0)
    rtts->jitter_us +=
        ((double) llabs ((int64_t) us - (int64_t) rtts->newest_us) - rtts->jitter_us) / 16;

  rtts->newest_us = us;
  rtts->n++;
}

static int
grow (PingemRtts *rtts)
{
  uint32_t n = rtts->n_allocated > 0 ? 2 * rtts->n_allocated : FIRST_ALLOCATION;
  uint32_t *us = reallocarray (rtts->us, n, sizeof *us);

  if (us == NULL)
    return -ENOMEM;

  rtts->us = us;
  rtts->n_allocated = n;

  return 0;
}

static int
turn_into_histogram (PingemRtts *rtts)
{
  PingemHistogram *histogram = calloc (1, sizeof *histogram);

  if (histogram == NULL)
    return -ENOMEM;

  for (size_t i = 0; i < rtts->n; i++)
    pingem_histogram_add (histogram, rtts->us[i]);

  free (rtts->us);
  rtts->us = NULL;
  rtts->n_allocated = 0;
  rtts->histogram = histogram;

  return 0;
}

static int
make_room (PingemRtts *rtts)
{
  if (rtts->histogram != NULL || rtts->n < rtts->n_allocated)
    return 0;

  return rtts->n < PINGEM_RTTS_MAX_EXACT ? grow (rtts) : turn_into_histogram (rtts);
}

int
pingem_rtts_add (PingemRtts *rtts, int64_t rtt_us)
{
  uint32_t us = rtt_us < UINT32_MAX ? (uint32_t) rtt_us : UINT32_MAX;
  int r = make_room (rtts);

  if (r < 0)
    return r;

  if (rtts->histogram != NULL)
    pingem_histogram_add (rtts->histogram, us);
  else
    rtts->us[rtts->n] = us;
  note_arrival (rtts, us);

  return 0;
}

int
pingem_rtts_merge (PingemRtts *rtts, const PingemRtts *other)
{
  int r = 0;

  for (size_t i = 0; other->histogram == NULL && i < other->n && r == 0; i++)
    r = pingem_rtts_add (rtts, other->us[i]);
  if (other->histogram == NULL)
    return r;

  if (rtts->histogram == NULL && (r = turn_into_histogram (rtts)) < 0)
    return r;
  pingem_histogram_merge (rtts->histogram, other->histogram);
  rtts->n += other->n;

  return 0;
}

void
pingem_rtts_reset (PingemRtts *rtts)
{
  free (rtts->histogram);
  rtts->histogram = NULL;
  rtts->n = 0;
  rtts->jitter_us = 0;
}

void
pingem_rtts_clear (PingemRtts *rtts)
{
  free (rtts->us);
  free (rtts->histogram);
  *rtts = (PingemRtts){ 0 };
}

static int
compare (const void *a, const void *b)
{
  uint32_t x = *(const uint32_t *) a;
  uint32_t y = *(const uint32_t *) b;

  return (x > y) - (x < y);
}

static uint32_t
percentile (const uint32_t *sorted, size_t n, unsigned percent)
{
  size_t rank = (n * percent + 99) / 100;

  return sorted[rank > 0 ? rank - 1 : 0];
}

static void
summarize_histogram (const PingemHistogram *histogram, PingemRttSummary *ret_summary)
{
  ret_summary->min = histogram->min;
  ret_summary->p50 = pingem_histogram_percentile (histogram, 50);
  ret_summary->p95 = pingem_histogram_percentile (histogram, 95);
  ret_summary->p99 = pingem_histogram_percentile (histogram, 99);
  ret_summary->max = histogram->max;
}

static int
summarize_list (const uint32_t *us, size_t n, PingemRttSummary *ret_summary)
{
  uint32_t *sorted = reallocarray (NULL, n, sizeof *sorted);

  if (sorted == NULL)
    return -ENOMEM;

  memcpy (sorted, us, n * sizeof *sorted);
  qsort (sorted, n, sizeof *sorted, compare);

  ret_summary->min = sorted[0];
  ret_summary->p50 = percentile (sorted, n, 50);
  ret_summary->p95 = percentile (sorted, n, 95);
  ret_summary->p99 = percentile (sorted, n, 99);
  ret_summary->max = sorted[n - 1];
  free (sorted);

  return 0;
}

PingemRttSummary
pingem_rtts_summarize (const PingemRtts *rtts)
{
  PingemRttSummary summary = { -1, -1, -1, -1, -1, -1 };

  if (rtts->n == 0)
    return summary;

  if (rtts->histogram != NULL)
    summarize_histogram (rtts->histogram, &summary);
  else if (summarize_list (rtts->us, rtts->n, &summary) < 0)
    return summary;
  if (rtts->n > 1)
    summary.jitter = (int64_t) (rtts->jitter_us + 0.5);

  return summary;
}
