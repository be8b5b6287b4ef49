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
} PingemPingPlan;

/* One more target, of which the first slot is due now. */
void pingem_ping_plan_add (PingemPingPlan *plan, const PingemTargetSpec *spec, gint64 now_us);
/* By when all is known of it, in seconds since the start. G_MAXUINT32: endless */
guint32
pingem_ping_plan_deadline (const PingemPingPlan *plan, const PingemTargetSpec *spec, gint64 now_us);
/* @spec: that of every target; @total: what was counted so far */
PingemProgressState pingem_ping_plan_progress (const PingemPingPlan *plan,
                                               const PingemTargetSpec *spec,
                                               const PingemTally *total,
                                               gint64 now_us);

G_END_DECLS
