/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ipc/channel.h"

#include <string.h>

guint
pingem_packet_count_messages (gsize length)
{
  gsize n = length / sizeof (PingemMessage);

  return length % sizeof (PingemMessage) == 0 && n <= PINGEM_CHANNEL_MAX_BATCH ? n : 0;
}

gboolean
pingem_message_parse (const void *data, PingemMessage *ret_message)
{
  PingemMessage message;

  memcpy (&message, data, sizeof message);

  if (message.version != PINGEM_CHANNEL_VERSION || message.kind > PINGEM_MESSAGE_OVERFLOW)
    return FALSE;
  if (message.kind == PINGEM_MESSAGE_PROBE && message.probe.state >= PINGEM_N_STATES)
    return FALSE;
  if (message.kind == PINGEM_MESSAGE_DROPPED && message.dropped_to < message.number)
    return FALSE;

  *ret_message = message;

  return TRUE;
}
