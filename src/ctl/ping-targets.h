/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

#include "ctl/run.h"
#include "engine/address.h"

G_BEGIN_DECLS

/* One target of a run of "pingemctl ping": 40 bytes until its second slot is due. */
typedef struct {
  PingemRun run;
  guint32 label;      /* where it is written, if has_label; else the line that it stands in */
  guint32 address;    /* IPv4, network order; if is_wide its place in a table */
  guint32 deadline_s; /* since the run began: by then all is known. G_MAXUINT32: endless */
  guint32 is_used : 1;
  guint32 has_label : 1;
  guint32 is_wide : 1;
  guint32 is_ended : 1;
  guint32 is_gone : 1;      /* from the source: nothing more will come */
  guint32 is_forbidden : 1; /* the kernel sends nothing there, and that was said */
} PingemPingTarget;

G_STATIC_ASSERT (sizeof (PingemPingTarget) == 40);

/* What a target is called. Valid until the next is added. */
typedef struct {
  const char *label;
  char address[PINGEM_ADDRESS_STRLEN]; /* "": unknown */
} PingemPingNames;

/* The targets of a run, by id: dense numbers, in the order of the summary. */
typedef struct PingemPingTargets PingemPingTargets;

PingemPingTargets *pingem_ping_targets_new (void);
void pingem_ping_targets_free (PingemPingTargets *self);

/* Ids are below this. */
guint32 pingem_ping_targets_end (const PingemPingTargets *self);
/* The lowest that no target ever had, or one that was removed. */
guint32 pingem_ping_targets_free_id (const PingemPingTargets *self);
/*
 * Valid until the next one is added; its run is still to be set. @id is not in
 * use. @label: as it was written; NULL, or the same as the address: none is kept
 */
PingemPingTarget *pingem_ping_targets_add (PingemPingTargets *self,
                                           guint32 id,
                                           const char *label,
                                           const PingemAddress *address);
/* NULL: there is none. Valid until the next one is added. */
PingemPingTarget *pingem_ping_targets_find (const PingemPingTargets *self, guint32 id);
void pingem_ping_targets_remove (PingemPingTargets *self, guint32 id);

void pingem_ping_targets_name (const PingemPingTargets *self,
                               const PingemPingTarget *target,
                               PingemPingNames *ret_names);

G_END_DECLS
