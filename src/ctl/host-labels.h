/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

#include "engine/address.h"

G_BEGIN_DECLS

/* The names of addresses, looked up at the first question and remembered. */
typedef struct PingemHostLabels PingemHostLabels;

PingemHostLabels *pingem_host_labels_new (void);
/* What is under way is given up. */
void pingem_host_labels_free (PingemHostLabels *self);

/* NULL where none is known, or not yet. It may hold any character. */
const char *pingem_host_labels_get (PingemHostLabels *self, const PingemAddress *address);
/* Whether look-ups are under way. */
gboolean pingem_host_labels_is_busy (const PingemHostLabels *self);

G_END_DECLS
