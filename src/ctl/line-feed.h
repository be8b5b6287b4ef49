/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "ctl/pinger.h"

G_BEGIN_DECLS

/*
 * Lines "IPv4,count,interval_ms" to a pinger, as they come and as it has room:
 * the arguments where there are any, else standard input. A bad line is told
 * with its number, and the others go on.
 */
typedef struct PingemLineFeed PingemLineFeed;

PingemLineFeed *pingem_line_feed_new (const PingemPingOptions *options, PingemPinger *pinger);
void pingem_line_feed_free (PingemLineFeed *self);

G_END_DECLS
