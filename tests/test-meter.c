/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "peer/meter.h"

#include <errno.h>
#include <math.h>

#define NS_PER_MS 1000000

static void
add (PingemMeter *meter, PingemState state, guint flags, gint64 rtt_ms, int error)
{
  const PingemRecord record = { .state = state,
                                .flags = (guint8) flags,
                                .rtt_ns = rtt_ms >= 0 ? rtt_ms * NS_PER_MS : -1,
                                .error = error };

  pingem_meter_add (meter, &record);
}

static void
test_each_slot_is_counted_once (void)
{
  PingemMeter meter = { 0 };

  /* Answered, told again at the end of its hold. */
  add (&meter, PINGEM_STATE_IN_FLIGHT, 0, -1, 0);
  add (&meter, PINGEM_STATE_REPLY, 0, 7, 0);
  add (&meter, PINGEM_STATE_REPLY, PINGEM_RECORD_FINAL | PINGEM_RECORD_TIMED_OUT, 7, 0);
  /* Lost for good. */
  add (&meter, PINGEM_STATE_IN_FLIGHT, 0, -1, 0);
  add (&meter, PINGEM_STATE_LOST, PINGEM_RECORD_TIMED_OUT, -1, 0);
  add (&meter, PINGEM_STATE_LOST, PINGEM_RECORD_FINAL | PINGEM_RECORD_TIMED_OUT, -1, 0);
  /* Late, told as lost before. */
  add (&meter, PINGEM_STATE_IN_FLIGHT, 0, -1, 0);
  add (&meter, PINGEM_STATE_LOST, PINGEM_RECORD_TIMED_OUT, -1, 0);
  add (&meter, PINGEM_STATE_LATE, PINGEM_RECORD_TIMED_OUT, 3000, 0);
  /* Late, read with the timeout. */
  add (&meter, PINGEM_STATE_IN_FLIGHT, 0, -1, 0);
  add (&meter, PINGEM_STATE_LATE, 0, 2500, 0);

  g_assert_cmpuint (meter.sent, ==, 4);
  g_assert_cmpuint (meter.replies, ==, 1);
  g_assert_cmpuint (meter.lost[PINGEM_LOST_TIMEOUT], ==, 3);
  g_assert_cmpuint (meter.late, ==, 2);
  g_assert_cmpfloat_with_epsilon (meter.rtt_s, 0.007, 1e-9);
}

static void
test_error_counts_at_its_timeout (void)
{
  PingemMeter meter = { 0 };

  add (&meter, PINGEM_STATE_IN_FLIGHT, 0, -1, 0);
  add (&meter, PINGEM_STATE_ERROR, 0, -1, 0);
  g_assert_cmpuint (meter.lost[PINGEM_LOST_UNREACHABLE], ==, 0);
  /* A reply won. */
  add (&meter, PINGEM_STATE_REPLY, 0, 1, 0);

  add (&meter, PINGEM_STATE_IN_FLIGHT, 0, -1, 0);
  add (&meter, PINGEM_STATE_ERROR, 0, -1, ECONNREFUSED);
  add (&meter, PINGEM_STATE_ERROR, PINGEM_RECORD_TIMED_OUT, -1, ECONNREFUSED);
  add (&meter, PINGEM_STATE_ERROR, PINGEM_RECORD_TIMED_OUT | PINGEM_RECORD_FINAL, -1, ECONNREFUSED);
  add (&meter, PINGEM_STATE_ERROR, PINGEM_RECORD_TIMED_OUT, -1, 0);

  g_assert_cmpuint (meter.replies, ==, 1);
  g_assert_cmpuint (meter.lost[PINGEM_LOST_REFUSED], ==, 1);
  g_assert_cmpuint (meter.lost[PINGEM_LOST_UNREACHABLE], ==, 1);
  g_assert_cmpuint (meter.lost[PINGEM_LOST_TIMEOUT], ==, 0);
}

static void
test_unsent_and_duplicates (void)
{
  PingemMeter meter = { 0 };
  PingemRecord twice = { .state = PINGEM_STATE_REPLY, .rtt_ns = NS_PER_MS };

  add (&meter, PINGEM_STATE_UNSENT, PINGEM_RECORD_FINAL, -1, EAGAIN);
  add (&meter, PINGEM_STATE_UNSENT, PINGEM_RECORD_FINAL, -1, ENETUNREACH);
  add (&meter, PINGEM_STATE_UNSENT, PINGEM_RECORD_FINAL, -1, ENOBUFS);
  pingem_meter_add (&meter, &twice);
  twice.duplicates = 1;
  pingem_meter_add (&meter, &twice);
  twice.duplicates = 2;
  pingem_meter_add (&meter, &twice);
  twice.flags = PINGEM_RECORD_FINAL;
  pingem_meter_add (&meter, &twice);

  for (guint i = 0; i < PINGEM_N_UNSENT; i++)
    g_assert_cmpuint (meter.unsent[i], ==, 1);
  g_assert_cmpuint (meter.sent, ==, 0);
  g_assert_cmpuint (meter.replies, ==, 1);
  g_assert_cmpuint (meter.duplicates, ==, 2);
}

static void
check_bounds (double (*bound) (guint), guint n)
{
  for (guint i = 1; i < n; i++)
    g_assert_cmpfloat (bound (i - 1), <, bound (i));
  g_assert_true (isinf (bound (n - 1)));
}

static void
test_buckets (void)
{
  PingemMeter meter = { 0 };
  guint64 classic = 0, exponential = 0;

  check_bounds (pingem_meter_classic_bound, PINGEM_N_CLASSIC);
  check_bounds (pingem_meter_exponential_bound, PINGEM_N_EXPONENTIAL);
  g_assert_cmpfloat (pingem_meter_exponential_bound (14), ==, 1);

  for (gint64 ms = 0; ms < 10000; ms += 100)
    add (&meter, PINGEM_STATE_REPLY, 0, ms, 0);
  /* "le": what is as long as the bound is within. */
  g_assert_cmpuint (meter.classic[0], ==, 1);
  g_assert_cmpuint (meter.classic[8], ==, 1);
  g_assert_cmpuint (meter.classic[PINGEM_N_CLASSIC - 1], ==, 79);

  for (guint i = 0; i < PINGEM_N_CLASSIC; i++)
    classic += meter.classic[i];
  for (guint i = 0; i < PINGEM_N_EXPONENTIAL; i++)
    exponential += meter.exponential[i];
  g_assert_cmpuint (classic, ==, 100);
  g_assert_cmpuint (exponential, ==, 100);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/peer/meter/each-slot-is-counted-once", test_each_slot_is_counted_once);
  g_test_add_func ("/peer/meter/error-counts-at-its-timeout", test_error_counts_at_its_timeout);
  g_test_add_func ("/peer/meter/unsent-and-duplicates", test_unsent_and_duplicates);
  g_test_add_func ("/peer/meter/buckets", test_buckets);

  return g_test_run ();
}
