/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * Raises the window: over the bus, which starts it where its service file is
 * installed, else by starting `pingem` itself. Fails where neither can be done;
 * the message is the reason. @action: (nullable): of the window's application, done then
 */
void pingem_launch_open_window_async (GDBusConnection *connection,
                                      const char *action,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
gboolean pingem_launch_open_window_finish (GAsyncResult *result, GError **error);

/* Ends the window where it runs; fails where it does not, which is no harm. */
void pingem_launch_quit_window_async (GDBusConnection *connection,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
gboolean pingem_launch_quit_window_finish (GAsyncResult *result, GError **error);

G_END_DECLS
