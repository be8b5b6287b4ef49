/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine/socket.h"

#include <errno.h>
#include <linux/net_tstamp.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <stdalign.h>
#include <string.h>
#include <unistd.h>

#include "engine/filter.h"

/* A queued reply costs 832 bytes: room for some 5,000. */
#define RECEIVE_BUFFER (4 << 20)
/* What is sent to a neighbour that is not there waits some seconds, and takes room. */
#define SEND_BUFFER (4 << 20)
/* For receipt always; for a departure where the send asks: its stamp comes without the packet. */
#define STAMPS                                                                                     \
  (SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_OPT_TSONLY)

static int
set_option (int fd, int level, int option, int value)
{
  return setsockopt (fd, level, option, &value, sizeof value) == 0 ? 0 : -errno;
}

/* The first of two that fails. */
static int
either (int r, int s)
{
  return r < 0 ? r : s;
}

/* IP_RECVERR also makes a raw socket report ENOBUFS, which else counts as sent. */
static int
set_family_options (int fd, sa_family_t family)
{
  int r;

  if (family == AF_INET6)
    return either (set_option (fd, IPPROTO_IPV6, IPV6_RECVERR, 1),
                   set_option (fd, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1));

  r = either (set_option (fd, IPPROTO_IP, IP_RECVERR, 1),
              set_option (fd, IPPROTO_IP, IP_RECVTTL, 1));

  /* A payload of any size goes out, whatever an earlier path was like; errors of probes that are
   * not to be cut come too. */
  return either (r, set_option (fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_OMIT));
}

static uint32_t
read_room (int fd)
{
  int room = 0;
  socklen_t size = sizeof room;

  getsockopt (fd, SOL_SOCKET, SO_RCVBUF, &room, &size);

  return room;
}

static int
set_common_options (int fd)
{
  /* The first needs CAP_NET_ADMIN; the second stops at net.core.rmem_max, or wmem_max. */
  if (set_option (fd, SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER) < 0)
    set_option (fd, SOL_SOCKET, SO_RCVBUF, RECEIVE_BUFFER);
  if (set_option (fd, SOL_SOCKET, SO_SNDBUFFORCE, SEND_BUFFER) < 0)
    set_option (fd, SOL_SOCKET, SO_SNDBUF, SEND_BUFFER);

  return set_option (fd, SOL_SOCKET, SO_TIMESTAMPING_NEW, STAMPS | SOF_TIMESTAMPING_OPT_ID);
}

/* A datagram socket gets its identifier from the kernel when it is bound. */
static int
bind_identifier (int fd, sa_family_t family, uint16_t *ret_identifier)
{
  struct sockaddr_storage sa = { .ss_family = family };
  socklen_t size = family == AF_INET ? sizeof (struct sockaddr_in) : sizeof (struct sockaddr_in6);

  if (bind (fd, (struct sockaddr *) &sa, size) < 0 ||
      getsockname (fd, (struct sockaddr *) &sa, &size) < 0)
    return -errno;

  *ret_identifier = ntohs (family == AF_INET ? ((struct sockaddr_in *) &sa)->sin_port
                                             : ((struct sockaddr_in6 *) &sa)->sin6_port);

  return 0;
}

static PingemFraming
choose_framing (PingemSocketKind kind, sa_family_t family)
{
  if (family == AF_INET6)
    return PINGEM_FRAMING_ICMP6;

  return kind == PINGEM_SOCKET_RAW ? PINGEM_FRAMING_IPV4 : PINGEM_FRAMING_ICMP4;
}

static PingemSocket
describe (int fd, PingemSocketKind kind, sa_family_t family, uint16_t identifier)
{
  return (PingemSocket){
    .fd = fd,
    .family = family,
    .framing = choose_framing (kind, family),
    .identifier = identifier,
    .room = read_room (fd),
  };
}

int
pingem_socket_open (PingemSocketKind kind,
                    sa_family_t family,
                    uint16_t identifier,
                    PingemSocket *ret_socket)
{
  int type = (kind == PINGEM_SOCKET_RAW ? SOCK_RAW : SOCK_DGRAM) | SOCK_NONBLOCK | SOCK_CLOEXEC;
  int protocol = family == AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6;
  int fd = socket (family, type, protocol);
  int r;

  if (fd < 0)
    return -errno;

  if (kind == PINGEM_SOCKET_RAW)
    r = pingem_filter_attach (fd, family == AF_INET6, identifier);
  else
    r = bind_identifier (fd, family, &identifier);

  r = either (r, set_family_options (fd, family));
  r = either (r, set_common_options (fd));
  if (r < 0)
    {
      close (fd);
      return r;
    }

  *ret_socket = describe (fd, kind, family, identifier);

  return 0;
}

PingemSocket
pingem_socket_adopt (int fd, sa_family_t family, uint16_t identifier)
{
  return describe (fd, PINGEM_SOCKET_RAW, family, identifier);
}

void
pingem_socket_close (PingemSocket *sock)
{
  if (sock->fd >= 0)
    close (sock->fd);
  sock->fd = -1;
}

