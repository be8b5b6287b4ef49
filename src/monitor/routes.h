/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>
#include <linux/netlink.h>
#include <net/if.h>

#include "engine/address.h"

G_BEGIN_DECLS

/* A way out. No hidden padding, so it compares as bytes. */
typedef struct {
  PingemAddress gateway; /* family 0: none, the link leads to one peer; may be IPv6 for IPv4 */
  char interface[IF_NAMESIZE];
  guint32 ifindex;
  guint32 metric;    /* the kernel takes the lowest */
  guint32 is_tunnel; /* then it has no gateway: a tunnel's peer is no router of ours */
} PingemRoute;

#define PINGEM_ROUTES_MAX_TUNNELS 64

/* What the kernel says now. No hidden padding either. */
typedef struct {
  PingemRoute inet; /* the default route of the main table: one through no tunnel, where there is */
  PingemRoute inet6;
  guint32 has_inet;
  guint32 has_inet6;
  guint32 link_up; /* one other than loopback can carry packets */
  guint32 n_tunnels;
  guint32 tunnels[PINGEM_ROUTES_MAX_TUNNELS]; /* interfaces that wrap packets into others */
} PingemRoutes;

/* Asks the kernel by rtnetlink, at once. %FALSE with errno set where it does not tell. */
gboolean pingem_routes_read (PingemRoutes *ret_routes);
gboolean pingem_routes_is_tunnel (const PingemRoutes *routes, guint32 ifindex);
/*
 * Asks the kernel for the way to @address, by all its rules and tables. %FALSE where that is
 * through none of the tunnels, or where there is none.
 */
gboolean pingem_routes_find_tunnel (const PingemRoutes *routes,
                                    const PingemAddress *address,
                                    PingemRoute *ret_route);
/*
 * Adds one message of the dump of routes or links to the PingemRoutes @data: libmnl's callbacks.
 * Links come first, so that it is known which are tunnels.
 */
int pingem_routes_take_route (const struct nlmsghdr *message, void *data);
int pingem_routes_take_link (const struct nlmsghdr *message, void *data);

G_END_DECLS
