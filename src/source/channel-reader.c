/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "source/channel-reader.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include <glib-unix.h>

#include "ipc/channel.h"
#include "ipc/error.h"

/* Then other sources of the loop have their turn. */
#define PACKETS_PER_TURN 32

/* Counted: a callback may free it, and the reading goes on only while watch is there. */
struct PingemChannelReader {
  const PingemChannelFuncs *funcs;
  gpointer user_data;
  GSource *watch; /* (owned) (nullable) once closed */
  int fd;
  guint64 next_number;
};

static void
close_channel (PingemChannelReader *self)
{
  if (self->watch == NULL)
    return;

  g_source_destroy (self->watch);
  g_clear_pointer (&self->watch, g_source_unref);
  close (self->fd);
}

static void
leave (PingemChannelReader *self, const char *why)
{
  g_autoptr (GError) error = g_error_new_literal (PINGEM_ERROR, PINGEM_ERROR_FAILED, why);

  close_channel (self);
  self->funcs->gone (error, self->user_data);
}

/* Its own number, or the last of those that it says are missing. */
static guint64
last_number (const PingemMessage *message)
{
  return message->kind == PINGEM_MESSAGE_DROPPED ? message->dropped_to : message->number;
}

/* Each call may close the channel, and then nothing more is told. */
static void
take_message (PingemChannelReader *self, const PingemMessage *message)
{
  guint64 next_number = last_number (message) + 1;
  guint64 n_dropped = message->number - self->next_number;

  if (message->number < self->next_number)
    {
      leave (self, "The helper's messages are out of order: restart Pingem");
      return;
    }

  if (message->kind == PINGEM_MESSAGE_DROPPED)
    n_dropped = next_number - self->next_number;
  self->next_number = next_number;

  if (n_dropped > 0)
    self->funcs->dropped (n_dropped, self->user_data);
  if (message->kind == PINGEM_MESSAGE_PROBE && self->watch != NULL)
    self->funcs->record (&message->probe, self->user_data);
  if (message->kind == PINGEM_MESSAGE_OVERFLOW && self->watch != NULL)
    self->funcs->overflowed (self->user_data);
}

/* Any of the messages may be the last, as its callback may free the reader. */
static void
take_packet (PingemChannelReader *self, const guint8 *data, gsize length)
{
  guint n = pingem_packet_count_messages (length);
  gboolean is_good = n > 0;

  for (guint i = 0; i < n && is_good && self->watch != NULL; i++)
    {
      PingemMessage message;

      is_good = pingem_message_parse (data + i * sizeof message, &message);
      if (is_good)
        take_message (self, &message);
    }

  if (!is_good)
    leave (self, "The helper is of another version than this program: restart Pingem");
}

/* False when there is nothing more to read now. */
static gboolean
read_packet (PingemChannelReader *self)
{
  guint8 data[PINGEM_CHANNEL_MAX_BATCH * sizeof (PingemMessage) + 1];
  gssize length = recv (self->fd, data, sizeof data, MSG_DONTWAIT);

  if (length < 0 && (errno == EAGAIN || errno == EINTR))
    return errno == EINTR;

  if (length <= 0)
    leave (self, "The helper has ended the session: it was stopped or restarted");
  else
    take_packet (self, data, length);

  return self->watch != NULL;
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer user_data)
{
  PingemChannelReader *self = g_rc_box_acquire (user_data);

  for (guint i = 0; i < PACKETS_PER_TURN; i++)
    if (!read_packet (self))
      break;

  g_rc_box_release (self);

  return G_SOURCE_CONTINUE;
}

PingemChannelReader *
pingem_channel_reader_new (int fd, const PingemChannelFuncs *funcs, gpointer user_data)
{
  PingemChannelReader *self = g_rc_box_new0 (PingemChannelReader);

  self->funcs = funcs;
  self->user_data = user_data;
  self->fd = fd;
  self->watch = g_unix_fd_source_new (fd, G_IO_IN);
  g_source_set_callback (self->watch, G_SOURCE_FUNC (on_readable), self, NULL);
  g_source_attach (self->watch, g_main_context_get_thread_default ());

  return self;
}

void
pingem_channel_reader_free (PingemChannelReader *reader)
{
  if (reader == NULL)
    return;

  close_channel (reader);
  g_rc_box_release (reader);
}
