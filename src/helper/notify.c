/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "helper/notify.h"

#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define US_PER_MS 1000

struct PingemNotify {
  int fd; /* -1: nobody is told */
  guint watchdog_id;
};

/* Of a path, or of a name in the abstract namespace, which begins with "@". */
static int
connect_to (const char *name)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  gsize length = strlen (name);
  int fd;

  if (length < 2 || length >= sizeof address.sun_path)
    return -1;

  memcpy (address.sun_path, name, length);
  if (name[0] == '@')
    address.sun_path[0] = '\0';

  fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd >= 0 && connect (fd, (struct sockaddr *) &address,
                          offsetof (struct sockaddr_un, sun_path) + length) < 0)
    {
      close (fd);
      return -1;
    }

  return fd;
}

static gboolean
on_watchdog_due (gpointer user_data)
{
  pingem_notify_tell (user_data, "WATCHDOG=1");

  return G_SOURCE_CONTINUE;
}

/* How often to tell, in ms; 0: the watchdog is not ours. */
static guint
find_watchdog_ms (void)
{
  const char *us = g_getenv ("WATCHDOG_USEC");
  const char *pid = g_getenv ("WATCHDOG_PID");
  guint64 number;

  if (us == NULL || !g_ascii_string_to_unsigned (us, 10, 1, G_MAXUINT32, &number, NULL) ||
      (pid != NULL && g_ascii_strtoll (pid, NULL, 10) != getpid ()))
    return 0;

  return MAX (number / US_PER_MS / 2, 1);
}

PingemNotify *
pingem_notify_new (void)
{
  PingemNotify *self = g_new0 (PingemNotify, 1);
  const char *name = g_getenv ("NOTIFY_SOCKET");
  guint watchdog_ms = find_watchdog_ms ();

  self->fd = name != NULL ? connect_to (name) : -1;
  if (self->fd >= 0 && watchdog_ms > 0)
    self->watchdog_id = g_timeout_add (watchdog_ms, on_watchdog_due, self);

  g_unsetenv ("NOTIFY_SOCKET");
  g_unsetenv ("WATCHDOG_USEC");
  g_unsetenv ("WATCHDOG_PID");

  return self;
}

void
pingem_notify_free (PingemNotify *notify)
{
  g_clear_handle_id (&notify->watchdog_id, g_source_remove);
  if (notify->fd >= 0)
    close (notify->fd);
  g_free (notify);
}

void
pingem_notify_tell (PingemNotify *notify, const char *state)
{
  if (notify->fd >= 0)
    send (notify->fd, state, strlen (state), MSG_NOSIGNAL | MSG_DONTWAIT);
}
