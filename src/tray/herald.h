/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define PINGEM_TYPE_HERALD (pingem_herald_get_type ())
G_DECLARE_FINAL_TYPE (PingemHerald, pingem_herald, PINGEM, HERALD, GObject)

/* Tells of outages by a notification: signal "open", without arguments, where the window is wanted.
 */
PingemHerald *pingem_herald_new (GDBusConnection *connection);

/*
 * To be called with each change. @status, @settings: (nullable): Monitor1's Status and Settings;
 * NULL where the monitor does not run
 */
void pingem_herald_update (PingemHerald *self, GVariant *status, GVariant *settings);

G_END_DECLS
