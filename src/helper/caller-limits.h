/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

#include "engine/engine.h"
#include "helper/ration.h"

G_BEGIN_DECLS

/* What a caller may take. No option or environment variable raises it. */
typedef struct {
  guint sessions_per_uid;
  guint sessions; /* of everybody */
  guint targets;  /* of a session */
  guint targets_intensive;
  guint targets_per_uid;
  guint targets_per_uid_intensive;
  guint targets_in_all;
  guint targets_per_call;
  guint min_interval_ms; /* of a target that goes on; a burst: 1 ms; intensive: none */
  guint burst_count;     /* so many probes may follow faster */
  guint min_hop_interval_ms;
  guint max_interval_ms;
  guint max_timeout_ms;
  guint max_hold_ms;
  guint max_size;
  guint max_size_intensive; /* and what is more than max_size is not fragmented */
  guint backlog;            /* messages that wait for a slow reader */
  guint idle_ms;            /* without a session the helper leaves */
  PingemRate calls;         /* of one user */
  PingemRates rates[2];     /* of ordinary sessions, of intensive ones */
} PingemLimits;

extern const PingemLimits pingem_default_limits;

/* Returns: (transfer floating): a{su}, as the property Limits tells them */
GVariant *pingem_limits_to_variant (const PingemLimits *limits);
/* PINGEM_ERROR_BAD_VALUE, naming the value, its range and what it was. */
gboolean pingem_limits_check_target (const PingemLimits *limits,
                                     gboolean is_intensive,
                                     const PingemTargetSpec *spec,
                                     GError **error);

G_END_DECLS
