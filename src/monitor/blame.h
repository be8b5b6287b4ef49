/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "monitor/evidence.h"

G_BEGIN_DECLS

/* Who it is. */
typedef struct {
  int at;           /* index into the path; -1: it cannot be said */
  gboolean cleared; /* the evidence shows that the legs nearer to us are not at fault */
} PingemBlame;

/*
 * Pure. @path: one target of each measured leg that leads to the suffering one, the nearest first,
 * the suffering one last.
 *
 * A leg that suffers significantly more than one behind it limits its own answers, as most routers
 * do, and has no say: what was answered from behind has passed it. So has one that was lately seen
 * to (is_limiting). Trouble begins behind the last
 * leg above which the suffering one stands significantly (seconds in which both suffer left out:
 * those are charged to the nearer one). The next leg is blamed if it stands significantly above
 * 2 %, as the suffering one does, or suffers in significantly the same seconds as the suffering
 * one. All at 95 %. Where trouble begins before the first leg that is known to be clean, only the
 * router is ever blamed: if it is silent or has no say, whatever is behind it may suffer from the
 * way to it.
 * @cause: LOSS or LATE
 */
PingemBlame
pingem_blame_find_loss (const PingemEvidence *const *path, guint n_path, PingemCause cause);

/*
 * The leg that adds more than half of the last one's delay (pingem_evidence_delay_us()). A leg
 * that answers slower than one behind it counts as fast as that: it is slow to answer, not on the
 * way. What the first leg adds is known only where that is the router.
 */
PingemBlame pingem_blame_find_delay (const PingemEvidence *const *path, guint n_path);

G_END_DECLS
