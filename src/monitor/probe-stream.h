/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "monitor/history.h"

G_BEGIN_DECLS

/*
 * Writes the probes of a range to a pipe, a minute at a time as the reader takes it: so a reader
 * that is slow, or gone, costs nothing but that minute's memory, and nobody waits for it.
 */
typedef struct PingemProbeStream PingemProbeStream;

/* @error: (nullable): why not all was written; the reader that has gone too. May free @stream. */
typedef void (*PingemProbeStreamFunc) (PingemProbeStream *stream,
                                       guint64 n_lines,
                                       const GError *error,
                                       gpointer user_data);

/**
 * pingem_probe_stream_new:
 * @history: (transfer none): outlives it
 * @fd: (transfer full): the writing end of a pipe, closed before @func is called; becomes
 *   non-blocking
 * @func: called once, from the main loop
 *
 * Lines as of pingem_probe_line_append(), in order of time.
 *
 * Returns: (transfer full): %NULL, @fd is closed then, with the errors of
 *   pingem_history_read_minute() or PINGEM_ERROR_BAD_VALUE where @fd is no such end
 */
PingemProbeStream *pingem_probe_stream_new (PingemHistory *history,
                                            const char *key,
                                            gint64 from_ms,
                                            gint64 to_ms,
                                            int fd,
                                            PingemProbeStreamFunc func,
                                            gpointer user_data,
                                            GError **error);
/* Ends it, where it goes on, without a call of its function. */
void pingem_probe_stream_free (PingemProbeStream *stream);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PingemProbeStream, pingem_probe_stream_free)

G_END_DECLS
