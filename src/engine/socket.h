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
} PingemSocket;

/* A received message, or an ICMP error about one that was sent. */
typedef struct {
  PingemAddress address; /* who sent it; of an error: where the request went */
  const uint8_t *bytes;  /* an error: what it quotes, from the ICMP header on */
  size_t n_bytes;
  int64_t stamp_ns; /* CLOCK_REALTIME of the kernel's receipt; 0: none */
  uint8_t ttl;      /* 0: unknown */
  uint8_t icmp_type;
  uint8_t icmp_code;
  PingemAddress offender; /* who sent the error; family 0: this machine */
} PingemMessage;

/* @identifier: for a raw socket; the kernel gives a datagram socket its own. 0 or -errno. */
int pingem_socket_open (PingemSocketKind kind,
                        sa_family_t family,
                        uint16_t identifier,
                        PingemSocket *ret_socket);
/* Accepts one that is not open. */
void pingem_socket_close (PingemSocket *sock);

/*
 * 0 or -errno. The errno may belong to an ICMP error about another probe:
 * believe it when it repeats after the errors were read.
 */
int pingem_socket_send (const PingemSocket *sock,
                        const PingemTargetSpec *spec,
                        const uint8_t *packet,
                        size_t n_bytes);
/*
 * 0; -EAGAIN: nothing is left to read; -ENOMSG: a message was read that is of no use.
 * @buffer: of PINGEM_MAX_PACKET_SIZE; *@ret_message points into it
 */
int pingem_socket_receive (const PingemSocket *sock, uint8_t *buffer, PingemMessage *ret_message);
/* The same for ICMP errors. */
int
pingem_socket_receive_error (const PingemSocket *sock, uint8_t *buffer, PingemMessage *ret_message);
/* Messages dropped for want of room, as the kernel counts them; it wraps. */
uint32_t pingem_socket_drops (const PingemSocket *sock);
