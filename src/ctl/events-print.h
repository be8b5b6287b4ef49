/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "ipc/event.h"

G_BEGIN_DECLS

/* One object, without its end of line. (transfer full) */
char *pingem_event_json (const PingemEvent *event);
/* A table with times in @zone, of PingemEvent. (transfer full) */
char *pingem_events_text (const GPtrArray *events, GTimeZone *zone);

G_END_DECLS
