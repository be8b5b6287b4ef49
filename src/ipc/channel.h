/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

#include "engine/record.h"

G_BEGIN_DECLS

/* Of what crosses the channel; raised with every change of PingemMessage or of how they go. */
#define PINGEM_CHANNEL_VERSION 3
/* So many messages, 1 at least, lie in one packet of the SOCK_SEQPACKET channel, helper to client.
 */
#define PINGEM_CHANNEL_MAX_BATCH 64

/* Flags of OpenSession. */
enum {
  PINGEM_SESSION_INTENSIVE = 1 << 0,
  PINGEM_SESSION_BATCH = 1 << 1,
};

typedef enum {
  PINGEM_MESSAGE_PROBE,
  PINGEM_MESSAGE_DROPPED,
  PINGEM_MESSAGE_OVERFLOW, /* messages found no room: some that are told as lost were answered */
} PingemMessageKind;

/* Fixed size without hidden padding: it crosses as it is. */
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
G_STATIC_ASSERT (G_STRUCT_OFFSET (PingemMessage, probe) == 16);

/* How many messages a packet of @length holds; 0: it is no packet of the channel. */
guint pingem_packet_count_messages (gsize length);
/* The message at @data, of sizeof (PingemMessage); false where it is none of this version. */
gboolean pingem_message_parse (const void *data, PingemMessage *ret_message);

G_END_DECLS
