/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "ipc/status.h"
#include "monitor/evidence.h"

G_BEGIN_DECLS

/* Shares of what was due, 0 to 1: from where on loss is shown as such. */
typedef struct {
  double degraded; /* also of what is late */
  double bad;
} PingemThresholds;

#define PINGEM_DEFAULT_THRESHOLDS                                                                  \
  {                                                                                                \
    0.02, 0.10                                                                                     \
  }

/* Whose fault it is. */
typedef struct {
  const char *verdict; /* a stable word of Monitor1's Status */
  PingemLevel level;
  PingemCause cause;
  int family;       /* AF_*, where the other family is fine; else 0 */
  int judged;       /* index of the target whose state it is; -1: none */
  int bad;          /* index of the target that the verdict is about; -1: none */
  gboolean cleared; /* the evidence shows that the other legs are not at fault */
  int error;        /* errno, where verdict is "no-network" */
} PingemVerdict;

/*
 * Pure. The level is the worst of the internet (its best target) and of each call target; a leg
 * is that of its best target. IPv4 and IPv6 are separate paths: where just one is broken, that is
 * degraded. pingem_blame_find_loss() and pingem_blame_find_delay() say which leg it is, along
 * router, provider, vpn, internet, call of the same family; where neither can, the verdict is
 * "unknown". What mostly could not be sent is charged to "local".
 */
PingemVerdict pingem_verdict_find (const PingemThresholds *thresholds,
                                   const PingemEvidence *targets,
                                   guint n_targets);

/*
 * Does this router, provider or VPN not answer all that it forwards? Compared with the best of the
 * internet's targets behind it.
 */
gboolean pingem_verdict_is_limiting (const PingemThresholds *thresholds,
                                     const PingemEvidence *targets,
                                     guint n_targets,
                                     guint i);

/*
 * What @found becomes where the network wants people to sign in first: "captive-portal", and BAD
 * where probes pass nevertheless, as calls do not. Where nothing can be sent that is said instead.
 */
PingemVerdict pingem_verdict_behind_portal (const PingemVerdict *found);

/* One target looked at alone. */
PingemLevel pingem_verdict_target_level (const PingemThresholds *thresholds,
                                         const PingemEvidence *target);

/* What people are told, so that it does not flicker. Zero it to start, and to forget. */
typedef struct {
  PingemVerdict shown;
  gint64 since_ns; /* since when what was found is milder than what is shown; 0: it is not */
} PingemVerdictHold;

/*
 * Pure. What is worse, or better known, shows at once; what is milder after 10 s (CLOCK_BOOTTIME)
 * in a row. UNKNOWN shows at once. The targets must be the same as the last time, else zero it.
 */
const PingemVerdict *
pingem_verdict_hold (PingemVerdictHold *hold, const PingemVerdict *found, gint64 now_ns);

G_END_DECLS
