/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "source/source.h"

G_BEGIN_DECLS

/*
 * How long a connection to a port takes to be accepted (RFC 9293, three-way handshake). It is
 * closed at once, and nothing is sent over it. Where it is refused the slot is in ERROR with
 * ECONNREFUSED, where the network says that there is no way with EHOSTUNREACH or ENETUNREACH;
 * silence is loss, as with any other probe. TCP itself asks again after 1 s, 3 s and so on: an
 * answer to that has an RTT of so much more.
 */
PingemSource *pingem_tcp_source_new (void);

G_END_DECLS
