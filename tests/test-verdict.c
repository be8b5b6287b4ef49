/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "monitor/verdict.h"

#include <errno.h>

/* What one leg's target shows: lost of n, the newest ones unanswered in a row. */
typedef struct {
  const char *leg; /* NULL: no such target */
  guint lost;
  guint n;
  guint streak;
  int unsent_error;
  gboolean is_silent;
} Leg;

static PingemEvidence
build (const Leg *leg)
{
  return (PingemEvidence){
    .leg = leg->leg,
    .tally = { .reply = leg->n - leg->lost,
               .lost = leg->unsent_error == 0 ? leg->lost : 0,
               .unsent = leg->unsent_error != 0 ? leg->lost : 0 },
    .streak = leg->streak,
    .unsent_error = leg->unsent_error,
    .has_answered = !leg->is_silent,
  };
}

static const struct {
  const char *name;
  Leg legs[4];
  const char *verdict;
  PingemLevel level;
  gboolean cleared;
} rows[] = {
  { "nothing", {}, "unknown", PINGEM_LEVEL_UNKNOWN, FALSE },
  { "too few",
    { { "router", 0, 4 }, { "internet", 0, 4 } },
    "unknown",
    PINGEM_LEVEL_UNKNOWN,
    FALSE },
  { "good", { { "router", 0, 30 }, { "internet", 0, 30 } }, "ok", PINGEM_LEVEL_GOOD, FALSE },
  { "one of two anchors is enough",
    { { "router", 0, 30 }, { "internet", 30, 30, 30 }, { "internet", 0, 30 } },
    "ok",
    PINGEM_LEVEL_GOOD,
    FALSE },
  { "router loses alone: nobody suffers",
    { { "router", 10, 30 }, { "internet", 0, 30 } },
    "ok",
    PINGEM_LEVEL_GOOD,
    FALSE },
  { "Wi-Fi", { { "router", 6, 30 }, { "internet", 6, 30 } }, "local", PINGEM_LEVEL_BAD, TRUE },
  { "beyond the router",
    { { "router", 0, 30 }, { "internet", 6, 30 } },
    "internet",
    PINGEM_LEVEL_BAD,
    TRUE },
  { "provider",
    { { "router", 0, 30 }, { "provider", 6, 30 }, { "internet", 6, 30 } },
    "provider",
    PINGEM_LEVEL_BAD,
    TRUE },
  { "too few to say where",
    { { "router", 0, 30 }, { "internet", 2, 30 } },
    "unknown",
    PINGEM_LEVEL_DEGRADED,
    FALSE },
  { "silent router is not guilty",
    { { "router", 30, 30, 30, 0, TRUE }, { "internet", 6, 30 } },
    "unknown",
    PINGEM_LEVEL_BAD,
    FALSE },
  { "router just fell silent",
    { { "router", 3, 30, 3 }, { "internet", 3, 30, 3 } },
    "local",
    PINGEM_LEVEL_DOWN,
    TRUE },
  { "internet is down",
    { { "router", 0, 30 }, { "internet", 30, 30, 30 } },
    "internet",
    PINGEM_LEVEL_DOWN,
    TRUE },
  { "no network",
    { { "router", 3, 3, 3, ENETUNREACH }, { "internet", 3, 3, 3, ENETUNREACH } },
    "no-network",
    PINGEM_LEVEL_DOWN,
    TRUE },
  { "call server",
    { { "router", 0, 30 }, { "internet", 0, 30 }, { "call", 6, 30 } },
    "call",
    PINGEM_LEVEL_BAD,
    TRUE },
  { "call server never answered",
    { { "router", 0, 30 }, { "internet", 0, 30 }, { "call", 30, 30, 30, 0, TRUE } },
    "ok",
    PINGEM_LEVEL_GOOD,
    FALSE },
  { "the call's loss is the Wi-Fi's",
    { { "router", 6, 30 }, { "internet", 5, 30 }, { "call", 7, 30 } },
    "local",
    PINGEM_LEVEL_BAD,
    TRUE },
  { "other is never judged",
    { { "internet", 0, 30 }, { "other", 30, 30, 30 } },
    "ok",
    PINGEM_LEVEL_GOOD,
    FALSE },
};

static void
test_table (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      PingemEvidence targets[4];
      guint n = 0;
      PingemVerdict verdict;

      g_test_message ("%s", rows[i].name);
      for (const Leg *leg = rows[i].legs; n < 4 && leg[n].leg != NULL; n++)
        targets[n] = build (&leg[n]);

      verdict = pingem_verdict_find (targets, n);
      g_assert_cmpstr (verdict.verdict, ==, rows[i].verdict);
      g_assert_cmpint (verdict.level, ==, rows[i].level);
      g_assert_cmpint (verdict.cleared, ==, rows[i].cleared);
    }
}

static void
test_late_is_degraded (void)
{
  PingemEvidence target = { .leg = "internet",
                            .tally = { .reply = 29, .late = 1 },
                            .has_answered = TRUE };

  g_assert_cmpint (pingem_verdict_find (&target, 1).level, ==, PINGEM_LEVEL_DEGRADED);
}

/* Limits of our own and probes in flight are no evidence. */
static void
test_held_and_in_flight_do_not_count (void)
{
  PingemEvidence target = { .leg = "internet",
                            .tally = { .reply = 10, .held = 50, .in_flight = 50 },
                            .has_answered = TRUE };

  g_assert_cmpint (pingem_verdict_find (&target, 1).level, ==, PINGEM_LEVEL_GOOD);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/monitor/verdict/table", test_table);
  g_test_add_func ("/monitor/verdict/late-is-degraded", test_late_is_degraded);
  g_test_add_func ("/monitor/verdict/held-and-in-flight-do-not-count",
                   test_held_and_in_flight_do_not_count);

  return g_test_run ();
}
