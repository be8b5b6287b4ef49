/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define PINGEM_TYPE_TRAY_APP (pingem_tray_app_get_type ())
G_DECLARE_FINAL_TYPE (PingemTrayApp, pingem_tray_app, PINGEM, TRAY_APP, GApplication)

/**
 * pingem_tray_app_new:
 *
 * The tray's program, once per session. Its actions on the bus: "open" raises
 * the window, "quit" ends the tray alone. GTK must be initialised, and there
 * must be a session bus.
 */
GApplication *pingem_tray_app_new (void);

G_END_DECLS
