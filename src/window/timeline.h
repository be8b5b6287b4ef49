/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib-object.h>

#include "chart/grid.h"
#include "chart/scale.h"

G_BEGIN_DECLS

#define PINGEM_TYPE_TIMELINE (pingem_timeline_get_type ())
G_DECLARE_FINAL_TYPE (PingemTimeline, pingem_timeline, PINGEM, TIMELINE, GObject)

/* What a strip shows at least, and at most. */
#define PINGEM_TIMELINE_MIN_S 60
#define PINGEM_TIMELINE_MAX_S (90 * 24 * 60 * 60)

/*
 * Properties: "range-s" (int), "log" (boolean) and "following" (boolean, read-only: the newest
 * column is that of now). Emits "ticked" once a second
 * while it runs and whenever the grid changes, and "changed" when scale, cursor or
 * selection do.
 */
PingemTimeline *pingem_timeline_new (void);
void pingem_timeline_set_running (PingemTimeline *self, gboolean is_running);
/* In pixels, of the strips. */
void pingem_timeline_set_width (PingemTimeline *self, int width);
const PingemGrid *pingem_timeline_get_grid (PingemTimeline *self);
gboolean pingem_timeline_get_following (PingemTimeline *self);

/* Shows @factor times as much, within the limits; @at_ms stays where it is. */
void pingem_timeline_zoom (PingemTimeline *self, double factor, gint64 at_ms);
/* Later by @by_ms; never later than now, where it follows again. */
void pingem_timeline_pan (PingemTimeline *self, gint64 by_ms);
/* That range, within the limits: a longer or shorter one around its middle. */
void pingem_timeline_show (PingemTimeline *self, gint64 from_ms, gint64 to_ms);
/* To now, and on with it. */
void pingem_timeline_follow (PingemTimeline *self);

/* @rtt_us: the highest that a strip has to show; -1: none */
void pingem_timeline_set_rtt (PingemTimeline *self, int rtt_us);
PingemScale pingem_timeline_get_scale (PingemTimeline *self);

/* The time at @x, in pixels from the left edge of the strips. */
gint64 pingem_timeline_find_time (PingemTimeline *self, double x);

/*
 * The whole columns from @a_ms to @b_ms, whichever is first, of those that are shown; until it is
 * cleared or selected anew, however one zooms.
 */
void pingem_timeline_select (PingemTimeline *self, gint64 a_ms, gint64 b_ms);
void pingem_timeline_clear_selection (PingemTimeline *self);
/* False: nothing is selected. @ret_to_ms: the first time behind it */
gboolean
pingem_timeline_get_selection (PingemTimeline *self, gint64 *ret_from_ms, gint64 *ret_to_ms);

/* Where people point, on all strips: Unix time; -1: nowhere. */
void pingem_timeline_set_cursor (PingemTimeline *self, gint64 cursor_ms);
gint64 pingem_timeline_get_cursor (PingemTimeline *self);

G_END_DECLS
