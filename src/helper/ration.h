/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

#include "engine/address.h"
#include "engine/bucket.h"

G_BEGIN_DECLS

/* How many probes may be sent. */
typedef struct {
  PingemRate destination; /* to one host, by everybody */
  PingemRate uid;         /* by one user */
  PingemRate total;       /* by everybody */
} PingemRates;

/* Whatever others do, a user may send so many to each host, within its own rate and the total. */
#define PINGEM_FAIR_PER_SECOND 2

/* Who wants to send a probe, and where to. */
typedef struct {
  PingemAddress destination;
  guint32 uid;
  gboolean is_intensive;
} PingemClaim;

/*
 * The rates of all sessions, ordinary and intensive ones apart. Who closes a session and opens
 * another has the same ration; no more is kept of hosts and users than what was sent in the last
 * seconds.
 */
typedef struct PingemRation PingemRation;

/* @rates: static: of ordinary sessions, of intensive ones */
PingemRation *pingem_ration_new (const PingemRates rates[2]);
void pingem_ration_free (PingemRation *self);
/* Whether a probe may be sent, which then counts. @now_ns: of a clock that never goes back; costs
 * the same however much there is. */
gboolean pingem_ration_take (PingemRation *self, const PingemClaim *claim, gint64 now_ns);
/* Of hosts and users, so many are remembered. */
guint pingem_ration_size (const PingemRation *self);

G_END_DECLS
