/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Whom the verdict accuses: makes up faults of a path, many runs of each with numbers of its own,
 * gives what a monitor would have recorded of them to the real verdict, and counts how often it
 * names the faulty leg, nobody, or an innocent one. Beside it, on the same evidence, the rule of
 * who reads a table of hops: the nearest one that loses more than 2 % is to blame. Prints "key
 * value" pairs, a line per fault and rate.
 *
 * A segment of the path is in trouble or not in each 50 ms, and every packet that crosses it then
 * fares the same, whichever target it is for. What is random lasts for such an instant, a burst
 * for three probes of the nearest target on average.
 */

#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "monitor/verdict.h"

#define NS_PER_MS G_GINT64_CONSTANT (1000000)
#define TICK_MS 50
#define TICKS_PER_S (1000 / TICK_MS)
#define WINDOW_S 30
#define N_TICKS (WINDOW_S * TICKS_PER_S)
#define FAST_S 20
#define FAST_TICKS (TICKS_PER_S / 5)
#define BURST_PROBES 3
#define BEGIN_MS G_GINT64_CONSTANT (1000000)
#define NOW_MS (BEGIN_MS + WINDOW_S * 1000 - 1)
#define TIMEOUT_MS 2000
#define LATE_MS 3000
#define DELAY_MS 900
#define NOISE_MS 3
#define LIMITED 0.5
#define NAIVE 0.02

static const PingemThresholds thresholds = PINGEM_DEFAULT_THRESHOLDS;

/* Where a fault is: the part of the path that leads to a leg from the nearer one. */
enum {
  NOWHERE = -1,
  LOCAL,
  PROVIDER,
  INTERNET,
  CALL,
  N_SEGMENTS
};

static const char *const segment_words[] = { "local", "provider", "internet", "call" };

typedef enum {
  NOTHING,
  LOSS,
  LATE,
  DELAY,
} Kind;

static const char *const kind_words[] = { "nothing", "loss", "late", "delay" };

typedef enum {
  RANDOM,
  BURSTS,
  N_FORMS
} Form;

static const char *const form_words[] = { "random", "bursts" };

/* What else is unusual, and no fault. */
typedef enum {
  NO_QUIRK,
  SILENT_ROUTER,
  LIMITED_PROVIDER,
} Quirk;

static const char *const quirk_words[] = { "none", "silent-router", "limited-provider" };

typedef struct {
  int at;
  Kind kind;
  Form form;
  double percent; /* of all packets that cross it; where NOTHING: that any target loses */
  Quirk quirk;
} Fault;

static const struct {
  const char *leg;
  int segment; /* the last that its packets cross */
  double rtt_ms;
} targets[] = {
  { "router", LOCAL, 2 },       { "provider", PROVIDER, 9 }, { "internet", INTERNET, 15 },
  { "internet", INTERNET, 17 }, { "call", CALL, 30 },
};

#define N_TARGETS G_N_ELEMENTS (targets)

typedef struct {
  guint right;
  guint unsure;
  guint innocent;
} Score;

/* One run. */
typedef struct {
  const Fault *fault;
  GRand *rand;
  gboolean is_fast; /* the suspected leg and the nearer ones are probed five times a second */
  gboolean is_bad[N_TICKS]; /* is the faulty segment in trouble? */
} Run;

static gboolean
is_by_chance (Run *run, double probability)
{
  return g_rand_double (run->rand) < probability;
}

/* After Gilbert: it stays in trouble for @mean_ticks on average. */
static void
fill_trouble (Run *run, double share, double mean_ticks)
{
  double begins = share / ((1 - share) * mean_ticks);
  gboolean is_bad = is_by_chance (run, share);

  for (guint tick = 0; tick < N_TICKS; tick++)
    {
      run->is_bad[tick] = is_bad;
      is_bad = is_by_chance (run, is_bad ? 1 - 1 / mean_ticks : begins);
    }
}

static void
make_trouble (Run *run)
{
  double share = run->fault->percent / 100;
  double interval = run->is_fast ? FAST_TICKS : TICKS_PER_S;

  if (run->fault->kind != LOSS && run->fault->kind != LATE)
    return;

  fill_trouble (run, share, run->fault->form == BURSTS ? BURST_PROBES * interval : 1 / (1 - share));
}

static gboolean
is_unanswered (Run *run, guint target, guint tick)
{
  const Fault *fault = run->fault;
  gboolean is_crossed = fault->at != NOWHERE && targets[target].segment >= fault->at;

  if (fault->kind == NOTHING && is_by_chance (run, fault->percent / 100))
    return TRUE;
  if (fault->quirk == SILENT_ROUTER && targets[target].segment == LOCAL)
    return TRUE;
  if (fault->quirk == LIMITED_PROVIDER && targets[target].segment == PROVIDER &&
      is_by_chance (run, LIMITED))
    return TRUE;

  return is_crossed && fault->kind == LOSS && run->is_bad[tick];
}

