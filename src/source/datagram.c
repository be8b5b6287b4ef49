/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "source/datagram.h"

#include <errno.h>
#include <linux/errqueue.h>
#include <string.h>
#include <sys/socket.h>

static void
switch_on (int fd, int level, int option)
{
  const int on = 1;

  setsockopt (fd, level, option, &on, sizeof on);
}

void
pingem_datagram_prepare (int fd, int family, gboolean wants_errors)
{
  gboolean is_ipv6 = family == AF_INET6;

  switch_on (fd, SOL_SOCKET, SO_TIMESTAMPNS);
  /* A socket of IPv6 gets IPv4 too, as mapped addresses. */
  switch_on (fd, IPPROTO_IP, IP_RECVTTL);
  if (is_ipv6)
    {
      switch_on (fd, IPPROTO_IPV6, IPV6_RECVHOPLIMIT);
      switch_on (fd, IPPROTO_IPV6, IPV6_RECVPKTINFO);
    }
  if (wants_errors)
    switch_on (fd, is_ipv6 ? IPPROTO_IPV6 : IPPROTO_IP, is_ipv6 ? IPV6_RECVERR : IP_RECVERR);
}

static void
take_error (const struct sock_extended_err *error, PingemDatagram *datagram)
{
  const struct sockaddr *offender = SO_EE_OFFENDER (error);

  if (error->ee_origin != SO_EE_ORIGIN_ICMP && error->ee_origin != SO_EE_ORIGIN_ICMP6)
    return;

  datagram->is_error = TRUE;
  datagram->icmp_type = error->ee_type;
  datagram->icmp_code = error->ee_code;
  memcpy (&datagram->offender, offender,
          offender->sa_family == AF_INET6 ? sizeof (struct sockaddr_in6)
                                          : sizeof (struct sockaddr_in));
}

static void
take_stamp (const struct timespec *time, PingemDatagram *datagram)
{
  datagram->stamp_ns = time->tv_sec * G_GINT64_CONSTANT (1000000000) + time->tv_nsec;
}

static void
take_control (const struct cmsghdr *c, PingemDatagram *datagram)
{
  const void *data = CMSG_DATA (c);
  gboolean is_ipv4 = c->cmsg_level == IPPROTO_IP;
  gboolean is_ipv6 = c->cmsg_level == IPPROTO_IPV6;

  if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS)
    take_stamp (data, datagram);
  else if ((is_ipv4 && c->cmsg_type == IP_TTL) || (is_ipv6 && c->cmsg_type == IPV6_HOPLIMIT))
    datagram->ttl = (guint8) * (const int *) data;
  else if ((is_ipv4 && c->cmsg_type == IP_RECVERR) || (is_ipv6 && c->cmsg_type == IPV6_RECVERR))
    take_error (data, datagram);
  else if (is_ipv6 && c->cmsg_type == IPV6_PKTINFO)
    {
      memcpy (&datagram->to, data, sizeof datagram->to);
      datagram->has_to = TRUE;
    }
}

gboolean
pingem_datagram_receive (int fd, int flags, PingemDatagram *ret_datagram)
{
  struct iovec part = { .iov_base = ret_datagram->bytes, .iov_len = sizeof ret_datagram->bytes };
  _Alignas(struct cmsghdr) char control[256];
  struct msghdr message = { .msg_name = &ret_datagram->from,
                            .msg_namelen = sizeof ret_datagram->from,
                            .msg_iov = &part,
                            .msg_iovlen = 1,
                            .msg_control = control,
                            .msg_controllen = sizeof control };
  gssize n;

  ret_datagram->is_cut = FALSE;
  ret_datagram->has_to = FALSE;
  ret_datagram->is_error = FALSE;
  ret_datagram->stamp_ns = 0;
  ret_datagram->ttl = 0;
  ret_datagram->from.ss_family = AF_UNSPEC;
  ret_datagram->offender.ss_family = AF_UNSPEC;

  n = recvmsg (fd, &message, MSG_DONTWAIT | flags);
  ret_datagram->n_bytes = (gsize) MAX (n, 0);
  if (n < 0)
    return errno != EAGAIN;

  ret_datagram->is_cut = (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0;
  for (struct cmsghdr *c = CMSG_FIRSTHDR (&message); c != NULL; c = CMSG_NXTHDR (&message, c))
    take_control (c, ret_datagram);

  return TRUE;
}
