/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

#include "engine/record.h"

G_BEGIN_DECLS

/* How a probe ended, in the reader's language: "12.3 ms, TTL 57". @timeout_ms: 0: unknown */
void pingem_record_text (GString *text, const PingemRecord *record, guint timeout_ms);

G_END_DECLS
