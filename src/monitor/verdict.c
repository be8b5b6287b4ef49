/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "monitor/verdict.h"

#include <sys/socket.h>

#include "monitor/blame.h"

#define MIN_MOS 3.6
#define HOLD_NS (10 * G_GINT64_CONSTANT (1000000000))

/* In the order in which packets travel. */
static const char *const path_legs[] = { "router", "provider", "vpn", "internet", "call" };

typedef struct {
  const PingemThresholds *thresholds;
  const PingemEvidence *targets;
  guint n_targets;
} Targets;

static gboolean
is_leg (const PingemEvidence *target, const char *leg)
{
  return g_str_equal (target->leg, leg);
}

static gboolean
is_nearer (const PingemEvidence *target, const char *leg)
{
  for (guint i = 0; !g_str_equal (leg, path_legs[i]); i++)
    if (is_leg (target, path_legs[i]))
      return TRUE;

  return FALSE;
}

/* Of a target that has enough samples. Where more is late than lost, some of what is lost by now
 * will be late, too. */
static PingemCause
find_cause (const PingemThresholds *thresholds, const PingemEvidence *target)
{
  const PingemTally *tally = &target->tally;
  double late = pingem_evidence_share (target, PINGEM_CAUSE_LATE);
  double mos = pingem_evidence_mos (target);

  if (late > thresholds->degraded && late > pingem_evidence_share (target, PINGEM_CAUSE_LOSS))
    return PINGEM_CAUSE_LATE;
  if (pingem_evidence_share (target, PINGEM_CAUSE_LOSS) >= thresholds->degraded)
    return tally->unsent > tally->lost + tally->error ? PINGEM_CAUSE_UNSENT : PINGEM_CAUSE_LOSS;
  if (late > thresholds->degraded)
    return PINGEM_CAUSE_LATE;
  if (mos >= 0 && mos < MIN_MOS)
    return PINGEM_CAUSE_DELAY;

  return PINGEM_CAUSE_NONE;
}

PingemLevel
pingem_verdict_target_level (const PingemThresholds *thresholds, const PingemEvidence *target)
{
  guint due = pingem_tally_due (&target->tally);

  if (target->is_alive)
    return PINGEM_LEVEL_UNKNOWN;
  if (target->streak >= PINGEM_DOWN_STREAK &&
      (due >= PINGEM_MIN_SAMPLES || target->unsent_error != 0))
    return PINGEM_LEVEL_DOWN;
  if (due < PINGEM_MIN_SAMPLES)
    return PINGEM_LEVEL_UNKNOWN;
  if (pingem_evidence_share (target, PINGEM_CAUSE_LOSS) >= thresholds->bad)
    return PINGEM_LEVEL_BAD;

  return find_cause (thresholds, target) != PINGEM_CAUSE_NONE ? PINGEM_LEVEL_DEGRADED
                                                              : PINGEM_LEVEL_GOOD;
}

/* A call server that is silent is bad; down is for the internet and for no network at all. */
static PingemLevel
judge_level (const PingemThresholds *thresholds, const PingemEvidence *target)
{
  PingemLevel level = pingem_verdict_target_level (thresholds, target);

  return level == PINGEM_LEVEL_DOWN && is_leg (target, "call") ? PINGEM_LEVEL_BAD : level;
}

static PingemLevel
level_at (const Targets *all, int i)
{
  return i >= 0 ? judge_level (all->thresholds, &all->targets[i]) : PINGEM_LEVEL_UNKNOWN;
}

static gboolean
is_better (const PingemThresholds *thresholds, const PingemEvidence *a, const PingemEvidence *b)
{
  PingemLevel level_a = pingem_verdict_target_level (thresholds, a);
  PingemLevel level_b = pingem_verdict_target_level (thresholds, b);

  if (level_a != level_b)
    return level_b == PINGEM_LEVEL_UNKNOWN ||
           (level_a != PINGEM_LEVEL_UNKNOWN && level_a < level_b);

  return pingem_tally_loss (&a->tally) < pingem_tally_loss (&b->tally);
}

