/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "ctl/ping-targets.h"

G_BEGIN_DECLS

/* The contracts of machine output; each appends one line. */
void pingem_probe_line (GString *text, const PingemPingNames *names, const PingemRecord *record);
void
pingem_probe_states_line (GString *text, const PingemPingNames *names, const PingemRecord *record);
void pingem_probe_json (GString *text, const PingemPingNames *names, const PingemRecord *record);
/* The object of one target; the array around it is the caller's. */
void pingem_summary_row_json (GString *text, const PingemPingNames *names, const PingemRun *run);

/*
 * For people, in their language: a line on what just happened to a probe;
 * nothing where there is nothing to say. @timeout_ms: 0: unknown. @tells_stamps: also who took
 * the time
 */
void pingem_probe_text (GString *text,
                        const PingemPingNames *names,
                        const PingemRecord *record,
                        guint timeout_ms,
                        gboolean tells_stamps);

/* The numbers of one target, or of all. */
typedef struct {
  PingemTally tally;
  PingemBursts bursts;
  PingemRttSummary rtt;
  guint64 n_passed;
} PingemPingSums;

PingemPingSums pingem_ping_sums (const PingemRun *run);
/* Any slot without an answer in time, or with more than one. */
gboolean pingem_ping_sums_show_trouble (const PingemPingSums *sums);
/* Several lines: heading, parts of loss, RTT. */
void pingem_summary_text (GString *text, const PingemPingNames *names, const PingemPingSums *sums);
/* One line. */
void
pingem_summary_row_text (GString *text, const PingemPingNames *names, const PingemPingSums *sums);
/* Several lines, of all targets. */
void pingem_summary_total_text (GString *text,
                                guint n_targets,
                                guint n_troubled,
                                const PingemPingSums *sums);

G_END_DECLS
