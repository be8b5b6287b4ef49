/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "monitor-dbus.h"

G_BEGIN_DECLS

/* The last minutes of each target, for a page that is drawn again and again. */
typedef struct PingemWatchStrips PingemWatchStrips;

/* @monitor: outlives it. @func: there is something new to draw */
PingemWatchStrips *
pingem_watch_strips_new (PingemDbusMonitor1 *monitor, GFunc func, gpointer user_data);
void pingem_watch_strips_free (PingemWatchStrips *self);

/* Asks the monitor anew, unless it still owes an answer. @n_columns: how wide the terminal is */
void pingem_watch_strips_update (PingemWatchStrips *self, guint n_columns);
/* A line for each target that is known by now, and what they mean. (transfer full) */
char *pingem_watch_strips_text (PingemWatchStrips *self, gboolean has_colours);

G_END_DECLS