static double
find_rtt (Run *run, guint target, guint tick)
{
  const Fault *fault = run->fault;
  double rtt_ms = targets[target].rtt_ms + g_rand_double_range (run->rand, 0, NOISE_MS);

  if (targets[target].segment < fault->at)
    return rtt_ms;
  if (fault->kind == DELAY)
    return rtt_ms + DELAY_MS;

  return fault->kind == LATE && run->is_bad[tick] ? rtt_ms + LATE_MS : rtt_ms;
}

/* What is known by now of a probe; @rtt_ms < 0: it is never answered. */
static PingemState
find_state (double age_ms, double rtt_ms)
{
  if (rtt_ms < 0 || age_ms < rtt_ms)
    return age_ms < TIMEOUT_MS ? PINGEM_STATE_IN_FLIGHT : PINGEM_STATE_LOST;

  return rtt_ms <= TIMEOUT_MS ? PINGEM_STATE_REPLY : PINGEM_STATE_LATE;
}

static void
record (PingemRecent *recent, guint64 seq, gint64 due_ms, double rtt_ms)
{
  PingemState state = find_state (NOW_MS - due_ms, rtt_ms);
  gboolean is_answered = state == PINGEM_STATE_REPLY || state == PINGEM_STATE_LATE;
  PingemRecord known = {
    .seq = seq,
    .due_ns = due_ms * NS_PER_MS,
    .rtt_ns = is_answered ? (gint64) (rtt_ms * NS_PER_MS) : -1,
    .state = state,
  };

  pingem_recent_record (recent, &known);
}

static guint
find_interval (const Run *run, guint target, guint tick)
{
  int farthest = MAX (run->fault->at, INTERNET);
  gboolean is_suspected = run->is_fast && tick >= N_TICKS - FAST_S * TICKS_PER_S &&
                          targets[target].segment != PROVIDER &&
                          targets[target].segment <= farthest;

  return is_suspected ? FAST_TICKS : TICKS_PER_S;
}

/* It has answered before, unless it never does. */
static PingemRecent *
probe (Run *run, guint target)
{
  PingemRecent *recent = pingem_recent_new (WINDOW_S * 1000 * NS_PER_MS);
  guint phase = g_rand_int_range (run->rand, 0, TICKS_PER_S);
  gboolean is_silent = run->fault->quirk == SILENT_ROUTER && targets[target].segment == LOCAL;
  guint64 seq = 0;

  record (recent, seq++, BEGIN_MS - 1000, is_silent ? -1 : targets[target].rtt_ms);

  for (guint tick = 0; tick < N_TICKS; tick++)
    {
      guint interval = find_interval (run, target, tick);

      if (tick % interval == phase % interval)
        record (recent, seq++, BEGIN_MS + tick * TICK_MS,
                is_unanswered (run, target, tick) ? -1 : find_rtt (run, target, tick));
    }

  pingem_recent_expire (recent, NOW_MS * NS_PER_MS);

  return recent;
}

/* As pingem_target_build_evidence() does. */
static PingemEvidence
look (Run *run, guint target)
{
  g_autoptr (PingemRecent) recent = probe (run, target);
  PingemEvidence evidence = {
    .leg = targets[target].leg,
    .family = AF_INET,
    .tally = pingem_recent_tally (recent),
    .rtts = pingem_recent_rtts (recent),
    .streak = pingem_recent_streak (recent),
    .unsent_error = pingem_recent_unsent_error (recent),
    .has_answered = pingem_recent_has_answered (recent),
  };

  pingem_recent_count_seconds (recent, NOW_MS * NS_PER_MS, evidence.seconds);

  return evidence;
}

static double
find_loss (const PingemEvidence *target)
{
  return pingem_evidence_share (target, PINGEM_CAUSE_LOSS) +
         pingem_evidence_share (target, PINGEM_CAUSE_LATE);
}

/* The nearest leg in trouble; of the two anchors the better one, and nothing that never answers. */
static const char *
find_naively (const PingemEvidence *evidence)
{
  double losses[N_SEGMENTS] = { 1, 1, 1, 1 };

  for (guint i = 0; i < N_TARGETS; i++)
    {
      double *loss = &losses[targets[i].segment];

      *loss = evidence[i].has_answered ? MIN (*loss, find_loss (&evidence[i])) : 0;
    }

  for (guint i = 0; i < N_SEGMENTS; i++)
    if (losses[i] > NAIVE)
      return segment_words[i];

  return "ok";
}

/* "The internet does not answer" is a fact: it accuses nobody, unless the nearer legs are cleared.
 */
static const char *
find_accused (const PingemVerdict *verdict)
{
  if (verdict->level == PINGEM_LEVEL_DOWN && !verdict->cleared &&
      g_str_equal (verdict->verdict, "internet"))
    return "unknown";

  return verdict->verdict;
}

static void
count (Score *score, const Fault *fault, const char *accused)
{
  const char *right = fault->at != NOWHERE ? segment_words[fault->at] : "ok";

  if (g_str_equal (accused, right))
    score->right++;
  else if (g_str_equal (accused, "unknown") || g_str_equal (accused, "ok"))
    score->unsure++;
  else
    score->innocent++;
}

