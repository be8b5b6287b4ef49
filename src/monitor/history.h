/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "engine/record.h"
#include "ipc/column.h"
#include "ipc/event.h"
#include "monitor/block.h"
#include "monitor/summary.h"

G_BEGIN_DECLS

#define PINGEM_HISTORY_DAYS 30
#define PINGEM_HISTORY_ROLLUP_DAYS 365
/* While nothing can be written, this many results wait in memory; then the oldest are dropped. */
#define PINGEM_HISTORY_MAX_WAITING 100000
#define PINGEM_HISTORY_MAX_SUMMARY_MS (366 * 86400 * G_GINT64_CONSTANT (1000))
#define PINGEM_HISTORY_MAX_EVENTS 1000 /* as MAX_WAITING, of events */

/* What was measured, on disk. Has no clock and no timer: Unix times are arguments. */
typedef struct PingemHistory PingemHistory;

/**
 * pingem_history_open:
 * @path: the file; its folder is made where it is missing. ":memory:" keeps all in memory
 * @days: older results are deleted, at open and once a day; of their minutes the sums stay
 * @rollup_days: older sums and events are deleted; not less than @days
 * @ret_notice: (out) (optional) (nullable): a sentence, where a damaged file was set aside (it is
 *   named NAME.damaged-YYYYMMDD-HHMMSS then) and a new one begun
 *
 * The time since the last run becomes a gap, "not running"; an outage that was open in it ended
 * with its last sign of life.
 *
 * Returns: (transfer full): %NULL with PINGEM_ERROR_EXISTS where another monitor holds the file,
 *   with PINGEM_ERROR_BAD_VERSION where a newer Pingem wrote it (it stays as it is), and with
 *   PINGEM_ERROR_FAILED where it cannot be read or written
 */
PingemHistory *pingem_history_open (const char *path,
                                    guint days,
                                    guint rollup_days,
                                    gint64 now_ms,
                                    char **ret_notice,
                                    GError **error);
/**
 * pingem_history_open_later:
 *
 * As one whose file cannot be written, where pingem_history_open() has failed: each flush tries to
 * open it, and what waits in memory then joins what the file has.
 *
 * Returns: (transfer full) (nullable): NULL where there is no memory for it
 */
PingemHistory *
pingem_history_open_later (const char *path, guint days, guint rollup_days, gint64 now_ms);
/* Flush before, or what came since the last flush is lost. Accepts NULL. */
void pingem_history_free (PingemHistory *self);

/* As @days of open(), from the next flush on that has anything to write. */
void pingem_history_set_days (PingemHistory *self, guint days);

/* What @key was called last; a target without one has "" for both. */
void pingem_history_name_target (PingemHistory *self,
                                 const char *key,
                                 const char *name,
                                 const char *leg);
/*
 * Kept in memory until the next flush. A later record of the same slot replaces the earlier one,
 * for 2 minutes, on disk as well. A seq that starts again is a new run.
 */
void pingem_history_record (PingemHistory *self, const char *key, const PingemRecord *record);

/* Of all targets, one at a time: beginning one ends the one before; the same reason goes on. */
void pingem_history_begin_gap (PingemHistory *self, PingemGap reason, gint64 at_ms);
/* Nothing happens where no gap is open. */
void pingem_history_end_gap (PingemHistory *self, gint64 at_ms);

/*
 * Beginning an outage ends the one before. @verdict: the word; @leg, @key: the target that it is
 * about, "" where none. What was due of that target, and bad, is counted from @count_from_ms (when
 * the evidence began) to the end, with each flush.
 */
void pingem_history_begin_outage (PingemHistory *self,
                                  const char *verdict,
                                  const char *leg,
                                  const char *key,
                                  gint64 at_ms,
                                  gint64 count_from_ms);
/* Whose the open one is; nothing happens where none is open. */
void pingem_history_name_outage (PingemHistory *self,
                                 const char *verdict,
                                 const char *leg,
                                 const char *key);
