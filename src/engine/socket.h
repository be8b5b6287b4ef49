/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "engine/engine.h"
#include "engine/packet.h"

/* One socket for all probes of one family. */
typedef struct {
  int fd; /* -1: the kernel lacks this family */
  sa_family_t family;
  PingemFraming framing;
  uint16_t identifier; /* in every request sent and every reply received */
  bool is_whole;       /* it sends with "don't fragment" */
  bool was_filling;    /* when its drops were counted last */
  uint32_t n_drops;
  uint32_t room; /* of the receive buffer, in bytes as the kernel counts them */
} PingemSocket;

typedef enum {
  PINGEM_ARRIVAL_REPLY, /* any message to the socket */
  PINGEM_ARRIVAL_ERROR, /* an ICMP error about one that was sent */
  PINGEM_ARRIVAL_STAMP, /* when one left that was sent */
} PingemArrival;

typedef struct {
  PingemArrival kind;
  PingemAddress address; /* who sent it; of an error: where the request went */
  const uint8_t *bytes;  /* an error: what it quotes, from the ICMP header on */
  size_t n_bytes;
  int64_t stamp_ns;  /* CLOCK_REALTIME of the kernel's receipt, or of the departure; 0: none */
  uint32_t stamp_id; /* which message left: counted over those that asked, from 0 */
  uint8_t ttl;       /* 0: unknown */
  uint8_t icmp_type;
  uint8_t icmp_code;
  PingemAddress offender; /* who sent the error; family 0: this machine */
} PingemMessage;

/* What a reply with so much payload takes of a socket's room, at most. */
static inline uint32_t
pingem_reply_weight (uint32_t size)
{
  return 4096 + 3 * size;
}

/* @identifier: for a raw socket; the kernel gives a datagram socket its own. 0 or -errno. */
int pingem_socket_open (PingemSocketKind kind,
                        sa_family_t family,
                        uint16_t identifier,
                        PingemSocket *ret_socket);
/* A raw one that pingem_socket_open() has opened, here or in another process. (transfer full) */
PingemSocket pingem_socket_adopt (int fd, sa_family_t family, uint16_t identifier);
/* Accepts one that is not open. */
void pingem_socket_close (PingemSocket *sock);

/*
 * 0 or -errno. The errno may belong to an ICMP error about another probe:
 * believe it when it repeats after the errors were read.
 * EINVAL: spec->source is no address of this machine, or not of spec->ifindex. @wants_stamp: a
 * PINGEM_ARRIVAL_STAMP is to come, where the driver makes it
 */
int pingem_socket_send (PingemSocket *sock,
                        const PingemTargetSpec *spec,
                        bool wants_stamp,
                        const uint8_t *packet,
                        size_t n_bytes);
/* The next stamp_id is 0 again: whether a send that failed counts, depends on the kernel. */
void pingem_socket_reset_stamps (const PingemSocket *sock);
/*
 * Messages that found no room since it was last asked; to be asked before each read. The kernel
 * counts what it drops for other reasons too: then the buffer is less than half full.
 */
uint32_t pingem_socket_count_overflows (PingemSocket *sock);
