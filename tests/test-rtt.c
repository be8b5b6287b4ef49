/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <glib.h>

#include "stats/rtt.h"

static void
test_percentiles (void)
{
  PingemRtts rtts = { 0 };
  PingemRttSummary s;

  for (int i = 100; i >= 1; i--)
    g_assert_cmpint (pingem_rtts_add (&rtts, i), ==, 0);

  s = pingem_rtts_summarize (&rtts);
  g_assert_cmpint (s.min, ==, 1);
  g_assert_cmpint (s.p50, ==, 50);
  g_assert_cmpint (s.p95, ==, 95);
  g_assert_cmpint (s.p99, ==, 99);
  g_assert_cmpint (s.max, ==, 100);
  g_assert_cmpint (s.jitter, ==, 1);
  pingem_rtts_clear (&rtts);
}

/* Sorted, these would show no jitter: the order of arrival counts. */
static void
test_jitter_in_order_of_arrival (void)
{
  PingemRtts rtts = { 0 };

  for (int i = 0; i < 1000; i++)
    pingem_rtts_add (&rtts, i % 2 ? 1000 : 17000);

  g_assert_cmpint (pingem_rtts_summarize (&rtts).jitter, ==, 16000);
  pingem_rtts_clear (&rtts);
}

static void
test_nothing_is_unknown (void)
{
  PingemRtts rtts = { 0 };

  g_assert_cmpint (pingem_rtts_summarize (&rtts).p50, ==, -1);
  pingem_rtts_add (&rtts, 5);
  g_assert_cmpint (pingem_rtts_summarize (&rtts).p99, ==, 5);
  g_assert_cmpint (pingem_rtts_summarize (&rtts).jitter, ==, -1);
  pingem_rtts_clear (&rtts);
}

static guint32
next_random (guint32 *state)
{
  *state = *state * 1664525 + 1013904223;

  return *state;
}

static void
assert_near (gint64 value, gint64 exact)
{
  g_assert_cmpint (ABS (value - exact) * 1000, <=, exact * 4 + 500);
}

/* Beyond what is kept one by one, the percentiles are near, and the rest is exact. */
static void
test_very_many (void)
{
  PingemRtts rtts = { 0 };
  PingemRttSummary s;
  const int n = 10 * PINGEM_RTTS_MAX_EXACT;

  for (int i = 0; i < n; i++)
    g_assert_cmpint (pingem_rtts_add (&rtts, (gint64) (i * 7919LL % n) * 10 + 3), ==, 0);

  s = pingem_rtts_summarize (&rtts);
  g_assert_cmpuint (rtts.n, ==, n);
  g_assert_cmpint (s.min, ==, 3);
  g_assert_cmpint (s.max, ==, (n - 1) * 10 + 3);
  assert_near (s.p50, n * 5);
  assert_near (s.p95, n / 100 * 950);
  assert_near (s.p99, n / 100 * 990);
  g_assert_cmpint (s.jitter, >, 0);
  g_assert_null (rtts.us);
  pingem_rtts_clear (&rtts);
}

static void
test_histogram_is_near_everywhere (void)
{
  guint32 state = 1;

  for (int i = 0; i < 200; i++)
    {
      g_autofree PingemHistogram *histogram = g_new0 (PingemHistogram, 1);
      guint32 value = next_random (&state) >> (i % 32);

      pingem_histogram_add (histogram, value);
      pingem_histogram_add (histogram, 0);
      pingem_histogram_add (histogram, G_MAXUINT32);
      assert_near (pingem_histogram_percentile (histogram, 50), value);
      g_assert_cmpuint (pingem_histogram_percentile (histogram, 100), >=, 4294967295U / 256 * 255);
      g_assert_cmpuint (pingem_histogram_percentile (histogram, 1), ==, 0);
    }
}

static void
test_merge_of_lists_and_histograms (void)
{
  PingemRtts few = { 0 };
  PingemRtts many = { 0 };
  PingemRtts all = { 0 };

  pingem_rtts_add (&few, 1);
  pingem_rtts_add (&few, 3);
  for (int i = 0; i < PINGEM_RTTS_MAX_EXACT + 1; i++)
    pingem_rtts_add (&many, 100);

  g_assert_cmpint (pingem_rtts_merge (&all, &few), ==, 0);
  g_assert_cmpint (pingem_rtts_summarize (&all).max, ==, 3);
  g_assert_cmpint (pingem_rtts_merge (&all, &many), ==, 0);
  g_assert_cmpint (pingem_rtts_merge (&all, &few), ==, 0);
  g_assert_cmpuint (all.n, ==, PINGEM_RTTS_MAX_EXACT + 5);
  g_assert_cmpint (pingem_rtts_summarize (&all).min, ==, 1);
  g_assert_cmpint (pingem_rtts_summarize (&all).p50, ==, 100);

  pingem_rtts_reset (&all);
  g_assert_cmpint (pingem_rtts_summarize (&all).p50, ==, -1);
  pingem_rtts_add (&all, 9);
  g_assert_cmpint (pingem_rtts_summarize (&all).max, ==, 9);
  pingem_rtts_clear (&few);
  pingem_rtts_clear (&many);
  pingem_rtts_clear (&all);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/stats/rtt/percentiles", test_percentiles);
  g_test_add_func ("/stats/rtt/jitter-in-order-of-arrival", test_jitter_in_order_of_arrival);
  g_test_add_func ("/stats/rtt/nothing-is-unknown", test_nothing_is_unknown);

  g_test_add_func ("/stats/rtt/very-many", test_very_many);
  g_test_add_func ("/stats/rtt/histogram", test_histogram_is_near_everywhere);
  g_test_add_func ("/stats/rtt/merge", test_merge_of_lists_and_histograms);

  return g_test_run ();
}
