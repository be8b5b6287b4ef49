/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "peer/throughput.h"

G_BEGIN_DECLS

/*
 * "iperf3 --server", kept running, for peers that measure to this machine. A test that comes while
 * another runs here is ended, and so is one that lasts longer than two minutes.
 */
typedef struct PingemThroughputServer PingemThroughputServer;

PingemThroughputServer *
pingem_throughput_server_new (GSocketAddress *listen, PingemLoadFunc func, gpointer user_data);
void pingem_throughput_server_free (PingemThroughputServer *server);

G_END_DECLS
