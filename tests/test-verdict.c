/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "monitor/verdict.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#define MS 1000

static const PingemThresholds thresholds = PINGEM_DEFAULT_THRESHOLDS;

/* What one leg's target shows, second by second, the newest last. */
typedef struct {
  const char *leg; /* NULL: no such target */
  /* - answered, x lost, u unsent, l late, ' ' not due; NULL: 30 answered */
  const char *seconds;
  gint64 rtt_us;
  int unsent_error;
  gboolean is_silent;
  gboolean is_alive;
  gboolean is_limiting;
  int family; /* 0: AF_INET */
} Leg;

static void
add_second (PingemEvidence *evidence, char what)
{
  PingemSecond *second = &evidence->seconds[0];
  PingemTally *tally = &evidence->tally;

  memmove (evidence->seconds + 1, evidence->seconds,
           sizeof evidence->seconds - sizeof evidence->seconds[0]);
  *second = (PingemSecond){ what != ' ', what == 'x' || what == 'u', what == 'l' };
  tally->reply += what == '-';
  tally->late += what == 'l';
  tally->lost += what == 'x';
  tally->unsent += what == 'u';

  if (what == '-' || what == 'l')
    evidence->streak = 0;
  else if (what != ' ')
    evidence->streak++;
}

static PingemEvidence
build (const Leg *leg)
{
  const char *seconds = leg->seconds != NULL ? leg->seconds : "------------------------------";
  PingemEvidence evidence = {
    .leg = leg->leg,
    .family = leg->family != 0 ? leg->family : AF_INET,
    .rtts = { .p50 = leg->is_silent ? -1 : leg->rtt_us, .jitter = 0 },
    .unsent_error = leg->unsent_error,
    .has_answered = !leg->is_silent,
    .is_alive = leg->is_alive,
    .is_limiting = leg->is_limiting,
  };

  for (const char *c = seconds; *c != '\0'; c++)
    add_second (&evidence, *c);

  return evidence;
}

/* Six of 30 lost, twice, in other seconds than the third. */
#define SIX_A "x----x----x----x----x----x----"
#define SIX_B "-x----x----x----x----x----x---"
#define SIX_C "--x----x----x----x----x----x--"
#define THREE_A "x---------x---------x---------"
#define THREE_B "-x---------x---------x--------"
#define HALF "x-x-x-x-x-x-x-x-x-x-x-x-x-x-x-"
#define BURST "----------xxx-----------------"
#define LATE6 "l----l----l----l----l----l----"
#define DEAD "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define UNSENT "uuuuuuuuuuuuuuuuuuuuuuuuuuuuuu"

