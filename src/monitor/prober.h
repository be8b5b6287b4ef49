/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "monitor/target.h"
#include "source/stamp-source.h"

G_BEGIN_DECLS

#define PINGEM_TYPE_PROBER (pingem_prober_get_type ())

G_DECLARE_FINAL_TYPE (PingemProber, pingem_prober, PINGEM, PROBER, GObject)

/*
 * Keeps a source of ICMP open, with back-off, those of checks as they are needed, and the targets
 * that it probes in step with ours. Signals:
 *
 * - `record (PingemTarget *target, gpointer record)`: a `const PingemRecord *`
 * - `dropped (guint64 n)`: n records were lost on the way
 * - `source-changed ()`: opened, gone, or refused
 *
 * @kind: as pingem_source_open_async()
 */
PingemProber *pingem_prober_new (const char *kind);
/* Opens the source. */
void pingem_prober_start (PingemProber *self);

/* Probes @target as soon as it has an address. */
void pingem_prober_add (PingemProber *self, PingemTarget *target);
void pingem_prober_remove (PingemProber *self, PingemTarget *target);
/* Its configuration changed: grid and sequence go on. */
void pingem_prober_change (PingemProber *self, PingemTarget *target);
void pingem_prober_set_paused (PingemProber *self, gboolean is_paused);

/* What is known of the two ways, where it is probed by UDP. */
PingemPath pingem_prober_get_path (PingemProber *self, PingemTarget *target);

/* "helper", "raw", "datagram", or "none": how ICMP is sent. */
const char *pingem_prober_get_kind (PingemProber *self);
/* A sentence: why this one, or why none. */
const char *pingem_prober_get_why (PingemProber *self);

G_END_DECLS
