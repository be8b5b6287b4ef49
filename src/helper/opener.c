/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * pingem-rawsock: opens raw ICMP sockets, locks their filters, and passes them to the helper. It
 * runs as the helper's user with CAP_NET_RAW, is started by its socket (sd_listen_fds(3)), serves
 * one connection and ends: it reads nothing, neither from the network nor from who connects.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "helper/rawsock.h"

#define LISTENING_FD 3

static bool
is_number (const char *name, long value)
{
  const char *text = getenv (name);

  return text != NULL && strtol (text, NULL, 10) == value;
}

static int
fail (const char *what, int error)
{
  fprintf (stderr, "pingem-rawsock: %s: %s\n", what, strerror (error));

  return EXIT_FAILURE;
}

static int
serve (int fd)
{
  PingemRawSockets sockets;
  struct ucred peer;
  socklen_t size = sizeof peer;
  int r;

  if (getsockopt (fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0)
    return fail ("who asks is not known", errno);
  if (peer.uid != getuid ())
    {
      fprintf (stderr, "pingem-rawsock: uid %u asks, and only uid %u may\n", peer.uid, getuid ());
      return EXIT_FAILURE;
    }

  r = pingem_raw_sockets_open (&sockets);
  if (r < 0)
    return fail ("raw sockets cannot be opened", -r);

  r = pingem_rawsock_send (fd, &sockets);

  return r < 0 ? fail ("the helper does not take them", -r) : EXIT_SUCCESS;
}

int
main (void)
{
  int fd;

  if (!is_number ("LISTEN_PID", getpid ()) || !is_number ("LISTEN_FDS", 1))
    {
      fprintf (stderr, "pingem-rawsock: its socket starts this program (pingem-rawsock.socket), it "
                       "is not started by hand\n");
      return EXIT_FAILURE;
    }

  fd = accept4 (LISTENING_FD, NULL, NULL, SOCK_CLOEXEC);

  return fd < 0 ? fail ("nobody asks", errno) : serve (fd);
}
