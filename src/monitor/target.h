/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

#include "engine/engine.h"
#include "monitor/recent.h"
#include "monitor/target-config.h"
#include "monitor/verdict.h"
#include "source/stamp-source.h"

G_BEGIN_DECLS

#define PINGEM_TYPE_TARGET (pingem_target_get_type ())

G_DECLARE_FINAL_TYPE (PingemTarget, pingem_target, PINGEM, TARGET, GObject)

/* What is watched, and its last @window_ns. Takes a copy of @config. */
PingemTarget *pingem_target_new (const PingemTargetConfig *config, gint64 window_ns);

const PingemTargetConfig *pingem_target_get_config (PingemTarget *self);
void pingem_target_set_config (PingemTarget *self, const PingemTargetConfig *config);
/* The name that people see: chosen, else the leg's for the router, else the address. */
const char *pingem_target_get_label (PingemTarget *self);
PingemRecent *pingem_target_get_recent (PingemTarget *self);

/* Family 0 while unresolved. */
const PingemAddress *pingem_target_get_address (PingemTarget *self);
/* For the router, whose address follows the route. Emits `address-changed` where it differs. */
void pingem_target_set_address (PingemTarget *self, const PingemAddress *address);
/*
 * Makes it a hop: probed on the way to @host (family 0: not at all) by that TTL, and by the
 * interface @ifindex unless that is 0. Forgets what was measured; the address is unknown until
 * pingem_target_set_answerer(). Emits `address-changed`.
 */
void
pingem_target_set_hop (PingemTarget *self, const PingemAddress *host, guint ttl, guint32 ifindex);
/* Who answers there. */
void pingem_target_set_answerer (PingemTarget *self, const PingemAddress *address);
/*
 * Looks the name up, again on failure with back-off, and hourly; the last good address is kept.
 * A numeric address is there at once. Emits `address-changed`.
 */
void pingem_target_start_lookup (PingemTarget *self);
/* The same at once, for a name: the network is another one. */
void pingem_target_refresh_lookup (PingemTarget *self);
/* A sentence, or NULL. */
void pingem_target_set_problem (PingemTarget *self, const char *problem);

/* The id under which the source knows it now; 0: not probed. */
guint32 pingem_target_get_source_id (PingemTarget *self);
void pingem_target_set_source_id (PingemTarget *self, guint32 id);

PingemTargetSpec pingem_target_build_spec (PingemTarget *self);
/*
 * Probed five times a second, whatever its configuration says, until that ends. FALSE: it is so
 * already.
 */
gboolean pingem_target_set_fast (PingemTarget *self, gboolean is_fast);
/* It was seen, at @now_ns (CLOCK_BOOTTIME), not to answer all that it forwards: for ten minutes. */
void pingem_target_remember_limiting (PingemTarget *self, gint64 now_ns);
/*
 * From the first unanswered slot on: asks whether it accepts connections (witness.h), every 30 s
 * at most. Where it does, and is silent for long enough to be down, its evidence says that it is
 * alive; and if it was silent for 5 s longer, until its window holds no slot of that time. To be
 * called once a second. TRUE: it was asked. @now_ns: CLOCK_BOOTTIME
 */
gboolean pingem_target_seek_witness (PingemTarget *self, gint64 now_ns);
/* Valid as long as @self and its configuration. @now_ns: CLOCK_BOOTTIME */
PingemEvidence pingem_target_build_evidence (PingemTarget *self, gint64 now_ns);
/* Whether @name is its address as added, its numeric address, its name, or the router's key. */
gboolean pingem_target_is_called (PingemTarget *self, const char *name);

/* One entry of Monitor1's Targets; floating. @path: of the two ways of one probed by UDP. */
GVariant *pingem_target_to_variant (PingemTarget *self,
                                    const PingemThresholds *thresholds,
                                    const PingemPath *path,
                                    gboolean is_paused);

G_END_DECLS
