/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "engine/engine.h"

/*
 * How raw sockets get into a process that could not open any: pingem-rawsock, which may, passes
 * them to the helper, which has neither a network nor a capability. No GLib here: the opener is to
 * stay small.
 */

/* A SOCK_SEQPACKET socket; the service manager listens. */
#define PINGEM_RAWSOCK_PATH "/run/pingem/rawsock"

/* In one message over @fd, a connected SOCK_SEQPACKET socket. 0 or -errno. */
int pingem_rawsock_send (int fd, const PingemRawSockets *sockets);
/* -EPROTO: what came is not such a message, or holds anything but raw ICMP sockets. */
int pingem_rawsock_receive (int fd, PingemRawSockets *ret_sockets);
/* From who listens there. -ENOENT, -ECONNREFUSED: nobody does; waits 5 s at most. */
int pingem_rawsock_request (const char *path, PingemRawSockets *ret_sockets);
