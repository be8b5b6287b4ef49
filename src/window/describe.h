/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "ipc/column.h"
#include "ipc/event.h"

G_BEGIN_DECLS

/* "03/29/26 14:52:10 – 14:52:30". Returns: (transfer full) */
char *pingem_describe_span (gint64 from_ms, gint64 to_ms, GTimeZone *zone);
/* A column's exact numbers, a line each. Returns: (transfer full) */
char *pingem_describe_column (const PingemColumn *column, GTimeZone *zone);
/* "#12 · 14:52:10.250 · 12.3 ms, TTL 57": a line each, after a line break. @records: of
 * PingemRecord. Returns: (transfer full) */
char *pingem_describe_packets (const GArray *records, GTimeZone *zone);
/* A line each, after a line break, of those that happened in the column's time. @events: of
 * PingemEvent. Returns: (transfer full) */
char *pingem_describe_events (const GPtrArray *events, const PingemColumn *column);
/* "03/29/26 14:52:10 – 14:52:30, 20 s"; one time alone where it has no length. Returns: (transfer
 * full) */
char *pingem_describe_event_time (const PingemEvent *event, GTimeZone *zone);
/* A strip for those who cannot see it: one line. Returns: (transfer full) */
char *pingem_describe_strip (const PingemColumn *columns, guint n_columns);
/* Leg, address and numeric address of one of Monitor1's Targets, none twice. Returns: (transfer
 * full) */
char *pingem_describe_address (GVariant *target);

G_END_DECLS
