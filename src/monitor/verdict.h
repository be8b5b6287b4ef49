/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

#include "ipc/status.h"
#include "stats/tally.h"

G_BEGIN_DECLS

/* What is known of one target's window. */
typedef struct {
  const char *leg; /* "router", ... */
  PingemTally tally;
  guint streak;          /* newest slots unanswered in a row */
  int unsent_error;      /* errno where the newest slot could not be sent, else 0 */
  gboolean has_answered; /* ever: else it is silent, not guilty */
} PingemEvidence;

/* Whose fault it is. */
typedef struct {
  const char *verdict; /* a stable word of Monitor1's Status */
  PingemLevel level;
  int bad;          /* index of the target that the verdict is about; -1: none */
  gboolean cleared; /* the evidence shows that the other legs are not at fault */
  int error;        /* errno, where verdict is "no-network" */
} PingemVerdict;

/*
 * Pure. The level is the worst of the internet (its best target) and of each
 * call target. The blame goes to the nearest leg whose loss the bad target's
 * does not significantly exceed (95 %); it goes to the bad target's own leg
 * only where its loss is significantly above that of the nearest leg that
 * answers; otherwise the verdict is "unknown".
 */
PingemVerdict pingem_verdict_find (const PingemEvidence *targets, guint n_targets);

/* One target looked at alone. */
PingemLevel pingem_verdict_target_level (const PingemEvidence *target);

G_END_DECLS
