/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "monitor/recent.h"

#include <errno.h>

#define SEC G_GINT64_CONSTANT (1000000000)

static void
record (PingemRecent *recent, guint64 seq, PingemState state, gint64 rtt_us, int error)
{
  PingemRecord r = {
    .seq = seq,
    .due_ns = (gint64) seq * SEC,
    .rtt_ns = rtt_us >= 0 ? rtt_us * 1000 : -1,
    .state = state,
    .error = error,
  };

  pingem_recent_record (recent, &r);
}

static void
test_newer_state_replaces (void)
{
  g_autoptr (PingemRecent) recent = pingem_recent_new (30 * SEC);
  PingemTally tally;

  record (recent, 0, PINGEM_STATE_IN_FLIGHT, -1, 0);
  tally = pingem_recent_tally (recent);
  g_assert_cmpuint (pingem_tally_due (&tally), ==, 0);
  g_assert_cmpuint (tally.in_flight, ==, 1);

  record (recent, 0, PINGEM_STATE_LOST, -1, 0);
  g_assert_false (pingem_recent_has_answered (recent));
  record (recent, 0, PINGEM_STATE_LATE, 3000000, 0);
  tally = pingem_recent_tally (recent);
  g_assert_cmpuint (pingem_tally_due (&tally), ==, 1);
  g_assert_cmpuint (tally.late, ==, 1);
  g_assert_cmpuint (tally.lost, ==, 0);
  g_assert_true (pingem_recent_has_answered (recent));
}

static void
test_window_moves (void)
{
  g_autoptr (PingemRecent) recent = pingem_recent_new (30 * SEC);
  PingemTally tally;

  for (guint seq = 0; seq < 100; seq++)
    record (recent, seq, PINGEM_STATE_REPLY, 1000, 0);

  pingem_recent_expire (recent, 99 * SEC);
  tally = pingem_recent_tally (recent);
  g_assert_cmpuint (tally.reply, ==, 30);

  /* A late correction of what left the window changes nothing in it. */
  record (recent, 10, PINGEM_STATE_LATE, 1000, 0);
  tally = pingem_recent_tally (recent);
  g_assert_cmpuint (tally.reply, ==, 30);
  g_assert_cmpuint (tally.late, ==, 0);
}

static void
test_streak (void)
{
  g_autoptr (PingemRecent) recent = pingem_recent_new (30 * SEC);

  g_assert_cmpuint (pingem_recent_streak (recent), ==, 0);
  record (recent, 0, PINGEM_STATE_LOST, -1, 0);
  record (recent, 1, PINGEM_STATE_REPLY, 1000, 0);
  record (recent, 2, PINGEM_STATE_ERROR, -1, 0);
  record (recent, 3, PINGEM_STATE_UNSENT, -1, EAGAIN);
  record (recent, 4, PINGEM_STATE_UNSENT, -1, ENETUNREACH);
  record (recent, 5, PINGEM_STATE_IN_FLIGHT, -1, 0);
  g_assert_cmpuint (pingem_recent_streak (recent), ==, 2);
  g_assert_cmpint (pingem_recent_unsent_error (recent), ==, ENETUNREACH);
  g_assert_cmpint (pingem_recent_last_rtt_us (recent), ==, 1000);

  pingem_recent_clear (recent);
  g_assert_cmpint (pingem_recent_unsent_error (recent), ==, 0);
  g_assert_cmpint (pingem_recent_last_rtt_us (recent), ==, -1);
  g_assert_false (pingem_recent_has_answered (recent));
}

/* 0 arrives at 2.5 s, after 1 (1.001 s) and 2 (2.001 s): two equal RTTs come first. */
static void
test_jitter_in_order_of_arrival (void)
{
  g_autoptr (PingemRecent) recent = pingem_recent_new (30 * SEC);

  record (recent, 0, PINGEM_STATE_LATE, 2500000, 0);
  record (recent, 1, PINGEM_STATE_REPLY, 1000, 0);
  record (recent, 2, PINGEM_STATE_REPLY, 1000, 0);
  g_assert_cmpint (pingem_recent_rtts (recent).jitter, ==, (2500000 - 1000 + 8) / 16);
  g_assert_cmpint (pingem_recent_rtts (recent).p50, ==, 1000);
}

/* At any rate of probes: a second is what they have in common. */
static void
test_seconds (void)
{
  g_autoptr (PingemRecent) recent = pingem_recent_new (30 * SEC);
  PingemSecond seconds[PINGEM_RECENT_SECONDS];

  for (guint seq = 0; seq < 100; seq++)
    {
      PingemRecord r = {
        .seq = seq,
        .due_ns = seq * SEC / 5,
        .rtt_ns = -1,
        .state = seq < 10   ? PINGEM_STATE_REPLY
                 : seq < 13 ? PINGEM_STATE_LATE
                 : seq < 95 ? PINGEM_STATE_LOST
                            : PINGEM_STATE_IN_FLIGHT,
      };

      pingem_recent_record (recent, &r);
    }

  pingem_recent_count_seconds (recent, 19 * SEC + SEC / 2, seconds);
  g_assert_cmpuint (seconds[0].due, ==, 0);
  g_assert_cmpuint (seconds[1].due, ==, 5);
  g_assert_cmpuint (seconds[1].bad, ==, 5);
  g_assert_cmpuint (seconds[17].due, ==, 5);
  g_assert_cmpuint (seconds[17].bad, ==, 2);
  g_assert_cmpuint (seconds[17].late, ==, 3);
  g_assert_cmpuint (seconds[18].bad, ==, 0);
  g_assert_cmpuint (seconds[20].due, ==, 0);

  /* From second 2, which has lost ones too, to 18. */
  g_assert_cmpuint (pingem_recent_streak (recent), ==, 17);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/monitor/recent/newer-state-replaces", test_newer_state_replaces);
  g_test_add_func ("/monitor/recent/window-moves", test_window_moves);
  g_test_add_func ("/monitor/recent/streak", test_streak);
  g_test_add_func ("/monitor/recent/jitter-in-order-of-arrival", test_jitter_in_order_of_arrival);
  g_test_add_func ("/monitor/recent/seconds", test_seconds);

  return g_test_run ();
}
