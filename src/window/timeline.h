/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib-object.h>

#include "chart/grid.h"
#include "chart/scale.h"

G_BEGIN_DECLS

#define PINGEM_TYPE_TIMELINE (pingem_timeline_get_type ())
G_DECLARE_FINAL_TYPE (PingemTimeline, pingem_timeline, PINGEM, TIMELINE, GObject)

/*
 * Properties: "range-s" (int) and "log" (boolean). Emits "ticked" once a second
 * while it runs and whenever the grid changes, and "changed" when scale or
 * cursor do.
 */
PingemTimeline *pingem_timeline_new (void);
void pingem_timeline_set_running (PingemTimeline *self, gboolean is_running);
/* In pixels, of the strips. */
void pingem_timeline_set_width (PingemTimeline *self, int width);
const PingemGrid *pingem_timeline_get_grid (PingemTimeline *self);

/* @rtt_us: the highest that a strip has to show; -1: none */
void pingem_timeline_set_rtt (PingemTimeline *self, int rtt_us);
PingemScale pingem_timeline_get_scale (PingemTimeline *self);

/* Where people point, on all strips: Unix time; -1: nowhere. */
void pingem_timeline_set_cursor (PingemTimeline *self, gint64 cursor_ms);
gint64 pingem_timeline_get_cursor (PingemTimeline *self);

G_END_DECLS
