/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

#include "ctl/slot-ring.h"
#include "engine/record.h"
#include "stats/burst.h"
#include "stats/rtt.h"
#include "stats/tally.h"

G_BEGIN_DECLS

typedef struct PingemRunBook PingemRunBook;

typedef enum {
  PINGEM_RUN_EMPTY,  /* nothing was due yet */
  PINGEM_RUN_SINGLE, /* slot 0 alone */
  PINGEM_RUN_BOOK,   /* any slots */
} PingemRunForm;

/*
 * One target's slots in one run: what became of them, and whether all is told.
 * Up to its first slot it takes 24 bytes, as very many targets may have one
 * probe each; zero it to start, with count and has_hold. It holds the slots of
 * which more may be told (16 bytes each), and sums of the others.
 */
typedef struct {
  union {
    PingemRunSlot only;
    PingemRunBook *book; /* (owned) */
  };
  guint32 count;        /* 0: endless */
  guint32 form : 2;     /* PingemRunForm */
  guint32 has_hold : 1; /* lost slots are waited for until their hold ends */
} PingemRun;

typedef enum {
  PINGEM_NEWS_NONE = 0,
  PINGEM_NEWS_CHANGED = 1 << 0, /* its state is another one now */
  PINGEM_NEWS_SETTLED = 1 << 1, /* its line of machine output is due now: told once per slot */
} PingemNews;

typedef void (*PingemRunFunc) (const PingemRecord *record, gpointer user_data);

void pingem_run_clear (PingemRun *run);

/* @total: of several runs, follows what this one counts */
PingemNews pingem_run_take (PingemRun *run, const PingemRecord *record, PingemTally *total);
/* Every slot was due, and none is in flight or waited for. Never for an endless run. */
gboolean pingem_run_is_done (const PingemRun *run);
/* Tells the slots that are not settled yet, by sequence: those in flight, and silent ones. Of a
 * record, seq, state and sent_ns are set. */
void pingem_run_settle (PingemRun *run, PingemRunFunc func, gpointer user_data);

PingemTally pingem_run_tally (const PingemRun *run);
/* As far as is known now: a late reply may still part one in two. */
PingemBursts pingem_run_bursts (const PingemRun *run);
/* Of replies and late ones, jitter in order of arrival. */
PingemRttSummary pingem_run_rtts (const PingemRun *run);
/* Adds them to @total. */
void pingem_run_add_rtts (const PingemRun *run, PingemRtts *total);
/* Slots that passed while nobody could send them: neither due nor loss. */
guint64 pingem_run_count_passed (const PingemRun *run);

G_END_DECLS