static const struct {
  const char *name;
  Leg legs[5];
  const char *verdict;
  PingemLevel level;
  PingemCause cause;
  gboolean cleared;
  int family;
} rows[] = {
  { "nothing", {}, "unknown", PINGEM_LEVEL_UNKNOWN },
  { "too few", { { "router", "----" }, { "internet", "---x" } }, "unknown", PINGEM_LEVEL_UNKNOWN },
  { "good", { { "router" }, { "internet" } }, "ok", PINGEM_LEVEL_GOOD },
  { "one of two anchors is enough",
    { { "router" }, { "internet", DEAD }, { "internet" } },
    "ok",
    PINGEM_LEVEL_GOOD },
  { "router loses alone: nobody suffers",
    { { "router", SIX_A }, { "internet" } },
    "ok",
    PINGEM_LEVEL_GOOD },
  { "Wi-Fi",
    { { "router", SIX_A }, { "internet", SIX_B } },
    "local",
    PINGEM_LEVEL_BAD,
    PINGEM_CAUSE_LOSS,
    TRUE },
  { "three of thirty are more than chance",
    { { "router", THREE_A }, { "internet", THREE_B } },
    "local",
    PINGEM_LEVEL_BAD,
    PINGEM_CAUSE_LOSS,
    TRUE },
  { "beyond the router",
    { { "router" }, { "internet", SIX_A } },
    "internet",
    PINGEM_LEVEL_BAD,
    PINGEM_CAUSE_LOSS,
    TRUE },
  { "provider",
    { { "router" }, { "provider", SIX_A }, { "internet", SIX_B } },
    "provider",
    PINGEM_LEVEL_BAD,
    PINGEM_CAUSE_LOSS,
    TRUE },
  { "beyond the provider",
    { { "router" }, { "provider" }, { "internet", SIX_A } },
    "internet",
    PINGEM_LEVEL_BAD,
    PINGEM_CAUSE_LOSS,
    TRUE },
  { "the targets stand in any order",
    { { "internet", SIX_A }, { "provider", SIX_B }, { "router" } },
    "provider",
    PINGEM_LEVEL_BAD,
    PINGEM_CAUSE_LOSS,
    TRUE },
  { "too few to say where",
    { { "router" }, { "internet", "----------x--------x----------" } },
    "unknown",
    PINGEM_LEVEL_DEGRADED,
    PINGEM_CAUSE_LOSS },
  { "a burst at the same instant is charged to the nearest",
    { { "router", BURST }, { "provider", BURST }, { "internet", BURST } },
    "local",
    PINGEM_LEVEL_BAD,
    PINGEM_CAUSE_LOSS,
    TRUE },
  { "a burst of the provider and what is behind",
    { { "router" },
      { "provider", "----------xxxxx---------------" },
      { "internet", "----------xxxxx---------------" } },
    "provider",
    PINGEM_LEVEL_BAD,
    PINGEM_CAUSE_LOSS,
    TRUE },
  { "what is lost beside the common burst is the far leg's",
    { { "router", BURST }, { "internet", "x-x-x-x-x-xxx-x-x-------------" } },
    "internet",
    PINGEM_LEVEL_BAD,
    PINGEM_CAUSE_LOSS,
    FALSE },
  { "the provider limits its answers: nobody is accused",
    { { "router" }, { "provider", "xxxx-xxxx-xxxx-xxxx-xxxx-xxxx-" }, { "internet" } },
    "ok",
    PINGEM_LEVEL_GOOD },
  { "the provider limits its answers, and the internet loses",
    { { "router" }, { "provider", "xxxx-xxxx-xxxx-xxxx-xxxx-xxxx-" }, { "internet", SIX_A } },
    "internet",
    PINGEM_LEVEL_BAD,
    PINGEM_CAUSE_LOSS,
    TRUE },
  { "the router limits its answers, a clean provider shows it",
    { { "router", SIX_C }, { "provider" }, { "internet", SIX_A } },
    "internet",
    PINGEM_LEVEL_BAD,
    PINGEM_CAUSE_LOSS,
    TRUE },
  { "silent router is not guilty",
    { { "router", DEAD, .is_silent = TRUE }, { "internet", SIX_A } },
    "unknown",
    PINGEM_LEVEL_BAD,
    PINGEM_CAUSE_LOSS },
  { "silent router: the provider may suffer from the Wi-Fi",
    { { "router", DEAD, .is_silent = TRUE }, { "provider", SIX_A }, { "internet", SIX_A } },
    "unknown",
    PINGEM_LEVEL_BAD,
    PINGEM_CAUSE_LOSS },
  { "the router limits its answers: the provider may suffer from the Wi-Fi",
    { { "router", "xxxx-xxxx-xxxx-xxxx-xxxx-xxxx-" },
      { "provider", SIX_A },
      { "internet", SIX_A } },
    "unknown",
    PINGEM_LEVEL_BAD,
    PINGEM_CAUSE_LOSS },
  { "silent router, clean provider",
    { { "router", DEAD, .is_silent = TRUE }, { "provider" }, { "internet", SIX_A } },
    "internet",
    PINGEM_LEVEL_BAD,
    PINGEM_CAUSE_LOSS,
    TRUE },
  { "router just fell silent",
    { { "router", "---------------------------xxx" },
      { "internet", "---------------------------xxx" } },
    "local",
    PINGEM_LEVEL_DOWN,
    PINGEM_CAUSE_LOSS,
    TRUE },
  { "internet is down",
    { { "router" }, { "internet", DEAD } },
    "internet",
    PINGEM_LEVEL_DOWN,
    PINGEM_CAUSE_LOSS,
    TRUE },
  { "no network",
    { { "router", "uuu", .unsent_error = ENETUNREACH },
      { "internet", "uuu", .unsent_error = ENETUNREACH } },
    "no-network",
    PINGEM_LEVEL_DOWN,
    PINGEM_CAUSE_UNSENT,
    FALSE },
  { "what was not sent blames no target",
    { { "router" }, { "internet", "----------uu------------------" } },
    "local",
    PINGEM_LEVEL_DEGRADED,
    PINGEM_CAUSE_UNSENT },
  { "call server",
    { { "router" }, { "internet" }, { "call", SIX_A } },
    "call",
    PINGEM_LEVEL_BAD,
    PINGEM_CAUSE_LOSS,
    TRUE },
  { "call server, the provider not looked at",
    { { "router" }, { "call", SIX_A } },
    "call",
    PINGEM_LEVEL_BAD,
    PINGEM_CAUSE_LOSS,
    FALSE },
  { "call server never answered",
    { { "router" }, { "internet" }, { "call", DEAD, .is_silent = TRUE } },
    "ok",
    PINGEM_LEVEL_GOOD },
  { "call server that this machine refuses to send to",
    { { "router" }, { "internet" }, { "call", UNSENT, .unsent_error = EACCES } },
    "ok",
    PINGEM_LEVEL_GOOD },
  { "call server ignores ping, and accepts connections",
    { { "router" }, { "internet" }, { "call", DEAD, .is_alive = TRUE } },
    "ok",
    PINGEM_LEVEL_GOOD },
  { "the call's loss is the Wi-Fi's",
    { { "router", SIX_A }, { "internet", SIX_B }, { "call", SIX_C } },
    "local",
    PINGEM_LEVEL_BAD,
    PINGEM_CAUSE_LOSS,
    TRUE },
  { "other is never judged", { { "internet" }, { "other", DEAD } }, "ok", PINGEM_LEVEL_GOOD },
  { "every anchor ignores ping, and accepts connections",
    { { "router" }, { "internet", DEAD, .is_alive = TRUE } },
    "unknown",
    PINGEM_LEVEL_UNKNOWN,
    PINGEM_CAUSE_NO_PING },
  { "VPN",
    { { "router" }, { "provider" }, { "vpn", SIX_A }, { "internet", SIX_B } },
    "vpn",
    PINGEM_LEVEL_BAD,
    PINGEM_CAUSE_LOSS,
    TRUE },
  { "VPN, and the provider was not looked at",
    { { "router" }, { "vpn", SIX_A }, { "internet", SIX_B } },
    "vpn",
    PINGEM_LEVEL_BAD,
    PINGEM_CAUSE_LOSS,
    FALSE },
  { "the VPN's loss is the provider's",
    { { "router" }, { "provider", SIX_C }, { "vpn", SIX_A }, { "internet", SIX_B } },
    "provider",
    PINGEM_LEVEL_BAD,
    PINGEM_CAUSE_LOSS,
    TRUE },
  { "late beyond the router",
    { { "router" }, { "internet", LATE6 } },
    "internet",
    PINGEM_LEVEL_DEGRADED,
    PINGEM_CAUSE_LATE,
    TRUE },
  { "late, too few to say where",
    { { "router" }, { "internet", "-----------------------------l" } },
    "unknown",
    PINGEM_LEVEL_DEGRADED,
    PINGEM_CAUSE_LATE },
  { "slow Wi-Fi",
    { { "router", .rtt_us = 900 * MS }, { "internet", .rtt_us = 920 * MS } },
    "local",
    PINGEM_LEVEL_DEGRADED,
    PINGEM_CAUSE_DELAY,
    TRUE },
  { "slow provider",
    { { "router", .rtt_us = 2 * MS },
      { "provider", .rtt_us = 900 * MS },
      { "internet", .rtt_us = 920 * MS } },
    "provider",
    PINGEM_LEVEL_DEGRADED,
    PINGEM_CAUSE_DELAY,
    TRUE },
  { "the provider is slow to answer, not on the way",
    { { "router", .rtt_us = 2 * MS },
      { "provider", .rtt_us = 1900 * MS },
      { "internet", .rtt_us = 20 * MS },
      { "call", .rtt_us = 920 * MS } },
    "call",
    PINGEM_LEVEL_DEGRADED,
    PINGEM_CAUSE_DELAY,
    TRUE },
  { "slow, a little everywhere",
    { { "router", .rtt_us = 300 * MS },
      { "provider", .rtt_us = 600 * MS },
      { "internet", .rtt_us = 900 * MS } },
    "unknown",
    PINGEM_LEVEL_DEGRADED,
    PINGEM_CAUSE_DELAY },
  { "slow behind a silent router",
    { { "provider", .rtt_us = 900 * MS }, { "internet", .rtt_us = 920 * MS } },
    "unknown",
    PINGEM_LEVEL_DEGRADED,
    PINGEM_CAUSE_DELAY },
  { "IPv6 alone is broken",
    { { "router" },
      { "router", .family = AF_INET6 },
      { "internet" },
      { "internet", DEAD, .family = AF_INET6 } },
    "internet",
    PINGEM_LEVEL_DEGRADED,
    PINGEM_CAUSE_LOSS,
    TRUE,
    AF_INET6 },
  { "both families are broken",
    { { "router" },
      { "internet", SIX_A },
      { "internet", DEAD, .family = AF_INET6 },
      { "router", .family = AF_INET6 } },
    "internet",
    PINGEM_LEVEL_BAD,
    PINGEM_CAUSE_LOSS,
    TRUE },
  { "no leg of the other family explains anything",
    { { "router", SIX_B }, { "internet" }, { "internet", SIX_A, .family = AF_INET6 } },
    "unknown",
    PINGEM_LEVEL_DEGRADED,
    PINGEM_CAUSE_LOSS,
    FALSE,
    AF_INET6 },
  { "late, and the newest not yet there",
    { { "router" }, { "internet", "llllllllllllllllllllllllllllxx" } },
    "internet",
    PINGEM_LEVEL_DEGRADED,
    PINGEM_CAUSE_LATE,
    TRUE },
  { "IPv6 that never worked here: it is not missed",
    { { "internet" }, { "internet", DEAD, .is_silent = TRUE, .family = AF_INET6 } },
    "ok",
    PINGEM_LEVEL_GOOD },
  { "no IPv4 here: it is not missed",
    { { "internet", UNSENT, .unsent_error = ENETUNREACH, .is_silent = TRUE },
      { "internet", .family = AF_INET6 } },
    "ok",
    PINGEM_LEVEL_GOOD },
};

