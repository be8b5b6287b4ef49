/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "source/source.h"

G_BEGIN_DECLS

/* What two ends know of the two ways between them, over all of a session. */
typedef struct {
  guint64 lost_up;   /* on the way there */
  guint64 lost_down; /* on the way back */
  guint64 lost; /* on a way that is not known: the reflector copies our numbers, or is silent */
  gint64 jitter_up_us;   /* RFC 3550 section 6.4.1; -1: not known yet */
  gint64 jitter_down_us; /* both whatever the clocks differ by */
} PingemPath;

#define PINGEM_PATH_NONE                                                                           \
  (PingemPath)                                                                                     \
  {                                                                                                \
    .jitter_up_us = -1, .jitter_down_us = -1                                                       \
  }

/*
 * A session-sender of STAMP (RFC 8762): a socket for each target, in the base format. A reply
 * counts where it carries number and time of a packet of ours, and its HMAC where there is a key.
 */
PingemSource *pingem_stamp_source_new (void);

/* Before the target @id is added. @key: (nullable): its packets are authenticated by that */
void pingem_stamp_source_set_key (PingemSource *source, guint32 id, GBytes *key);
/*
 * Losses count once their hold has ended. They are told apart where the reflector counts for itself
 * (a stateful one), which its first answers show: our second packet skips a number for it.
 */
PingemPath pingem_stamp_source_get_path (PingemSource *source, guint32 id);

G_END_DECLS
