/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

#include "engine/engine.h"

G_BEGIN_DECLS

/*
 * A socket that does not block, with interface, TTL and DSCP of @spec, and on its way to address
 * and port of it. @type: SOCK_STREAM or SOCK_DGRAM
 *
 * Returns: the descriptor (owned); -errno. *@ret_error: 0: it is connected; EINPROGRESS; or why the
 * other side refuses. What this machine itself is missing, as a route, is the result.
 */
int pingem_check_socket_open (const PingemTargetSpec *spec, int type, int *ret_error);

/* Calls @func (fd, condition, data) at PINGEM_CHECK_PRIORITY. Returns: (transfer full): attached */
GSource *
pingem_check_socket_watch (int fd, GIOCondition condition, GSourceFunc func, gpointer user_data);

G_END_DECLS
