/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "monitor/verdict.h"

#include "stats/significance.h"

#define MIN_SAMPLES 5
#define DOWN_STREAK 3
#define DEGRADED 0.02
#define BAD 0.10

static guint
count_bad (const PingemTally *tally)
{
  return tally->lost + tally->unsent + tally->error;
}

static gboolean
is_leg (const PingemEvidence *target, const char *leg)
{
  return g_str_equal (target->leg, leg);
}

static gboolean
is_measured (const PingemEvidence *target)
{
  return target->has_answered && pingem_tally_due (&target->tally) >= MIN_SAMPLES;
}

static gboolean
is_above (const PingemEvidence *a, const PingemEvidence *b)
{
  return pingem_loss_is_above (count_bad (&a->tally), pingem_tally_due (&a->tally),
                               count_bad (&b->tally), pingem_tally_due (&b->tally));
}

PingemLevel
pingem_verdict_target_level (const PingemEvidence *target)
{
  guint due = pingem_tally_due (&target->tally);
  double loss = pingem_tally_loss (&target->tally);

  if (target->streak >= DOWN_STREAK && (due >= MIN_SAMPLES || target->unsent_error != 0))
    return PINGEM_LEVEL_DOWN;
  if (due < MIN_SAMPLES)
    return PINGEM_LEVEL_UNKNOWN;
  if (loss >= BAD)
    return PINGEM_LEVEL_BAD;
  if (loss >= DEGRADED || target->tally.late > due * DEGRADED)
    return PINGEM_LEVEL_DEGRADED;

  return PINGEM_LEVEL_GOOD;
}

/* Higher is worse; what is unknown is no worse than what is good. */
static int
badness (const PingemEvidence *target)
{
  PingemLevel level = pingem_verdict_target_level (target);

  return level == PINGEM_LEVEL_UNKNOWN ? 0 : (int) level;
}

static gboolean
is_better (const PingemEvidence *a, const PingemEvidence *b)
{
  gboolean a_known = pingem_verdict_target_level (a) != PINGEM_LEVEL_UNKNOWN;
  gboolean b_known = pingem_verdict_target_level (b) != PINGEM_LEVEL_UNKNOWN;

  if (a_known != b_known)
    return a_known;
  if (badness (a) != badness (b))
    return badness (a) < badness (b);

  return pingem_tally_loss (&a->tally) < pingem_tally_loss (&b->tally);
}

/* A leg's loss is that of its best target; -1 where it has none. */
static int
find_best (const PingemEvidence *targets, guint n_targets, const char *leg)
{
  int best = -1;

  for (guint i = 0; i < n_targets; i++)
    if (is_leg (&targets[i], leg) && (best < 0 || is_better (&targets[i], &targets[best])))
      best = i;

  return best;
}

/* The internet's best target, or the worst call target where that is worse. */
static int
find_judged (const PingemEvidence *targets, guint n_targets)
{
  int judged = find_best (targets, n_targets, "internet");

  for (guint i = 0; i < n_targets; i++)
    if (is_leg (&targets[i], "call") && targets[i].has_answered &&
        (judged < 0 || badness (&targets[i]) > badness (&targets[judged])))
      judged = i;

  return judged;
}

static const char *
name_verdict (const PingemEvidence *target)
{
  return is_leg (target, "router") ? "local" : target->leg;
}

/* A call server that is silent is bad; down is for the internet and for no network at all. */
static PingemLevel
judge_level (const PingemEvidence *target)
{
  PingemLevel level = pingem_verdict_target_level (target);

  return level == PINGEM_LEVEL_DOWN && is_leg (target, "call") ? PINGEM_LEVEL_BAD : level;
}

static PingemVerdict
find_blame (const PingemEvidence *targets, guint n_targets, int judged)
{
  static const char *const nearer[] = { "router", "provider", "internet" };
  const PingemEvidence *bad = &targets[judged];
  PingemVerdict result = { "unknown", judge_level (bad), judged, FALSE, 0 };
  gboolean is_own = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (nearer) && !is_leg (bad, nearer[i]); i++)
    {
      int best = find_best (targets, n_targets, nearer[i]);

      if (best < 0 || !is_measured (&targets[best]))
        continue;

      is_own = is_above (bad, &targets[best]);

      if (!is_own && pingem_tally_loss (&targets[best].tally) >= DEGRADED)
        return (PingemVerdict){ name_verdict (&targets[best]), result.level, best, TRUE, 0 };
    }

  if (is_own || result.level == PINGEM_LEVEL_DOWN)
    result.verdict = name_verdict (bad);
  result.cleared = is_own;

  return result;
}

PingemVerdict
pingem_verdict_find (const PingemEvidence *targets, guint n_targets)
{
  int judged = find_judged (targets, n_targets);
  PingemLevel level = judged >= 0 ? judge_level (&targets[judged]) : PINGEM_LEVEL_UNKNOWN;

  if (level == PINGEM_LEVEL_UNKNOWN)
    return (PingemVerdict){ "unknown", level, -1, FALSE, 0 };
  if (level == PINGEM_LEVEL_GOOD)
    return (PingemVerdict){ "ok", level, -1, FALSE, 0 };
  if (level == PINGEM_LEVEL_DOWN && targets[judged].unsent_error != 0)
    return (PingemVerdict){ "no-network", level, -1, TRUE, targets[judged].unsent_error };

  return find_blame (targets, n_targets, judged);
}
