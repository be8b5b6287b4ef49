/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * pingem_engine_watch_new:
 * @engine: outlives the source
 *
 * An engine plugged into a main loop: the callback (a #GSourceFunc that calls
 * pingem_engine_run()) is dispatched when something came and when something is
 * due. Timeouts of GLib are whole milliseconds of a clock that stands still
 * during a suspend, so a timer of CLOCK_BOOTTIME is used instead.
 *
 * Returns: (transfer full): not attached; %NULL where the kernel has no descriptor left
 */
GSource *pingem_engine_watch_new (PingemEngine *engine, GError **error);

/**
 * pingem_engine_watch_set_batch:
 *
 * While @batch, replies wait in the socket, where the kernel has stamped them,
 * and are read with the next due tick, at most a second later: sends, replies
 * and timeouts share one wake-up. See pingem_engine_set_batch() for which do not.
 */
void pingem_engine_watch_set_batch (GSource *watch, gboolean batch);

/**
 * pingem_engine_watch_add_interval:
 *
 * A target of this interval, aligned to CLOCK_BOOTTIME, is sent in time while
 * batch is on. Is not taken back when the target leaves: an unneeded tick costs
 * a wake-up, a missing one a probe.
 */
void pingem_engine_watch_add_interval (GSource *watch, guint interval_ms);

G_END_DECLS
