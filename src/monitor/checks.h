/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "monitor/target.h"
#include "source/stamp-source.h"

G_BEGIN_DECLS

/* What probes by anything but ICMP: a source for each kind, opened with the first target for it. */
typedef struct PingemChecks PingemChecks;

/* @on_record: of each source's signal, swapped: (gpointer user_data, const PingemRecord *record) */
PingemChecks *pingem_checks_new (GCallback on_record, gpointer user_data);
/* Nothing is told any more. */
void pingem_checks_free (PingemChecks *self);

/* (transfer none): @probe: not ICMP */
PingemSource *pingem_checks_get_source (PingemChecks *self, PingemProbe probe);
/*
 * Reads the key of @target, if it shall have one. FALSE: it cannot be read, the target says so, and
 * nothing is to be sent without it.
 */
gboolean pingem_checks_give_key (PingemChecks *self, PingemTarget *target);
/* What is known of the two ways, where @target is probed by UDP. */
PingemPath pingem_checks_get_path (PingemChecks *self, PingemTarget *target);

G_END_DECLS
