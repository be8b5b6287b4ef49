/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "window/link.h"

G_BEGIN_DECLS

#define PINGEM_TYPE_PACKET_FEED (pingem_packet_feed_get_type ())
G_DECLARE_FINAL_TYPE (PingemPacketFeed, pingem_packet_feed, PINGEM, PACKET_FEED, GObject)

/* The single packets of one target. Emits "changed" when there are others. */
PingemPacketFeed *pingem_packet_feed_new (PingemLink *link, const char *key);
const char *pingem_packet_feed_get_key (PingemPacketFeed *self);
/*
 * Those sent from @from_ms to before @to_ms are asked for, unless that was done a second ago. To be
 * called again while they are shown, as they may change.
 */
void pingem_packet_feed_ask (PingemPacketFeed *self, gint64 from_ms, gint64 to_ms);
/* What came of those that were asked for last: of PingemRecord, oldest first. (transfer none) */
const GArray *pingem_packet_feed_get (PingemPacketFeed *self);

G_END_DECLS
