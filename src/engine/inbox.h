/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <stdalign.h>

#include "engine/socket.h"

#define PINGEM_INBOX_SIZE 16
/* Not a multiple of a page: else all would share a few lines of the processor's cache. */
#define PINGEM_INBOX_STRIDE (PINGEM_MAX_PACKET_SIZE + 345)
#define PINGEM_INBOX_CONTROL_SIZE 512

/* Room for messages that one system call reads. */
typedef struct {
  PingemMessage messages[PINGEM_INBOX_SIZE]; /* those of use; they point into it */
  int n_messages;
  bool is_ready; /* all but the first n_used, as the last read left them */
  int n_used;
  struct mmsghdr headers[PINGEM_INBOX_SIZE];
  struct iovec iovs[PINGEM_INBOX_SIZE];
  struct sockaddr_storage senders[PINGEM_INBOX_SIZE];
  alignas (8) uint8_t controls[PINGEM_INBOX_SIZE][PINGEM_INBOX_CONTROL_SIZE];
  alignas (8) uint8_t bytes[PINGEM_INBOX_SIZE][PINGEM_INBOX_STRIDE];
} PingemInbox;

typedef enum {
  PINGEM_QUEUE_REPLIES,
  PINGEM_QUEUE_ERRORS, /* ICMP errors and transmit stamps */
} PingemQueueKind;

/*
 * Returns how many were read, of use or not: 0 where there was nothing, and
 * below PINGEM_INBOX_SIZE most often nothing is left.
 */
int pingem_inbox_read (PingemInbox *inbox, const PingemSocket *sock, PingemQueueKind queue);
