/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "monitor/monitor.h"
#include "peer/instance-config.h"

G_BEGIN_DECLS

/* What a monitor is for others: metrics, answers, and throughput. */
typedef struct PingemInstance PingemInstance;

/* @state_folder: what has to last is kept there */
PingemInstance *pingem_instance_new (PingemMonitor *monitor, const char *state_folder);
/*
 * From now on as @config says; what is the same goes on undisturbed. A part that cannot be had is a
 * problem of the monitor's. @config: taken over, and zeroed
 */
void pingem_instance_apply (PingemInstance *instance, PingemInstanceConfig *config);
void pingem_instance_free (PingemInstance *instance);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PingemInstance, pingem_instance_free)

G_END_DECLS
