/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ctl/ping-plan.h"

/* What a busy machine may be late. */
#define GRACE_MS 2000
/* The engine's, of one host. */
#define MAX_OUTSTANDING 128

guint
pingem_ping_plan_rate (const PingemTargetSpec *spec)
{
  guint rate = spec->interval_ms > 0 ? MAX (1000 / spec->interval_ms, 1) : G_MAXUINT;

  return spec->count > 0 ? MIN (rate, spec->count) : rate;
}

static void
pace (PingemPingPlan *plan, const PingemTargetSpec *spec, gint64 now_us)
{
  if (plan->max_rate > 0)
    plan->paced_us = MAX (plan->paced_us, now_us - G_USEC_PER_SEC) +
                     (gint64) pingem_ping_plan_rate (spec) * G_USEC_PER_SEC / plan->max_rate;
}

guint
pingem_ping_plan_wait_ms (const PingemPingPlan *plan, gint64 now_us)
{
  gint64 wait_us = plan->max_rate > 0 ? plan->paced_us - now_us : 0;

  return wait_us > 0 ? (guint) MIN (wait_us / 1000 + 1, G_MAXINT) : 0;
}

void
pingem_ping_plan_add (PingemPingPlan *plan, const PingemTargetSpec *spec, gint64 now_us)
{
  gint64 span_us = spec->count > 0 ? (gint64) (spec->count - 1) * spec->interval_ms * 1000 : 0;

  pace (plan, spec, now_us);
  plan->n_planned += spec->count;
  plan->last_due_us = MAX (plan->last_due_us, now_us + span_us);
}

guint32
pingem_ping_plan_deadline (const PingemPingPlan *plan, const PingemTargetSpec *spec, gint64 now_us)
{
  gint64 ms = (now_us - plan->start_us) / 1000 + spec->timeout_ms + spec->hold_ms + GRACE_MS;

  if (spec->count == 0)
    return G_MAXUINT32;

  ms += (gint64) spec->count * spec->interval_ms;
  /* As fast as possible, silence slows it down most. */
  if (spec->interval_ms == 0)
    ms += (gint64) (spec->count / MAX_OUTSTANDING) * spec->timeout_ms;

  return (guint32) MIN (ms / 1000 + 1, G_MAXUINT32 - 1);
}

static gint64
estimate_remaining (const PingemPingPlan *plan,
                    const PingemTargetSpec *spec,
                    guint64 n_sent,
                    gint64 now_us)
{
  double share_to_go;

  if (spec->count == 0)
    return -1;
  if (spec->interval_ms > 0)
    return MAX (plan->last_due_us - now_us, 0);
  if (n_sent == 0)
    return -1;

  share_to_go = (double) plan->n_planned / (double) n_sent - 1;

  return (gint64) ((double) (now_us - plan->start_us) * MAX (share_to_go, 0));
}

PingemProgressState
pingem_ping_plan_progress (const PingemPingPlan *plan,
                           const PingemTargetSpec *spec,
                           const PingemTally *total,
                           gint64 now_us)
{
  guint64 n_sent = (guint64) pingem_tally_due (total) + total->held + total->in_flight;

  return (PingemProgressState){
    .n_sent = n_sent,
    .n_planned = plan->n_planned,
    .n_answered = (guint64) total->reply + total->late,
    .n_lost = (guint64) total->lost + total->unsent + total->error,
    .elapsed_us = now_us - plan->start_us,
    .remaining_us = estimate_remaining (plan, spec, n_sent, now_us),
  };
}
