/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "source/source.h"

G_BEGIN_DECLS

/* What a run missed of what its source had to tell. Zero it to start. */
typedef struct {
  guint64 n_dropped;       /* records that were lost on the way */
  gboolean has_overflowed; /* replies found no room to be received */
} PingemShortfall;

/* Follows @source until the handlers of @self are disconnected. */
void pingem_shortfall_watch (PingemShortfall *self, PingemSource *source);
/* Says it on standard error. @n_lost: probes without a reply. Returns: the exit status */
int pingem_shortfall_complain (const PingemShortfall *self, guint64 n_lost);

G_END_DECLS