static void
test_table (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      PingemEvidence targets[5];
      guint n = 0;
      PingemVerdict verdict;

      g_test_message ("%s", rows[i].name);
      for (const Leg *leg = rows[i].legs; n < 5 && leg[n].leg != NULL; n++)
        targets[n] = build (&leg[n]);

      verdict = pingem_verdict_find (&thresholds, targets, n);
      g_assert_cmpstr (verdict.verdict, ==, rows[i].verdict);
      g_assert_cmpint (verdict.level, ==, rows[i].level);
      g_assert_cmpint (verdict.cause, ==, rows[i].cause);
      g_assert_cmpint (verdict.cleared, ==, rows[i].cleared);
      g_assert_cmpint (verdict.family, ==, rows[i].family);
    }
}

static void
test_who_limits_answers_has_no_say (void)
{
  const Leg legs[] = {
    { "router" }, { "provider", HALF }, { "internet", HALF }, { "internet", HALF }
  };
  PingemEvidence targets[G_N_ELEMENTS (legs)];

  for (guint i = 0; i < G_N_ELEMENTS (legs); i++)
    targets[i] = build (&legs[i]);

  g_assert_cmpstr (pingem_verdict_find (&thresholds, targets, 4).verdict, ==, "provider");
  g_assert_false (pingem_verdict_is_limiting (&thresholds, targets, 4, 1));
  targets[1].is_limiting = TRUE;
  g_assert_cmpstr (pingem_verdict_find (&thresholds, targets, 4).verdict, ==, "internet");
}

