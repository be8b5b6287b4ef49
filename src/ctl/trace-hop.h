/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

#include "engine/record.h"
#include "stats/path-loss.h"
#include "stats/rtt.h"
#include "stats/tally.h"

G_BEGIN_DECLS

/* Who answered, and how often: where the load is balanced, a hop is several routers. */
typedef struct {
  PingemAddress address;
  guint count;
} PingemTraceAddress;

/* One hop of a path, or the host at its end: what became of its probes. */
typedef struct {
  PingemAddress address; /* who an echo reply comes from */
  PingemTally tally;
  PingemRtts rtts;    /* in order of arrival */
  GArray *slots;      /* (owned) by sequence: what is counted in the tally */
  GArray *addresses;  /* (owned) of PingemTraceAddress, in order of appearance */
  PingemRecord error; /* the newest one with an ICMP error; else all zero */
  int send_errno;     /* of the newest that was not sent; 0: all were */
} PingemTraceHop;

/* @address: that of the host. (transfer full) */
PingemTraceHop *pingem_trace_hop_new (const PingemAddress *address);
void pingem_trace_hop_free (PingemTraceHop *hop);

/* @record: a state of one of its slots, whose sequence is below @count; others are ignored. */
void pingem_trace_hop_take (PingemTraceHop *hop, const PingemRecord *record, guint32 count);
/* Whether the first @n slots were due and none is in flight. */
gboolean pingem_trace_hop_is_settled (const PingemTraceHop *hop, guint32 n);
/* Whether anybody answered: what is no answer is silence, or an error. */
gboolean pingem_trace_hop_has_answer (const PingemTraceHop *hop);
/* Without those that were not sent. */
PingemHopLoss pingem_trace_hop_loss (const PingemTraceHop *hop);

G_END_DECLS
