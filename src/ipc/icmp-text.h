/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

#include "engine/record.h"

G_BEGIN_DECLS

/* What an ICMP error means and who sent it, or why there is no connection, in the reader's
 * language. (transfer full) */
char *pingem_icmp_error_text (const PingemRecord *record);

G_END_DECLS
