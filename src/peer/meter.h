/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

#include "engine/record.h"

G_BEGIN_DECLS

/* Why a probe was lost: nobody answered in time, or somebody said that it cannot be. */
typedef enum {
  PINGEM_LOST_TIMEOUT,
  PINGEM_LOST_UNREACHABLE,
  PINGEM_LOST_REFUSED,
  PINGEM_N_LOST
} PingemLostReason;

/* Why one was not sent. */
typedef enum {
  PINGEM_UNSENT_HELD, /* a limit of ours */
  PINGEM_UNSENT_NO_NETWORK,
  PINGEM_UNSENT_ERROR,
  PINGEM_N_UNSENT
} PingemUnsentReason;

/* Upper bounds of the buckets of RTT, the last one without a bound. */
#define PINGEM_N_CLASSIC 15
#define PINGEM_N_EXPONENTIAL 18

/*
 * What became of a target's probes, in counts that only grow. A late reply is counted as lost at
 * its timeout, and as late when it comes: so nothing that was told is taken back.
 */
typedef struct {
  guint64 sent;
  guint64 replies; /* in time */
  guint64 late;
  guint64 duplicates;
  guint64 lost[PINGEM_N_LOST];
  guint64 unsent[PINGEM_N_UNSENT];
  guint64 classic[PINGEM_N_CLASSIC];         /* of replies: each in one bucket */
  guint64 exponential[PINGEM_N_EXPONENTIAL]; /* each bound is twice the one before */
  double rtt_s;                              /* sum over the replies */
} PingemMeter;

/* Counts what @record says that is new of its slot: each is to be given once, in order. */
void pingem_meter_add (PingemMeter *meter, const PingemRecord *record);

/* In seconds; the last is infinity. */
double pingem_meter_classic_bound (guint i);
double pingem_meter_exponential_bound (guint i);
/* "timeout", "unreachable", "refused"; "held", "no-network", "error": stable words. */
const char *pingem_lost_word (PingemLostReason reason);
const char *pingem_unsent_word (PingemUnsentReason reason);

G_END_DECLS
