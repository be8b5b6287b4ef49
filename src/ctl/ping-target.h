/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

#include "ctl/run.h"
#include "engine/engine.h"

G_BEGIN_DECLS

/* One target of a run of "pingemctl ping". */
typedef struct {
  char *label; /* (owned) the host as it was written, or "line 3" */
  char address[PINGEM_ADDRESS_STRLEN];
  PingemTargetSpec spec;
  PingemRun run;
  gint64 deadline_us; /* of the monotonic clock: by then all is known. G_MAXINT64: endless */
  gboolean is_ended;
  gboolean is_forbidden; /* the kernel sends nothing there, and that was said */
} PingemPingTarget;

/* The run's deadline is counted from @now_us. */
PingemPingTarget *pingem_ping_target_new (const char *label,
                                          const PingemTargetSpec *spec,
                                          gboolean has_hold,
                                          gint64 now_us);
void pingem_ping_target_free (PingemPingTarget *target);

G_END_DECLS
