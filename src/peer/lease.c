/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "peer/lease.h"

#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define NAME "io.github.pingem.throughput"

int
pingem_lease_take (void)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

  memcpy (address.sun_path + 1, NAME, strlen (NAME));
  if (fd >= 0 &&
      bind (fd, (struct sockaddr *) &address,
            (socklen_t) (offsetof (struct sockaddr_un, sun_path) + 1 + strlen (NAME))) == 0)
    return fd;

  if (fd >= 0)
    close (fd);

  return -1;
}
