/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "ipc/monitor-dbus.h"

G_BEGIN_DECLS

/* @line: one of ipc/probe-line.h, without its end; it may be changed */
typedef void (*PingemProbeReaderFunc) (char *line, gpointer user_data);

/*
 * Calls Monitor1's Probes, and @func for each line as it comes, in the caller's main context; it
 * may cancel.
 */
void pingem_probe_reader_read_async (PingemDbusMonitor1 *monitor,
                                     const char *key,
                                     gint64 from_ms,
                                     gint64 to_ms,
                                     PingemProbeReaderFunc func,
                                     gpointer func_data,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
/* True where all came; @ret_n: (out) (optional): so many. Else the monitor's error, or FAILED. */
gboolean pingem_probe_reader_read_finish (GAsyncResult *result, guint64 *ret_n, GError **error);

G_END_DECLS
