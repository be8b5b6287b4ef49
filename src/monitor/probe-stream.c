/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "monitor/probe-stream.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib-unix.h>

#include "ipc/error.h"
#include "ipc/probe-line.h"

struct PingemProbeStream {
  PingemHistory *history; /* (unowned) */
  char *key;              /* (owned) */
  gint64 next_ms;
  gint64 to_ms;
  int fd;          /* -1: closed */
  guint watch_id;  /* 0: done */
  GArray *slots;   /* (owned): of PingemSlot, of a minute */
  GString *text;   /* (owned): their lines */
  gsize n_written; /* of text */
  guint64 n_lines;
  PingemProbeStreamFunc func;
  gpointer user_data;
};

static void
close_pipe (PingemProbeStream *self)
{
  g_clear_handle_id (&self->watch_id, g_source_remove);
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
}

void
pingem_probe_stream_free (PingemProbeStream *self)
{
  if (self == NULL)
    return;

  close_pipe (self);
  g_array_unref (self->slots);
  g_string_free (self->text, TRUE);
  g_free (self->key);
  g_free (self);
}

static gboolean
is_writing_end (int fd)
{
  struct stat status;
  int flags = fcntl (fd, F_GETFL);

  return flags >= 0 && (flags & O_ACCMODE) == O_WRONLY && fstat (fd, &status) == 0 &&
         S_ISFIFO (status.st_mode);
}

static gboolean
prepare_pipe (int fd, GError **error)
{
  if (is_writing_end (fd) && g_unix_set_fd_nonblocking (fd, TRUE, NULL))
    return TRUE;

  g_set_error_literal (error, PINGEM_ERROR, PINGEM_ERROR_BAD_VALUE,
                       "Probes are written to a pipe alone: hand over its writing end");

  return FALSE;
}

/* The next minute that has any, or none: all is read. */
static gboolean
read_minute (PingemProbeStream *self, GError **error)
{
  g_array_set_size (self->slots, 0);
  g_string_truncate (self->text, 0);
  self->n_written = 0;

  if (!pingem_history_read_minute (self->history, self->key, self->next_ms, self->to_ms,
                                   self->slots, &self->next_ms, error))
    return FALSE;

  for (guint i = 0; i < self->slots->len; i++)
    {
      PingemRecord record = pingem_slot_to_record (&g_array_index (self->slots, PingemSlot, i));

      pingem_probe_line_append (self->text, &record);
    }

  self->n_lines += self->slots->len;

  return TRUE;
}

/* So much fits where a pipe is said to have room: even one made to block again would not. */
static gboolean
write_some (PingemProbeStream *self, GError **error)
{
  gsize n = MIN (self->text->len - self->n_written, PIPE_BUF);
  gssize n_written = write (self->fd, self->text->str + self->n_written, n);

  if (n_written >= 0)
    self->n_written += (gsize) n_written;
  else if (errno != EAGAIN && errno != EINTR)
    {
      g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_FAILED,
                   "The probes could not be written to the pipe: %s", g_strerror (errno));
      return FALSE;
    }

  return TRUE;
}

/* Returns: whether it goes on */
static gboolean
step (PingemProbeStream *self, GError **error)
{
  if (self->n_written < self->text->len)
    return write_some (self, error);
  if (self->next_ms >= self->to_ms)
    return FALSE;

  return read_minute (self, error);
}

static gboolean
on_writable (int fd, GIOCondition condition, gpointer user_data)
{
  PingemProbeStream *self = user_data;
  g_autoptr (GError) error = NULL;

  if (step (self, &error))
    return G_SOURCE_CONTINUE;

  self->watch_id = 0;
  close_pipe (self);
  self->func (self, self->n_lines, error, self->user_data);

  return G_SOURCE_REMOVE;
}

PingemProbeStream *
pingem_probe_stream_new (PingemHistory *history,
                         const char *key,
                         gint64 from_ms,
                         gint64 to_ms,
                         int fd,
                         PingemProbeStreamFunc func,
                         gpointer user_data,
                         GError **error)
{
  g_autoptr (PingemProbeStream) self = g_new0 (PingemProbeStream, 1);

  self->history = history;
  self->key = g_strdup (key);
  self->next_ms = from_ms;
  self->to_ms = to_ms;
  self->fd = fd;
  self->slots = g_array_new (FALSE, FALSE, sizeof (PingemSlot));
  self->text = g_string_new (NULL);
  self->func = func;
  self->user_data = user_data;

  if (!prepare_pipe (fd, error) || !read_minute (self, error))
    return NULL;

  /* What is measured comes first. */
  self->watch_id = g_unix_fd_add_full (G_PRIORITY_LOW, fd, G_IO_OUT, on_writable, self, NULL);

  return g_steal_pointer (&self);
}
