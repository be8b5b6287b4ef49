/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "ipc/status.h"

G_BEGIN_DECLS

/* What people are to be told of an outage. */
typedef enum {
  PINGEM_ALARM_NONE,
  PINGEM_ALARM_ONSET,
  PINGEM_ALARM_UPDATE, /* the sentence is another one */
  PINGEM_ALARM_RECOVERY,
  PINGEM_ALARM_WITHDRAW, /* what was told holds no more */
} PingemAlarmAction;

/* How things stand. */
typedef struct {
  gint64 now_ms;        /* CLOCK_BOOTTIME */
  gint64 asleep_ms;     /* how long of that the machine slept: CLOCK_BOOTTIME - CLOCK_MONOTONIC */
  gboolean is_on;       /* people want to be told, and the monitor runs */
  PingemLevel level;    /* shown */
  const char *sentence; /* (nullable) */
  gint64 after_ms;      /* what is over sooner is not told */
} PingemAlarmState;

/* Zero it to start. */
typedef struct {
  gint64 since_ms;      /* when the outage began; 0: there is none */
  gint64 told_ms;       /* when it was told last; 0: it was not */
  gint64 asleep_ms;     /* as of the last step */
  const char *sentence; /* (unowned): told last, interned */
} PingemAlarm;

/*
 * Pure. To be called with each change, and again after *@ret_wait_ms where that is not 0. An outage
 * lasts while the level is bad or down; an unknown level neither ends nor begins one. It is told
 * once it lasted long enough, and no more than every 10 s that it changed. A pause, a sleep and the
 * monitor's end withdraw what is told; after a sleep it has to last anew.
 *
 * @ret_duration_ms: of RECOVERY: how long it lasted
 */
PingemAlarmAction pingem_alarm_step (PingemAlarm *alarm,
                                     const PingemAlarmState *state,
                                     gint64 *ret_wait_ms,
                                     gint64 *ret_duration_ms);

G_END_DECLS
