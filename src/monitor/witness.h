/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

#include "engine/address.h"

G_BEGIN_DECLS

/*
 * Does the host accept a connection to port 443? Then it is there, and packets reach it, whatever
 * becomes of pings. It is closed at once; nothing is sent over it. A refusal proves nothing: any
 * router on the way may send it. Nor does an answer after a second: TCP asked again by then, and
 * the way may have come back in between. @address is read before it returns.
 */
void pingem_witness_ask_async (const PingemAddress *address,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
/* FALSE: no, or cancelled. */
gboolean pingem_witness_ask_finish (GObject *client, GAsyncResult *result);

G_END_DECLS
