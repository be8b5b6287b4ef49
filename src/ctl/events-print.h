/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "ctl/json.h"
#include "ipc/event.h"

G_BEGIN_DECLS

/* One object. */
void pingem_event_add_json (JsonBuilder *builder, const PingemEvent *event);
/* One object, without its end of line. (transfer full) */
char *pingem_event_json (const PingemEvent *event);
/* A table with times in @zone, of PingemEvent. (transfer full) */
char *pingem_events_text (const GPtrArray *events, GTimeZone *zone);

G_END_DECLS