static void
test_who_limits_answers_is_seen (void)
{
  const Leg legs[] = { { "router", SIX_A },
                       { "provider", HALF },
                       { "internet" },
                       { "internet", HALF },
                       { "provider", HALF, .family = AF_INET6 } };
  PingemEvidence targets[G_N_ELEMENTS (legs)];

  for (guint i = 0; i < G_N_ELEMENTS (legs); i++)
    targets[i] = build (&legs[i]);

  for (guint i = 0; i < G_N_ELEMENTS (legs); i++)
    g_assert_cmpint (pingem_verdict_is_limiting (&thresholds, targets, G_N_ELEMENTS (legs), i), ==,
                     i == 1);
}

/* Five slots a second, of which two are lost, beside one: no more, although in more seconds. */
static void
test_a_higher_rate_is_no_worse_way (void)
{
  PingemEvidence near = build (&(const Leg){ "provider", "x-x--x-x--x-x--x-x--x-x--x-x--" });
  PingemEvidence far = { .leg = "internet", .tally = { .reply = 90, .lost = 60 } };

  for (guint i = 0; i < 30; i++)
    far.seconds[i] = (PingemSecond){ .due = 5, .bad = 2 };

  g_assert_false (pingem_evidence_is_above_apart (&far, &near, PINGEM_CAUSE_LOSS));
}

