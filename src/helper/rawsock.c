/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "helper/rawsock.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdalign.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define N_SOCKETS 2
#define PATIENCE_S 5

/* What goes with the descriptors, which are in the same order. */
typedef struct {
  uint16_t identifier;
  uint8_t has[N_SOCKETS]; /* a socket of IPv4, of IPv6 */
} Message;

static const struct {
  int domain;
  int protocol;
} kinds[N_SOCKETS] = { { AF_INET, IPPROTO_ICMP }, { AF_INET6, IPPROTO_ICMPV6 } };

int
pingem_rawsock_send (int fd, const PingemRawSockets *sockets)
{
  alignas (struct cmsghdr) char control[CMSG_SPACE (N_SOCKETS * sizeof (int))] = { 0 };
  Message message = { .identifier = sockets->identifier };
  struct iovec iov = { &message, sizeof message };
  struct msghdr header = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control };
  struct cmsghdr *cmsg = (struct cmsghdr *) control;
  int n = 0;

  for (int i = 0; i < N_SOCKETS; i++)
    if (sockets->fds[i] >= 0)
      {
        message.has[i] = 1;
        memcpy (CMSG_DATA (cmsg) + n++ * sizeof (int), &sockets->fds[i], sizeof (int));
      }

  cmsg->cmsg_level = SOL_SOCKET;
  cmsg->cmsg_type = SCM_RIGHTS;
  cmsg->cmsg_len = CMSG_LEN (n * sizeof (int));
  header.msg_controllen = CMSG_SPACE (n * sizeof (int));

  return sendmsg (fd, &header, MSG_NOSIGNAL) == (ssize_t) sizeof message ? 0 : -errno;
}

static int
get_option (int fd, int option)
{
  int value = -1;
  socklen_t size = sizeof value;

  getsockopt (fd, SOL_SOCKET, option, &value, &size);

  return value;
}

static bool
is_raw (int fd, int i)
{
  return get_option (fd, SO_DOMAIN) == kinds[i].domain && get_option (fd, SO_TYPE) == SOCK_RAW &&
         get_option (fd, SO_PROTOCOL) == kinds[i].protocol;
}

/* Hands out @n descriptors as the message says; those that it does not speak of are closed. */
static int
take (const Message *message, const int *fds, int n, PingemRawSockets *ret_sockets)
{
  PingemRawSockets sockets = { .fds = { -1, -1 }, .identifier = message->identifier };
  int used = 0;
  bool is_good = n > 0;

  for (int i = 0; i < N_SOCKETS; i++)
    if (message->has[i] != 0 && used < n)
      {
        sockets.fds[i] = fds[used++];
        is_good = is_good && is_raw (sockets.fds[i], i);
      }
    else
      is_good = is_good && message->has[i] == 0;

  for (int i = used; i < n; i++)
    close (fds[i]);
  if (is_good && used == n)
    {
      *ret_sockets = sockets;
      return 0;
    }

  pingem_raw_sockets_close (&sockets);

  return -EPROTO;
}

int
pingem_rawsock_receive (int fd, PingemRawSockets *ret_sockets)
{
  alignas (struct cmsghdr) char control[CMSG_SPACE (N_SOCKETS * sizeof (int))];
  Message message;
  struct iovec iov = { &message, sizeof message };
  struct msghdr header = {
    .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control
  };
  int fds[N_SOCKETS];
  int n = 0;
  ssize_t length = recvmsg (fd, &header, MSG_CMSG_CLOEXEC);
  const struct cmsghdr *cmsg = length >= 0 ? CMSG_FIRSTHDR (&header) : NULL;

  if (length < 0)
    return -errno;

  if (cmsg != NULL && cmsg->cmsg_level == SOL_SOCKET && cmsg->cmsg_type == SCM_RIGHTS)
    {
      n = (cmsg->cmsg_len - CMSG_LEN (0)) / sizeof (int);
      memcpy (fds, CMSG_DATA (cmsg), n * sizeof (int));
    }

  if (length != (ssize_t) sizeof message || (header.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0)
    message = (Message){ 0 };

  return take (&message, fds, n, ret_sockets);
}

int
pingem_rawsock_request (const char *path, PingemRawSockets *ret_sockets)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  struct timeval patience = { .tv_sec = PATIENCE_S };
  int fd = socket (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
  int r = 0;

  if (fd < 0)
    return -errno;

  strncpy (address.sun_path, path, sizeof address.sun_path - 1);
  if (setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) < 0 ||
      connect (fd, (struct sockaddr *) &address, sizeof address) < 0)
    r = -errno;
  if (r == 0)
    r = pingem_rawsock_receive (fd, ret_sockets);
  close (fd);

  return r;
}
