/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "monitor/monitor.h"
#include "peer/meter.h"
#include "peer/reflector.h"
#include "peer/throughput.h"

G_BEGIN_DECLS

/* What became of a target's probes: on the line as it is, and under a test of throughput. */
typedef struct {
  PingemMeter meters[2]; /* by whether it is loaded */
} PingemMeterPair;

/* All that Prometheus is told. */
typedef struct {
  PingemMonitor *monitor;
  GHashTable *meters; /* of PingemMeterPair by the target's key */
  PingemThroughput *throughput;
  PingemReflector *reflector; /* (nullable): off */
} PingemMetricsInput;

/* Names and units as Prometheus' conventions have them; pingem-monitor(1) lists them. (transfer
 * full) */
GBytes *pingem_metrics_render (const PingemMetricsInput *input, gboolean is_open_metrics);

G_END_DECLS
