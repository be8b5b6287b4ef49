/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Times as STAMP carries them: NTP's 64 bits (RFC 5905 section 6), 32 of them seconds since 1900,
 * which wrap around in 2036.
 */

/* @real_ns: Unix time */
guint64 pingem_stamp_clock_from_unix (gint64 real_ns);
/* @later - @earlier, whatever era they are of; exact to 0.3 ns, right within 68 years. */
gint64 pingem_stamp_clock_diff_ns (guint64 later, guint64 earlier);
/*
 * How far this machine's clock may be off, as the kernel knows (RFC 4656 section 4.1.2): whether it
 * is synchronised, a scale and a multiplier that is never 0.
 */
guint16 pingem_stamp_clock_error_estimate (void);

G_END_DECLS
