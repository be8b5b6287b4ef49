/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "ipc/event.h"
#include "ipc/report-view.h"

G_BEGIN_DECLS

/*
 * What a report may say of a target. Addresses of the own network, and those of the router whatever
 * they are, are left out where they are not to be shown: also as a name. (transfer full)
 */

/* In the reader's language where it is left out. */
char *pingem_report_name (const PingemReportView *view, const PingemReportTarget *row);
/* (nullable): it is left out; "–": unknown */
char *pingem_report_address (const PingemReportView *view, const PingemReportTarget *row);
/* A key or a name. (nullable): it is left out */
char *pingem_report_key (const PingemReportView *view, const char *key);
/* Of whom an outage is about: as it is called today, or its key where it was removed. */
char *pingem_report_event_name (const PingemReportView *view, const PingemEvent *event);
/* How it was measured, in the reader's language: a heading, and a paragraph, with line breaks. */
const char *pingem_report_method (void);

G_END_DECLS
