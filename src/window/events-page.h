/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "window/link.h"
#include "window/timeline.h"

G_BEGIN_DECLS

#define PINGEM_TYPE_EVENTS_PAGE (pingem_events_page_get_type ())
G_DECLARE_FINAL_TYPE (PingemEventsPage, pingem_events_page, PINGEM, EVENTS_PAGE, GtkWidget)

/*
 * While it is shown it asks for events as often as @timeline ticks. Emits "chosen" where the strips
 * show one now, and "failed" with a sentence where a note is refused.
 */
void
pingem_events_page_set_source (PingemEventsPage *self, PingemLink *link, PingemTimeline *timeline);

G_END_DECLS