/* A leg is judged by its best target; -1 where it has none. */
static int
find_best (const Targets *all, int family, const char *leg)
{
  int best = -1;

  for (guint i = 0; i < all->n_targets; i++)
    {
      const PingemEvidence *target = &all->targets[i];

      if (target->family == family && is_leg (target, leg) && !target->is_alive &&
          (best < 0 || is_better (all->thresholds, target, &all->targets[best])))
        best = i;
    }

  return best;
}

/* Is that of this machine's own making: a wrong setting, while others can be sent? */
static gboolean
is_refused_alone (const Targets *all, const PingemEvidence *target)
{
  int best = find_best (all, target->family, "internet");

  return target->unsent_error != 0 && best >= 0 && all->targets[best].unsent_error == 0;
}

static int
find_worst_call (const Targets *all)
{
  int worst = -1;

  for (guint i = 0; i < all->n_targets; i++)
    {
      const PingemEvidence *target = &all->targets[i];

      if (is_leg (target, "call") && target->has_answered && !target->is_alive &&
          !is_refused_alone (all, target) && level_at (all, i) > level_at (all, worst))
        worst = i;
    }

  return worst;
}

/* What never answered is silent, not lost: here that family does not work, and is not missed. */
static gboolean
is_missing (const Targets *all, int i)
{
  return i >= 0 && !all->targets[i].has_answered;
}

/* The internet's target whose state counts; @ret_family: where just that family is in trouble. */
static int
find_internet (const Targets *all, int *ret_family)
{
  int inet = find_best (all, AF_INET, "internet");
  int inet6 = find_best (all, AF_INET6, "internet");
  gboolean inet_is_worse = level_at (all, inet) > level_at (all, inet6);
  int worse = inet_is_worse ? inet : inet6;
  int better = inet_is_worse ? inet6 : inet;

  if (better >= 0 && is_missing (all, worse) && all->targets[better].has_answered)
    return better;
  if (level_at (all, better) == PINGEM_LEVEL_UNKNOWN)
    return worse;
  if (level_at (all, better) != PINGEM_LEVEL_GOOD || level_at (all, worse) == PINGEM_LEVEL_GOOD)
    return better;

  *ret_family = all->targets[worse].family;

  return worse;
}

/* One target of each measured leg on the way to @judged, that last; @ret_indices: where they are */
static guint
build_path (const Targets *all, int judged, const PingemEvidence **ret_path, int *ret_indices)
{
  const PingemEvidence *last = &all->targets[judged];
  guint n = 0;

  for (guint i = 0; !is_leg (last, path_legs[i]); i++)
    {
      int best = find_best (all, last->family, path_legs[i]);

      if (best < 0 || !pingem_evidence_is_measured (&all->targets[best]))
        continue;

      ret_path[n] = &all->targets[best];
      ret_indices[n++] = best;
    }

  ret_path[n] = last;
  ret_indices[n++] = judged;

  return n;
}

static const char *
name_verdict (const PingemEvidence *target)
{
  return is_leg (target, "router") ? "local" : target->leg;
}

/* What is said to be innocent beside these includes the provider: was that looked at? */
static gboolean
clears_all (const PingemEvidence *const *path, int at)
{
  return !(is_leg (path[at], "call") || is_leg (path[at], "vpn")) ||
         (at > 0 && !is_leg (path[at - 1], "router"));
}

static void
find_blame (const Targets *all, int judged, PingemVerdict *verdict)
{
  const PingemEvidence *path[G_N_ELEMENTS (path_legs)];
  int indices[G_N_ELEMENTS (path_legs)];
  guint n = build_path (all, judged, path, indices);
  PingemBlame blame = verdict->cause == PINGEM_CAUSE_DELAY
                          ? pingem_blame_find_delay (path, n)
                          : pingem_blame_find_loss (path, n, verdict->cause);

  if (blame.at >= 0)
    {
      verdict->bad = indices[blame.at];
      verdict->verdict = name_verdict (path[blame.at]);
      verdict->cleared = blame.cleared && clears_all (path, blame.at);
    }
  else if (verdict->level == PINGEM_LEVEL_DOWN)
    verdict->verdict = name_verdict (path[n - 1]);
}

