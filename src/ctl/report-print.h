/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

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
  GTimeZone *zone;         /* (unowned) */
  GPtrArray *targets; /* (unowned): of PingemReportTarget, in the order in which packets travel */
  GPtrArray *events;  /* (unowned): of PingemEvent, the oldest first */
} PingemReportView;

/* A page in the reader's language. (transfer full) */
char *pingem_report_text (const PingemReportView *view);
/* One object, without its end of line. (transfer full) */
char *pingem_report_json (const PingemReportView *view);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PingemReportTarget, pingem_report_target_free)

G_END_DECLS
