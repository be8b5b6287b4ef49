/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <poll.h>

#include "engine/payload.h"
#include "engine/socket.h"

#define PINGEM_WIRE_N_SOCKETS 2

/* The sockets of both families, what to poll, and the secret of one run. */
typedef struct {
  PingemSocket sockets[PINGEM_WIRE_N_SOCKETS];
  int epoll_fd;
  bool ignores_replies;
  uint32_t room; /* of the smaller socket */
  uint8_t cookie_key[PINGEM_SIPHASH_KEY_SIZE];
  uint8_t request[PINGEM_ICMP_HEADER_SIZE + PINGEM_MAX_SIZE];
} PingemWire;

/* 0 or -errno; @wire is to be closed in either case. */
int pingem_wire_open (PingemWire *wire, PingemSocketKind kind);
/* The same with raw sockets that are open. @raw: what was taken is -1 then */
int pingem_wire_open_on (PingemWire *wire, PingemRawSockets *raw);
void pingem_wire_close (PingemWire *wire);
/* Its fd is -1 where the kernel lacks the family. */
const PingemSocket *pingem_wire_socket (const PingemWire *wire, const PingemAddress *address);
/* Makes the request that send() sends. @number, @count: the ledger's of this probe */
void pingem_wire_build (PingemWire *wire,
                        const PingemTargetSpec *spec,
                        uint64_t number,
                        uint64_t count,
                        uint16_t wire_seq);
/* As pingem_socket_send(). */
int pingem_wire_send (PingemWire *wire, const PingemTargetSpec *spec, bool wants_stamp);
/* Which sockets have replies (POLLIN), and ICMP errors or stamps (POLLERR), now. */
void pingem_wire_poll (const PingemWire *wire, struct pollfd ret_fds[static PINGEM_WIRE_N_SOCKETS]);
/* Whether replies leave epoll_fd unreadable; ICMP errors never do. */
void pingem_wire_ignore_replies (PingemWire *wire, bool ignore);
/* 0 or -errno. */
int pingem_wire_fill_random (void *bytes, size_t n_bytes);
