/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

#include "engine/record.h"
#include "stats/rtt.h"
#include "stats/tally.h"

G_BEGIN_DECLS

/* One target's slots in one run: what became of them, and whether all is told. */
typedef struct {
  guint32 count;     /* 0: endless */
  gboolean has_hold; /* lost slots are waited for until their hold ends */
  PingemTally tally;
  PingemRtts rtts;   /* of replies and late ones, in order of arrival */
  guint64 next_seq;  /* beyond the newest slot that was told */
  guint64 n_slots;   /* that were told; fewer than next_seq where some passed unsent */
  guint n_waiting;   /* lost slots whose hold goes on */
  GHashTable *slots; /* (owned) those of which more may be told */
} PingemRun;

typedef enum {
  PINGEM_NEWS_NONE = 0,
  PINGEM_NEWS_CHANGED = 1 << 0, /* its state is another one now */
  PINGEM_NEWS_SETTLED = 1 << 1, /* its line of machine output is due now: told once per slot */
} PingemNews;

typedef void (*PingemRunFunc) (const PingemRecord *record, gpointer user_data);

void pingem_run_init (PingemRun *run, guint32 count, gboolean has_hold);
void pingem_run_clear (PingemRun *run);

PingemNews pingem_run_take (PingemRun *run, const PingemRecord *record);
/* Every slot was due, and none is in flight or waited for. Never for an endless run. */
gboolean pingem_run_is_done (const PingemRun *run);
/* Tells the slots that are not settled yet, by sequence: those in flight, and silent ones. */
void pingem_run_settle (PingemRun *run, PingemRunFunc func, gpointer user_data);

/* No slot is lost, unsent, held back or ended by an error. */
gboolean pingem_run_is_all_answered (const PingemRun *run);
/* Slots that passed while nobody could send them: neither due nor loss. */
guint64 pingem_run_count_passed (const PingemRun *run);

G_END_DECLS
