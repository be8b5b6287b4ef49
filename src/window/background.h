/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Whether the start at login is the portal's to decide: inside Flatpak, or as GTK_USE_PORTAL says.
 */
gboolean pingem_background_is_needed (void);

/*
 * Asks org.freedesktop.portal.Background that the tray starts at login, or does so no more. The
 * user may be asked.
 */
void pingem_background_request_async (GDBusConnection *bus,
                                      gboolean starts,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
/* Whether it is so. Else it fails with the reason, a sentence. */
gboolean pingem_background_request_finish (GAsyncResult *result, GError **error);

G_END_DECLS
