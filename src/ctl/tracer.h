/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "ctl/trace-options.h"
#include "source/source.h"

G_BEGIN_DECLS

/*
 * One run of "pingemctl trace": finds how long the way is, one hop after the
 * other, then probes all hops on a grid. Never more than ten probes a second
 * are sent, whatever the number of hops.
 */
typedef struct PingemTracer PingemTracer;

/* @options outlive it. */
PingemTracer *pingem_tracer_new (const PingemTraceOptions *options);
void pingem_tracer_free (PingemTracer *self);

/* Once. */
void pingem_tracer_start (PingemTracer *self, PingemSource *source, const PingemAddress *address);
/* Ends the run at once, with this exit status or a worse one. */
void pingem_tracer_quit (PingemTracer *self, int exit_status);
/* Runs until all is known, or until it is asked to quit; prints it. Returns: the exit status */
int pingem_tracer_run (PingemTracer *self);

G_END_DECLS
