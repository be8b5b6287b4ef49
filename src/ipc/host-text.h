/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Whether @text is an address that may be probed (pingem_address_refusal()), or a host name as
 * RFC 1123 has them, also with "_" and a final dot. Fails with PINGEM_ERROR_BAD_ADDRESS, a
 * sentence.
 */
gboolean pingem_host_check (const char *text, GError **error);

G_END_DECLS
