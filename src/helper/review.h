/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "helper/gate.h"
#include "helper/roster.h"

G_BEGIN_DECLS

/*
 * Asks polkit again of every open session when its answers may have changed,
 * without a person, and ends those it does not allow any more, also where it
 * cannot be asked. One that a password allowed stays while polkit would ask
 * for one again: a kept password ends after minutes, and with it no session.
 */
typedef struct PingemReview PingemReview;

/* @roster outlives it */
PingemReview *
pingem_review_new (PolkitAuthority *authority, PingemGate *gate, PingemRoster *roster);
void pingem_review_free (PingemReview *self);
/* How often polkit's answers may have changed. */
guint pingem_review_count_changes (PingemReview *self);
/* Asks now; where it is asking, once more when it has done. */
void pingem_review_run (PingemReview *self);

G_END_DECLS
