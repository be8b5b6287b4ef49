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

/*
 * --from and --to, each NULL where it is not given: @ret_to_ms is @now_ms then, and @ret_from_ms
 * @span_ms before it. Local time. PINGEM_ERROR_BAD_VALUE
 */
gboolean pingem_time_parse_range (const char *from,
                                  const char *to,
                                  gint64 now_ms,
                                  gint64 span_ms,
                                  gint64 *ret_from_ms,
                                  gint64 *ret_to_ms,
                                  GError **error);
/* "2026-11-20 14:05:00" in @zone; "–" where no calendar reaches. (transfer full) */
char *pingem_time_format (gint64 ms, GTimeZone *zone);

G_END_DECLS
