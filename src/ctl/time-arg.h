/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * A time as a user writes it: "now", "-90s", "-30min", "-1h", "-7d" (before
 * @now_ms), Unix seconds, or ISO 8601 ("2026-11-20T14:05:00", "...Z",
 * "...+02:00", "2026-11-20 14:05", "2026-11-20"), local where it names no zone.
 * In Unix milliseconds. @name: the option, for the message. PINGEM_ERROR_BAD_VALUE
 */
gboolean pingem_time_parse (const char *name,
                            const char *text,
                            gint64 now_ms,
                            GTimeZone *local,
                            gint64 *ret_ms,
                            GError **error);

G_END_DECLS
