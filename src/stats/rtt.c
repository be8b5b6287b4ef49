/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "stats/rtt.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int
pingem_rtts_add (PingemRtts *rtts, int64_t rtt_us)
{
  if (rtts->n == rtts->n_allocated)
    {
      size_t n = rtts->n_allocated > 0 ? 2 * rtts->n_allocated : 32;
      int64_t *us = reallocarray (rtts->us, n, sizeof *us);

      if (us == NULL)
        return -ENOMEM;

      rtts->us = us;
      rtts->n_allocated = n;
    }

  rtts->us[rtts->n++] = rtt_us;

  return 0;
}

void
pingem_rtts_clear (PingemRtts *rtts)
{
  free (rtts->us);
  *rtts = (PingemRtts){ 0 };
}

static int
compare (const void *a, const void *b)
{
  int64_t x = *(const int64_t *) a;
  int64_t y = *(const int64_t *) b;

  return (x > y) - (x < y);
}

static int64_t
percentile (const int64_t *sorted, size_t n, unsigned percent)
{
  size_t rank = (n * percent + 99) / 100;

  return sorted[rank > 0 ? rank - 1 : 0];
}

/* J += (|D| - J) / 16; the transit times of RFC 3550 differ as our RTTs do. */
static int64_t
measure_jitter (const PingemRtts *rtts)
{
  double jitter = 0;

  if (rtts->n < 2)
    return -1;

  for (size_t i = 1; i < rtts->n; i++)
    jitter += ((double) llabs (rtts->us[i] - rtts->us[i - 1]) - jitter) / 16;

  return (int64_t) (jitter + 0.5);
}

PingemRttSummary
pingem_rtts_summarize (const PingemRtts *rtts)
{
  PingemRttSummary summary = { -1, -1, -1, -1, -1, -1 };
  size_t n = rtts->n;
  int64_t *sorted = n > 0 ? reallocarray (NULL, n, sizeof *sorted) : NULL;

  if (sorted == NULL)
    return summary;

  memcpy (sorted, rtts->us, n * sizeof *sorted);
  qsort (sorted, n, sizeof *sorted, compare);

  summary.min = sorted[0];
  summary.p50 = percentile (sorted, n, 50);
  summary.p95 = percentile (sorted, n, 95);
  summary.p99 = percentile (sorted, n, 99);
  summary.max = sorted[n - 1];
  summary.jitter = measure_jitter (rtts);
  free (sorted);

  return summary;
}
