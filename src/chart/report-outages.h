/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "ipc/report-view.h"

G_BEGIN_DECLS

/* Of the view's events, which own them: of PingemEvent, the oldest first. (transfer container) */
GPtrArray *pingem_report_outages_list (const PingemReportView *view);
/* How long all of them were together, in ms, within the view's time. */
gint64 pingem_report_outages_measure (GPtrArray *outages, const PingemReportView *view);
/* How many began where, in the reader's language: "Router 1, Provider 3". (transfer full) */
char *pingem_report_outages_count (GPtrArray *outages);
/* The @n longest ones, in the order of time. (transfer container) */
GPtrArray *pingem_report_outages_choose (GPtrArray *outages, const PingemReportView *view, guint n);

G_END_DECLS
