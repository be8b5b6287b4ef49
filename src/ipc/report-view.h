/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "ipc/monitor-dbus.h"

G_BEGIN_DECLS

/* What the monitor knows of one target in the time of a report. */
typedef struct {
  GVariant *target;  /* (owned): its entry of Monitor1's Targets */
  GVariant *summary; /* (owned): of Monitor1's Summary */
  GArray *columns;   /* (owned): of PingemColumn */
} PingemReportTarget;

void pingem_report_target_free (PingemReportTarget *target);

/* A report for the provider. */
typedef struct {
  gint64 from_ms;
  gint64 to_ms;
  gint64 written_ms;
  gboolean show_addresses; /* else those of the own network are left out */
  GTimeZone *zone;         /* (owned) */
  GPtrArray *targets; /* (owned): of PingemReportTarget, in the order in which packets travel */
  GPtrArray *events;  /* (owned): of PingemEvent, the oldest first */
  GArray *hours;      /* (owned) (nullable): of PingemColumn, each an hour, of the first target of
                         leg internet; only of a day or more */
} PingemReportView;

/*
 * Asks the monitor, and waits for its answers: of the targets that there are now, from @from_ms to
 * before @to_ms (Unix time), each in @n_columns columns; written now, in the local time zone.
 *
 * Returns: (transfer full): NULL with the monitor's error
 */
PingemReportView *pingem_report_view_collect (
    PingemDbusMonitor1 *monitor, gint64 from_ms, gint64 to_ms, guint n_columns, GError **error);
void pingem_report_view_free (PingemReportView *view);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PingemReportTarget, pingem_report_target_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PingemReportView, pingem_report_view_free)

G_END_DECLS
