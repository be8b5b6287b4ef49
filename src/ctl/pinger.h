/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "ctl/ping-options.h"
#include "source/source.h"

G_BEGIN_DECLS

/*
 * One run of "pingemctl ping": probes what a feed adds, writes what becomes of
 * it to standard output as it happens, and ends when all is known.
 */
typedef struct PingemPinger PingemPinger;

/* @options outlive it. */
PingemPinger *pingem_pinger_new (const PingemPingOptions *options);
void pingem_pinger_free (PingemPinger *self);

/* Once, before anything is added. */
void pingem_pinger_set_source (PingemPinger *self, PingemSource *source);
/* As long as somebody holds it, the run does not end: more is to come, one target per hold. */
void pingem_pinger_hold (PingemPinger *self);
void pingem_pinger_release (PingemPinger *self);

/* @label: a host, or NULL for a line; @line: where it stands, 0: among the arguments; @spec: its
 * id is unique, dense, and the order of the summary. */
void pingem_pinger_add (PingemPinger *self,
                        const char *label,
                        guint32 line,
                        const PingemTargetSpec *spec);
guint32 pingem_pinger_free_id (PingemPinger *self);
/* Whether there are as many as the source takes. */
gboolean pingem_pinger_is_full (PingemPinger *self);
/* Else no more may be added until @func was called: it is full, or they come faster than the source
 * may send. */
gboolean pingem_pinger_is_ready (PingemPinger *self);
void pingem_pinger_set_room_func (PingemPinger *self, GSourceFunc func, gpointer user_data);

/* One sentence on standard error. */
void pingem_pinger_complain (PingemPinger *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* Bad input. @line: 0: an argument; @what: (nullable) */
void pingem_pinger_refuse (PingemPinger *self, guint32 line, const char *what, const char *why);
/* The run goes on, and ends with this exit status or a worse one. */
void pingem_pinger_worsen (PingemPinger *self, int exit_status);
/* Tells the summary so far, on standard error. */
void pingem_pinger_tell_interim (PingemPinger *self);
/* Ends the run at once. */
void pingem_pinger_quit (PingemPinger *self);
/* Runs until all is known, or until it is asked to quit. Returns: the exit status */
int pingem_pinger_run (PingemPinger *self);

G_END_DECLS
