/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* One way of a test, of what iperf3 --json tells at its end. */
typedef struct {
  double bps;
  guint64 n_bytes;      /* sent or received, whichever is more */
  gint64 n_retransmits; /* -1: not told */
} PingemIperfResult;

/* Runs @argv, iperf3 or what starts it; it dies with us. (transfer full) */
GSubprocess *pingem_iperf_spawn (GSubprocessFlags flags, const char *const *argv, GError **error);
/* @output: (nullable). FALSE with the reason: it failed, or tells nothing. */
gboolean
pingem_iperf_read_result (const char *output, PingemIperfResult *ret_result, GError **error);

G_END_DECLS
