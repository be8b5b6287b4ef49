/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "ipc/monitor-dbus.h"

G_BEGIN_DECLS

#define PINGEM_TYPE_LINK (pingem_link_get_type ())
G_DECLARE_FINAL_TYPE (PingemLink, pingem_link, PINGEM, LINK, GObject)

typedef enum {
  PINGEM_LINK_STARTING,
  PINGEM_LINK_UP,
  PINGEM_LINK_DOWN,
} PingemLinkState;

/* Emits "changed" when its state does, and when a property of the monitor does. */
PingemLink *pingem_link_new (void);
/* Has the bus start the monitor where it does not run; may be called again. */
void pingem_link_start (PingemLink *self);

PingemLinkState pingem_link_get_state (PingemLink *self);
/* While it is down: why, in a sentence. Returns: (transfer none) (nullable) */
const char *pingem_link_get_problem (PingemLink *self);
/* Returns: (transfer none) (nullable): NULL until it was up once; then also while it is down */
PingemDbusMonitor1 *pingem_link_get_monitor (PingemLink *self);

/* Why the monitor did not do what it was asked, in a sentence. Returns: (transfer full) */
char *pingem_link_explain (const GError *error);

G_END_DECLS
