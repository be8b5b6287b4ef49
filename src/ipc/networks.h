/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Who is answered. */
typedef struct PingemNetworks PingemNetworks;

/*
 * @text: addresses and networks ("192.0.2.0/24"), with commas or spaces between. Fails with
 * PINGEM_ERROR_BAD_VALUE, a sentence.
 */
PingemNetworks *pingem_networks_parse (const char *text, GError **error);
/* This machine alone. */
PingemNetworks *pingem_networks_new_loopback (void);
PingemNetworks *pingem_networks_copy (const PingemNetworks *networks);
void pingem_networks_free (PingemNetworks *networks);

/* Also an IPv4 address that came as an IPv6 one. */
gboolean pingem_networks_contain (const PingemNetworks *networks, GInetAddress *address);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PingemNetworks, pingem_networks_free)

/*
 * "ADDRESS:PORT", "[IPV6]:PORT", "*:PORT" (all of IPv6 and IPv4), or "PORT" (this machine alone).
 * (transfer full): NULL with PINGEM_ERROR_BAD_VALUE, a sentence
 */
GSocketAddress *pingem_endpoint_parse (const char *text, GError **error);
/* (transfer full): as people write it */
char *pingem_endpoint_format (GSocketAddress *address);

G_END_DECLS
