/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "monitor/evidence.h"

#include "stats/mos.h"
#include "stats/significance.h"

/* So clearly that it is remembered for minutes. */
#define LIMITS_P 0.001

typedef struct {
  guint bad;
  guint due;
} Count;

const char *
pingem_cause_word (PingemCause cause)
{
  static const char *const words[] = { NULL, "loss", "late", "delay", "unsent", "no-ping" };

  return words[cause];
}

static Count
count_all (const PingemEvidence *target, PingemCause cause)
{
  const PingemTally *tally = &target->tally;

  return (Count){ cause == PINGEM_CAUSE_LATE ? tally->late
                                             : tally->lost + tally->unsent + tally->error,
                  pingem_tally_due (tally) };
}

static guint
count_second (const PingemSecond *second, PingemCause cause)
{
  return cause == PINGEM_CAUSE_LATE ? second->late : second->bad;
}

gboolean
pingem_evidence_is_measured (const PingemEvidence *target)
{
  return target->has_answered && pingem_tally_due (&target->tally) >= PINGEM_MIN_SAMPLES;
}

double
pingem_evidence_share (const PingemEvidence *target, PingemCause cause)
{
  Count count = count_all (target, cause);

  return count.due > 0 ? (double) count.bad / count.due : -1;
}

gboolean
pingem_evidence_is_above (const PingemEvidence *a, const PingemEvidence *b, PingemCause cause)
{
  Count x = count_all (a, cause);
  Count y = count_all (b, cause);

  return pingem_loss_is_above (x.bad, x.due, y.bad, y.due);
}

gboolean
pingem_evidence_is_above_share (const PingemEvidence *target, PingemCause cause, double share)
{
  Count count = count_all (target, cause);

  return pingem_loss_is_above_share (count.bad, count.due, share);
}

gboolean
pingem_evidence_limits_answers (const PingemEvidence *target, const PingemEvidence *behind)
{
  Count x = count_all (target, PINGEM_CAUSE_LOSS);
  Count y = count_all (behind, PINGEM_CAUSE_LOSS);

  return pingem_loss_p (x.bad, x.due, y.bad, y.due) < LIMITS_P;
}

/* Else the one with more slots suffers in more seconds, for no worse way. */
static gboolean
are_as_many (const PingemSecond *a, const PingemSecond *b)
{
  return 2 * a->due > b->due && 2 * b->due > a->due;
}

gboolean
pingem_evidence_is_above_apart (const PingemEvidence *far,
                                const PingemEvidence *near,
                                PingemCause cause)
{
  Count x = count_all (far, cause);
  Count y = count_all (near, cause);

  for (guint i = 0; i < PINGEM_RECENT_SECONDS; i++)
    {
      guint bad_far = count_second (&far->seconds[i], cause);
      guint bad_near = count_second (&near->seconds[i], cause);

      if (bad_far == 0 || bad_near == 0 || !are_as_many (&far->seconds[i], &near->seconds[i]))
        continue;

      x.bad -= bad_far;
      x.due -= far->seconds[i].due;
      y.bad -= bad_near;
      y.due -= near->seconds[i].due;
    }

  return pingem_loss_is_above (x.bad, x.due, y.bad, y.due);
}

gboolean
pingem_evidence_coincides (const PingemEvidence *a, const PingemEvidence *b, PingemCause cause)
{
  Count together = { 0 };
  Count else_ = { 0 };

  for (guint i = 0; i < PINGEM_RECENT_SECONDS; i++)
    {
      Count *count = count_second (&b->seconds[i], cause) > 0 ? &together : &else_;

      if (a->seconds[i].due == 0 || b->seconds[i].due == 0)
        continue;

      count->due++;
      count->bad += count_second (&a->seconds[i], cause) > 0;
    }

  return pingem_loss_is_above (together.bad, together.due, else_.bad, else_.due);
}

gint64
pingem_evidence_delay_us (const PingemEvidence *target)
{
  if (target->rtts.p50 < 0)
    return -1;

  return target->rtts.p50 + 4 * MAX (target->rtts.jitter, 0);
}

double
pingem_evidence_mos (const PingemEvidence *target)
{
  double lost = pingem_evidence_share (target, PINGEM_CAUSE_LOSS) +
                pingem_evidence_share (target, PINGEM_CAUSE_LATE);

  if (target->rtts.p50 < 0)
    return -1;

  return pingem_mos (target->rtts.p50 / 1e3, MAX (target->rtts.jitter, 0) / 1e3, lost, 1);
}
