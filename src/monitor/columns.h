/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "ipc/column.h"
#include "monitor/block.h"
#include "stats/rollup.h"

G_BEGIN_DECLS

#define PINGEM_COLUMNS_MAX 4000
#define PINGEM_COLUMNS_LAST_MS G_GINT64_CONSTANT (253402300799999) /* end of the year 9999 */

/*
 * Turns slots or rollups, and gaps, into columns. Slots are counted exactly; a rollup belongs whole
 * to the column in which it starts, with percentiles within 5 %. Pure: knows neither disk nor
 * clock.
 */
typedef struct PingemColumnBuilder PingemColumnBuilder;

/**
 * pingem_column_builder_new:
 * @from_ms: Unix time, not negative
 * @n: 1 to PINGEM_COLUMNS_MAX; column i starts at from + i * (to - from) / n
 *
 * Returns: (transfer full) (nullable): ends with pingem_column_builder_end(); %NULL where @n is out
 *   of range, the range is empty, before 1970 or beyond the year 9999, or a column would span more
 *   than 49 days
 */
PingemColumnBuilder *pingem_column_builder_new (gint64 from_ms, gint64 to_ms, guint n);

/* In order of time; what lies outside is left out. To one builder either slots or rollups go. */
void
pingem_column_builder_add_slots (PingemColumnBuilder *self, const PingemSlot *slots, guint n_slots);
/* As pingem_rollup_append_packed(). */
gboolean pingem_column_builder_add_rollup (PingemColumnBuilder *self,
                                           gint64 start_ms,
                                           const guint8 **at,
                                           const guint8 *end);
void pingem_column_builder_add_rolled (PingemColumnBuilder *self,
                                       gint64 start_ms,
                                       const PingemRollup *rollup);
/* @to_ms: G_MAXINT64 for a gap that is still open. In any order. */
void pingem_column_builder_add_gap (PingemColumnBuilder *self,
                                    gint64 from_ms,
                                    gint64 to_ms,
                                    PingemGap reason);
/**
 * pingem_column_builder_end:
 * @self: (transfer full)
 * @ret_columns: room for n columns
 *
 * A column's gap is the reason that covers most of it, where gaps cover at least half of it.
 */
void pingem_column_builder_end (PingemColumnBuilder *self, PingemColumn *ret_columns);
/* Accepts NULL. */
void pingem_column_builder_free (PingemColumnBuilder *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PingemColumnBuilder, pingem_column_builder_free)

G_END_DECLS
