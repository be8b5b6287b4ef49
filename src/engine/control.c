/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine/control.h"

#include <linux/errqueue.h>
#include <linux/time_types.h>
#include <netinet/in.h>
#include <string.h>

#define NS_PER_S INT64_C (1000000000)

static void
read_stamp (const struct cmsghdr *cmsg, PingemMessage *message)
{
  struct __kernel_timespec stamp;

  if (cmsg->cmsg_len < CMSG_LEN (sizeof stamp))
    return;

  memcpy (&stamp, CMSG_DATA (cmsg), sizeof stamp);
  /* One that is no time is no stamp. */
  if (stamp.tv_sec >= 0 && stamp.tv_sec < INT64_MAX / NS_PER_S && stamp.tv_nsec >= 0 &&
      stamp.tv_nsec < NS_PER_S)
    message->stamp_ns = stamp.tv_sec * NS_PER_S + stamp.tv_nsec;
}

static void
read_ttl (const struct cmsghdr *cmsg, PingemMessage *message)
{
  int ttl;

  if (cmsg->cmsg_len < CMSG_LEN (sizeof ttl))
    return;

  memcpy (&ttl, CMSG_DATA (cmsg), sizeof ttl);
  message->ttl = ttl > 0 && ttl < 256 ? ttl : 0;
}

/* A local error was told by the send already, and a stamp is no error. */
static bool
read_error (const struct cmsghdr *cmsg, PingemMessage *message)
{
  struct sock_extended_err error;
  struct sockaddr_storage offender = { 0 };
  size_t n_offender;

  if (cmsg->cmsg_len < CMSG_LEN (sizeof error))
    return false;

  memcpy (&error, CMSG_DATA (cmsg), sizeof error);
  if (error.ee_origin != SO_EE_ORIGIN_ICMP && error.ee_origin != SO_EE_ORIGIN_ICMP6)
    return false;

  message->icmp_type = error.ee_type;
  message->icmp_code = error.ee_code;
  n_offender = cmsg->cmsg_len - CMSG_LEN (sizeof error);
  if (n_offender > sizeof offender)
    n_offender = sizeof offender;
  memcpy (&offender, CMSG_DATA (cmsg) + sizeof error, n_offender);
  pingem_address_from_sockaddr ((struct sockaddr *) &offender, &message->offender);

  return true;
}

/* Whether an ICMP error was among them. */
static bool
read_controls (struct msghdr *header, PingemMessage *message)
{
  bool is_error = false;

  for (struct cmsghdr *c = CMSG_FIRSTHDR (header); c != NULL; c = CMSG_NXTHDR (header, c))
    {
      if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_TIMESTAMPNS_NEW)
        read_stamp (c, message);
      else if ((c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_TTL) ||
               (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_HOPLIMIT))
        read_ttl (c, message);
      else if ((c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_RECVERR) ||
               (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_RECVERR))
        is_error |= read_error (c, message);
    }

  return is_error;
}

bool
pingem_control_read_message (struct msghdr *header,
                             size_t n_bytes,
                             bool from_error_queue,
                             PingemMessage *ret_message)
{
  PingemMessage message = { .bytes = header->msg_iov->iov_base, .n_bytes = n_bytes };

  if ((header->msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0 ||
      read_controls (header, &message) != from_error_queue ||
      !pingem_address_from_sockaddr (header->msg_name, &message.address))
    return false;

  *ret_message = message;

  return true;
}