/* What a monitor remembers of the time before the fault. */
static void
learn (Run *run, gboolean *is_limiting)
{
  const Fault before = { NOWHERE, NOTHING, RANDOM, 0, run->fault->quirk };
  Run quiet = { .fault = &before, .rand = run->rand };
  PingemEvidence evidence[N_TARGETS];

  for (guint i = 0; i < N_TARGETS; i++)
    evidence[i] = look (&quiet, i);
  for (guint i = 0; i < N_TARGETS; i++)
    is_limiting[i] = pingem_verdict_is_limiting (&thresholds, evidence, N_TARGETS, i);
}

static void
play (Run *run, Score *ours, Score *naive)
{
  PingemEvidence evidence[N_TARGETS];
  gboolean is_limiting[N_TARGETS];
  PingemVerdict verdict;

  learn (run, is_limiting);
  make_trouble (run);
  for (guint i = 0; i < N_TARGETS; i++)
    {
      evidence[i] = look (run, i);
      evidence[i].is_limiting = is_limiting[i];
    }

  verdict = pingem_verdict_find (&thresholds, evidence, N_TARGETS);
  count (ours, run->fault, find_accused (&verdict));
  count (naive, run->fault, find_naively (evidence));
}

static void
print_score (const Fault *fault, guint per_s, const Score *ours, const Score *naive)
{
  printf ("at %s kind %s percent %g form %s quirk %s per_s %u ",
          fault->at != NOWHERE ? segment_words[fault->at] : "nowhere", kind_words[fault->kind],
          fault->percent, form_words[fault->form], quirk_words[fault->quirk], per_s);
  printf ("right %u unsure %u innocent %u ", ours->right, ours->unsure, ours->innocent);
  printf ("naive_right %u naive_unsure %u naive_innocent %u\n", naive->right, naive->unsure,
          naive->innocent);
}

static void
measure (const Fault *fault, guint number, gboolean is_fast, guint n_runs, guint seed)
{
  Score ours = { 0 }, naive = { 0 };

  for (guint i = 0; i < n_runs; i++)
    {
      guint32 seeds[] = { seed, number, is_fast, i };
      Run run = {
        .fault = fault,
        .rand = g_rand_new_with_seed_array (seeds, G_N_ELEMENTS (seeds)),
        .is_fast = is_fast,
      };

      play (&run, &ours, &naive);
      g_rand_free (run.rand);
    }

  print_score (fault, is_fast ? 5 : 1, &ours, &naive);
}

static void
add (GArray *faults, int at, Kind kind, double percent, Quirk quirk)
{
  gboolean has_forms = kind == LOSS;

  for (Form form = RANDOM; form < (has_forms ? N_FORMS : BURSTS); form++)
    {
      Fault fault = { at, kind, form, percent, quirk };

      g_array_append_val (faults, fault);
    }
}

static GArray *
list_faults (void)
{
  static const double shares[] = { 2, 5, 10, 40 };
  GArray *faults = g_array_new (FALSE, FALSE, sizeof (Fault));

  add (faults, NOWHERE, NOTHING, 0, NO_QUIRK);
  add (faults, NOWHERE, NOTHING, 0.2, NO_QUIRK);
  add (faults, NOWHERE, NOTHING, 0, LIMITED_PROVIDER);

  for (int at = LOCAL; at < N_SEGMENTS; at++)
    for (guint i = 0; i < G_N_ELEMENTS (shares); i++)
      add (faults, at, LOSS, shares[i], NO_QUIRK);

  for (int at = LOCAL; at < N_SEGMENTS; at++)
    {
      add (faults, at, LATE, 10, NO_QUIRK);
      add (faults, at, LATE, 40, NO_QUIRK);
      add (faults, at, DELAY, 100, NO_QUIRK);
    }

  for (int at = LOCAL; at <= INTERNET; at++)
    {
      add (faults, at, LOSS, 10, SILENT_ROUTER);
      add (faults, at, LOSS, 40, SILENT_ROUTER);
    }

  add (faults, INTERNET, LOSS, 10, LIMITED_PROVIDER);
  add (faults, INTERNET, LOSS, 40, LIMITED_PROVIDER);

  return faults;
}

int
main (int argc, char *argv[])
{
  guint n_runs = argc > 1 ? (guint) strtoul (argv[1], NULL, 10) : 1000;
  guint seed = argc > 2 ? (guint) strtoul (argv[2], NULL, 10) : 1;
  g_autoptr (GArray) faults = NULL;

  if (argc > 3 || n_runs < 1 || n_runs > 1000000)
    {
      fputs ("usage: bench-verdict [RUNS [SEED]], 1 to 1000000 runs of each fault\n", stderr);
      return 2;
    }

  faults = list_faults ();
  for (guint i = 0; i < faults->len; i++)
    {
      measure (&g_array_index (faults, Fault, i), i, FALSE, n_runs, seed);
      measure (&g_array_index (faults, Fault, i), i, TRUE, n_runs, seed);
    }

  return 0;
}
