/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "monitor/database.h"
#include "monitor/history.h"
#include "monitor/series.h"

G_BEGIN_DECLS

/* Shared by history.c, history-open.c and history-columns.c; nobody else includes this. */

#define PINGEM_HISTORY_OPEN_END_MS G_MAXINT64

/* A gap that is open, or not written yet. */
typedef struct {
  gint64 row;
  gint64 from_ms;
  gint64 to_ms; /* PINGEM_HISTORY_OPEN_END_MS: open */
  PingemGap reason;
  gboolean is_dirty;
} PingemHistoryGap;

struct PingemHistory {
  PingemDatabase *db; /* (owned) */
  guint days;

  GHashTable *series; /* (owned): PingemSeries by key */
  GArray *gaps;       /* (owned): of PingemHistoryGap; the open one is the last */
  gint64 next_row;    /* ours to choose: so a transaction that failed leaves nothing to undo */

  gint64 run_row;
  gint64 alive_ms;  /* as written */
  gint64 purged_ms; /* when old blocks were deleted last */
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

/* Sets the damaged file aside; what is in memory goes to the new one with the next flush. */
gboolean
pingem_history_begin_anew (PingemHistory *self, gint64 now_ms, char **ret_notice, GError **error);

G_END_DECLS
