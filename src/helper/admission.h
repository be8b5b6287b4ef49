/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <polkit/polkit.h>

#include "helper/door.h"
#include "helper/roster.h"

G_BEGIN_DECLS

/*
 * Who is let in: asks the table, the limits and polkit of each call, passes it
 * to the handlers of the door, and logs what was decided. A handler of
 * OpenSession finds a place in the roster, one that takes a token a session
 * that the token names.
 */
typedef struct PingemAdmission PingemAdmission;

/*
 * @owner: which frees it when it is finalized, and is kept while polkit is asked; its signal
 * "idle" is emitted; @engine: outlives it; @limits: static
 */
PingemAdmission *pingem_admission_new (GObject *owner,
                                       GDBusConnection *connection,
                                       PolkitAuthority *authority,
                                       PingemSharedEngine *engine,
                                       const PingemLimits *limits);
void pingem_admission_free (PingemAdmission *self);

/* Returns: (transfer none) */
PingemDoor *pingem_admission_get_door (PingemAdmission *self);
PingemRoster *pingem_admission_get_roster (PingemAdmission *self);
/* As pingem_roster_open(), which is logged; where it fails, the place is free again. */
gboolean pingem_admission_open (PingemAdmission *self,
                                PingemSession *session,
                                int *ret_client_fd,
                                GError **error);
/* Sessions, places for one, and calls that are not decided yet. */
guint pingem_admission_count (PingemAdmission *self);

G_END_DECLS
