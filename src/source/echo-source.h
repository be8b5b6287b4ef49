/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "source/source.h"

G_BEGIN_DECLS

/*
 * How long a message takes to an echo server (RFC 862) and back, over one connection that lasts:
 * what a call's own connection feels, retransmissions of TCP included. Where there is no connection
 * a slot is in ERROR with the errno of the attempt; one that is silent for 10 s is given up, and
 * the next check opens another.
 */
PingemSource *pingem_echo_source_new (void);

G_END_DECLS
