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

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/stats/rtt/percentiles", test_percentiles);
  g_test_add_func ("/stats/rtt/jitter-in-order-of-arrival", test_jitter_in_order_of_arrival);
  g_test_add_func ("/stats/rtt/nothing-is-unknown", test_nothing_is_unknown);

  return g_test_run ();
}
