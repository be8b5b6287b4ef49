/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>
#include <polkit/polkit.h>

#include "helper/caller-limits.h"
#include "helper/shared-engine.h"

G_BEGIN_DECLS

#define PINGEM_TYPE_SERVICE (pingem_service_get_type ())

G_DECLARE_FINAL_TYPE (PingemService, pingem_service, PINGEM, SERVICE, GObject)

/**
 * pingem_service_new:
 * @engine: outlives the service
 * @limits: static
 *
 * Helper1 at PINGEM_HELPER_PATH on @connection. Signal `idle`: nobody had or
 * wanted a session for limits->idle_ms.
 *
 * Returns: (transfer full): or %NULL, where the path is taken
 */
PingemService *pingem_service_new (GDBusConnection *connection,
                                   PolkitAuthority *authority,
                                   PingemSharedEngine *engine,
                                   const PingemLimits *limits,
                                   GError **error);
/* Open ones, and calls that are not decided yet. */
guint pingem_service_count_sessions (PingemService *self);

G_END_DECLS
