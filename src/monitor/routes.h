/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>
#include <linux/netlink.h>
#include <net/if.h>

#include "engine/address.h"

G_BEGIN_DECLS

/* A default route of the main table. No hidden padding, so it compares as bytes. */
typedef struct {
  PingemAddress gateway; /* family 0: none, the link leads to one peer; may be IPv6 for IPv4 */
  char interface[IF_NAMESIZE];
  guint32 ifindex;
  guint32 metric; /* the kernel takes the lowest */
} PingemRoute;

/* What the kernel says now. No hidden padding either. */
typedef struct {
  PingemRoute inet;
  PingemRoute inet6;
  guint32 has_inet;
  guint32 has_inet6;
  guint32 link_up; /* one other than loopback can carry packets */
} PingemRoutes;

/* Asks the kernel by rtnetlink, at once. %FALSE with errno set where it does not tell. */
gboolean pingem_routes_read (PingemRoutes *ret_routes);
/* Adds one message of the dump of routes or links to the PingemRoutes @data: libmnl's callbacks. */
int pingem_routes_take_route (const struct nlmsghdr *message, void *data);
int pingem_routes_take_link (const struct nlmsghdr *message, void *data);

G_END_DECLS
