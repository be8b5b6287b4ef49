/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "window/link.h"

G_BEGIN_DECLS

#define PINGEM_TYPE_EVENT_FEED (pingem_event_feed_get_type ())
G_DECLARE_FINAL_TYPE (PingemEventFeed, pingem_event_feed, PINGEM, EVENT_FEED, GObject)

/* The newest events of a range. Emits "changed" when others are known. */
PingemEventFeed *pingem_event_feed_new (PingemLink *link);
/*
 * Asks for those of a range of Unix time, unless it was asked for them in the last seconds; may be
 * called as often as one likes, and asks for nothing else meanwhile.
 */
void pingem_event_feed_ask (PingemEventFeed *self, gint64 from_ms, gint64 to_ms);
/* What was asked for is asked for again: it has changed. */
void pingem_event_feed_forget (PingemEventFeed *self);
/* Of PingemEvent, the newest last. Returns: (transfer none) */
const GPtrArray *pingem_event_feed_get (PingemEventFeed *self);

G_END_DECLS
