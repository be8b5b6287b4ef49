/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "window/event-feed.h"
#include "window/feed.h"
#include "window/packet-feed.h"

G_BEGIN_DECLS

#define PINGEM_TYPE_STRIP_VIEW (pingem_strip_view_get_type ())
G_DECLARE_FINAL_TYPE (PingemStripView, pingem_strip_view, PINGEM, STRIP_VIEW, GtkWidget)

/* Draws nothing before. @packets: those of the target whose strip it is */
void pingem_strip_view_set_source (PingemStripView *self,
                                   PingemTimeline *timeline,
                                   PingemFeed *feed,
                                   PingemEventFeed *events,
                                   PingemPacketFeed *packets);
/* Whose strip it is, for those who cannot see it. */
void pingem_strip_view_set_name (PingemStripView *self, const char *name);

G_END_DECLS
