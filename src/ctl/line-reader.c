/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ctl/line-reader.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <glib-unix.h>

#define CHUNK_SIZE 16384
#define MAX_LINE_SIZE 4096

struct PingemLineReader {
  int fd;
  GSourceFunc func;
  gpointer user_data;
  GString *text; /* (owned) what was read */
  gsize start;   /* of what was not told yet */
  guint32 number;
  guint watch_id;
  int error;
  gboolean skips;     /* the rest of a line that is too long */
  gboolean is_at_end; /* nothing more can be read */
};

static PingemLineReader *
new_reader (const char *text)
{
  PingemLineReader *self = g_new0 (PingemLineReader, 1);

  self->text = g_string_new (text);

  return self;
}

PingemLineReader *
pingem_line_reader_new (int fd, GSourceFunc func, gpointer user_data)
{
  PingemLineReader *self = new_reader (NULL);

  self->fd = fd;
  self->func = func;
  self->user_data = user_data;

  return self;
}

PingemLineReader *
pingem_line_reader_new_for_text (const char *text)
{
  PingemLineReader *self = new_reader (text);

  self->is_at_end = TRUE;

  return self;
}

void
pingem_line_reader_free (PingemLineReader *self)
{
  if (self == NULL)
    return;

  g_clear_handle_id (&self->watch_id, g_source_remove);
  g_string_free (self->text, TRUE);
  g_free (self);
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer user_data)
{
  PingemLineReader *self = user_data;
  char chunk[CHUNK_SIZE];
  gssize n_read = read (fd, chunk, sizeof chunk);

  if (n_read < 0 && (errno == EINTR || errno == EAGAIN))
    return G_SOURCE_CONTINUE;

  self->watch_id = 0;
  self->error = n_read < 0 ? errno : 0;
  self->is_at_end = n_read <= 0;
  if (n_read > 0)
    g_string_append_len (self->text, chunk, n_read);
  self->func (self->user_data);

  return G_SOURCE_REMOVE;
}

static PingemReadResult
read_more (PingemLineReader *self)
{
  if (self->is_at_end)
    return PINGEM_READ_END;

  g_string_erase (self->text, 0, (gssize) self->start);
  self->start = 0;
  if (self->watch_id == 0)
    self->watch_id = g_unix_fd_add (self->fd, G_IO_IN | G_IO_HUP, on_readable, self);

  return PINGEM_READ_LATER;
}

/* Takes what is up to the end of a line, or too long for one; NULL: its end is not read yet. */
static char *
take_piece (PingemLineReader *self, gboolean *ret_is_whole)
{
  char *piece = self->text->str + self->start;
  gsize length = self->text->len - self->start;
  char *end = memchr (piece, '\n', length);

  if (end == NULL && (self->is_at_end ? length == 0 : length <= MAX_LINE_SIZE))
    return NULL;
  if (end != NULL)
    length = end - piece;

  self->start += length + (end != NULL);
  *ret_is_whole = end != NULL;
  piece[length] = '\0';
  for (char *nul = memchr (piece, '\0', length); nul != NULL;
       nul = memchr (nul, '\0', length - (nul - piece)))
    *nul = '?';

  return piece;
}

PingemReadResult
pingem_line_reader_next (PingemLineReader *self, char **ret_line)
{
  gboolean was_skipping, is_whole;
  char *piece;

  do
    {
      piece = take_piece (self, &is_whole);
      if (piece == NULL)
        return read_more (self);

      was_skipping = self->skips;
      self->skips = !is_whole;
    }
  while (was_skipping);

  self->number++;
  *ret_line = g_strstrip (piece);

  return PINGEM_READ_LINE;
}

guint32
pingem_line_reader_number (const PingemLineReader *self)
{
  return self->number;
}

int
pingem_line_reader_error (const PingemLineReader *self)
{
  return self->error;
}
