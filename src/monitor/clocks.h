/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

#include "engine/engine.h"

G_BEGIN_DECLS

/* Pure; both say 0 where @last is zeroed: nothing is known of the time before. */

/* How long the machine slept between two readings: CLOCK_BOOTTIME runs on, CLOCK_MONOTONIC not. */
gint64 pingem_clocks_asleep_ns (const PingemTime *last, const PingemTime *now);
/* By how much CLOCK_REALTIME was set forward (or back: negative): slewing moves both alike. */
gint64 pingem_clocks_stepped_ns (const PingemTime *last, const PingemTime *now);

G_END_DECLS
