/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "monitor/block.h"

G_BEGIN_DECLS

/* How long a slot may be corrected: 10 s timeout, 60 s hold, 1 s batch, and some to spare. */
#define PINGEM_SERIES_OPEN_NS (120 * G_GINT64_CONSTANT (1000000000))

/* Slots of one run of a target that were sent in the same minute. */
typedef struct {
  gint64 row;         /* its number in the database; 0: none yet */
  gint64 minute;      /* since 1970 */
  gint64 last_due_ns; /* CLOCK_BOOTTIME: untouched when the wall clock is set */
  GArray *slots;      /* (owned): of PingemSlot, in order of seq */
  gboolean is_dirty;
} PingemBlock;

/* The newest blocks of one target: what is not written yet, or may still be corrected. */
typedef struct {
  gint64 row; /* the target's number in the database */
  char *key;  /* (owned) */
  char *name; /* (owned) */
  char *leg;  /* (owned) */
  gboolean is_dirty;
  GPtrArray *blocks; /* (owned): of PingemBlock, in the order in which they were begun */
  guint run_start;   /* the first block of the current run */
  guint64 closed_to; /* slots of this run before this seq are final */
  gint64 last_due_ns;
  guint32 last_target;
  gboolean has_run;
  gint64 pending_hour; /* since 1970: known to wait for its rollup; -1: none */
} PingemSeries;

PingemSeries *pingem_series_new (gint64 row, const char *key, const char *name, const char *leg);
void pingem_series_free (PingemSeries *self);

/* Keeps or corrects a slot; a seq that starts again begins a new run. */
void pingem_series_record (PingemSeries *self, const PingemRecord *record);
/* Forgets clean blocks that nothing can correct any more. */
void pingem_series_close_old (PingemSeries *self);
/* (transfer none) (nullable) */
PingemBlock *pingem_series_find_oldest_dirty (PingemSeries *self);
/* Frees @block, written or not. */
void pingem_series_remove_block (PingemSeries *self, PingemBlock *block);
G_END_DECLS
