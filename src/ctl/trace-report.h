/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "ctl/host-labels.h"
#include "ctl/trace-path.h"

G_BEGIN_DECLS

/* What is shown of a trace. */
typedef struct {
  const char *host; /* as it was written */
  const PingemTracePath *path;
  PingemHostLabels *labels; /* (nullable) names of addresses */
} PingemTraceReport;

/* Asks for the names of all addresses that are known so far. */
void pingem_trace_report_ask_labels (const PingemTraceReport *report);
/* For people, in their language: the hops, while they are probed. (transfer full) */
char *pingem_trace_report_progress (const PingemTraceReport *report);
/* The hops, and what they say about loss. (transfer full) */
char *pingem_trace_report_text (const PingemTraceReport *report);
/* The contract of machine output, on one line without its end. (transfer full) */
char *pingem_trace_report_json (const PingemTraceReport *report);

G_END_DECLS
