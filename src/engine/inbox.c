/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine/inbox.h"

#include <errno.h>

#include "engine/control.h"

/* Only what the last read has used is to be made ready again. */
static void
clear (PingemInbox *inbox)
{
  int n = inbox->is_ready ? inbox->n_used : PINGEM_INBOX_SIZE;

  for (int i = 0; i < n; i++)
    {
      /* Where the kernel writes no sender, there is none. */
      inbox->senders[i].ss_family = AF_UNSPEC;
      inbox->iovs[i] = (struct iovec){ inbox->bytes[i], PINGEM_MAX_PACKET_SIZE };
      inbox->headers[i].msg_hdr = (struct msghdr){
        .msg_name = &inbox->senders[i],
        .msg_namelen = sizeof inbox->senders[i],
        .msg_iov = &inbox->iovs[i],
        .msg_iovlen = 1,
        .msg_control = inbox->controls[i],
        .msg_controllen = sizeof inbox->controls[i],
      };
    }

  inbox->is_ready = true;
  inbox->n_messages = 0;
}

int
pingem_inbox_read (PingemInbox *inbox, const PingemSocket *sock, PingemQueueKind queue)
{
  bool is_error_queue = queue == PINGEM_QUEUE_ERRORS;
  int n;

  clear (inbox);
  n = recvmmsg (sock->fd, inbox->headers, PINGEM_INBOX_SIZE, is_error_queue ? MSG_ERRQUEUE : 0,
                NULL);
  inbox->n_used = n > 0 ? n : 1;
  /* Any other errno is that of an ICMP error which waits in its own queue: it is read now. */
  if (n < 0)
    return errno != EAGAIN;

  for (int i = 0; i < n; i++)
    inbox->n_messages +=
        pingem_control_read_message (&inbox->headers[i].msg_hdr, inbox->headers[i].msg_len,
                                     is_error_queue, &inbox->messages[inbox->n_messages]);

  return n;
}
