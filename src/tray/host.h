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

/* What gives one to this desktop (XDG_CURRENT_DESKTOP), a sentence. */
const char *pingem_host_advise (const char *desktop);
/* Whether that was told already, on this desktop: $XDG_STATE_HOME/pingem/no-tray. */
gboolean pingem_host_was_missed (const char *desktop);
void pingem_host_remember_missed (const char *desktop);

G_END_DECLS
