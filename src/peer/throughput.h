/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "ipc/probe-address.h"
#include "peer/instance-config.h"

G_BEGIN_DECLS

/*
 * TCP throughput by iperf3, a program of its own: to the peers by turns, whenever somebody asks,
 * and for peers that ask this machine. Two tests never overlap on one machine, whoever runs them:
 * who measures holds an abstract socket's name, which the kernel gives back whatever happens. No
 * faster and no more a day than the configuration says; what the day has used is kept in a file.
 */
typedef struct PingemThroughput PingemThroughput;

/* The newest result for a peer. -1: not known */
typedef struct {
  char *peer; /* (owned) */
  double up_bps;
  double down_bps;
  gint64 n_retransmits;
  gint64 at_s; /* Unix time */
  guint n_failures;
} PingemThroughputResult;

/* A test begins, or is over: ours or a peer's. */
typedef void (*PingemLoadFunc) (gboolean is_loaded, gpointer user_data);

/* @config: copied; @state_path: of the file */
PingemThroughput *pingem_throughput_new (const PingemThroughputConfig *config,
                                         const char *state_path,
                                         PingemLoadFunc func,
                                         gpointer user_data);
/* Ends what runs. */
void pingem_throughput_free (PingemThroughput *throughput);

/*
 * @peer: HOST or HOST:PORT, where "iperf3 -s" answers. Calls back with a GTask, whose pointer is
 * MeasureThroughput's a{sv} (transfer full); or fails with PINGEM_ERROR_BAD_ADDRESS, TOO_MANY
 * (another test runs, the day's budget is spent) or FAILED (what iperf3 says).
 */
void pingem_throughput_measure_async (PingemThroughput *self,
                                      const char *peer,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
/* (transfer none) (element-type PingemThroughputResult) */
GPtrArray *pingem_throughput_get_results (PingemThroughput *self);
/* As measure_async() takes it; PINGEM_ERROR_BAD_ADDRESS */
gboolean
pingem_throughput_parse_peer (const char *text, PingemProbeAddress *ret_address, GError **error);
/* Sent and received today, by UTC. */
guint64 pingem_throughput_get_bytes_today (PingemThroughput *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PingemThroughput, pingem_throughput_free)

G_END_DECLS
