/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "monitor/recent.h"

G_BEGIN_DECLS

/* What troubles a connection; stable words of Monitor1's Status. */
typedef enum {
  PINGEM_CAUSE_NONE,
  PINGEM_CAUSE_LOSS,
  PINGEM_CAUSE_LATE,    /* after the timeout */
  PINGEM_CAUSE_DELAY,   /* in time, but a call would sound bad */
  PINGEM_CAUSE_UNSENT,  /* this machine could not send */
  PINGEM_CAUSE_NO_PING, /* the target accepts connections, and answers no ping any more */
} PingemCause;

/* "loss", ..., "no-ping"; NULL for NONE */
const char *pingem_cause_word (PingemCause cause);

/* What is known of one target's window. */
typedef struct {
  const char *leg; /* "router", ... */
  int family;      /* AF_INET or AF_INET6 */
  PingemTally tally;
  PingemRttSummary rtts;
  /* [0] is the newest, the same one for all targets that are judged together */
  PingemSecond seconds[PINGEM_RECENT_SECONDS];
  guint streak;          /* newest seconds unanswered in a row */
  int unsent_error;      /* errno where the newest slot could not be sent, else 0 */
  gboolean has_answered; /* ever: else it is silent, not guilty */
  gboolean is_alive;     /* silent, but it accepts connections: says nothing of the way there */
  gboolean is_limiting;  /* was seen lately not to answer all that it forwards */
} PingemEvidence;

/* Below so many slots nothing is said of a target. */
#define PINGEM_MIN_SAMPLES 5

/* Silent for so many seconds it is down, unless it accepts connections. */
#define PINGEM_DOWN_STREAK 3

/* Is it known? It has answered, and there are enough slots. */
gboolean pingem_evidence_is_measured (const PingemEvidence *target);
/* Share of slots that suffer from @cause (LOSS or LATE), 0 to 1; -1 where nothing was due. */
double pingem_evidence_share (const PingemEvidence *target, PingemCause cause);
/* Is A's share significantly (95 %, pingem_loss_is_above()) above B's? */
gboolean
pingem_evidence_is_above (const PingemEvidence *a, const PingemEvidence *b, PingemCause cause);
/* ... above @share (pingem_loss_is_above_share())? */
gboolean
pingem_evidence_is_above_share (const PingemEvidence *target, PingemCause cause, double share);
/* Does it lose so much more than one behind it (99.9 %) that it does not answer all it forwards? */
gboolean pingem_evidence_limits_answers (const PingemEvidence *target,
                                         const PingemEvidence *behind);
/*
 * As is_above(), without the seconds in which both suffer: those are charged to the nearer one.
 * Seconds in which one had twice the slots of the other stay: it suffers in more of them anyway.
 */
gboolean pingem_evidence_is_above_apart (const PingemEvidence *far,
                                         const PingemEvidence *near,
                                         PingemCause cause);
/* Does A suffer significantly (95 %) more often in the seconds in which B does than in others? */
gboolean
pingem_evidence_coincides (const PingemEvidence *a, const PingemEvidence *b, PingemCause cause);
/*
 * How long an answer keeps a call waiting, in microseconds of RTT: the median and what a jitter
 * buffer of twice the jitter adds each way (as in pingem_mos()); -1: unknown.
 */
gint64 pingem_evidence_delay_us (const PingemEvidence *target);
/* How good a call would be, 1 to 4.5 (pingem_mos()); what is late is lost to it. -1: unknown. */
double pingem_evidence_mos (const PingemEvidence *target);

G_END_DECLS
