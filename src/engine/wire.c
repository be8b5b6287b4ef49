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

/* A family that the kernel lacks is left out, but not both. */
static int
open_sockets (PingemWire *wire, PingemSocketKind kind, uint16_t identifier)
{
  static const sa_family_t families[PINGEM_WIRE_N_SOCKETS] = { AF_INET, AF_INET6 };
  int n_open = 0;

  for (int i = 0; i < PINGEM_WIRE_N_SOCKETS; i++)
    {
      int r = pingem_socket_open (kind, families[i], identifier, &wire->sockets[i]);

      if (r == -EAFNOSUPPORT || r == -EPROTONOSUPPORT)
        continue;
      if (r == 0)
        r = watch (wire, wire->sockets[i].fd);
      if (r < 0)
        return r;
      if (n_open++ == 0 || wire->sockets[i].room < wire->room)
        wire->room = wire->sockets[i].room;
    }

  return n_open > 0 ? 0 : -EAFNOSUPPORT;
}

int
pingem_wire_open (PingemWire *wire, PingemSocketKind kind)
{
  uint16_t identifier;
  int r = pingem_wire_fill_random (&identifier, sizeof identifier);

  for (int i = 0; i < PINGEM_WIRE_N_SOCKETS; i++)
    wire->sockets[i].fd = -1;
  wire->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  if (wire->epoll_fd < 0)
    return -errno;

  if (r == 0)
    r = pingem_wire_fill_random (wire->cookie_key, sizeof wire->cookie_key);

  return r == 0 ? open_sockets (wire, kind, identifier) : r;
}

void
pingem_wire_close (PingemWire *wire)
{
  for (int i = 0; i < PINGEM_WIRE_N_SOCKETS; i++)
    pingem_socket_close (&wire->sockets[i]);
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