/* Nothing happens where no outage is open. */
void pingem_history_end_outage (PingemHistory *self, gint64 at_ms);
/* One without a length; see ipc/event.h. @key: the target's, or "" */
void pingem_history_add_event (
    PingemHistory *self, const char *kind, const char *key, const char *text, gint64 at_ms);

/**
 * pingem_history_flush:
 *
 * Writes what is new in one transaction, and at least once a minute that we live; during an outage
 * every time. Call it every 10 s, at every edge and at the end.
 *
 * Returns: %FALSE with PINGEM_ERROR_FAILED where it cannot be written; all stays in memory (see
 *   PINGEM_HISTORY_MAX_WAITING; the message says how much waits and how much was dropped) and the
 *   next flush tries again
 */
gboolean pingem_history_flush (PingemHistory *self, gint64 now_ms, GError **error);

/**
 * pingem_history_columns:
 * @n: 1 to 4000
 * @ret_columns: room for @n
 *
 * Over what is written and what is not; exact, but where columns of a range of more than 2 hours
 * are a minute or longer, or its slots are not kept any more; see pingem_column_builder_new(). An
 * open gap covers all that follows.
 *
 * Returns: %FALSE with PINGEM_ERROR_NOT_FOUND (unknown @key), PINGEM_ERROR_BAD_VALUE (the range or
 *   @n) or PINGEM_ERROR_FAILED (the file cannot be read)
 */
gboolean pingem_history_columns (PingemHistory *self,
                                 const char *key,
                                 gint64 from_ms,
                                 gint64 to_ms,
                                 guint n,
                                 PingemColumn *ret_columns,
                                 GError **error);
/**
 * pingem_history_summarize:
 *
 * Up to 2 hours exact, as long as the slots are kept; else about, of rollups.
 *
 * Returns: %FALSE with PINGEM_ERROR_NOT_FOUND (unknown @key), PINGEM_ERROR_BAD_VALUE (the range) or
 *   PINGEM_ERROR_FAILED (the file cannot be read)
 */
gboolean pingem_history_summarize (PingemHistory *self,
                                   const char *key,
                                   gint64 from_ms,
                                   gint64 to_ms,
                                   PingemSummary *ret_summary,
                                   GError **error);
/**
 * pingem_history_read_minute:
 * @slots: (element-type PingemSlot): what it has of the range is appended, in order of time
 * @ret_next_ms: where the rest begins; @to_ms: there is none
 *
 * The slots of the first minute from @from_ms on that has any, to before @to_ms.
 *
 * Returns: %FALSE with the errors of pingem_history_summarize(), but of any length
 */
gboolean pingem_history_read_minute (PingemHistory *self,
                                     const char *key,
                                     gint64 from_ms,
                                     gint64 to_ms,
                                     GArray *slots,
                                     gint64 *ret_next_ms,
                                     GError **error);
/**
 * pingem_history_read_events:
 *
 * What happened from @from_ms to before @to_ms, or was going on then; gaps too. At most the newest
 * @n, in order of their begin.
 *
 * Returns: (transfer full) (element-type PingemEvent): %NULL with PINGEM_ERROR_FAILED where the
 * file cannot be read
 */
GPtrArray *pingem_history_read_events (
    PingemHistory *self, gint64 from_ms, gint64 to_ms, guint n, GError **error);
/* Of the newest event of @kind on disk. Returns: (transfer full) (nullable): NULL: there is none */
char *pingem_history_find_last_text (PingemHistory *self, const char *kind);
/* That one says @text from now on. Where the disk fails, it says what it said. */
void pingem_history_reword_event (PingemHistory *self, const char *kind, const char *text);
/* Minutes that were found damaged by columns(); what was readable in them counted. */
guint pingem_history_get_n_damaged (const PingemHistory *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PingemHistory, pingem_history_free)

G_END_DECLS
