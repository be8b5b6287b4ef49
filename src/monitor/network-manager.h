/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define PINGEM_TYPE_NETWORK_MANAGER (pingem_network_manager_get_type ())

G_DECLARE_FINAL_TYPE (
    PingemNetworkManager, pingem_network_manager, PINGEM, NETWORK_MANAGER, GObject)

/*
 * Follows NetworkManager from the current thread's default main context. Nothing is known where
 * there is none; one that comes later is found. Emits `changed ()` after any of what follows did.
 *
 * @bus: the system bus
 */
PingemNetworkManager *pingem_network_manager_new (GDBusConnection *bus);

/* Whether web pages are answered by somebody who wants people to sign in first. */
gboolean pingem_network_manager_is_portal (PingemNetworkManager *self);
/* The name of the Wi-Fi network that is the primary connection: valid UTF-8 without control
 * characters; %NULL: unknown, or no Wi-Fi. */
const char *pingem_network_manager_get_wifi (PingemNetworkManager *self);
/* The interface of the primary connection; %NULL: unknown. */
const char *pingem_network_manager_get_interface (PingemNetworkManager *self);
/* Of that Wi-Fi network: 0 to 100; changes by less than 10 are left out. -1: unknown. */
int pingem_network_manager_get_signal (PingemNetworkManager *self);

G_END_DECLS
