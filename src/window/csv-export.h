/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "ipc/monitor-dbus.h"

G_BEGIN_DECLS

/*
 * Writes every packet that is kept of the targets @keys and was sent from @from_ms to before
 * @to_ms: target after target, each in order of time, as RFC 4180 has it. The first line names the
 * values: target, time (ISO 8601, UTC), and those of ipc/probe-line.h. What @file was stays until
 * all is written, and nothing stays of a part.
 */
void pingem_csv_export_async (PingemDbusMonitor1 *monitor,
                              const char *const *keys,
                              gint64 from_ms,
                              gint64 to_ms,
                              GFile *file,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
/* @ret_n: (out): how many packets. The error is a sentence. */
gboolean pingem_csv_export_finish (GAsyncResult *result, guint64 *ret_n, GError **error);

G_END_DECLS
