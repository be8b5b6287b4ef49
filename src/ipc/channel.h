/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

#include "engine/record.h"

G_BEGIN_DECLS

/* Of what crosses the channel; raised with every change of PingemMessage. */
#define PINGEM_CHANNEL_VERSION 1

/* Flags of OpenSession. */
enum {
  PINGEM_SESSION_INTENSIVE = 1 << 0,
  PINGEM_SESSION_BATCH = 1 << 1,
};

typedef enum {
  PINGEM_MESSAGE_PROBE,
  PINGEM_MESSAGE_DROPPED,
} PingemMessageKind;

/* One message of the SOCK_SEQPACKET channel, helper to client. */
typedef struct {
  guint32 version;
  guint32 kind;   /* PingemMessageKind */
  guint64 number; /* counts this session's messages from 0; of DROPPED the first that is missing */
  union {
    PingemRecord probe;
    guint64 dropped_to; /* the last message that is missing */
  };
} PingemMessage;

G_STATIC_ASSERT (sizeof (PingemMessage) == 96);

/* False where @data is no message of this version. */
gboolean pingem_message_parse (const void *data, gsize length, PingemMessage *ret_message);

G_END_DECLS
