/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "monitor/monitor.h"

G_BEGIN_DECLS

/* Monitor1 under its name on the session or the system bus, also on the one that comes after a bus
 * that ended. */
typedef struct PingemPresence PingemPresence;

/* @is_lost: FALSE: the method "Quit"; TRUE: another has the name, or no bus came. */
typedef void (*PingemPresenceEnded) (gboolean is_lost, gpointer user_data);

/**
 * pingem_presence_new:
 * @bus: which one
 * @connection: to the bus as it is now
 * @patience_s: a bus that ended has so long to come back at the same address; 0: none
 * @ended: called once at most
 *
 * When the bus ends the history is written.
 *
 * Returns: (transfer full): %NULL where the interface cannot be exported
 */
PingemPresence *pingem_presence_new (PingemMonitor *monitor,
                                     GBusType bus,
                                     GDBusConnection *connection,
                                     guint patience_s,
                                     PingemPresenceEnded ended,
                                     gpointer user_data,
                                     GError **error);
/* Leaves the bus, once it has what was sent to it. Accepts NULL. */
void pingem_presence_free (PingemPresence *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PingemPresence, pingem_presence_free)

G_END_DECLS
