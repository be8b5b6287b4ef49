/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

#include "engine/engine.h"
#include "helper/caller-limits.h"
#include "helper/outlet.h"

G_BEGIN_DECLS

/* The one raw engine of all sessions; its records go to the outlet of their target. */
typedef struct PingemSharedEngine PingemSharedEngine;

/* For whom it sends. */
typedef struct {
  PingemOutlet *outlet; /* (unowned): is told */
  guint32 uid;
  gboolean is_intensive;
} PingemCaller;

/* @sockets: as pingem_engine_new_on(); @rates: static, as pingem_ration_new() */
PingemSharedEngine *
pingem_shared_engine_new (PingemRawSockets *sockets, const PingemRates rates[2], GError **error);
void pingem_shared_engine_free (PingemSharedEngine *self);

/**
 * pingem_shared_engine_add:
 * @specs: with the ids of their session
 * @ret_ids: (out) (array length=n_specs): their ids in the engine
 *
 * All or none; fails as pingem_target_specs_add().
 */
gboolean pingem_shared_engine_add (PingemSharedEngine *self,
                                   const PingemCaller *caller,
                                   const PingemTargetSpec *specs,
                                   guint n_specs,
                                   guint32 *ret_ids,
                                   GError **error);
/* @spec: with the id of its session; @id: in the engine */
gboolean pingem_shared_engine_change (PingemSharedEngine *self,
                                      guint32 id,
                                      const PingemTargetSpec *spec,
                                      GError **error);
/* @id: in the engine; its outlet is not used again */
void pingem_shared_engine_remove (PingemSharedEngine *self, guint32 id);
/* See pingem_engine_watch_set_batch(). */
void pingem_shared_engine_set_batch (PingemSharedEngine *self, gboolean batch);

G_END_DECLS
