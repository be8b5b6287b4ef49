/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "helper/outlet.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include <gio/gio.h>
#include <glib-unix.h>

#include "ipc/channel.h"

/*
 * Waiting messages are kept here, not in a larger socket buffer: without
 * CAP_NET_ADMIN the kernel's ordinary limit holds some 550 of them.
 */
struct PingemOutlet {
  int fd;
  GSource *hangup;   /* (owned) */
  GSource *writable; /* (owned) (nullable) while nothing waits */
  void (*closed) (gpointer user_data);
  gpointer user_data;
  guint64 next_number;
  PingemMessage *ring; /* (owned) (nullable) while nothing waits */
  guint backlog;
  guint head;
  guint n_waiting;
  guint64 dropped_from;
  guint64 n_dropped; /* not told yet */
};

/* False where there is no room now. */
static gboolean
write_message (PingemOutlet *self, const PingemMessage *message)
{
  gssize n;

  do
    n = send (self->fd, message, sizeof *message, MSG_NOSIGNAL | MSG_DONTWAIT);
  while (n < 0 && errno == EINTR);

  return n >= 0 || (errno != EAGAIN && errno != ENOBUFS && errno != ENOMEM);
}

static gboolean
keep (PingemOutlet *self, const PingemMessage *message)
{
  if (self->n_waiting == self->backlog)
    return FALSE;

  if (self->ring == NULL)
    self->ring = g_new (PingemMessage, self->backlog);

  self->ring[(self->head + self->n_waiting++) % self->backlog] = *message;

  return TRUE;
}

static void
keep_dropped (PingemOutlet *self)
{
  PingemMessage message = {
    .version = PINGEM_CHANNEL_VERSION,
    .kind = PINGEM_MESSAGE_DROPPED,
    .number = self->dropped_from,
    .dropped_to = self->dropped_from + self->n_dropped - 1,
  };

  if (self->n_dropped > 0 && keep (self, &message))
    self->n_dropped = 0;
}

static void
keep_or_drop (PingemOutlet *self, const PingemMessage *message)
{
  keep_dropped (self);

  if (self->n_dropped == 0 && keep (self, message))
    return;

  if (self->n_dropped++ == 0)
    self->dropped_from = message->number;
}

static gboolean
flush (PingemOutlet *self)
{
  while (self->n_waiting > 0)
    {
      if (!write_message (self, &self->ring[self->head]))
        return FALSE;

      self->head = (self->head + 1) % self->backlog;
      self->n_waiting--;
      keep_dropped (self);
    }

  return TRUE;
}

static gboolean
on_writable (int fd, GIOCondition condition, gpointer user_data)
{
  PingemOutlet *self = user_data;

  if (!flush (self))
    return G_SOURCE_CONTINUE;

  g_clear_pointer (&self->ring, g_free);
  g_clear_pointer (&self->writable, g_source_unref);

  return G_SOURCE_REMOVE;
}

static gboolean
on_hangup (int fd, GIOCondition condition, gpointer user_data)
{
  PingemOutlet *self = user_data;

  self->closed (self->user_data);

  return G_SOURCE_REMOVE;
}

static GSource *
watch (PingemOutlet *self, GIOCondition condition, GUnixFDSourceFunc func)
{
  GSource *source = g_unix_fd_source_new (self->fd, condition);

  g_source_set_callback (source, G_SOURCE_FUNC (func), self, NULL);
  g_source_attach (source, g_main_context_get_thread_default ());

  return source;
}

PingemOutlet *
pingem_outlet_new (guint backlog,
                   void (*closed) (gpointer user_data),
                   gpointer user_data,
                   int *ret_client_fd,
                   GError **error)
{
  PingemOutlet *self;
  int fds[2];

  if (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) < 0)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno),
                   "The helper cannot make a channel: %s", g_strerror (errno));
      return NULL;
    }

  /* Nothing is read here, so nothing may pile up either. */
  shutdown (fds[0], SHUT_RD);

  self = g_new0 (PingemOutlet, 1);
  self->fd = fds[0];
  self->closed = closed;
  self->user_data = user_data;
  self->backlog = backlog;
  self->hangup = watch (self, G_IO_HUP, on_hangup);
  *ret_client_fd = fds[1];

  return self;
}

static void
clear_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

void
pingem_outlet_free (PingemOutlet *outlet)
{
  if (outlet == NULL)
    return;

  clear_source (&outlet->hangup);
  clear_source (&outlet->writable);
  close (outlet->fd);
  g_free (outlet->ring);
  g_free (outlet);
}

void
pingem_outlet_send (PingemOutlet *outlet, const PingemRecord *record)
{
  PingemMessage message = {
    .version = PINGEM_CHANNEL_VERSION,
    .kind = PINGEM_MESSAGE_PROBE,
    .number = outlet->next_number++,
    .probe = *record,
  };

  if (outlet->n_waiting == 0 && write_message (outlet, &message))
    return;

  keep_or_drop (outlet, &message);
  if (outlet->writable == NULL)
    outlet->writable = watch (outlet, G_IO_OUT, on_writable);
}
