/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Whether @text is an address that belongs to a home or an office, not to the internet: private
 * (RFC 1918, RFC 4193), shared (RFC 6598), link-local or loopback. A name is none.
 */
gboolean pingem_address_is_own (const char *text);

G_END_DECLS
