/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "monitor/monitor.h"

G_BEGIN_DECLS

#define PINGEM_TYPE_SERVICE (pingem_service_get_type ())

G_DECLARE_FINAL_TYPE (PingemService, pingem_service, PINGEM, SERVICE, GObject)

/*
 * Monitor1 on a bus. Emits `quit` when somebody called Quit.
 *
 * Returns: (transfer full) (nullable): %NULL with @error where it cannot be exported
 */
PingemService *
pingem_service_new (PingemMonitor *monitor, GDBusConnection *connection, GError **error);

G_END_DECLS
