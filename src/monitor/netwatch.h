/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

#include "monitor/routes.h"

G_BEGIN_DECLS

#define PINGEM_TYPE_NETWATCH (pingem_netwatch_get_type ())

G_DECLARE_FINAL_TYPE (PingemNetwatch, pingem_netwatch, PINGEM, NETWATCH, GObject)

/*
 * Reads routes and links once, and follows them from the current thread's default main context.
 * %NULL with PINGEM_ERROR_FAILED where the kernel does not tell (a sandbox without netlink).
 */
PingemNetwatch *pingem_netwatch_new (GError **error);

/*
 * @family: AF_INET or AF_INET6. %FALSE where it has no default route. One that leads through a
 * tunnel only where there is no other.
 */
gboolean pingem_netwatch_get_route (PingemNetwatch *self, int family, PingemRoute *ret_route);
/* The tunnel that carries packets to @address now. %FALSE where none does. */
gboolean pingem_netwatch_find_tunnel (PingemNetwatch *self,
                                      const PingemAddress *address,
                                      PingemRoute *ret_route);
/* Whether a link other than loopback can carry packets. */
gboolean pingem_netwatch_get_link_up (PingemNetwatch *self);

G_END_DECLS
