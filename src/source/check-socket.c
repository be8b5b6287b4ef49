/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "source/check-socket.h"

#include <errno.h>
#include <glib-unix.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "source/check-source.h"

static gboolean
set_number (int fd, int level, int option, int value)
{
  return value == 0 || setsockopt (fd, level, option, &value, sizeof value) == 0;
}

static gboolean
set_options (int fd, const PingemTargetSpec *spec)
{
  gboolean is_ipv4 = spec->address.family == AF_INET;
  char interface[IF_NAMESIZE];

  if (spec->ifindex != 0 && (if_indextoname (spec->ifindex, interface) == NULL ||
                             setsockopt (fd, SOL_SOCKET, SO_BINDTODEVICE, interface,
                                         (socklen_t) strlen (interface)) != 0))
    return FALSE;

  return is_ipv4 ? set_number (fd, IPPROTO_IP, IP_TTL, (int) spec->ttl) &&
                       set_number (fd, IPPROTO_IP, IP_TOS, (int) spec->dscp << 2)
                 : set_number (fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, (int) spec->ttl) &&
                       set_number (fd, IPPROTO_IPV6, IPV6_TCLASS, (int) spec->dscp << 2);
}

static socklen_t
build_address (const PingemTargetSpec *spec, struct sockaddr_storage *ret_sa)
{
  socklen_t length = pingem_address_to_sockaddr (&spec->address, ret_sa);

  if (spec->address.family == AF_INET)
    ((struct sockaddr_in *) ret_sa)->sin_port = g_htons (spec->port);
  else
    ((struct sockaddr_in6 *) ret_sa)->sin6_port = g_htons (spec->port);

  return length;
}

int
pingem_check_socket_open (const PingemTargetSpec *spec, int type, int *ret_error)
{
  struct sockaddr_storage sa = { 0 };
  socklen_t length = build_address (spec, &sa);
  int fd = socket ((int) spec->address.family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  int error = 0;

  if (fd < 0)
    return -errno;

  if (!set_options (fd, spec))
    error = errno;
  else
    {
      *ret_error = connect (fd, (struct sockaddr *) &sa, length) == 0 ? 0 : errno;
      if (*ret_error != 0 && *ret_error != EINPROGRESS && *ret_error != ECONNREFUSED)
        error = *ret_error;
    }

  if (error == 0)
    return fd;

  close (fd);

  return -error;
}

GSource *
pingem_check_socket_watch (int fd, GIOCondition condition, GSourceFunc func, gpointer user_data)
{
  GSource *source = g_unix_fd_source_new (fd, condition);

  g_source_set_priority (source, PINGEM_CHECK_PRIORITY);
  g_source_set_callback (source, func, user_data, NULL);
  g_source_attach (source, g_main_context_get_thread_default ());

  return source;
}
