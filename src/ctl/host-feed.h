/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "ctl/pinger.h"

G_BEGIN_DECLS

/*
 * Hosts, by name or numeric, to a pinger, each as soon as its address is known:
 * the arguments, then the lines of the file, as it has room. A host that cannot
 * be probed is told, and the others go on.
 */
typedef struct PingemHostFeed PingemHostFeed;

PingemHostFeed *pingem_host_feed_new (const PingemPingOptions *options, PingemPinger *pinger);
/* What is still looked up is given up. */
void pingem_host_feed_free (PingemHostFeed *self);

G_END_DECLS
