/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "ctl/ping-plan.h"

#define S G_GINT64_CONSTANT (1000000)

static PingemTargetSpec
make_spec (guint32 count, guint32 interval_ms)
{
  return (PingemTargetSpec){ .count = count, .interval_ms = interval_ms, .timeout_ms = 2000 };
}

static void
test_remaining (void)
{
  static const struct {
    guint32 count;
    guint32 interval_ms;
    guint32 n_sent;
    gint64 elapsed_us;
    gint64 remaining_us;
  } rows[] = {
    { 11, 1000, 3, 2 * S, 8 * S }, { 11, 1000, 11, 12 * S, 0 }, { 0, 1000, 3, 2 * S, -1 },
    { 100, 0, 25, 2 * S, 6 * S },  { 100, 0, 100, 9 * S, 0 },   { 100, 0, 0, 2 * S, -1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      PingemPingPlan plan = { .start_us = 50 * S };
      PingemTargetSpec spec = make_spec (rows[i].count, rows[i].interval_ms);
      PingemTally total = { .reply = rows[i].n_sent };
      PingemProgressState state;

      pingem_ping_plan_add (&plan, &spec, plan.start_us);
      state = pingem_ping_plan_progress (&plan, &spec, &total, plan.start_us + rows[i].elapsed_us);
      g_assert_cmpint (state.remaining_us, ==, rows[i].remaining_us);
      g_assert_cmpint (state.elapsed_us, ==, rows[i].elapsed_us);
      g_assert_cmpuint (state.n_planned, ==, rows[i].count);
    }
}

static void
test_counts (void)
{
  PingemPingPlan plan = { 0 };
  PingemTargetSpec spec = make_spec (10, 1000);
  const PingemTally total = { .reply = 1,
                              .late = 2,
                              .lost = 3,
                              .unsent = 4,
                              .held = 5,
                              .error = 6,
                              .in_flight = 7,
                              .duplicates = 8 };
  PingemProgressState state = pingem_ping_plan_progress (&plan, &spec, &total, 0);

  g_assert_cmpuint (state.n_sent, ==, 28);
  g_assert_cmpuint (state.n_answered, ==, 3);
  g_assert_cmpuint (state.n_lost, ==, 13);
}

static void
test_deadlines (void)
{
  const PingemPingPlan plan = { .start_us = 10 * S };
  PingemTargetSpec spec = make_spec (10, 1000);

  g_assert_cmpuint (pingem_ping_plan_deadline (&plan, &spec, 10 * S), >=, 12);
  g_assert_cmpuint (pingem_ping_plan_deadline (&plan, &spec, 110 * S), >=, 112);
  spec = make_spec (128 * 60, 0);
  g_assert_cmpuint (pingem_ping_plan_deadline (&plan, &spec, 10 * S), >=, 120);
  spec = make_spec (0, 1000);
  g_assert_cmpuint (pingem_ping_plan_deadline (&plan, &spec, 10 * S), ==, G_MAXUINT32);
  spec = make_spec (G_MAXUINT32, 3600000);
  g_assert_cmpuint (pingem_ping_plan_deadline (&plan, &spec, 10 * S), ==, G_MAXUINT32 - 1);
}

static void
check_text (const PingemProgressState *state, const char *expected)
{
  g_autofree char *text = pingem_progress_text (state);

  g_assert_cmpstr (text, ==, expected);
}

/* So many a second may begin, and a second's at once. */
static void
test_pace (void)
{
  PingemPingPlan plan = { .max_rate = 200 };
  const PingemTargetSpec spec = make_spec (10, 1);
  gint64 now_us = 50 * S;
  guint n = 0;

  for (; now_us < 60 * S; now_us += 1000)
    while (pingem_ping_plan_wait_ms (&plan, now_us) == 0)
      {
        pingem_ping_plan_add (&plan, &spec, now_us);
        n++;
      }

  g_assert_cmpuint (n * 10, >=, 11 * 200);
  g_assert_cmpuint (n * 10, <=, 11 * 200 + 10);

  plan.max_rate = 0;
  g_assert_cmpuint (pingem_ping_plan_wait_ms (&plan, now_us), ==, 0);
}

static void
test_rate (void)
{
  static const struct {
    guint32 count;
    guint32 interval_ms;
    guint rate;
  } rows[] = {
    { 1, 1000, 1 }, { 10, 1000, 1 }, { 10, 100, 10 }, { 3, 100, 3 },
    { 0, 100, 10 }, { 5, 60000, 1 }, { 7, 0, 7 },     { 0, 0, G_MAXUINT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      PingemTargetSpec spec = make_spec (rows[i].count, rows[i].interval_ms);

      g_assert_cmpuint (pingem_ping_plan_rate (&spec), ==, rows[i].rate);
    }
}

static void
test_progress_text (void)
{
  PingemProgressState state = { 100, 60000, 90, 5, 9 * S, 75 * S };

  check_text (&state, "Sent: 100 of 60000, answered: 90, lost: 5; 9 s so far, about 1:15 to go");
  state.n_planned = 0;
  state.remaining_us = -1;
  state.elapsed_us = 3605 * S;
  check_text (&state, "Sent: 100, answered: 90, lost: 5; 1:00:05 so far");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ctl/ping-plan/remaining", test_remaining);
  g_test_add_func ("/ctl/ping-plan/counts", test_counts);
  g_test_add_func ("/ctl/ping-plan/deadlines", test_deadlines);
  g_test_add_func ("/ctl/ping-plan/pace", test_pace);
  g_test_add_func ("/ctl/ping-plan/rate", test_rate);
  g_test_add_func ("/ctl/ping-plan/progress-text", test_progress_text);

  return g_test_run ();
}
