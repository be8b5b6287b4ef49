/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine/wire.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <unistd.h>

int
pingem_wire_fill_random (void *bytes, size_t n_bytes)
{
  return getrandom (bytes, n_bytes, 0) == (ssize_t) n_bytes ? 0 : -errno;
}

static int
watch (PingemWire *wire, int fd)
{
  struct epoll_event event = { .events = EPOLLIN };

  return epoll_ctl (wire->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0 ? 0 : -errno;
}

static const sa_family_t families[PINGEM_WIRE_N_SOCKETS] = { AF_INET, AF_INET6 };

/* A family that the kernel lacks is left out, but not both. */
static int
open_sockets (PingemSocketKind kind, uint16_t identifier, PingemSocket *sockets)
{
  int n_open = 0;

  for (int i = 0; i < PINGEM_WIRE_N_SOCKETS; i++)
    {
      int r = pingem_socket_open (kind, families[i], identifier, &sockets[i]);

      if (r < 0 && r != -EAFNOSUPPORT && r != -EPROTONOSUPPORT)
        return r;
      n_open += r == 0;
    }

  return n_open > 0 ? 0 : -EAFNOSUPPORT;
}

static void
close_sockets (PingemSocket *sockets)
{
  for (int i = 0; i < PINGEM_WIRE_N_SOCKETS; i++)
    pingem_socket_close (&sockets[i]);
}

static void
clear_sockets (PingemSocket *sockets)
{
  for (int i = 0; i < PINGEM_WIRE_N_SOCKETS; i++)
    sockets[i].fd = -1;
}

int
pingem_raw_sockets_open (PingemRawSockets *ret_sockets)
{
  PingemSocket sockets[PINGEM_WIRE_N_SOCKETS];
  uint16_t identifier;
  int r = pingem_wire_fill_random (&identifier, sizeof identifier);

  clear_sockets (sockets);
  if (r == 0)
    r = open_sockets (PINGEM_SOCKET_RAW, identifier, sockets);
  if (r < 0)
    close_sockets (sockets);

  *ret_sockets = (PingemRawSockets){ { sockets[0].fd, sockets[1].fd }, identifier };

  return r;
}

void
pingem_raw_sockets_close (PingemRawSockets *sockets)
{
  for (int i = 0; i < PINGEM_WIRE_N_SOCKETS; i++)
    if (sockets->fds[i] >= 0)
      {
        close (sockets->fds[i]);
        sockets->fds[i] = -1;
      }
}

static int
watch_sockets (PingemWire *wire)
{
  int r = pingem_wire_fill_random (wire->cookie_key, sizeof wire->cookie_key);

  wire->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  if (wire->epoll_fd < 0)
    return -errno;

  wire->room = UINT32_MAX;
  for (int i = 0; i < PINGEM_WIRE_N_SOCKETS && r == 0; i++)
    if (wire->sockets[i].fd >= 0)
      {
        r = watch (wire, wire->sockets[i].fd);
        if (wire->sockets[i].room < wire->room)
          wire->room = wire->sockets[i].room;
      }

  return r;
}

int
pingem_wire_open (PingemWire *wire, PingemSocketKind kind)
{
  uint16_t identifier;
  int r = pingem_wire_fill_random (&identifier, sizeof identifier);

  wire->epoll_fd = -1;
  clear_sockets (wire->sockets);
  if (r == 0)
    r = open_sockets (kind, identifier, wire->sockets);

  return r == 0 ? watch_sockets (wire) : r;
}

int
pingem_wire_open_on (PingemWire *wire, PingemRawSockets *raw)
{
  for (int i = 0; i < PINGEM_WIRE_N_SOCKETS; i++)
    {
      wire->sockets[i] = pingem_socket_adopt (raw->fds[i], families[i], raw->identifier);
      raw->fds[i] = -1;
    }

  return watch_sockets (wire);
}

void
pingem_wire_close (PingemWire *wire)
{
  close_sockets (wire->sockets);
  if (wire->epoll_fd >= 0)
    close (wire->epoll_fd);
  wire->epoll_fd = -1;
}

const PingemSocket *
pingem_wire_socket (const PingemWire *wire, const PingemAddress *address)
{
  return &wire->sockets[address->family == AF_INET6];
}

void
pingem_wire_build (PingemWire *wire,
                   const PingemTargetSpec *spec,
                   uint64_t number,
                   uint64_t count,
                   uint16_t wire_seq)
{
  const PingemSocket *sock = pingem_wire_socket (wire, &spec->address);
  uint64_t cookie = pingem_payload_cookie (wire->cookie_key, spec->id, count);

  pingem_payload_write (wire->request + PINGEM_ICMP_HEADER_SIZE, spec->size, number, cookie);
  pingem_packet_build_request (wire->request, spec->size, sock->family == AF_INET6,
                               sock->identifier, wire_seq);
}

int
pingem_wire_send (PingemWire *wire, const PingemTargetSpec *spec, bool wants_stamp)
{
  return pingem_socket_send (&wire->sockets[spec->address.family == AF_INET6], spec, wants_stamp,
                             wire->request, PINGEM_ICMP_HEADER_SIZE + spec->size);
}

void
pingem_wire_poll (const PingemWire *wire, struct pollfd ret_fds[static PINGEM_WIRE_N_SOCKETS])
{
  for (int i = 0; i < PINGEM_WIRE_N_SOCKETS; i++)
    ret_fds[i] = (struct pollfd){ .fd = wire->sockets[i].fd, .events = POLLIN };

  poll (ret_fds, PINGEM_WIRE_N_SOCKETS, 0);
}

void
pingem_wire_ignore_replies (PingemWire *wire, bool ignore)
{
  struct epoll_event event = { .events = ignore ? 0 : EPOLLIN };

  if (ignore == wire->ignores_replies)
    return;

  wire->ignores_replies = ignore;
  for (int i = 0; i < PINGEM_WIRE_N_SOCKETS; i++)
    if (wire->sockets[i].fd >= 0)
      epoll_ctl (wire->epoll_fd, EPOLL_CTL_MOD, wire->sockets[i].fd, &event);
}
