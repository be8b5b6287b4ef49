/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "monitor-dbus.h"

G_BEGIN_DECLS

/**
 * pingem_monitor_connect:
 * @only_system: an instance on the system bus, and no other
 *
 * The monitor of the session bus, else the one of the system bus. None is
 * started: a monitor that was told to quit stays away.
 *
 * Returns: (transfer full): with its properties, or %NULL with a sentence
 */
PingemDbusMonitor1 *pingem_monitor_connect (gboolean only_system, GError **error);
/* (transfer full) (nullable): the one of the session bus, if it runs */
PingemDbusMonitor1 *pingem_monitor_find_own (void);
/* Whether it runs now, and its properties are known. */
gboolean pingem_monitor_is_there (PingemDbusMonitor1 *monitor);

/* Says what the monitor answered instead. Returns: the exit status for it */
int pingem_monitor_complain (GError *error);

G_END_DECLS
