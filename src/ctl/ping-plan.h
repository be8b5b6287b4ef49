/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "ctl/progress.h"
#include "engine/engine.h"
#include "stats/tally.h"

G_BEGIN_DECLS

/* What a run is going to send, and by when. Time is an argument. */
typedef struct {
  gint64 start_us;
  gint64 last_due_us; /* the last slot that is planned */
  guint64 n_planned;  /* 0: endless, as far as that is known */
  guint max_rate;     /* probes a second. 0: any */
  gint64 paced_us;    /* when what was added so far has begun at that rate */
} PingemPingPlan;

/* One more target, of which the first slot is due now. */
void pingem_ping_plan_add (PingemPingPlan *plan, const PingemTargetSpec *spec, gint64 now_us);
/* How long no more is to be added, so that max_rate is kept; as many as a second's may come at
 * once. */
guint pingem_ping_plan_wait_ms (const PingemPingPlan *plan, gint64 now_us);
/* Probes of one target within a second, from 1 on. */
guint pingem_ping_plan_rate (const PingemTargetSpec *spec);
/* By when all is known of it, in seconds since the start. G_MAXUINT32: endless */
guint32
pingem_ping_plan_deadline (const PingemPingPlan *plan, const PingemTargetSpec *spec, gint64 now_us);
/* @spec: that of every target; @total: what was counted so far */
PingemProgressState pingem_ping_plan_progress (const PingemPingPlan *plan,
                                               const PingemTargetSpec *spec,
                                               const PingemTally *total,
                                               gint64 now_us);

G_END_DECLS
