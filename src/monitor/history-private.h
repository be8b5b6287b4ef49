/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "monitor/database.h"
#include "monitor/history.h"
#include "monitor/series.h"
#include "stats/rollup.h"

G_BEGIN_DECLS

/* Shared by history*.c; nobody else includes this. */

#define PINGEM_HISTORY_OPEN_END_MS G_MAXINT64
#define PINGEM_HISTORY_HOUR_MS (60 * PINGEM_BLOCK_SPAN_MS)

/*
 * Blocks stand in the order of target and minute, and rollups in that of target and hour, as their
 * numbers say both: so a range is read in one go, and there is no index.
 */
#define PINGEM_HISTORY_MAX_TARGET (G_GINT64_CONSTANT (1) << 22)
#define PINGEM_HISTORY_TARGET_BITS 40
#define PINGEM_HISTORY_MINUTE_BITS 14 /* so many blocks of one minute there may be */

static inline gint64
pingem_history_first_block (gint64 target, gint64 minute)
{
  return target << PINGEM_HISTORY_TARGET_BITS | minute << PINGEM_HISTORY_MINUTE_BITS;
}

static inline gint64
pingem_history_minute_of_block (gint64 row)
{
  return (row & ((G_GINT64_CONSTANT (1) << PINGEM_HISTORY_TARGET_BITS) - 1)) >>
         PINGEM_HISTORY_MINUTE_BITS;
}

static inline gint64
pingem_history_rollup_row (gint64 target, gint64 hour)
{
  return target << PINGEM_HISTORY_TARGET_BITS | hour;
}

/* A gap that is open, or not written yet. */
typedef struct {
  gint64 row;
  gint64 from_ms;
  gint64 to_ms; /* PINGEM_HISTORY_OPEN_END_MS: open */
  PingemGap reason;
  gboolean is_dirty;
} PingemHistoryGap;

/* An event that is not written yet, or an outage that is open. */
typedef struct {
  PingemEvent *event; /* (owned) */
  gint64 row;
  gint64 count_from_ms; /* of an outage */
} PingemHistoryEvent;

struct PingemHistory {
  PingemDatabase *db; /* (owned): an empty one in memory while the file is awaited */
  char *awaited;      /* (owned) (nullable): the path of the file that is to be opened */
  guint days;
  guint rollup_days;

  GHashTable *series; /* (owned): PingemSeries by key */
  GArray *gaps;       /* (owned): of PingemHistoryGap; the open one is the last */
  GPtrArray *events;  /* (owned): of PingemHistoryEvent, the oldest first; at most one is open */
  gint64 next_target; /* as next_row, of targets */
  gint64 next_row;    /* ours to choose: so a transaction that failed leaves nothing to undo */

  gint64 begun_ms; /* what is before it, another run measured or none */
  gint64 run_row;
  gint64 alive_ms;       /* as written */
  gint64 purged_ms;      /* when old blocks were deleted last */
  gint64 rolled_to_hour; /* what may be rolled up before this hour is; -1: unknown */
  guint64 n_dropped;
  GHashTable *damaged; /* (owned): gint64, the rows of damaged blocks that were met */
};

PingemSeries *pingem_history_add_series (
    PingemHistory *self, gint64 row, const char *key, const char *name, const char *leg);

gboolean pingem_history_begin (PingemHistory *self, GError **error);
/* Commits where @is_written, else undoes. Returns: whether all is on disk */
gboolean pingem_history_commit (PingemHistory *self, gboolean is_written, GError **error);
/* Inside a transaction. */
gboolean pingem_history_write_alive (PingemHistory *self, gint64 now_ms, GError **error);
gboolean pingem_history_delete_old (PingemHistory *self, gint64 now_ms, GError **error);

void pingem_history_event_free (PingemHistoryEvent *self);
/* Inside a transaction: all that are in memory. */
gboolean pingem_history_write_events (PingemHistory *self, gint64 now_ms, GError **error);
/* All are on disk: keeps the outage that is open. */
void pingem_history_settle_events (PingemHistory *self);
/* Of a gap: memory knows better than the file. */
gboolean pingem_history_gap_is_in_memory (const PingemHistory *self, gint64 row);

/* @slots of one minute, in order of time */
typedef void (*PingemSlotsFunc) (gint64 minute,
                                 const PingemSlot *slots,
                                 guint n_slots,
                                 gpointer user_data);
/* A call for each minute that has slots, from the first to before the last; of blocks in memory and
 * on disk. */
gboolean pingem_history_read_slots (PingemHistory *self,
                                    PingemSeries *series,
                                    gint64 from_minute,
                                    gint64 to_minute,
                                    PingemSlotsFunc func,
                                    gpointer user_data,
                                    GError **error);
/* Ranges up to this are exact, however wide a column is. */
#define PINGEM_HISTORY_EXACT_MS (2 * PINGEM_HISTORY_HOUR_MS)

/* Who takes what a range holds, in order of time: either slots, or rollups by their start. */
typedef struct {
  void (*add_slots) (gpointer data, const PingemSlot *slots, guint n_slots);
  void (*add_rollup) (gpointer data, gint64 start_ms, const PingemRollup *rollup);
  /* As pingem_rollup_append_packed(). */
  gboolean (*add_packed) (gpointer data, gint64 start_ms, const guint8 **at, const guint8 *end);
} PingemRangeSink;

/*
 * @unit: of rollups, in minutes: 1 or 60; 0: slots, as long as they are kept, else minutes. What
 * is no whole unit, or has no rollup yet, comes in smaller ones.
 * Returns: the unit that was used, or -1 with @error
 */
int pingem_history_read_range (PingemHistory *self,
                               PingemSeries *series,
                               gint64 from_ms,
                               gint64 to_ms,
                               int unit,
                               const PingemRangeSink *sink,
                               gpointer data,
                               GError **error);
/* (transfer none) (nullable): NULL with PINGEM_ERROR_NOT_FOUND */
PingemSeries *pingem_history_find_series (PingemHistory *self, const char *key, GError **error);
/* Inside a transaction: notes that @series has blocks in this hour that no rollup knows. */
gboolean pingem_history_write_pending (PingemHistory *self,
                                       PingemSeries *series,
                                       gint64 hour,
                                       GError **error);
void pingem_history_roll_up (PingemRollup *rollup, const PingemSlot *slots, guint n_slots);
/* Inside a transaction: of hours that nothing can correct any more. */
gboolean pingem_history_write_rollups (PingemHistory *self, gint64 now_ms, GError **error);

/* Sets the damaged file aside; what is in memory goes to the new one with the next flush. */
gboolean
pingem_history_begin_anew (PingemHistory *self, gint64 now_ms, char **ret_notice, GError **error);

/* Where nothing could be opened so far: what is in memory goes to the file with the next flush. */
gboolean
pingem_history_open_awaited (PingemHistory *self, gint64 now_ms, char **ret_notice, GError **error);

G_END_DECLS