/* Limits of our own and probes in flight are no evidence. */
static void
test_held_and_in_flight_do_not_count (void)
{
  PingemEvidence target = { .leg = "internet",
                            .family = AF_INET,
                            .tally = { .reply = 10, .held = 50, .in_flight = 50 },
                            .rtts = { .p50 = -1 },
                            .has_answered = TRUE };

  g_assert_cmpint (pingem_verdict_find (&thresholds, &target, 1).level, ==, PINGEM_LEVEL_GOOD);
}

static void
test_thresholds_are_the_users (void)
{
  static const struct {
    PingemThresholds thresholds;
    const char *slots;
    PingemLevel level;
  } cases[] = { { { 0.02, 0.1 }, SIX_A, PINGEM_LEVEL_BAD },
                { { 0.02, 0.3 }, SIX_A, PINGEM_LEVEL_DEGRADED },
                { { 0.02, 0.1 }, "x-----------------------------", PINGEM_LEVEL_DEGRADED },
                { { 0.05, 0.1 }, "x-----------------------------", PINGEM_LEVEL_GOOD } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      PingemEvidence target = build (&(const Leg){ "internet", cases[i].slots });

      g_assert_cmpint (pingem_verdict_target_level (&cases[i].thresholds, &target), ==,
                       cases[i].level);
      g_assert_cmpint (pingem_verdict_find (&cases[i].thresholds, &target, 1).level, ==,
                       cases[i].level);
    }
}

static PingemVerdict
say (const char *verdict, PingemLevel level)
{
  return (PingemVerdict){ .verdict = verdict, .level = level, .bad = -1 };
}

