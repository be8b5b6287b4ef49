/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * Is there something that shows tray icons? Either a StatusNotifierWatcher on
 * the session bus, or an XEmbed tray on the X display, for which
 * libayatana-appindicator falls back to a status icon.
 *
 * Fails where the bus cannot be asked.
 */
void pingem_host_find_async (GDBusConnection *connection,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
gboolean pingem_host_find_finish (GAsyncResult *result, gboolean *ret_found, GError **error);

G_END_DECLS
