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
 * What is told in one turn of the main loop goes out together at its end. Where the
 * channel has no room, messages wait here, not in a larger socket buffer: without
 * CAP_NET_ADMIN the kernel's ordinary limit holds some 1,500 of them.
 */
struct PingemOutlet {
  int fd;
  GSource *hangup;   /* (owned) */
  GSource *turn;     /* (owned) */
  GSource *writable; /* (owned) (nullable) while nothing waits */
  void (*closed) (gpointer user_data);
  gpointer user_data;
  guint64 next_number;
  guint n_told; /* not written yet */
  PingemMessage told[PINGEM_CHANNEL_MAX_BATCH];
  PingemMessage *ring; /* (owned) (nullable) while nothing waits */
  guint backlog;
  guint head;
  guint n_waiting;
  guint64 dropped_from;
  guint64 n_dropped; /* not told yet */
  PingemOutletCounts counts;
};

/* False where there is no room now. */
static gboolean
write_messages (PingemOutlet *self, const PingemMessage *messages, guint n)
{
  gssize n_written;

  do
    n_written = send (self->fd, messages, n * sizeof *messages, MSG_NOSIGNAL | MSG_DONTWAIT);
  while (n_written < 0 && errno == EINTR);

  return n_written >= 0 || (errno != EAGAIN && errno != ENOBUFS && errno != ENOMEM);
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

/* Writes what waits; whether nothing does any more. */
static gboolean
empty_ring (PingemOutlet *self)
{
  while (self->n_waiting > 0)
    {
      guint n = MIN (MIN (self->n_waiting, self->backlog - self->head), PINGEM_CHANNEL_MAX_BATCH);

      if (!write_messages (self, &self->ring[self->head], n))
        return FALSE;

      self->head = (self->head + n) % self->backlog;
      self->n_waiting -= n;
      keep_dropped (self);
    }

  return TRUE;
}

static gboolean
on_writable (int fd, GIOCondition condition, gpointer user_data)
{
  PingemOutlet *self = user_data;

  if (!empty_ring (self))
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

static void
write_told (PingemOutlet *self)
{
  guint n = self->n_told;

  self->n_told = 0;
  if (n == 0 || (self->n_waiting == 0 && write_messages (self, self->told, n)))
    return;

  for (guint i = 0; i < n; i++)
    keep_or_drop (self, &self->told[i]);
  if (self->writable == NULL)
    self->writable = watch (self, G_IO_OUT, on_writable);
}

typedef struct {
  GSource source;
  PingemOutlet *outlet; /* (unowned) */
} Turn;

static gboolean
turn_prepare (GSource *source, int *ret_timeout_ms)
{
  *ret_timeout_ms = -1;

  return ((Turn *) source)->outlet->n_told > 0;
}

static gboolean
turn_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  write_told (((Turn *) source)->outlet);

  return G_SOURCE_CONTINUE;
}

static GSource *
watch_turns (PingemOutlet *self)
{
  static GSourceFuncs funcs = { .prepare = turn_prepare, .dispatch = turn_dispatch };
  GSource *source = g_source_new (&funcs, sizeof (Turn));

  ((Turn *) source)->outlet = self;
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
  self->turn = watch_turns (self);
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

  write_told (outlet);
  clear_source (&outlet->hangup);
  clear_source (&outlet->turn);
  clear_source (&outlet->writable);
  close (outlet->fd);
  g_free (outlet->ring);
  g_free (outlet);
}

static void
add_message (PingemOutlet *self, PingemMessage message)
{
  message.version = PINGEM_CHANNEL_VERSION;
  message.number = self->next_number++;
  self->told[self->n_told++] = message;

  if (self->n_told == PINGEM_CHANNEL_MAX_BATCH)
    write_told (self);
}

/* Each is counted at the one record of its slot that says so first. */
static void
count (PingemOutletCounts *counts, const PingemRecord *record)
{
  gboolean is_first =
      record->duplicates == 0 && (record->flags & PINGEM_RECORD_FINAL) == 0 &&
      (record->state == PINGEM_STATE_LATE ||
       (record->state == PINGEM_STATE_REPLY && (record->flags & PINGEM_RECORD_TIMED_OUT) == 0));

  counts->sent += record->state == PINGEM_STATE_IN_FLIGHT;
  counts->replied += is_first;
  counts->held += record->state == PINGEM_STATE_UNSENT && record->error == EAGAIN;
}

PingemOutletCounts
pingem_outlet_get_counts (const PingemOutlet *outlet)
{
  return outlet->counts;
}

void
pingem_outlet_send (PingemOutlet *outlet, const PingemRecord *record)
{
  count (&outlet->counts, record);
  add_message (outlet, (PingemMessage){ .kind = PINGEM_MESSAGE_PROBE, .probe = *record });
}

void
pingem_outlet_send_overflow (PingemOutlet *outlet)
{
  add_message (outlet, (PingemMessage){ .kind = PINGEM_MESSAGE_OVERFLOW });
}
