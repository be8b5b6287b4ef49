/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "peer/instance-config.h"

G_BEGIN_DECLS

/*
 * Gives back over TCP what it gets (RFC 862), to whom it knows: 64 connections at once, 8 of one
 * address, 100 KiB a second each. One that is silent, or does not read, for a minute ends.
 */
typedef struct PingemEchoServer PingemEchoServer;

/* @config: with a @listen; copied. NULL with @error where it cannot listen there */
PingemEchoServer *pingem_echo_server_new (const PingemResponderConfig *config, GError **error);
/* Ends its connections too. */
void pingem_echo_server_free (PingemEchoServer *server);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PingemEchoServer, pingem_echo_server_free)

G_END_DECLS