static PingemVerdict
judge (const Targets *all, int judged, int family)
{
  const PingemEvidence *target = &all->targets[judged];
  PingemVerdict verdict = { "unknown",
                            judge_level (all->thresholds, target),
                            find_cause (all->thresholds, target),
                            family,
                            judged,
                            judged,
                            FALSE,
                            0 };

  if (verdict.level == PINGEM_LEVEL_GOOD)
    return (PingemVerdict){ .verdict = "ok", .level = verdict.level, .judged = judged, .bad = -1 };

  if (target->unsent_error != 0 && verdict.level == PINGEM_LEVEL_DOWN)
    {
      verdict.verdict = "no-network";
      verdict.error = target->unsent_error;
      verdict.cause = PINGEM_CAUSE_UNSENT;
    }
  else if (verdict.cause == PINGEM_CAUSE_UNSENT)
    verdict.verdict = "local";
  else
    find_blame (all, judged, &verdict);

  if (family != 0)
    verdict.level = PINGEM_LEVEL_DEGRADED;

  return verdict;
}

/* Nothing is judged: is that since they only ignore ping? */
static PingemVerdict
find_nothing (const Targets *all)
{
  PingemVerdict verdict = {
    .verdict = "unknown", .level = PINGEM_LEVEL_UNKNOWN, .judged = -1, .bad = -1
  };

  for (guint i = 0; i < all->n_targets; i++)
    if (is_leg (&all->targets[i], "internet") && all->targets[i].is_alive)
      {
        verdict.cause = PINGEM_CAUSE_NO_PING;
        verdict.bad = i;
      }

  return verdict;
}

PingemVerdict
pingem_verdict_find (const PingemThresholds *thresholds,
                     const PingemEvidence *targets,
                     guint n_targets)
{
  const Targets all = { thresholds, targets, n_targets };
  int family = 0;
  int internet = find_internet (&all, &family);
  PingemLevel level = family != 0 ? PINGEM_LEVEL_DEGRADED : level_at (&all, internet);
  int call = find_worst_call (&all);

  if (level_at (&all, call) > level)
    return judge (&all, call, 0);
  if (level == PINGEM_LEVEL_UNKNOWN)
    return find_nothing (&all);

  return judge (&all, internet, family);
}

gboolean
pingem_verdict_is_limiting (const PingemThresholds *thresholds,
                            const PingemEvidence *targets,
                            guint n_targets,
                            guint i)
{
  const Targets all = { thresholds, targets, n_targets };
  int behind = find_best (&all, targets[i].family, "internet");

  return behind >= 0 && is_nearer (&targets[i], "internet") &&
         pingem_evidence_is_measured (&targets[i]) &&
         pingem_evidence_limits_answers (&targets[i], &targets[behind]);
}

PingemVerdict
pingem_verdict_behind_portal (const PingemVerdict *found)
{
  if (g_str_equal (found->verdict, "no-network"))
    return *found;

  return (PingemVerdict){ .verdict = "captive-portal",
                          .level = MAX (found->level, PINGEM_LEVEL_BAD),
                          .bad = -1 };
}

static gboolean
shows_at_once (const PingemVerdict *shown, const PingemVerdict *found)
{
  if (found->level == PINGEM_LEVEL_UNKNOWN || found->level == PINGEM_LEVEL_PAUSED ||
      shown->verdict == NULL || shown->level == PINGEM_LEVEL_PAUSED)
    return TRUE;
  if (found->level != shown->level)
    return found->level > shown->level;

  return !g_str_equal (found->verdict, "unknown") || g_str_equal (shown->verdict, "unknown");
}

const PingemVerdict *
pingem_verdict_hold (PingemVerdictHold *hold, const PingemVerdict *found, gint64 now_ns)
{
  if (shows_at_once (&hold->shown, found))
    *hold = (PingemVerdictHold){ *found, 0 };
  else if (hold->since_ns == 0)
    hold->since_ns = now_ns;
  else if (now_ns - hold->since_ns >= HOLD_NS)
    *hold = (PingemVerdictHold){ *found, 0 };

  return &hold->shown;
}