static void
test_a_portal_is_named (void)
{
  static const PingemLevel shown[PINGEM_N_LEVELS] = {
    [PINGEM_LEVEL_UNKNOWN] = PINGEM_LEVEL_BAD,  [PINGEM_LEVEL_GOOD] = PINGEM_LEVEL_BAD,
    [PINGEM_LEVEL_DEGRADED] = PINGEM_LEVEL_BAD, [PINGEM_LEVEL_BAD] = PINGEM_LEVEL_BAD,
    [PINGEM_LEVEL_DOWN] = PINGEM_LEVEL_DOWN,
  };
  PingemVerdict none = say ("no-network", PINGEM_LEVEL_DOWN);

  for (PingemLevel level = PINGEM_LEVEL_UNKNOWN; level <= PINGEM_LEVEL_DOWN; level++)
    {
      PingemVerdict found = say ("internet", level);
      PingemVerdict verdict = pingem_verdict_behind_portal (&found);

      g_assert_cmpstr (verdict.verdict, ==, "captive-portal");
      g_assert_cmpint (verdict.level, ==, shown[level]);
    }

  g_assert_cmpstr (pingem_verdict_behind_portal (&none).verdict, ==, "no-network");
}

#define NS_PER_S G_GINT64_CONSTANT (1000000000)

static void
check_hold (PingemVerdictHold *hold, gint64 second, PingemVerdict found, const char *verdict)
{
  g_assert_cmpstr (pingem_verdict_hold (hold, &found, (second + 1) * NS_PER_S)->verdict, ==,
                   verdict);
}

static void
test_what_is_worse_shows_at_once (void)
{
  PingemVerdictHold hold = { 0 };

  check_hold (&hold, 0, say ("ok", PINGEM_LEVEL_GOOD), "ok");
  check_hold (&hold, 1, say ("unknown", PINGEM_LEVEL_DEGRADED), "unknown");
  check_hold (&hold, 2, say ("local", PINGEM_LEVEL_DEGRADED), "local");
  check_hold (&hold, 3, say ("internet", PINGEM_LEVEL_DOWN), "internet");
  check_hold (&hold, 4, say ("unknown", PINGEM_LEVEL_UNKNOWN), "unknown");
  check_hold (&hold, 5, say ("ok", PINGEM_LEVEL_GOOD), "ok");
  check_hold (&hold, 6, say ("paused", PINGEM_LEVEL_PAUSED), "paused");
  check_hold (&hold, 7, say ("ok", PINGEM_LEVEL_GOOD), "ok");
}

static void
test_what_is_milder_shows_after_a_while (void)
{
  PingemVerdictHold hold = { 0 };

  check_hold (&hold, 0, say ("local", PINGEM_LEVEL_DEGRADED), "local");

  /* At the threshold, to and fro. */
  for (guint second = 1; second < 60; second += 9)
    {
      check_hold (&hold, second, say ("ok", PINGEM_LEVEL_GOOD), "local");
      check_hold (&hold, second + 8, say ("local", PINGEM_LEVEL_DEGRADED), "local");
    }

  check_hold (&hold, 100, say ("unknown", PINGEM_LEVEL_DEGRADED), "local");
  check_hold (&hold, 101, say ("ok", PINGEM_LEVEL_GOOD), "local");
  check_hold (&hold, 109, say ("ok", PINGEM_LEVEL_GOOD), "local");
  check_hold (&hold, 110, say ("ok", PINGEM_LEVEL_GOOD), "ok");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/monitor/verdict/table", test_table);
  g_test_add_func ("/monitor/verdict/who-limits-answers-has-no-say",
                   test_who_limits_answers_has_no_say);
  g_test_add_func ("/monitor/verdict/who-limits-answers-is-seen", test_who_limits_answers_is_seen);
  g_test_add_func ("/monitor/verdict/a-higher-rate-is-no-worse-way",
                   test_a_higher_rate_is_no_worse_way);
  g_test_add_func ("/monitor/verdict/held-and-in-flight-do-not-count",
                   test_held_and_in_flight_do_not_count);
  g_test_add_func ("/monitor/verdict/thresholds-are-the-users", test_thresholds_are_the_users);
  g_test_add_func ("/monitor/verdict/a-portal-is-named", test_a_portal_is_named);
  g_test_add_func ("/monitor/verdict/what-is-worse-shows-at-once",
                   test_what_is_worse_shows_at_once);
  g_test_add_func ("/monitor/verdict/what-is-milder-shows-after-a-while",
                   test_what_is_milder_shows_after_a_while);

  return g_test_run ();
}
