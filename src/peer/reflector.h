/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "peer/instance-config.h"

G_BEGIN_DECLS

/*
 * A stateful session-reflector of STAMP (RFC 8762): it counts for each sender, so that the sender
 * can tell the two ways apart. Whom it does not know it gives no answer, and nobody one that is
 * longer than what he sent. No answer goes to a port that reflectors listen on, as two of them
 * would never end; none is given beyond 100 packets a second for an address, nor to more than 1,024
 * senders and 16 of one address, of which those silent for a minute are forgotten.
 */
typedef struct PingemReflector PingemReflector;

/* @config: with a @listen; copied. NULL with @error where it cannot listen there */
PingemReflector *pingem_reflector_new (const PingemResponderConfig *config, GError **error);
void pingem_reflector_free (PingemReflector *reflector);

/* Packets so far: answered, and not. */
typedef struct {
  guint64 n_reflected;
  guint64 n_refused;
} PingemReflectorCounts;

PingemReflectorCounts pingem_reflector_get_counts (const PingemReflector *reflector);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PingemReflector, pingem_reflector_free)

G_END_DECLS
