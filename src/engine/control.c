/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine/control.h"

#include <linux/errqueue.h>
#include <linux/time_types.h>
#include <netinet/in.h>
#include <string.h>

#define NS_PER_S INT64_C (1000000000)

/* SO_TIMESTAMPING gives three, of which software made the first. */
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

static void
read_offender (const struct cmsghdr *cmsg, PingemMessage *message)
{
  const size_t n_error = sizeof (struct sock_extended_err);
  struct sockaddr_storage offender = { 0 };
  size_t n_offender = cmsg->cmsg_len - CMSG_LEN (n_error);

  if (n_offender > sizeof offender)
    n_offender = sizeof offender;
  memcpy (&offender, CMSG_DATA (cmsg) + n_error, n_offender);
  pingem_address_from_sockaddr ((struct sockaddr *) &offender, &message->offender);
}

/* A local error was told by the send already. */
static void
read_error (const struct cmsghdr *cmsg, PingemMessage *message)
{
  struct sock_extended_err error;

  if (cmsg->cmsg_len < CMSG_LEN (sizeof error))
    return;

  memcpy (&error, CMSG_DATA (cmsg), sizeof error);

  if (error.ee_origin == SO_EE_ORIGIN_TIMESTAMPING && error.ee_info == SCM_TSTAMP_SND)
    {
      message->kind = PINGEM_ARRIVAL_STAMP;
      message->stamp_id = error.ee_data;
    }
  if (error.ee_origin == SO_EE_ORIGIN_ICMP || error.ee_origin == SO_EE_ORIGIN_ICMP6)
    {
      message->kind = PINGEM_ARRIVAL_ERROR;
      message->icmp_type = error.ee_type;
      message->icmp_code = error.ee_code;
      read_offender (cmsg, message);
    }
}

static void
read_controls (struct msghdr *header, PingemMessage *message)
{
  for (struct cmsghdr *c = CMSG_FIRSTHDR (header); c != NULL; c = CMSG_NXTHDR (header, c))
    {
      if (c->cmsg_level == SOL_SOCKET &&
          (c->cmsg_type == SO_TIMESTAMPING_NEW || c->cmsg_type == SO_TIMESTAMPNS_NEW))
        read_stamp (c, message);
      else if ((c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_TTL) ||
               (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_HOPLIMIT))
        read_ttl (c, message);
      else if ((c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_RECVERR) ||
               (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_RECVERR))
        read_error (c, message);
    }
}

bool
pingem_control_read_message (struct msghdr *header,
                             size_t n_bytes,
                             bool from_error_queue,
                             PingemMessage *ret_message)
{
  PingemMessage message = { .bytes = header->msg_iov->iov_base, .n_bytes = n_bytes };

  if ((header->msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0)
    return false;

  read_controls (header, &message);
  if ((message.kind != PINGEM_ARRIVAL_REPLY) != from_error_queue)
    return false;
  /* A stamp comes without the packet, and so without an address. */
  if (!pingem_address_from_sockaddr (header->msg_name, &message.address) &&
      message.kind != PINGEM_ARRIVAL_STAMP)
    return false;

  *ret_message = message;

  return true;
}
