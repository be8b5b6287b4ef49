/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "ctl/ping-options.h"
#include "ctl/ping-targets.h"

G_BEGIN_DECLS

/*
 * What a run of "pingemctl ping" writes to standard output, in the format that
 * was asked. On a terminal each line comes at once; else before the main loop
 * sleeps, as many lines as there are in one write.
 */
typedef struct PingemPingOutput PingemPingOutput;

/* @options and @targets outlive it. */
PingemPingOutput *pingem_ping_output_new (const PingemPingOptions *options,
                                          PingemPingTargets *targets);
void pingem_ping_output_free (PingemPingOutput *self);

/* What @record has changed, if that is told. */
void pingem_ping_output_record (PingemPingOutput *self,
                                const PingemPingTarget *target,
                                const PingemRecord *record,
                                PingemNews news);
/* What was not told yet, as nothing more will come. */
void pingem_ping_output_rest (PingemPingOutput *self, PingemPingTarget *target);
/* The rest of all targets, and the summary, which lines do not have. */
void pingem_ping_output_summary (PingemPingOutput *self);
/* The summary for people so far, on standard error. */
void pingem_ping_output_interim (PingemPingOutput *self);
/* Nobody reads, or there is no room: what is written is lost. */
gboolean pingem_ping_output_has_failed (const PingemPingOutput *self);

G_END_DECLS
