/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "monitor-dbus.h"

G_BEGIN_DECLS

/*
 * Shows the status until Ctrl-C, or for @seconds (0: endless): on a terminal a
 * page that follows every change, with the last minutes of each target; else a
 * line a second, or with @json one at each change. A monitor that leaves
 * is waited for. Returns: the exit status
 */
int pingem_watch_run (PingemDbusMonitor1 *monitor, gboolean json, guint32 seconds);

G_END_DECLS
