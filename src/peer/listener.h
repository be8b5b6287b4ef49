/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * Accepts TCP connections at @address.
 *
 * @on_incoming: of "incoming", swapped: gboolean (gpointer user_data, GSocketConnection *stream)
 *
 * (transfer full); NULL: the address cannot be had.
 */
GSocketService *pingem_listener_open (GSocketAddress *address,
                                      GCallback on_incoming,
                                      gpointer user_data,
                                      GError **error);
/* @service: (transfer full) (nullable): nothing is told to @user_data any more */
void pingem_listener_close (GSocketService *service, gpointer user_data);

G_END_DECLS