/* "Don't fragment" on the way, nor here; whatever an earlier path took. */
static int
set_whole (PingemSocket *sock, bool is_whole)
{
  int r;

  if (sock->is_whole == is_whole)
    return 0;

  if (sock->family == AF_INET6)
    r = either (set_option (sock->fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER,
                            is_whole ? IPV6_PMTUDISC_PROBE : IPV6_PMTUDISC_WANT),
                set_option (sock->fd, IPPROTO_IPV6, IPV6_DONTFRAG, is_whole));
  else
    r = set_option (sock->fd, IPPROTO_IP, IP_MTU_DISCOVER,
                    is_whole ? IP_PMTUDISC_PROBE : IP_PMTUDISC_OMIT);
  if (r == 0)
    sock->is_whole = is_whole;

  return r;
}

static void
add_control (struct msghdr *message, int level, int type, const void *value, size_t n_bytes)
{
  struct cmsghdr *cmsg = (void *) ((uint8_t *) message->msg_control + message->msg_controllen);

  memset (cmsg, 0, CMSG_SPACE (n_bytes));
  cmsg->cmsg_level = level;
  cmsg->cmsg_type = type;
  cmsg->cmsg_len = CMSG_LEN (n_bytes);
  memcpy (CMSG_DATA (cmsg), value, n_bytes);
  message->msg_controllen += CMSG_SPACE (n_bytes);
}

static void
add_number (struct msghdr *message, int level, int type, int value)
{
  add_control (message, level, type, &value, sizeof value);
}

/* The way out: an interface, a source address or both. */
static void
add_way (struct msghdr *message, const PingemTargetSpec *spec)
{
  struct in_pktinfo info = { .ipi_ifindex = spec->ifindex };
  struct in6_pktinfo info6 = { .ipi6_ifindex = spec->ifindex };

  if (spec->address.family == AF_INET6)
    {
      memcpy (&info6.ipi6_addr, spec->source.bytes, sizeof info6.ipi6_addr);
      add_control (message, IPPROTO_IPV6, IPV6_PKTINFO, &info6, sizeof info6);
      return;
    }

  memcpy (&info.ipi_spec_dst, spec->source.bytes, sizeof info.ipi_spec_dst);
  add_control (message, IPPROTO_IP, IP_PKTINFO, &info, sizeof info);
}

static void
add_controls (struct msghdr *message, const PingemTargetSpec *spec, bool wants_stamp)
{
  bool is_ipv6 = spec->address.family == AF_INET6;
  int level = is_ipv6 ? IPPROTO_IPV6 : IPPROTO_IP;

  if (spec->ttl != 0)
    add_number (message, level, is_ipv6 ? IPV6_HOPLIMIT : IP_TTL, spec->ttl);
  if (spec->dscp != 0)
    add_number (message, level, is_ipv6 ? IPV6_TCLASS : IP_TOS, spec->dscp << 2);
  if (spec->ifindex != 0 || spec->source.family != 0)
    add_way (message, spec);
  /* Every kernel knows the old name here, and it is the same request. */
  if (wants_stamp)
    add_number (message, SOL_SOCKET, SO_TIMESTAMPING_OLD, SOF_TIMESTAMPING_TX_SOFTWARE);
}

int
pingem_socket_send (PingemSocket *sock,
                    const PingemTargetSpec *spec,
                    bool wants_stamp,
                    const uint8_t *packet,
                    size_t n_bytes)
{
  alignas (struct cmsghdr)
      uint8_t control[3 * CMSG_SPACE (sizeof (int)) + CMSG_SPACE (sizeof (struct in6_pktinfo))];
  struct sockaddr_storage sa;
  struct iovec iov = { .iov_base = (void *) packet, .iov_len = n_bytes };
  struct msghdr message = { .msg_name = &sa, .msg_iov = &iov, .msg_iovlen = 1 };
  int r = set_whole (sock, (spec->flags & PINGEM_TARGET_WHOLE) != 0);
  ssize_t n;

  if (r < 0)
    return r;

  message.msg_namelen = pingem_address_to_sockaddr (&spec->address, &sa);
  message.msg_control = control;
  add_controls (&message, spec, wants_stamp);

  /* The plain call is the cheaper one. */
  if (message.msg_controllen == 0)
    n = sendto (sock->fd, packet, n_bytes, MSG_NOSIGNAL, (struct sockaddr *) &sa,
                message.msg_namelen);
  else
    n = sendmsg (sock->fd, &message, MSG_NOSIGNAL);

  return n >= 0 ? 0 : -errno;
}

void
pingem_socket_reset_stamps (const PingemSocket *sock)
{
  set_option (sock->fd, SOL_SOCKET, SO_TIMESTAMPING_NEW, STAMPS);
  set_option (sock->fd, SOL_SOCKET, SO_TIMESTAMPING_NEW, STAMPS | SOF_TIMESTAMPING_OPT_ID);
}

uint32_t
pingem_socket_count_overflows (PingemSocket *sock)
{
  uint32_t info[SK_MEMINFO_VARS] = { 0 };
  socklen_t size = sizeof info;
  uint32_t n_new;
  bool is_filling, may_be_overflow;

  if (getsockopt (sock->fd, SOL_SOCKET, SO_MEMINFO, info, &size) < 0)
    return 0;

  n_new = info[SK_MEMINFO_DROPS] - sock->n_drops;
  is_filling = info[SK_MEMINFO_RMEM_ALLOC] > info[SK_MEMINFO_RCVBUF] / 2;
  may_be_overflow = is_filling || sock->was_filling;
  sock->n_drops = info[SK_MEMINFO_DROPS];
  sock->was_filling = is_filling;

  return may_be_overflow ? n_new : 0;
}
