/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

#include "engine/record.h"

G_BEGIN_DECLS

/*
 * The helper's end of a session's channel: numbers the messages, lets up to
 * @backlog of them wait for a slow reader beside what the kernel holds, counts
 * what comes beyond as dropped and tells it when there is room again. Reads
 * nothing.
 */
typedef struct PingemOutlet PingemOutlet;

/**
 * pingem_outlet_new:
 * @closed: called once, from the main loop, when the client closed its end; may free the outlet
 * @ret_client_fd: (transfer full): the client's end
 */
PingemOutlet *pingem_outlet_new (guint backlog,
                                 void (*closed) (gpointer user_data),
                                 gpointer user_data,
                                 int *ret_client_fd,
                                 GError **error);
/* Closes the channel; what waits for want of room is lost. Accepts NULL. */
void pingem_outlet_free (PingemOutlet *outlet);
/*
 * Goes out at the end of this turn of the main loop, with what else is told in it. Never
 * blocks, never fails: a closed channel swallows it.
 */
void pingem_outlet_send (PingemOutlet *outlet, const PingemRecord *record);
/* As above; see PINGEM_MESSAGE_OVERFLOW. */
void pingem_outlet_send_overflow (PingemOutlet *outlet);

/* Of the probes that were told of, whether or not the client has read it. */
typedef struct {
  guint64 sent;
  guint64 replied; /* also late */
  guint64 held;    /* held back by a limit of ours */
} PingemOutletCounts;

PingemOutletCounts pingem_outlet_get_counts (const PingemOutlet *outlet);

G_END_DECLS
